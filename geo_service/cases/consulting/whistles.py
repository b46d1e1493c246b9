"""Whistles in the database, each change with its event: in the log of the case, or of the city where it is about no case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service import event_log
from geo_service.cases.acting import held_case, write
from geo_service.cases.consultation import Arrival, Rating, Whistle
from geo_service.cases.consulting.sight import ALL, Sight
from geo_service.cases.consulting.stepping import later_than
from geo_service.cases.consulting.tables import whistle, whistle_call
from geo_service.cases.workflow import OPEN, Recorded
from geo_service.errors import ConflictError, NotFoundError
from geo_service.event_log import NewEvent


@dataclass(frozen=True, slots=True)
class KeptWhistle:
    """A whistle as it is kept. version grows with every change."""

    whistle_id: int
    version: int
    blown_by: str
    one: Whistle


@dataclass(frozen=True, slots=True)
class WhistleFilter:
    """Which whistles are meant: each None means any. state: waiting (its deadline is ahead) | over. blown_from, blown_to: half open.

    waiting_for: an agency that was called and has not come. unrated: whether the street has still to rate somebody. sight: what the caller
    may see.
    """

    state: str | None = None
    street: str | None = None
    agency: str | None = None
    waiting_for: str | None = None
    case_id: int | None = None
    unrated: bool | None = None
    blown_from: datetime | None = None
    blown_to: datetime | None = None
    sight: Sight = ALL


@dataclass(frozen=True, slots=True)
class Figures:
    """How an agency answers whistles: asked = in_time + late + never + waiting; mean_stars over `rated` ratings, None without any."""

    agency: str
    asked: int
    in_time: int
    late: int
    never: int
    waiting: int
    rated: int
    mean_stars: float | None


def blown(connection: Connection, one: Whistle, *, actor: str) -> KeptWhistle:
    """Stores a new whistle. ConflictError where its case has ended, NotFoundError where there is none."""
    if one.case_id is not None:
        case, state = held_case(connection, one.case_id)
        if state.state not in OPEN:
            raise ConflictError("case_ended", en="case {case_id} has ended", zh="案件 {case_id} 已办结", case_id=case.case_id)
        later_than(state, one.blown_at)
    values = {"case_id": one.case_id, "street": one.street, "about": one.about, "blown_at": one.blown_at, "due_at": one.due_at}
    values |= {"version": 1, "blown_by": actor, "over_at": None, "updated_at": one.blown_at}
    whistle_id = int(connection.execute(sa.insert(whistle).values(values).returning(whistle.c.whistle_id)).scalar_one())
    rows = [{"whistle_id": whistle_id, "agency": agency, "number": n, "absent": False} for n, agency in enumerate(one.agencies)]
    connection.execute(sa.insert(whistle_call), rows)
    said = {"street": one.street, "agencies": list(one.agencies), "about": one.about, "due_at": one.due_at.isoformat()}
    _tell(connection, one.case_id, "whistle_blown", {"whistle_id": whistle_id, **said}, actor=actor, at=one.blown_at)
    return KeptWhistle(whistle_id, 1, actor, one)


def changed(
    connection: Connection, before: KeptWhistle, one: Whistle, kind: str, said: Mapping[str, Any], *, actor: str, at: datetime
) -> KeptWhistle:
    """Stores what a whistle has become, with its event. kind: agency_reported_in | whistle_over | whistle_rated."""
    t = whistle_call.c
    arrived, rated = {a.agency: a for a in one.arrivals}, {r.agency: r for r in one.ratings}
    for agency in one.agencies:
        came, stars = arrived.get(agency), rated.get(agency)
        values = {
            "arrived_at": came.at if came else None,
            "absent": agency in one.absent,
            "stars": stars.stars if stars else None,
            "words": stars.words if stars else None,
            "rated_at": stars.at if stars else None,
        }
        connection.execute(sa.update(whistle_call).where(t.whistle_id == before.whistle_id, t.agency == agency).values(values))
    row = {"version": before.version + 1, "updated_at": at, "over_at": one.over_at}
    connection.execute(sa.update(whistle).where(whistle.c.whistle_id == before.whistle_id).values(row))
    _tell(connection, one.case_id, kind, {"whistle_id": before.whistle_id, **said}, actor=actor, at=at)
    return KeptWhistle(before.whistle_id, before.version + 1, before.blown_by, one)


def _tell(connection: Connection, case_id: int | None, kind: str, data: dict[str, Any], *, actor: str, at: datetime) -> None:
    if case_id is None:
        event_log.append(connection, [NewEvent(kind, None, actor, at, data)])
        return
    case, state = held_case(connection, case_id)
    write(connection, case, Recorded(kind, later_than(state, at), actor, data))


def found(connection: Connection, whistle_id: int, *, held: bool = False) -> KeptWhistle:
    """One whistle. held: locked, with its case, until the transaction ends. NotFoundError when there is none of this id."""
    query = sa.select(whistle).where(whistle.c.whistle_id == whistle_id)
    row = connection.execute(query).one_or_none()
    if row is not None and held:  # the case first, as everybody locks: nobody waits for anybody in a circle
        if row.case_id is not None:
            held_case(connection, row.case_id)
        row = connection.execute(query.with_for_update()).one()
    if row is None:
        raise NotFoundError(
            "whistle_not_found", en="there is no whistle {whistle_id}", zh="没有编号为 {whistle_id} 的吹哨", whistle_id=whistle_id
        )
    return _with_calls(connection, [row])[0]


def conditions(wanted: WhistleFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The filter as SQL conditions."""
    w, k = whistle.c, whistle_call.c
    where: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        where.append(w.due_at >= now if wanted.state == "waiting" else w.due_at < now)
    where += [column == value for column, value in ((w.street, wanted.street), (w.case_id, wanted.case_id)) if value is not None]
    if wanted.blown_from is not None:
        where.append(w.blown_at >= wanted.blown_from)
    if wanted.blown_to is not None:
        where.append(w.blown_at < wanted.blown_to)
    if wanted.agency is not None:
        where.append(w.whistle_id.in_(sa.select(k.whistle_id).where(k.agency == wanted.agency)))
    if wanted.waiting_for is not None:
        where.append(w.whistle_id.in_(sa.select(k.whistle_id).where(k.agency == wanted.waiting_for, k.arrived_at.is_(None))))
    if wanted.unrated is not None:
        left = w.whistle_id.in_(sa.select(k.whistle_id).where(k.stars.is_(None)))
        where.append(left if wanted.unrated else sa.not_(left))
    if not wanted.sight.everything:
        called = sa.select(k.whistle_id).where(k.agency.in_(wanted.sight.voices))
        mine = w.street.in_(wanted.sight.voices) | w.whistle_id.in_(called)
        where.append(mine | w.case_id.in_(wanted.sight.cases()))
    return where


def page(connection: Connection, wanted: WhistleFilter, *, before: int | None, limit: int, now: datetime) -> tuple[list[KeptWhistle], int]:
    """Whistles that match, newest first, with an id below `before`, and how many match in all."""
    where = conditions(wanted, now)
    total = connection.execute(sa.select(sa.func.count()).select_from(whistle).where(*where)).scalar_one()
    if before is not None:
        where.append(whistle.c.whistle_id < before)
    rows = connection.execute(sa.select(whistle).where(*where).order_by(whistle.c.whistle_id.desc()).limit(limit)).all()
    return _with_calls(connection, rows), int(total)


def of_cases(connection: Connection, case_ids: Sequence[int]) -> list[KeptWhistle]:
    """The whistles on these cases, oldest first."""
    rows = connection.execute(sa.select(whistle).where(whistle.c.case_id.in_(case_ids)).order_by(whistle.c.whistle_id)).all()
    return _with_calls(connection, rows)


def over(connection: Connection, *, now: datetime) -> list[int]:
    """Ids of whistles whose deadline has passed without that being written down, in the order of their deadlines."""
    t = whistle.c
    query = sa.select(t.whistle_id).where(t.over_at.is_(None), t.due_at < now).order_by(t.due_at, t.whistle_id)
    return list(connection.execute(query).scalars())


def figures(connection: Connection, wanted: WhistleFilter, *, now: datetime) -> list[Figures]:
    """How each agency answers, for the whistles that match, by agency."""
    w, k = whistle.c, whistle_call.c
    at = sa.literal(now, UtcDateTime())

    def times(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((which, 1), else_=0))

    query = (
        sa.select(
            k.agency,
            sa.func.count().label("asked"),
            times(k.arrived_at <= w.due_at).label("in_time"),
            times(k.arrived_at > w.due_at).label("late"),
            times(k.arrived_at.is_(None) & (w.due_at < at)).label("never"),
            times(k.arrived_at.is_(None) & (w.due_at >= at)).label("waiting"),
            sa.func.count(k.stars).label("rated"),
            sa.func.sum(k.stars).label("stars"),
        )
        .select_from(whistle_call.join(whistle, w.whistle_id == k.whistle_id))
        .where(*conditions(wanted, now))
        .group_by(k.agency)
        .order_by(k.agency)
    )
    if wanted.agency is not None:
        query = query.where(k.agency == wanted.agency)
    counted = [(r, int(r.rated)) for r in connection.execute(query)]
    return [
        Figures(r.agency, r.asked, int(r.in_time), int(r.late), int(r.never), int(r.waiting), n, int(r.stars) / n if n else None)
        for r, n in counted
    ]


def _with_calls(connection: Connection, rows: Sequence[sa.Row[Any]]) -> list[KeptWhistle]:
    t = whistle_call.c
    ids = [row.whistle_id for row in rows]
    calls: dict[int, list[sa.Row[Any]]] = {one: [] for one in ids}
    for call in connection.execute(sa.select(whistle_call).where(t.whistle_id.in_(ids)).order_by(t.whistle_id, t.number)):
        calls[call.whistle_id].append(call)
    return [_of(row, calls[row.whistle_id]) for row in rows]


def _of(row: sa.Row[Any], calls: Sequence[sa.Row[Any]]) -> KeptWhistle:
    came = sorted((Arrival(c.agency, c.arrived_at) for c in calls if c.arrived_at is not None), key=lambda a: a.at)
    rated = sorted((Rating(c.agency, c.stars, c.words, c.rated_at) for c in calls if c.rated_at is not None), key=lambda r: r.at)
    absent = tuple(c.agency for c in calls if c.absent)
    agencies = tuple(c.agency for c in calls)
    one = Whistle(row.street, agencies, row.about, row.blown_at, row.due_at, row.case_id, tuple(came), tuple(rated), row.over_at, absent)
    return KeptWhistle(row.whistle_id, row.version, row.blown_by, one)
