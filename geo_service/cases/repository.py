"""Cases in the database. Takes a connection, never commits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.cases.model import REPEAT_WITHIN, Case, Reporter, Routing
from geo_service.cases.progress import row_values
from geo_service.cases.tables import case_area, case_record, reporter, tracking_day
from geo_service.cases.workflow import Recorded, opened
from geo_service.errors import NotFoundError

_ROUTING = tuple(Routing.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as it comes in."""

    channel: str
    category: str | None
    urgency: str
    description: str
    address: str | None
    routing: Routing
    queue: str | None
    reporter: Reporter | None


def open_new(connection: Connection, new: NewCase, *, at: datetime, timezone: str) -> Case:
    """Stores a new case in the state 'received' with the day's next tracking number (YYYYMMDD-NNNNNN, day in `timezone`)."""
    day = at.astimezone(ZoneInfo(timezone)).strftime("%Y%m%d")
    number = f"{day}-{_next_number(connection, day):06d}"
    said = {"state": "received", "channel": new.channel, "category": new.category, "area_code": new.routing.area_code}
    values = {
        **asdict(new.routing),
        **row_values(opened(Recorded("received", at, "", said))),
        "tracking_number": number,
        "channel": new.channel,
        "urgency": new.urgency,
        "description": new.description,
        "address": new.address,
        "queue": new.queue,
        "received_at": at,
        "repeat_until_at": at + REPEAT_WITHIN,
    }
    case_id = connection.execute(sa.insert(case_record).values(values).returning(case_record.c.case_id)).scalar_one()
    connection.execute(
        sa.update(case_record).where(case_record.c.case_id == case_id).values(progress={**values["progress"], "case_id": case_id})
    )
    rows = area_rows(case_id, new.routing.areas, new.routing.area_code, new.routing.area_level)
    if rows:
        connection.execute(sa.insert(case_area), rows)
    if new.reporter is not None and (new.reporter.name or new.reporter.phone):
        connection.execute(sa.insert(reporter).values(case_id=case_id, name=new.reporter.name, phone=new.reporter.phone))
    return case(connection, case_id)


def _next_number(connection: Connection, day: str) -> int:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(tracking_day)
        .values(day=day, last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": tracking_day.c.last + 1})
        .returning(tracking_day.c.last)
    )
    return int(connection.execute(statement).scalar_one())


def case(connection: Connection, case_id: int) -> Case:
    """One case. NotFoundError when there is none of this id."""
    row = connection.execute(sa.select(case_record).where(case_record.c.case_id == case_id)).one_or_none()
    if row is None:
        raise case_not_found(case_id)
    return of_row(row)


def case_not_found(case_id: int) -> NotFoundError:
    """The refusal of an id that no case has."""
    return NotFoundError("case_not_found", en="there is no case {case_id}", zh="没有编号为 {case_id} 的案件", case_id=case_id)


def of_row(row: sa.Row[Any]) -> Case:
    """The case of a row of `case_record`."""
    values = dict(row._mapping)
    values.pop("searched", None)
    routing = Routing(**{name: values.pop(name) for name in _ROUTING})
    return Case(routing=routing, **{**values, "cohandlers": tuple(values["cohandlers"])})


def area_rows(case_id: int, areas: dict[str, str], area_code: str | None, area_level: str | None) -> list[dict[str, Any]]:
    """Rows of `case_area`: one a level; a code that two levels bear stands at both."""
    levels = dict(areas) if area_code is None or area_level is None else {**areas, area_level: area_code}
    return [{"case_id": case_id, "area_code": code, "area_level": level} for level, code in sorted(levels.items())]
