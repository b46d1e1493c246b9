"""The one city of a database: its name, its levels, and the metric system its shapes are kept in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyproj
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from boundaries.errors import CodeError, CrsError, StoreError
from boundaries.geometry import check_metric_crs
from boundaries.model import Level
from boundaries.store import tables
from boundaries.store.columns import require_aware, require_text
from boundaries.store.refusals import store_errors

__all__ = ["AUTO", "City", "read_city", "settle_metric_crs", "srid_of", "write_city"]

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class City:
    """What a database is about. metric_crs: 'auto' with srid 0 until the first import chooses one. levels: coarse to fine, then beside."""

    name: str
    division_code: str
    metric_crs: str
    srid: int
    timezone: str
    levels: tuple[Level, ...]

    @property
    def ladder(self) -> tuple[Level, ...]:
        """The levels that nest, from coarse to fine."""
        return tuple(level for level in self.levels if level.rank is not None)

    def level(self, name: str) -> Level:
        """The level of that name. Raises CodeError `level_unknown`."""
        for level in self.levels:
            if level.name == name:
                return level
        raise level_unknown(name, self.levels)


def level_unknown(name: object, levels: Sequence[Level]) -> CodeError:
    """The refusal of a level the city does not have, naming those it has."""
    return CodeError(
        "level_unknown",
        en="There is no level {level}; this city has: {known}.",
        zh="没有层级 {level};本市的层级有:{known}。",
        level=repr(name)[:60],
        known=", ".join(level.name for level in levels),
    )


def srid_of(metric_crs: str) -> int:
    """The EPSG number of a metric system. Raises CrsError `crs_without_number` for one that has none."""
    number = pyproj.CRS.from_user_input(check_metric_crs(metric_crs)).to_epsg()
    if number is None:
        raise CrsError(
            "crs_without_number",
            en="{crs} has no EPSG number: name one such as EPSG:4547.",
            zh="{crs} 没有 EPSG 编号,请指定如 EPSG:4547 的坐标系。",
            crs=metric_crs[:200],
        )
    return int(number)


@store_errors()
def write_city(
    connection: Connection,
    *,
    name: str,
    division_code: str,
    metric_crs: str,
    timezone: str,
    levels: Sequence[Level],
    at: dt.datetime,
) -> City:
    """Founds the city of an empty database and returns it.

    metric_crs: 'EPSG:n' in metres, or 'auto': chosen by the first import. timezone: an IANA name. Raises StoreError `city_exists`,
    `text_unusable` or `timezone_unknown`, CodeError `levels_unusable`, CrsError.
    """
    _check_levels(levels)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StoreError("timezone_unknown", en="Unknown time zone {zone}.", zh="未知的时区 {zone}。", zone=repr(timezone)[:60]) from None
    require_text(name=name, division_code=division_code)
    srid = 0 if metric_crs == AUTO else srid_of(metric_crs)
    created_at = require_aware(at)
    values = {"name": name, "division_code": division_code, "metric_crs": metric_crs, "srid": srid, "timezone": timezone}
    if read_city(connection) is not None:
        raise _city_exists()
    try:
        connection.execute(insert(tables.city).values(id=1, created_at=created_at, **values))
    except IntegrityError:
        raise _city_exists() from None  # founded by another process since we looked
    connection.execute(insert(tables.level), [_level_row(level) for level in levels])
    connection.execute(insert(tables.current_generation).values(id=1, number=None))
    return City(name, division_code, metric_crs, srid, timezone, _ordered(levels))


@store_errors()
def read_city(connection: Connection) -> City | None:
    """The city of this database; None before it is founded. Raises StoreError `store_not_prepared` without tables."""
    row = connection.execute(select(tables.city)).one_or_none()
    if row is None:
        return None
    found = connection.execute(select(tables.level)).all()
    levels = [Level(r.name, r.rank, r.zh, r.en, r.leaf, r.code_pattern, r.shown_from_zoom) for r in found]
    return City(row.name, row.division_code, row.metric_crs, row.srid, row.timezone, _ordered(levels))


@store_errors()
def settle_metric_crs(connection: Connection, metric_crs: str) -> None:
    """Gives a city founded with 'auto' its metric system, once. Raises CrsError `crs_settled` when it has another one already."""
    srid = srid_of(metric_crs)
    chosen = update(tables.city).where(tables.city.c.metric_crs == AUTO).values(metric_crs=metric_crs, srid=srid)
    if connection.execute(chosen).rowcount:
        return
    settled = connection.execute(select(tables.city.c.metric_crs)).scalar_one_or_none()
    if settled != metric_crs:
        raise CrsError(
            "crs_settled",
            en="The shapes of this city are kept in {settled}; these are in {given}.",
            zh="本市图形采用 {settled},而输入为 {given}。",
            settled=settled,
            given=metric_crs,
        )


def _level_row(level: Level) -> dict[str, object]:
    return {column.name: getattr(level, column.name) for column in tables.level.columns}


def _ordered(levels: Sequence[Level]) -> tuple[Level, ...]:
    return tuple(sorted(levels, key=lambda level: (level.rank is None, level.rank or 0, level.name)))


def _city_exists() -> StoreError:
    return StoreError(
        "city_exists",
        en="This database already has its city: one database is one city.",
        zh="该数据库已有城市:一个数据库对应一个城市。",
    )


def _check_levels(levels: Sequence[Level]) -> None:
    reasons: list[tuple[str, str]] = []
    names = [level.name for level in levels]
    ladder = [level for level in levels if level.rank is not None]
    if len(set(names)) < len(names):
        reasons.append(("a name occurs twice", "层级名称重复"))
    if not any(level.leaf for level in ladder):
        reasons.append(("no level of the ladder owns shapes (leaf)", "没有任何层级拥有图形(leaf)"))
    if any(level.rank is not None and level.rank < 0 for level in levels):
        reasons.append(("a rank is negative", "层级序号为负"))
    for level in levels:
        try:
            re.compile(level.code_pattern)
        except re.error as error:
            reasons.append(
                (f"the code pattern of {level.name} is no regular expression: {error}", f"{level.name} 的编码规则不是正则表达式:{error}")
            )
    if reasons:
        raise CodeError(
            "levels_unusable",
            en="These levels cannot be used: {reasons}.",
            zh="层级定义不可用:{reasons_zh}。",
            reasons="; ".join(en for en, _ in reasons),
            reasons_zh=";".join(zh for _, zh in reasons),
        )
