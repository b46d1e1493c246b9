"""What is done again and again: each task by one process at a time, exact after downtime."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from boundaries.store.repository import require_city
from geo_service.accounts.access import drop_before
from geo_service.accounts.sessions import forget_expired
from geo_service.api.auth import lifetimes_of
from geo_service.api.wiring import Wiring
from geo_service.cases.calendars import calendar_in_force
from geo_service.cases.rule_versions import book_if_any
from geo_service.cases.tables import job_lease
from geo_service.clock import Clock
from geo_service.flows.audit.service import put_head_outside
from geo_service.flows.consultation.entering import enter_due
from geo_service.flows.messages.making import anything_to_make, make_messages
from geo_service.flows.messages.sending import anything_to_send, send_due
from geo_service.flows.planning.publishing import drafts_due, publish_due
from geo_service.flows.reporters.service import forget_due
from geo_service.jobs.escalation import escalate
from geo_service.jobs.heartbeat import beating
from geo_service.jobs.leases import LEASE, give_back, take
from geo_service.notify.forgetting import forget_messages

log = logging.getLogger("citygrid.jobs")


IDLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Task:
    """every_s: seconds between two runs. run: does what is due at an instant and says how much that was; doing it twice does no harm.

    wanted: whether there is anything to do; where there is not, the task only runs every IDLE_S, to show that the loop lives.
    """

    name: str
    every_s: float
    run: Callable[[Wiring, datetime], int]
    wanted: Callable[[Wiring, datetime], bool] = lambda wiring, now: True


def _publications_wait(wiring: Wiring, now: datetime) -> bool:
    return bool(drafts_due(wiring, now=now))


def _publish(wiring: Wiring, now: datetime) -> int:
    return len(publish_due(wiring, now=now))


def _escalate(wiring: Wiring, now: datetime) -> int:
    return escalate(wiring.database, now=now)


def _consult(wiring: Wiring, now: datetime) -> int:
    """Whistles that end, deadlines without a quorum, cases that the entry rules call for."""
    return enter_due(wiring.database, now=now)


def _draw(wiring: Wiring, now: datetime) -> int:
    """The tiles of the generation in force, where it came into force without a prepared draft."""
    number = wiring.pyramids.current_number()
    return int(number is not None and wiring.pyramids.make_sure(number))


def _head(wiring: Wiring, now: datetime) -> int:
    """Where the log stands, to the file outside the database."""
    with wiring.database.reading() as connection:
        settings = wiring.settings
        return int(put_head_outside(connection, heads=settings.heads_file, key=settings.heads_key, now=now))


def _calendar(wiring: Wiring, now: datetime) -> int:
    """Once a day a line in the log while the table of holidays runs out within 60 days, or has."""
    with wiring.database.reading() as connection:
        if book_if_any(connection, "calendar", at=now) is None:
            return 0
        ends = calendar_in_force(connection, at=now).ends(now, require_city(connection).timezone)
    if ends is None:
        return 0
    log.warning("%s", ends.text(wiring.settings.server.language))
    return 1


def _forget(wiring: Wiring, now: datetime) -> int:
    """Reporters of cases that ended long ago, what old messages said, sessions that expired, the oldest of the access log."""
    privacy = wiring.settings.privacy
    done = forget_due(wiring.database, days=privacy.retention_days, now=now)
    with wiring.database.writing() as connection:
        done += forget_expired(connection, lifetimes=lifetimes_of(wiring.settings.accounts), now=now)
        done += forget_messages(connection, made_before=now - timedelta(days=privacy.message_days), at=now)
        return done + drop_before(connection, now - timedelta(days=privacy.access_log_days))


def _make_messages(wiring: Wiring, now: datetime) -> int:
    return make_messages(wiring, now=now)


def _messages_wait(wiring: Wiring, now: datetime) -> bool:
    return anything_to_make(wiring)


def _send_messages(wiring: Wiring, now: datetime) -> int:
    return send_due(wiring, holder=f"{os.getpid()}-{uuid4().hex[:8]}")


def _messages_due(wiring: Wiring, now: datetime) -> bool:
    return anything_to_send(wiring, now=now)


TASKS = (
    Task("publish_due", 1, _publish, _publications_wait),
    Task("escalation", 10, _escalate),
    Task("consultation", 30, _consult),
    Task("tiles", 10, _draw),
    Task("log_head", 300, _head),
    Task("retention", 3600, _forget),
    Task("calendar", 86_400, _calendar),
    Task("messages_made", 1, _make_messages, _messages_wait),
    Task("messages_sent", 1, _send_messages, _messages_due),
)


def run_task(wiring: Wiring, task: Task, *, holder: str, clock: Clock) -> int | None:
    """Does a task once; how much was done, None where another process holds it."""
    with wiring.database.writing() as connection:
        if not take(connection, task.name, holder=holder, now=clock.now()):
            return None
    done = 0
    try:
        with beating(lambda: _renewed(wiring, task.name, holder, clock), every_s=LEASE.total_seconds() / 4):
            done = task.run(wiring, clock.now())
    finally:
        with wiring.database.writing() as connection:
            give_back(connection, task.name, holder=holder, now=clock.now(), done=done)
    return done


def due_tasks(wiring: Wiring, *, now: datetime) -> list[Task]:
    """The tasks that nobody did for their time and nobody does now."""
    with wiring.database.reading() as connection:
        rows = {row.name: row for row in connection.execute(sa.select(job_lease))}

    def is_due(task: Task) -> bool:
        row = rows.get(task.name)
        if row is None:
            return True
        if row.until_at is not None and row.until_at > now:
            return False
        if row.last_run_at is None or row.last_run_at > now:
            return True
        rested_s = (now - row.last_run_at).total_seconds()
        return rested_s >= task.every_s and (rested_s >= IDLE_S or task.wanted(wiring, now))

    return [task for task in TASKS if is_due(task)]


def _renewed(wiring: Wiring, name: str, holder: str, clock: Clock) -> bool:
    with wiring.database.writing() as connection:
        return take(connection, name, holder=holder, now=clock.now())
