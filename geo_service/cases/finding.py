"""Which cases are meant: one filter for lists, maps, counts and evaluation, so that they agree. Takes a connection, never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.cases.answering import person_of_case
from geo_service.cases.listed import among
from geo_service.cases.measures import MEASURES, Sql
from geo_service.cases.model import OPEN_STATES, Case
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_area, case_record
from geo_service.cases.visible import in_category, within
from geo_service.scope import Scope


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are meant: those that `scope` reaches; each None means any.

    area_code holds for any level: a district's code finds all its cases. category: a whole key or a subtree of it (`social`,
    `social:matter`, `social:matter:80`). owner: agency:<code> or post:<id>. person_id: whom it counts for (see `answering`). light and
    measure are as of `now`. received_from and received_to bound the time of receipt, half open. text: part of the description or
    address, phones masked, or the beginning of the tracking number. measure: a part of the evaluation (see `measures`). within: a ring
    of WGS-84 lon, lat, which `placing.placed` turns into case_ids, the only cases that are meant.
    """

    scope: Scope
    states: tuple[str, ...] | None = None
    area_code: str | None = None
    category: str | None = None
    channel: str | None = None
    queue: str | None = None
    light: str | None = None
    owner: str | None = None
    post_id: int | None = None
    person_id: int | None = None
    urgency: str | None = None
    affair: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    text: str | None = None
    measure: str | None = None
    area_level: str | None = None
    within: tuple[tuple[float, float], ...] | None = None
    case_ids: tuple[int, ...] | None = None
    now: datetime | None = None


def light_at(now: datetime) -> sa.ColumnElement[str]:
    """The light of each case at an instant, in SQL: the same as `model.light`."""
    c = case_record.c
    at = sa.func.coalesce(c.frozen_at, sa.literal(now, UtcDateTime()), type_=UtcDateTime())
    return sa.case(
        (c.due_at.is_(None) | c.state.not_in(OPEN_STATES), "none"),
        (at > c.due_at, "red"),
        (c.warn_at.is_not(None) & (at >= c.warn_at), "yellow"),
        else_="green",
    )


def conditions(wanted: CaseFilter) -> list[sa.ColumnElement[bool]]:
    """The filter as SQL conditions on `case_record`."""
    c = case_record.c
    where = within(wanted.scope)
    for column, value in (
        (c.channel, wanted.channel),
        (c.queue, wanted.queue),
        (c.owner, wanted.owner),
        (c.post_id, wanted.post_id),
        (person_of_case(), wanted.person_id),
        (c.urgency, wanted.urgency),
        (c.affair, wanted.affair),
    ):
        if value is not None:
            where.append(column == value)
    if wanted.states is not None:
        where.append(c.state.in_(wanted.states))
    if wanted.category is not None:
        where.append(in_category(wanted.category))
    if wanted.received_from is not None:
        where.append(c.received_at >= wanted.received_from)
    if wanted.received_to is not None:
        where.append(c.received_at < wanted.received_to)
    if wanted.area_code is not None or wanted.area_level is not None:
        inside = sa.select(case_area.c.case_id)
        if wanted.area_code is not None:
            inside = inside.where(case_area.c.area_code == wanted.area_code)
        if wanted.area_level is not None:
            inside = inside.where(case_area.c.area_level == wanted.area_level)
        where.append(c.case_id.in_(inside))
    if wanted.text is not None:
        where.append(c.searched.contains(wanted.text, autoescape=True) | c.tracking_number.startswith(wanted.text, autoescape=True))
    if wanted.light is not None:
        where.append(light_at(_now(wanted)) == wanted.light)
    if wanted.measure is not None:
        where.append(MEASURES[wanted.measure](Sql(_now(wanted))))
    if wanted.case_ids is not None:
        where.append(among(wanted.case_ids))
    return where


def _now(wanted: CaseFilter) -> datetime:
    assert wanted.now is not None, "a light or a measure is asked for at an instant"
    return wanted.now


def cases_page(connection: Connection, wanted: CaseFilter, *, before: int | None, limit: int) -> list[Case]:
    """Cases that match, newest first, with an id below `before`."""
    where = conditions(wanted)
    if before is not None:
        where.append(case_record.c.case_id < before)
    query = sa.select(case_record).where(*where).order_by(case_record.c.case_id.desc()).limit(limit)
    return [of_row(row) for row in connection.execute(query)]


def count_cases(connection: Connection, wanted: CaseFilter) -> int:
    """How many cases match."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(case_record).where(*conditions(wanted))).scalar_one())


def counts_by(connection: Connection, wanted: CaseFilter, by: str, *, now: datetime) -> dict[str, int]:
    """How many cases match for each value of `by`: state, light, channel, urgency, affair, category, owner, queue or a level of areas.

    Cases without such a value are left out.
    """
    c = case_record.c
    plain: dict[str, sa.ColumnElement[Any]] = {name: c[name] for name in COUNTED_BY if name != "light"}
    key = light_at(now) if by == "light" else plain.get(by)
    if key is None:
        query = sa.select(case_area.c.area_code, sa.func.count()).join(case_record, c.case_id == case_area.c.case_id)
        query = query.where(case_area.c.area_level == by, *conditions(wanted)).group_by(case_area.c.area_code)
    else:
        query = sa.select(key, sa.func.count()).select_from(case_record).where(*conditions(wanted), key.is_not(None)).group_by(key)
    return {str(value): int(n) for value, n in sorted(tuple(row) for row in connection.execute(query))}


COUNTED_BY = ("state", "light", "channel", "urgency", "affair", "category", "owner", "queue")


def positions(connection: Connection, wanted: CaseFilter, *, now: datetime) -> dict[str, list[Any]]:
    """Columns id, lon, lat, state, light, grid of every case that matches and has a point, oldest first."""
    c = case_record.c
    grid = sa.select(case_area.c.area_code).where(case_area.c.case_id == c.case_id, case_area.c.area_level == "grid").scalar_subquery()
    query = sa.select(c.case_id, c.lon, c.lat, c.state, light_at(now), grid).where(c.lon.is_not(None), *conditions(wanted))
    rows = connection.execute(query.order_by(c.case_id)).all()
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(6)]
    return dict(zip(("id", "lon", "lat", "state", "light", "grid"), columns, strict=True))


def open_case_counts(connection: Connection, scope: Scope) -> dict[str, int]:
    """Area code (any level) -> number of its open cases; areas without any are left out. A case counts once for a code of two levels."""
    query = (
        sa.select(case_area.c.area_code, sa.func.count(case_area.c.case_id.distinct()))
        .join(case_record, case_record.c.case_id == case_area.c.case_id)
        .where(case_record.c.state.in_(OPEN_STATES), *within(scope))
        .group_by(case_area.c.area_code)
    )
    return {code: int(n) for code, n in connection.execute(query)}


def all_on_map(connection: Connection, scope: Scope) -> list[Case]:
    """Every case that has a point, oldest first."""
    query = sa.select(case_record).where(case_record.c.lon.is_not(None), *within(scope)).order_by(case_record.c.case_id)
    return [of_row(row) for row in connection.execute(query)]
