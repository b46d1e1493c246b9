"""One case at a time, held while somebody acts on it: read, decided elsewhere, written with its event. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.model import MOVABLE, Case
from geo_service.cases.progress import from_json, row_values
from geo_service.cases.repository import area_rows, case_not_found, of_row
from geo_service.cases.tables import case_area, case_record
from geo_service.cases.workflow import CaseState, Recorded, apply
from geo_service.event_log import NewEvent


def held_case(connection: Connection, case_id: int, *, beside: int | None = None) -> tuple[Case, CaseState]:
    """A case and its state, locked until the transaction ends: who comes second sees what the first one did.

    beside: another case whose state matters too and must not change meanwhile; both are locked in the order of their ids, so that two
    who hold the same pair wait for one another and never in a circle. PostgreSQL locks the row, SQLite's BEGIN IMMEDIATE locked the
    database already. NotFoundError when there is none of this id.
    """
    if beside is not None:
        pair = sa.select(case_record.c.case_id).where(case_record.c.case_id.in_((case_id, beside)))
        connection.execute(pair.order_by(case_record.c.case_id).with_for_update()).all()
    row = connection.execute(sa.select(case_record).where(case_record.c.case_id == case_id).with_for_update()).one_or_none()
    if row is None:
        raise case_not_found(case_id)
    case = of_row(row)
    return case, from_json(case.progress)


def write(connection: Connection, case: Case, recorded: Recorded) -> Case:
    """The case after one more event of its own, row and log. The case must be held."""
    return write_all(connection, [(case, recorded)])[0]


def write_all(connection: Connection, changes: Sequence[tuple[Case, Recorded]]) -> list[Case]:
    """The cases after an event each; the log is appended to last, for its head is what every writer waits for."""
    after = []
    for case, recorded in changes:
        data = recorded.data
        values: dict[str, Any] = row_values(apply(from_json(case.progress), recorded))
        routing = case.routing
        if "routing" in data:
            moved = {name: data["routing"][name] for name in MOVABLE}
            routing = replace(routing, **moved)
            values |= moved
            replace_areas(connection, case.case_id, moved)
        if "queue" in data:
            values["queue"] = data["queue"]
        connection.execute(sa.update(case_record).where(case_record.c.case_id == case.case_id).values(values))
        after.append(replace(case, routing=routing, **{name: value for name, value in values.items() if name not in MOVABLE}))
    event_log.append(connection, [NewEvent(e.kind, case.case_id, e.actor, e.at, dict(e.data)) for case, e in changes])
    return after


def replace_areas(connection: Connection, case_id: int, routing: dict[str, Any]) -> None:
    """Says anew for which areas a case counts. routing: areas {level: code}, area_code, area_level."""
    connection.execute(sa.delete(case_area).where(case_area.c.case_id == case_id))
    rows = area_rows(case_id, routing["areas"], routing["area_code"], routing["area_level"])
    if rows:
        connection.execute(sa.insert(case_area), rows)


def since(connection: Connection, case_id: int, version: int) -> list[tuple[str, str, datetime]]:
    """(kind, actor, at) of what happened to a case behind one of its versions, oldest first."""
    return [(event.kind, event.actor, event.at) for event in event_log.of_case(connection, case_id)[version:]]
