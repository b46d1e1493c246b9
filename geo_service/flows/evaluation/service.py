"""The story of evaluation, without HTTP: one query over the cases received in a period; every number is a filter of the case list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.finding import CaseFilter, conditions
from geo_service.cases.measures import MEASURES, Sql
from geo_service.cases.tables import case_area, case_record
from geo_service.errors import RequestError
from geo_service.published import Published
from geo_service.workers.tables import agency, person

RATES: dict[str, tuple[str, str, str, str]] = {
    "filed": ("filed", "received", "立案率", "filed"),
    "dispatched_on_time": ("dispatched_on_time", "dispatch_due", "按时派遣率", "dispatched on time"),
    "handled_on_time": ("handled_on_time", "handling_due", "按期处置率", "handled on time"),
    "overdue": ("overdue", "timed", "超期率", "overdue"),
    "returned": ("returned", "dispatched", "退单率", "returned"),
    "reworked": ("reworked", "handled", "返工率", "reworked"),
    "closed": ("closed", "filed", "结案率", "closed"),
    "reopened": ("reopened", "closed_once", "重开率", "reopened"),
    "repeated": ("repeated", "received", "重复发生率", "repeated"),
    "response": ("responded", "responded_asked", "响应率", "response"),
    "resolution": ("resolved", "resolved_asked", "解决率", "resolution"),
    "satisfaction": ("satisfied", "satisfied_asked", "满意率", "satisfaction"),
}
"""rate -> (numerator, denominator, zh, en); both are measures that filter the case list."""

SMALL = 10
"""A rate over fewer cases than this is told, but marked: nobody is rated by it."""
STARS = (("handled_on_time", True), ("closed", True), ("reworked", False), ("overdue", False), ("satisfaction", True))


@dataclass(frozen=True, slots=True)
class Line:
    """One area, agency or worker. counts: measure -> cases. households: of the area, 0 for others."""

    key: str
    name: str
    households: int
    counts: dict[str, int]

    def rate(self, name: str) -> tuple[int, int, float | None]:
        """(numerator, denominator, share); the share is None without a denominator."""
        over, under, _, _ = RATES[name]
        below = self.counts[under]
        return self.counts[over], below, self.counts[over] / below if below else None

    @property
    def per_thousand_households(self) -> float | None:
        """Load: cases received per 1,000 households."""
        return 1000 * self.counts["received"] / self.households if self.households else None

    @property
    def stars(self) -> int | None:
        """One to five, the mean of the STARS rates that are over SMALL cases or more; None where the cases are too few."""
        if self.counts["received"] < SMALL:
            return None
        found = [
            (share if good else 1 - share)
            for name, good in STARS
            for _, below, share in [self.rate(name)]
            if share is not None and below >= SMALL
        ]
        return None if not found else max(1, min(5, round(sum(found) / len(found) * 5)))


def evaluate(connection: Connection, published: Published, *, level: str, start: datetime, end: datetime, now: datetime) -> list[Line]:
    """A line for each area of a level, or each agency or worker, with cases received in [start, end). RequestError for other levels."""
    c = case_record.c
    levels = [one.name for one in published.city.ladder]
    wanted = conditions(CaseFilter(received_from=start, received_to=end))
    source: Any = case_record
    if level in levels:
        source = case_record.join(case_area, case_area.c.case_id == c.case_id)
        key: sa.ColumnElement[Any] = case_area.c.area_code
        wanted.append(case_area.c.area_level == level)
    elif level == "agency":
        key = c.owner
        wanted.append(c.owner.startswith("agency:"))
    elif level == "worker":
        key = c.person_id
        wanted.append(c.person_id.is_not(None))
    else:
        known = ", ".join((*levels, "agency", "worker"))
        raise RequestError("unknown_level", en="level is one of {known}", zh="层级应为：{known}", known=known, field="level")
    sql = Sql(now)
    sums = [sa.func.sum(sa.case((made(sql), 1), else_=0)).label(name) for name, made in MEASURES.items()]
    rows = connection.execute(sa.select(key.label("key"), *sums).select_from(source).where(*wanted).group_by(key).order_by(key)).all()
    names = _names(connection, level)
    lines = []
    for row in rows:
        counts = {name: int(getattr(row, name)) for name in MEASURES}
        area = published.by_code.get(str(row.key)) if level in levels else None
        name = area.name if area else names.get(row.key, str(row.key))
        lines.append(Line(str(row.key), name, _households(published, str(row.key)) if area else 0, counts))
    return lines


def _names(connection: Connection, level: str) -> dict[Any, str]:
    if level == "agency":
        return {f"agency:{row.code}": row.name for row in connection.execute(sa.select(agency.c.code, agency.c.name))}
    if level == "worker":
        return {row.person_id: row.name for row in connection.execute(sa.select(person.c.person_id, person.c.name))}
    return {}


def _households(published: Published, code: str) -> int:
    return _sums(published).get(code, 0)


_kept: dict[str, dict[str, int]] = {}


def _sums(published: Published) -> dict[str, int]:
    """Households of every area: the sum over its leaves. Kept for the last generation asked for."""
    key = f"{published.number}:{published.generation.content_hash}"
    if key not in _kept:
        sums: dict[str, int] = {}
        above = {area.parent_id for area in published.areas.values()}
        for area in published.areas.values():
            if area.area_id not in above:
                for one in published.chain(area):
                    sums[one.code] = sums.get(one.code, 0) + area.households
        _kept.clear()
        _kept[key] = sums
    return _kept[key]


def list_behind(level: str, key: str, measure: str, *, start: datetime, end: datetime) -> str:
    """The query of the case list that holds exactly the cases that were counted."""
    name = {"agency": "owner", "worker": "worker"}.get(level, "area")
    return "/api/v1/cases?" + urlencode({name: key, "measure": measure, "from": start.isoformat(), "to": end.isoformat()})


COLUMNS = ("key", "name", "households", "received", "per_thousand_households", "stars")


def table(lines: list[Line]) -> tuple[list[str], list[list[str | float | int | None]]]:
    """The lines as a sheet: each rate with its numerator and denominator."""
    columns = [*COLUMNS, *(f"{name}{part}" for name in RATES for part in ("", "_numerator", "_denominator"))]
    rows: list[list[str | float | int | None]] = []
    for line in lines:
        row: list[str | float | int | None] = [
            line.key,
            line.name,
            line.households,
            line.counts["received"],
            line.per_thousand_households,
            line.stars,
        ]
        for name in RATES:
            over, under, share = line.rate(name)
            row += [share, over, under]
        rows.append(row)
    return columns, rows
