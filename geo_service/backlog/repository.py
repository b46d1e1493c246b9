"""Jobs in their table: asked for once a key, done by one owner at a time, taken over when its lease is over. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.backlog.tables import STATES
from geo_service.backlog.tables import job as table
from geo_service.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of background work.

    state: queued, running, done or failed. progress: 0 to 1, of the present attempt; step: the key of a text. problem: why it failed,
    or why the last attempt did. owner holds it until lease_until. key: the same key is one job, until it fails.
    """

    job_id: int
    kind: str
    payload: Mapping[str, Any]
    state: str
    progress: float
    step: str | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    actor: str
    role: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    run_after: datetime
    owner: str | None
    lease_until: datetime | None
    attempts: int
    key: str

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


def enqueue(connection: Connection, *, kind: str, payload: Mapping[str, Any], key: str, actor: str, role: str, at: datetime) -> Job:
    """The job of that key: the one that waits, runs or is done, else a new one, which starts when the caller's transaction is over."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"kind": kind, "payload": dict(payload), "state": "queued", "progress": 0.0, "actor": actor, "role": role, "created_at": at}
    wanted = insert(table).values(**values, run_after=at, attempts=0, key=key)
    connection.execute(wanted.on_conflict_do_nothing(index_elements=["key"], index_where=sa.text("state <> 'failed'")))
    found = connection.execute(sa.select(table).where(table.c.key == key, table.c.state != "failed")).one()
    return _job(found)


def job(connection: Connection, job_id: int) -> Job:
    """A job. NotFoundError when there is none of that number."""
    row = connection.execute(sa.select(table).where(table.c.job_id == job_id)).one_or_none() if 0 < job_id < 1 << 62 else None
    if row is None:
        raise NotFoundError("job_not_found", en="there is no job {job_id}", zh="没有编号为 {job_id} 的任务", job_id=job_id)
    return _job(row)


def waiting(connection: Connection, *, kinds: Iterable[str], now: datetime) -> bool:
    """Whether there is a job to take."""
    return bool(connection.execute(sa.select(sa.exists().where(_free(kinds, now)))).scalar_one())


def take(connection: Connection, *, kinds: Iterable[str], owner: str, now: datetime, lease: timedelta) -> Job | None:
    """The oldest job that is due, or whose owner let its lease run out; now held by `owner`. None without one.

    However many processes ask at once, one gets it: the row is locked on PostgreSQL, the writer is alone on SQLite.
    """
    oldest = sa.select(table.c.job_id).where(_free(kinds, now)).order_by(table.c.job_id).limit(1).with_for_update(skip_locked=True)
    job_id = connection.execute(oldest).scalar_one_or_none()
    if job_id is None:
        return None
    mine = {"state": "running", "owner": owner, "lease_until": now + lease, "started_at": now, "progress": 0.0, "step": None}
    taken = sa.update(table).where(table.c.job_id == job_id).values(**mine, attempts=table.c.attempts + 1)
    connection.execute(taken)
    return job(connection, job_id)


def renew(
    connection: Connection, job_id: int, *, owner: str, until: datetime, progress: float | None = None, step: str | None = None
) -> bool:
    """Whether the owner still holds the job; its lease then lasts until `until`. progress, step: how far it is, None for no news."""
    told = {name: value for name, value in (("progress", progress), ("step", step)) if value is not None}
    return _held(connection, job_id, owner, {"lease_until": until, **told})


def finish(connection: Connection, job_id: int, *, owner: str, at: datetime, result: Mapping[str, Any]) -> bool:
    """Writes down that it is done. False when somebody else took it over meanwhile: then nothing is written."""
    return _held(
        connection, job_id, owner, {**_free_of_owner("done"), "progress": 1.0, "finished_at": at, "result": dict(result), "problem": None}
    )


def fail(connection: Connection, job_id: int, *, owner: str, at: datetime, problem: Mapping[str, Any]) -> bool:
    """Writes down that it failed for good, and why. False as `finish`."""
    return _held(connection, job_id, owner, {**_free_of_owner("failed"), "finished_at": at, "problem": dict(problem)})


def hand_back(
    connection: Connection, job_id: int, *, owner: str, run_after: datetime, counted: bool, problem: Mapping[str, Any] | None = None
) -> bool:
    """Puts the job back into the queue, not to be taken before `run_after`. counted: the attempt counts. False as `finish`."""
    attempts = table.c.attempts if counted else table.c.attempts - 1
    values = {**_free_of_owner("queued"), "run_after": run_after, "attempts": attempts, "progress": 0.0, "step": None}
    return _held(connection, job_id, owner, {**values, "problem": dict(problem) if problem else None})


def tally(connection: Connection) -> tuple[dict[str, dict[str, int]], dict[str, datetime], list[Job]]:
    """({kind: {state: count}}, {kind: when its oldest waiting job was asked for}, jobs that run or failed last, newest first)."""
    counts: dict[str, dict[str, int]] = {}
    grouped = sa.select(table.c.kind, table.c.state, sa.func.count()).group_by(table.c.kind, table.c.state)
    for kind, state, count in connection.execute(grouped):
        counts.setdefault(kind, dict.fromkeys(STATES, 0))[state] = count
    asked_at = sa.type_coerce(sa.func.min(table.c.created_at), table.c.created_at.type)
    oldest = sa.select(table.c.kind, asked_at).where(table.c.state == "queued").group_by(table.c.kind)
    ages = {row[0]: row[1] for row in connection.execute(oldest)}
    shown = sa.select(table).where(table.c.state.in_(("running", "failed"))).order_by(table.c.job_id.desc()).limit(20)
    return counts, ages, [_job(row) for row in connection.execute(shown)]


def _free(kinds: Iterable[str], now: datetime) -> ColumnElement[bool]:
    c = table.c
    due = sa.and_(c.state == "queued", c.run_after <= now)
    left = sa.and_(c.state == "running", c.lease_until <= now)
    return sa.and_(c.kind.in_(list(kinds)), sa.or_(due, left))


def _held(connection: Connection, job_id: int, owner: str, values: Mapping[str, Any]) -> bool:
    mine = sa.and_(table.c.job_id == job_id, table.c.owner == owner, table.c.state == "running")
    return connection.execute(sa.update(table).where(mine).values(**values)).rowcount == 1


def _free_of_owner(state: str) -> dict[str, Any]:
    return {"state": state, "owner": None, "lease_until": None}


def _job(row: Row[Any]) -> Job:
    return Job(**{field.name: row._mapping[field.name] for field in fields(Job)})
