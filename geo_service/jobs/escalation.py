"""The escalation ladder: each rung of each deadline is climbed once, at whatever time somebody looks, with the instant it was reached."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.repository import require_city
from geo_service.cases.acting import held_case, write
from geo_service.cases.clocks.ladder import Ladder, steps_due
from geo_service.cases.tables import case_record, escalation
from geo_service.cases.workflow import Recorded
from geo_service.db import Database
from geo_service.flows.dispatch.rules import calendar_in_force
from geo_service.rulebooks import ladder_in_force

RUNNING = ("filed", "dispatched", "handling")
"""States in which the handling clock runs; where it stands still nothing escalates."""


def escalate(database: Database, *, now: datetime, ladder: Ladder | None = None) -> int:
    """Climbs every rung whose time has come, a case a transaction; returns how many. Again at once it finds nothing.

    What is late but has nothing to climb is only read: operators write meanwhile.
    """
    with database.reading() as connection:
        waiting = _waiting(connection, now=now, ladder=ladder)
    done = 0
    for case_id in waiting:
        with database.writing() as connection:
            done += _climb(connection, case_id, now=now, ladder=ladder)
        database.give_way()
    return done


def _waiting(connection: Connection, *, now: datetime, ladder: Ladder | None) -> list[int]:
    """The cases with a rung to climb, as the tables say."""
    c, t = case_record.c, escalation.c
    late = sa.or_(c.warn_at <= now, c.due_at <= now)
    running = (c.state.in_(RUNNING), c.due_at.is_not(None), c.dispatched_at.is_not(None), late)
    rows = connection.execute(sa.select(c.case_id, c.warn_at, c.due_at).where(*running).order_by(c.case_id)).all()
    if not rows:
        return []
    same = sa.and_(t.case_id == c.case_id, t.due_at == c.due_at)
    taken: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(sa.select(t.case_id, t.rung).join(case_record, same).where(*running)):
        taken[row.case_id].add(row.rung)
    rungs = ladder or ladder_in_force(connection, at=now)
    zone, calendar = require_city(connection).timezone, calendar_in_force(connection, at=now)

    def is_due(case_id: int, warn_at: datetime | None, due_at: datetime) -> bool:
        steps = steps_due(rungs, warn_at=warn_at, due=due_at, now=now, taken=taken[case_id], calendar=calendar, timezone=zone)
        return bool(steps)

    return [row.case_id for row in rows if is_due(row.case_id, row.warn_at, row.due_at)]


def _climb(connection: Connection, case_id: int, *, now: datetime, ladder: Ladder | None) -> int:
    case, state = held_case(connection, case_id)
    if state.state not in RUNNING or state.due_at is None or state.updated_at > now:
        return 0
    t = escalation.c
    taken = set(connection.execute(sa.select(t.rung).where(t.case_id == case_id, t.due_at == state.due_at)).scalars())
    rungs = ladder or ladder_in_force(connection, at=now)
    zone, calendar = require_city(connection).timezone, calendar_in_force(connection, at=now)
    steps = steps_due(rungs, warn_at=state.warn_at, due=state.due_at, now=now, taken=taken, calendar=calendar, timezone=zone)
    for step, reached_at in steps:
        key = {"case_id": case_id, "rung": step.code, "due_at": state.due_at}
        connection.execute(sa.insert(escalation).values(**key, reached_at=reached_at, done_at=now))
        said = {"rung": step.code, "tells": step.tells, "reached_at": reached_at.isoformat(), "of_due_at": state.due_at.isoformat()}
        case = write(connection, case, Recorded("escalated", now, "system", said))
    return len(steps)
