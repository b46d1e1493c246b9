"""Cases that change hands when borders do: found by area, moved or marked by an event. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.model import MOVABLE, OPEN_STATES, Case
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_area, case_record
from geo_service.event_log import NewEvent

_CHUNK = 500


def open_cases_in(connection: Connection, area_codes: Iterable[str]) -> list[Case]:
    """Open cases whose own area is one of these, oldest first."""
    wanted, found = sorted(set(area_codes)), []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        asked = sa.select(case_record).where(case_record.c.state.in_(OPEN_STATES), case_record.c.area_code.in_(chunk))
        found += [of_row(row) for row in connection.execute(asked)]
    return sorted(found, key=lambda case: case.case_id)


def record(connection: Connection, changes: Sequence[tuple[Case, str, dict[str, Any]]], *, actor: str, at: datetime) -> None:
    """Writes an event for each (case, kind, data) and what it changes of the case's row: data['routing'] (MOVABLE), data['queue']."""
    if not changes:
        return
    c = case_record.c
    for case, _, data in changes:
        values: dict[str, Any] = {"version": case.version + 1, "updated_at": at}
        if "routing" in data:
            values |= {name: data["routing"][name] for name in MOVABLE}
            _replace_areas(connection, case.case_id, data["routing"])
        if "queue" in data:
            values["queue"] = data["queue"]
        connection.execute(sa.update(case_record).where(c.case_id == case.case_id).values(values))
    event_log.append(connection, [NewEvent(kind, case.case_id, actor, at, data) for case, kind, data in changes])


def _replace_areas(connection: Connection, case_id: int, routing: dict[str, Any]) -> None:
    connection.execute(sa.delete(case_area).where(case_area.c.case_id == case_id))
    codes = sorted({*routing["areas"].values(), *([routing["area_code"]] if routing["area_code"] else [])})
    if codes:
        connection.execute(sa.insert(case_area), [{"case_id": case_id, "area_code": code} for code in codes])


def points_of_cases(
    connection: Connection, *, only_open: bool = False, since: datetime | None = None
) -> list[tuple[int, str, float, float]]:
    """(case_id, tracking_number, lon, lat) of cases with a point: open ones only, or received since an instant."""
    c = case_record.c
    where = [c.lon.is_not(None)]
    if only_open:
        where.append(c.state.in_(OPEN_STATES))
    if since is not None:
        where.append(c.received_at >= since)
    asked = sa.select(c.case_id, c.tracking_number, c.lon, c.lat).where(*where).order_by(c.case_id)
    return [(row.case_id, row.tracking_number, row.lon, row.lat) for row in connection.execute(asked)]
