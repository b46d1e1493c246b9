"""Cases in the database. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.cases.model import OPEN_STATES, Case, Reporter, Routing
from geo_service.cases.tables import case_area, case_record, reporter, tracking_day
from geo_service.errors import NotFoundError

_ROUTING = tuple(Routing.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are meant: each None means any. area_code holds for any level: a district's code finds all its cases."""

    states: tuple[str, ...] | None = None
    area_code: str | None = None
    category: str | None = None
    channel: str | None = None
    queue: str | None = None


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
    values = {
        **asdict(new.routing),
        "tracking_number": number,
        "state": "received",
        "channel": new.channel,
        "category": new.category,
        "urgency": new.urgency,
        "description": new.description,
        "address": new.address,
        "queue": new.queue,
        "received_at": at,
        "updated_at": at,
        "due_at": None,
        "closed_at": None,
        "version": 1,
    }
    case_id = connection.execute(sa.insert(case_record).values(values).returning(case_record.c.case_id)).scalar_one()
    codes = sorted({*new.routing.areas.values()} | ({new.routing.area_code} if new.routing.area_code else set()))
    if codes:
        connection.execute(sa.insert(case_area), [{"case_id": case_id, "area_code": code} for code in codes])
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
        raise NotFoundError("case_not_found", en="there is no case {case_id}", zh="没有编号为 {case_id} 的案件", case_id=case_id)
    return of_row(row)


def of_row(row: sa.Row[Any]) -> Case:
    """The case of a row of `case_record`."""
    values = dict(row._mapping)
    routing = Routing(**{name: values.pop(name) for name in _ROUTING})
    return Case(routing=routing, **values)


def _where(wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    c = case_record.c
    where: list[sa.ColumnElement[bool]] = []
    if wanted.states is not None:
        where.append(c.state.in_(wanted.states))
    if wanted.category is not None:
        where.append(c.category == wanted.category)
    if wanted.channel is not None:
        where.append(c.channel == wanted.channel)
    if wanted.queue is not None:
        where.append(c.queue == wanted.queue)
    if wanted.area_code is not None:
        where.append(c.case_id.in_(sa.select(case_area.c.case_id).where(case_area.c.area_code == wanted.area_code)))
    return where


def cases_page(connection: Connection, wanted: CaseFilter, *, before: int | None, limit: int) -> list[Case]:
    """Cases that match, newest first, with an id below `before`."""
    where = _where(wanted)
    if before is not None:
        where.append(case_record.c.case_id < before)
    query = sa.select(case_record).where(*where).order_by(case_record.c.case_id.desc()).limit(limit)
    return [of_row(row) for row in connection.execute(query)]


def count_cases(connection: Connection, wanted: CaseFilter) -> int:
    """How many cases match."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(case_record).where(*_where(wanted))).scalar_one())


def open_case_counts(connection: Connection) -> dict[str, int]:
    """Area code (any level) -> number of its open cases; areas without any are left out."""
    query = (
        sa.select(case_area.c.area_code, sa.func.count())
        .join(case_record, case_record.c.case_id == case_area.c.case_id)
        .where(case_record.c.state.in_(OPEN_STATES))
        .group_by(case_area.c.area_code)
    )
    return {code: int(n) for code, n in connection.execute(query)}


def all_on_map(connection: Connection, states: Sequence[str] | None = None) -> list[Case]:
    """Every case that has a point, oldest first."""
    where = [case_record.c.lon.is_not(None)]
    if states is not None:
        where.append(case_record.c.state.in_(tuple(states)))
    return [of_row(row) for row in connection.execute(sa.select(case_record).where(*where).order_by(case_record.c.case_id))]
