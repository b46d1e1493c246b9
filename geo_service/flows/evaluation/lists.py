"""The lists behind the numbers: for each one the query that holds exactly the cases that were counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.answering import person_of_case
from geo_service.cases.measures import BITS, MEASURES, Sql
from geo_service.cases.tables import case_area, case_record
from geo_service.errors import RequestError
from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.counting import cases_of
from geo_service.flows.evaluation.relocating import relocate

c = case_record.c
WHOLE, UNASSIGNED = "", "-"
"""Keys of the line of all cases, and of that of the cases that belong to no other line."""
_COLUMNS = (c.case_id, c.tracking_number, c.state, c.category, c.received_at)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the cases behind a number, newest first. following: the cursor of the next page."""

    total: int
    items: list[dict[str, Any]]
    following: int | None


def link(asked: Asked, key: str, measure: str) -> str:
    """The address of the list of the cases that `measure` counted for a line.

    It is the case list wherever its filter can say what is meant; else, for another generation's borders and for what belongs to no
    line, the evaluation's own list.
    """
    period = {"measure": measure, "from": _text(asked.start), "to": _text(asked.end), "as_of": _text(asked.now)}
    agency = {} if asked.agency is None else {"agency": asked.agency}
    area = {} if asked.area is None else {"area": asked.area}
    if not asked.relocated:
        if key == WHOLE:
            return _path("/api/v1/cases", {**area, **agency, **period})
        if key != UNASSIGNED and asked.by == "worker":
            return _path("/api/v1/cases", {"worker": key, **area, **agency, **period})
        if key != UNASSIGNED and asked.by == "agency" and asked.agency in (None, key):
            return _path("/api/v1/cases", {"agency": key, **area, **period})
        if key != UNASSIGNED and asked.by == "area" and asked.area in (None, key):
            return _path("/api/v1/cases", {"area": key, **agency, **period})
    generation = {"generation": asked.published.number} if asked.relocated else {}
    which = {"level": asked.level} if asked.by == "area" else {"by": asked.by}
    return _path("/api/v1/evaluation/cases", {**which, "key": key, **area, **agency, **generation, **period})


def _path(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}"


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def cases_behind(connection: Connection, asked: Asked, *, key: str, measure: str, before: int | None, limit: int) -> Listed:
    """The cases that a measure counted for a line. RequestError for an unknown measure."""
    if measure not in MEASURES:
        known = ", ".join(MEASURES)
        raise RequestError("unknown_measure", en="there is no measure {measure}: {known}", zh="没有指标 {measure}：{known}",
                           measure=measure[:30].replace("\x00", "�"), known=known, field="measure")  # fmt: skip
    if asked.relocated:
        return _relocated(connection, asked, key=key, measure=measure, before=before, limit=limit)
    where = [*cases_of(asked), MEASURES[measure](Sql(asked.now)), *_of_line(asked, key)]
    total = int(connection.execute(sa.select(sa.func.count()).select_from(case_record).where(*where)).scalar_one())
    if before is not None:
        where.append(c.case_id < before)
    rows = connection.execute(sa.select(*_COLUMNS).where(*where).order_by(c.case_id.desc()).limit(limit + 1)).all()
    return _page(total, rows, limit)


def _of_line(asked: Asked, key: str) -> list[sa.ColumnElement[bool]]:
    if key == WHOLE:
        return []
    if asked.by == "area":
        at_level = sa.select(case_area.c.case_id).where(case_area.c.area_level == asked.level)
        if key == UNASSIGNED:
            return [c.case_id.not_in(at_level)]
        return [c.case_id.in_(at_level.where(case_area.c.area_code == key))]
    if asked.by == "agency":
        owned = c.owner.startswith("agency:")
        return [sa.not_(sa.func.coalesce(owned, sa.false()))] if key == UNASSIGNED else [c.owner == f"agency:{key}"]
    if key == UNASSIGNED:
        return [person_of_case().is_(None)]
    return [person_of_case() == int(key)] if key.isascii() and key.isdigit() and len(key) < 19 else [sa.false()]


def _relocated(connection: Connection, asked: Asked, *, key: str, measure: str, before: int | None, limit: int) -> Listed:
    placed = relocate(connection, asked)
    chosen = placed.inside & ((placed.masks >> BITS[measure] & 1) == 1)
    if key != WHOLE:
        chosen &= placed.keys == ("" if key == UNASSIGNED else key)
    ids = sorted(placed.ids[chosen].tolist(), reverse=True)
    wanted = [one for one in ids if before is None or one < before][: limit + 1]
    rows = connection.execute(sa.select(*_COLUMNS).where(c.case_id.in_(wanted)).order_by(c.case_id.desc())).all()
    return _page(len(ids), rows, limit)


def _page(total: int, rows: Any, limit: int) -> Listed:
    following = rows[limit - 1].case_id if len(rows) > limit else None
    return Listed(total, [dict(row._mapping) for row in rows[:limit]], following)
