"""Generations and their members in the tables. Everything takes a connection and nothing here commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, Literal

import numpy as np
import shapely
from geopandas import GeoDataFrame
from sqlalchemy import Connection, Row, func, insert, select, text, type_coerce
from sqlalchemy.types import NullType

from boundaries.datum import check_datum
from boundaries.errors import CrsError, GenerationError, StoreError
from boundaries.model import AreaVersion, Defect, Generation
from boundaries.store import tables
from boundaries.store.city import City, read_city, settle_metric_crs, write_city
from boundaries.store.columns import require_aware, require_text
from boundaries.store.documents import defects_from_json, defects_to_json
from boundaries.store.frame import Resolved, resolve
from boundaries.store.proof import content_hash
from boundaries.store.refusals import store_errors
from boundaries.store.versions import insert_many, version_hashes, version_rows

__all__ = [
    "City",
    "add_generation",
    "current_number",
    "defects",
    "generation",
    "generation_at",
    "generation_of_row",
    "generation_unknown",
    "generations",
    "members",
    "next_number",
    "read_city",
    "require_city",
    "settle_metric_crs",
    "write_city",
]

_NUMBERING_LOCK: Final = 0x6369_7479  # any constant of ours: who numbers generations and areas holds it until the end of the transaction

_RECORD: Final = tuple(tables.generation.c[field.name] for field in fields(Generation))  # all but the defects, which may be many


@store_errors()
def require_city(connection: Connection) -> City:
    """The city of this database. Raises StoreError `city_missing` before it is founded."""
    city = read_city(connection)
    if city is None:
        raise StoreError(
            "city_missing",
            en="This database has no city yet: run `citygrid init` (or library.init_city) first.",
            zh="该数据库尚未建立城市:请先运行 `citygrid init`(或 library.init_city)。",
        )
    return city


@store_errors()
def add_generation(
    connection: Connection,
    *,
    areas: GeoDataFrame,
    source: str,
    datum: str,
    metric_crs: str,
    actor: str,
    at: dt.datetime,
    kind: Literal["import", "draft", "rollback"] = "import",
    parent: int | None = None,
    proof: dict[str, Any],
    defects: Sequence[Defect] = (),
    identities: Mapping[tuple[str, str], int] | None = None,
) -> Generation:
    """A new generation of these areas, status `imported`: it answers nothing until it is published.

    areas: as `boundaries.store.frame.resolve`, shapes in the city's metric system. parent: the generation it grew from; an area of
    the same level and code there is the same area, and an unchanged one keeps its version. proof: `boundaries.store.proof.prove`.
    identities: {(level, code): area_id} of areas that live on, for those who know better than by code (an area may be recoded).
    10,700 areas take about 1 s on SQLite, 2 s on PostGIS. Raises what `resolve` raises, CrsError `crs_settled` or
    `frame_crs_wrong`, GenerationError `generation_unknown`, StoreError.
    """
    created_at = require_aware(at)
    require_text(source=source, actor=actor)
    check_datum(datum)
    city = require_city(connection)
    settle_metric_crs(connection, metric_crs)
    _check_frame_crs(areas, metric_crs)
    rows = resolve(areas, city.levels)
    number = next_number(connection)
    if parent is not None:
        generation(connection, parent)
    connection.execute(
        insert(tables.generation).values(
            number=number,
            parent=parent,
            kind=kind,
            status="imported",
            source=source,
            datum=datum,
            metric_crs=metric_crs,
            content_hash=content_hash(rows),
            created_at=created_at,
            actor=actor,
            proof=proof,
            defects=defects_to_json(defects),
        )
    )
    known = _identities(connection, parent) if identities is None else dict(identities)
    _add_members(connection, number, parent, rows, known, srid=require_city(connection).srid)
    return generation(connection, number)


@store_errors()
def generations(connection: Connection) -> list[Generation]:
    """All generations, by number."""
    rows = connection.execute(select(*_RECORD).order_by(tables.generation.c.number))
    return [generation_of_row(row) for row in rows]


@store_errors()
def generation(connection: Connection, number: int) -> Generation:
    """The generation of that number. Raises GenerationError `generation_unknown`."""
    row = connection.execute(select(*_RECORD).where(tables.generation.c.number == number)).one_or_none()
    if row is None:
        raise generation_unknown(number)
    return generation_of_row(row)


@store_errors()
def generation_at(connection: Connection, at: dt.datetime) -> Generation:
    """The generation that was in force at that instant. Raises GenerationError `generation_none_at` before the first was published."""
    moment = require_aware(at)
    table = tables.generation.c
    in_force = (table.effective_from <= moment) & (table.effective_until.is_(None) | (table.effective_until > moment))
    row = connection.execute(select(*_RECORD).where(in_force)).one_or_none()
    if row is None:
        raise GenerationError(
            "generation_none_at",
            en="No generation was in force at {at}.",
            zh="{at} 时没有生效的版本。",
            at=moment.isoformat(),
        )
    return generation_of_row(row)


@store_errors()
def current_number(connection: Connection, *, lock: bool = False) -> int | None:
    """The number of the published generation that is in force now, None before the first.

    lock: no other may be published until this transaction ends (FOR SHARE on PostgreSQL; on SQLite the writer's BEGIN IMMEDIATE
    is that lock already).
    """
    asked = select(tables.current_generation.c.number)
    return connection.execute(asked.with_for_update(read=True) if lock else asked).scalar_one_or_none()


@store_errors()
def defects(connection: Connection, number: int) -> list[Defect]:
    """What the checks found in a generation. Raises GenerationError `generation_unknown`."""
    documents = connection.execute(select(tables.generation.c.defects).where(tables.generation.c.number == number)).scalar_one_or_none()
    if documents is None:
        raise generation_unknown(number)
    return defects_from_json(documents)


@store_errors()
def members(connection: Connection, number: int) -> list[AreaVersion]:
    """The areas of a generation, coarse to fine (levels beside the ladder last), within a level by code (code points).

    Empty for a generation without areas. Raises GenerationError `generation_unknown`.
    """
    version, member = tables.area_version, tables.generation_member
    columns = [
        version.c.version_id,
        version.c.area_id,
        version.c.level,
        version.c.code,
        version.c.name,
        version.c.kind,
        version.c.parent_id,
        type_coerce(version.c.geometry, NullType()).label("geometry"),  # as the database keeps it: all shapes are read at once, below
        version.c.households,
        version.c.shares_face_of,
        version.c.content_hash,
    ]
    joined = member.join(version, member.c.version_id == version.c.version_id)
    rows = connection.execute(select(*columns).select_from(joined).where(member.c.number == number)).all()
    if not rows:
        generation(connection, number)
    ranks = {row.name: row.rank for row in connection.execute(select(tables.level.c.name, tables.level.c.rank))}
    shapes = shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))
    found = [AreaVersion(**{**row._mapping, "geometry": shape}) for row, shape in zip(rows, shapes, strict=True)]
    last = max((rank for rank in ranks.values() if rank is not None), default=0) + 1
    depth = {name: last if rank is None else rank for name, rank in ranks.items()}
    return sorted(found, key=lambda area: (depth[area.level], area.level, area.code))


def generation_of_row(row: Row[Any]) -> Generation:
    """The record of a row that has its columns."""
    return Generation(**{column.name: row._mapping[column.name] for column in _RECORD})


def generation_unknown(number: object) -> GenerationError:
    """The refusal of a number no generation has."""
    return GenerationError("generation_unknown", en="There is no generation {number}.", zh="没有版本 {number}。", number=str(number)[:60])


def _check_frame_crs(areas: GeoDataFrame, metric_crs: str) -> None:
    if areas.crs is not None and areas.crs != metric_crs:
        raise CrsError(
            "frame_crs_wrong",
            en="The frame of areas says {given}, its shapes should be in {expected}.",
            zh="区域数据标注为 {given},应为 {expected}。",
            given=areas.crs.to_string()[:60],
            expected=metric_crs,
        )


def next_number(connection: Connection) -> int:
    """The number of the next generation. One at a time may give out numbers (SQLite: a writer is alone anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING_LOCK})
    return _highest(connection, tables.generation.c.number) + 1


def _highest(connection: Connection, column: Any) -> int:
    return connection.execute(select(func.max(column))).scalar_one() or 0


def _add_members(
    connection: Connection, number: int, parent: int | None, rows: Resolved, known: dict[tuple[str, str], int], *, srid: int
) -> None:
    next_area = _highest(connection, tables.area.c.area_id) + 1
    area_ids = np.zeros(len(rows), dtype=np.int64)
    new_areas = []
    for row, key in enumerate(zip(rows.levels, rows.codes, strict=True)):
        if key in known:
            area_ids[row] = known[key]
            continue
        area_ids[row] = next_area
        new_areas.append({"area_id": next_area, "level": key[0], "created_generation": number, "retired_generation": None})
        next_area += 1
    insert_many(connection, tables.area, new_areas)
    hashes = version_hashes(rows, area_ids)
    states = _states(connection, parent)
    missing = [row for row, digest in enumerate(hashes) if (int(area_ids[row]), digest) not in states]
    first = _highest(connection, tables.area_version.c.version_id) + 1
    numbers = range(first, first + len(missing))
    made = version_rows(rows, chosen=missing, area_ids=area_ids, version_ids=numbers, hashes=hashes, srid=srid)
    insert_many(connection, tables.area_version, list(made))
    states.update({(int(area_ids[row]), hashes[row]): version for row, version in zip(missing, numbers, strict=True)})
    listed = [
        {"number": number, "area_id": area, "version_id": states[area, digest]}
        for area, digest in zip(area_ids.tolist(), hashes, strict=True)
    ]
    insert_many(connection, tables.generation_member, listed)


def _identities(connection: Connection, number: int | None) -> dict[tuple[str, str], int]:
    """(level, code) -> area_id in a generation."""
    version, member = tables.area_version.c, tables.generation_member.c
    joined = tables.generation_member.join(tables.area_version, member.version_id == version.version_id)
    asked = select(version.level, version.code, version.area_id).select_from(joined).where(member.number == number)
    return {(row.level, row.code): row.area_id for row in connection.execute(asked)}


def _states(connection: Connection, number: int | None) -> dict[tuple[int, str], int]:
    """(area_id, content hash) -> version_id, over every version that areas of a generation ever had."""
    version, member = tables.area_version.c, tables.generation_member.c
    joined = tables.generation_member.join(tables.area_version, member.area_id == version.area_id)
    asked = select(version.area_id, version.content_hash, version.version_id).select_from(joined).where(member.number == number)
    return {(row.area_id, row.content_hash): row.version_id for row in connection.execute(asked)}
