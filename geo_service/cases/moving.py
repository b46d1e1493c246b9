"""Cases that change hands when borders do: found by area, moved or marked by an event. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.acting import write_all
from geo_service.cases.model import OPEN_STATES, Case
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_area, case_record
from geo_service.cases.workflow import Recorded

_CHUNK = 500


def open_cases_in(connection: Connection, area_codes: Iterable[str]) -> list[Case]:
    """Open cases whose own area is one of these, oldest first; held until the transaction ends, so that nobody acts on them meanwhile."""
    wanted, found = sorted(set(area_codes)), []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        asked = sa.select(case_record).where(case_record.c.state.in_(OPEN_STATES), case_record.c.area_code.in_(chunk))
        found += [of_row(row) for row in connection.execute(asked.order_by(case_record.c.case_id).with_for_update())]
    return sorted(found, key=lambda case: case.case_id)


def open_cases_lying_in(connection: Connection, areas: Iterable[tuple[str, str]]) -> list[Case]:
    """Open cases that lie in any of these areas (level, code), at whatever depth, oldest first; held until the transaction ends."""
    wanted, ids = set(areas), set()
    codes = sorted({code for _, code in wanted})
    for start in range(0, len(codes), _CHUNK):
        lying = sa.select(case_area).join(case_record, case_record.c.case_id == case_area.c.case_id)
        lying = lying.where(case_record.c.state.in_(OPEN_STATES), case_area.c.area_code.in_(codes[start : start + _CHUNK]))
        ids |= {row.case_id for row in connection.execute(lying) if (row.area_level, row.area_code) in wanted}
    ordered, found = sorted(ids), []
    for start in range(0, len(ordered), _CHUNK):
        asked = sa.select(case_record).where(case_record.c.case_id.in_(ordered[start : start + _CHUNK]))
        found += [of_row(row) for row in connection.execute(asked.order_by(case_record.c.case_id).with_for_update())]
    return found


def record(connection: Connection, changes: Sequence[tuple[Case, str, dict[str, Any]]], *, actor: str, at: datetime) -> None:
    """Writes an event for each (case, kind, data) and what it changes of the case's row: data['routing'] (MOVABLE), data['queue']."""
    if changes:
        write_all(connection, [(case, Recorded(kind, at, actor, data)) for case, kind, data in changes])


def points_of_cases(
    connection: Connection, *, only_open: bool = False, since: datetime | None = None
) -> list[tuple[int, str, float, float]]:
    """(case_id, tracking_number, lon, lat) of cases with a point: open ones only, or received since an instant."""
    c = case_record.c
    where: list[sa.ColumnElement[bool]] = [c.lon.is_not(None)]
    if only_open:
        where.append(c.state.in_(OPEN_STATES))
    if since is not None:
        where.append(c.received_at >= since)
    asked = sa.select(c.case_id, c.tracking_number, c.lon, c.lat).where(*where).order_by(c.case_id)
    return [(row.case_id, row.tracking_number, row.lon, row.lat) for row in connection.execute(asked)]
