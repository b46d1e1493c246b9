"""The linked leaders' ledger of visits: entries are only ever added; a correction is an entry that takes the place of another."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.workers.tables import holding, person, post, visit, visit_quota


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to a micro-grid. grid_code: the grid above it. corrects: the entry this one takes the place of."""

    person_id: int
    area_code: str
    grid_code: str
    visited_at: datetime
    found: str
    follow_up: str | None
    corrects: int | None


@dataclass(frozen=True, slots=True)
class LeaderSummary:
    """A leader's visits of a period against what the quota asks for. required: to one decimal. grids: linked at any time of it."""

    person_id: int
    name: str
    grids: int
    visits: int
    micro_grids: int
    follow_ups: int
    required: float

    @property
    def missing(self) -> float:
        """How many visits are still owed."""
        return max(0.0, round(self.required - self.visits, 1))


def add_visit(connection: Connection, new: NewVisit, *, at: datetime, actor: str) -> int:
    """The id of the entry. RequestError: in the future, or a micro-grid of a grid that the person was not linked to then.

    NotFoundError and ConflictError: what it corrects does not exist, or was corrected already.
    """
    if new.visited_at > at:
        raise RequestError("in_the_future", en="a visit lies in the past", zh="走访时间不能晚于当前", field="visited_at")
    linked = _linked_post(connection, new)
    if new.corrects is not None:
        _check_correction(connection, new.corrects)
    values = {
        "post_id": linked,
        "person_id": new.person_id,
        "area_code": new.area_code,
        "visited_at": new.visited_at,
        "found": new.found,
        "follow_up": new.follow_up,
        "corrects": new.corrects,
        "recorded_at": at,
        "actor": actor,
    }
    return int(connection.execute(sa.insert(visit).values(values).returning(visit.c.visit_id)).scalar_one())


def _linked_post(connection: Connection, new: NewVisit) -> int:
    h = holding.c
    query = (
        sa.select(post.c.post_id, h.from_at, h.until_at)
        .join(holding, h.post_id == post.c.post_id)
        .where(post.c.role == "linked_leader", post.c.area_level == "grid", post.c.area_code == new.grid_code, h.person_id == new.person_id)
        .order_by(post.c.post_id)
    )
    for row in connection.execute(query):
        if row.from_at <= new.visited_at and (row.until_at is None or new.visited_at < row.until_at):
            return int(row.post_id)
    raise RequestError(
        "not_linked",
        en="person {person_id} was not linked to grid {grid} then",
        zh="人员 {person_id} 当时并未包联网格 {grid}",
        person_id=new.person_id,
        grid=new.grid_code,
        field="area_code",
    )


def _check_correction(connection: Connection, visit_id: int) -> None:
    # locked as far as a table that refuses changes can be: the unique column decides between two corrections at once
    if connection.execute(sa.select(visit.c.visit_id).where(visit.c.visit_id == visit_id)).first() is None:
        raise NotFoundError("visit_not_found", en="there is no visit {visit_id}", zh="没有走访记录 {visit_id}", visit_id=visit_id)
    by = connection.execute(sa.select(visit.c.visit_id).where(visit.c.corrects == visit_id)).scalar_one_or_none()
    if by is not None:
        raise ConflictError(
            "corrected_already",
            en="visit {visit_id} was corrected by {by}: correct that one",
            zh="走访记录 {visit_id} 已由 {by} 更正，请更正后者",
            visit_id=visit_id,
            by=by,
        )


def in_force() -> sa.ColumnElement[bool]:
    """The condition of an entry that no other takes the place of."""
    later = visit.alias("later")
    return ~sa.exists().where(later.c.corrects == visit.c.visit_id)


def find_visits(
    connection: Connection,
    *,
    areas: Sequence[str] | None,
    person_id: int | None,
    start: datetime | None,
    end: datetime | None,
    corrected: bool,
    after: int,
    limit: int,
) -> tuple[list[sa.Row[Any]], int]:
    """Entries behind an id with the leader's name, and how many match. corrected: those that others take the place of as well."""
    v = visit.c
    where: list[sa.ColumnElement[bool]] = [] if corrected else [in_force()]
    if areas is not None:
        where.append(v.area_code.in_(areas))
    if person_id is not None:
        where.append(v.person_id == person_id)
    where += [v.visited_at >= start] if start is not None else []
    where += [v.visited_at < end] if end is not None else []
    total = connection.execute(sa.select(sa.func.count()).select_from(visit).where(*where)).scalar_one()
    joined = visit.join(person, person.c.person_id == v.person_id)
    query = sa.select(visit, person.c.name).select_from(joined).where(*where, v.visit_id > after).order_by(v.visit_id).limit(limit)
    return list(connection.execute(query)), int(total)


def put_quota(connection: Connection, *, from_on: date, per_month: float) -> None:
    """From a day on, so many visits a month are asked for each linked grid; replaces what was said for that very day."""
    connection.execute(sa.delete(visit_quota).where(visit_quota.c.from_on == from_on))
    connection.execute(sa.insert(visit_quota).values(from_on=from_on, per_month=per_month))


def quotas(connection: Connection) -> list[tuple[date, float]]:
    """(first day, visits a month and grid), oldest first."""
    return [(row.from_on, row.per_month) for row in connection.execute(sa.select(visit_quota).order_by(visit_quota.c.from_on))]


def summaries(connection: Connection, *, grids: Sequence[str] | None, start: datetime, end: datetime, timezone: str) -> list[LeaderSummary]:
    """A line for each leader who was linked to one of these grids (all: None) at any time of [start, end), by person_id.

    required: for each linked grid and each of the city's days in the period, the quota of that day over the days of its month.
    """
    h, v = holding.c, visit.c
    query = sa.select(post.c.area_code, post.c.post_id, h.person_id, person.c.name, h.from_at, h.until_at)
    query = query.join(holding, h.post_id == post.c.post_id).join(person, person.c.person_id == h.person_id)
    query = query.where(post.c.role == "linked_leader", h.from_at < end, h.until_at.is_(None) | (h.until_at > start))
    if grids is not None:
        query = query.where(post.c.area_code.in_(grids))
    daily, zone = quotas(connection), ZoneInfo(timezone)
    linked: dict[int, list[Any]] = {}
    for row in connection.execute(query.order_by(h.person_id, post.c.post_id)):
        linked.setdefault(row.person_id, []).append(row)
    seen: dict[tuple[int, int], list[Any]] = {}
    for row in connection.execute(sa.select(visit).where(in_force(), v.visited_at >= start, v.visited_at < end)):
        seen.setdefault((row.person_id, row.post_id), []).append(row)
    out = []
    for person_id, rows in linked.items():
        made = [one for post_id in sorted({row.post_id for row in rows}) for one in seen.get((person_id, post_id), ())]
        owed = sum(_owed(daily, max(start, row.from_at).astimezone(zone), min(end, row.until_at or end).astimezone(zone)) for row in rows)
        out.append(
            LeaderSummary(
                person_id=person_id,
                name=rows[0].name,
                grids=len({row.area_code for row in rows}),
                visits=len(made),
                micro_grids=len({one.area_code for one in made}),
                follow_ups=sum(one.follow_up is not None for one in made),
                required=round(owed, 1),
            )
        )
    return out


def _owed(daily: Sequence[tuple[date, float]], begin: datetime, end: datetime) -> float:
    """Visits owed for one grid in local time; a day counts that has begun before `end` and not before `begin`'s day."""
    return sum(_quota_on(daily, day) / monthrange(day.year, day.month)[1] for day in _days(begin, end))


def _quota_on(daily: Sequence[tuple[date, float]], day: date) -> float:
    return next((per_month for first, per_month in reversed(daily) if first <= day), 0.0)


def _days(begin: datetime, end: datetime) -> Iterator[date]:
    day, last = begin.date(), (end - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
