"""How the background stands: what waits, what runs, what failed, and when each task ran last.

The records below are the shape of `citygrid jobs status --json`: one object, a `Status`. Instants are ISO 8601 in UTC, ages are seconds,
and null stands for what did not happen. Names may be added; none changes its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from geo_service.api.jobs import error_of
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job, tally
from geo_service.jobs.leases import leases
from geo_service.jobs.periodic import TASKS, Task
from geo_service.notify import outbox
from geo_service.notify.outbox import Tally


class KindStatus(TypedDict):
    """Jobs of one kind by state, and how long the oldest has waited."""

    queued: int
    running: int
    done: int
    failed: int
    oldest_s: float | None


class RunningJob(TypedDict):
    """A job under way. progress: the share done, 0 to 1. owner: the process that holds it until lease_until, and renews that."""

    job_id: int
    kind: str
    progress: float
    step: str | None
    owner: str | None
    lease_until: datetime | None
    attempts: int
    started_at: datetime | None
    actor: str


class FailedJob(TypedDict):
    """A job that ended with an error: its code, and what it says in the caller's language."""

    job_id: int
    kind: str
    attempts: int
    finished_at: datetime | None
    actor: str
    code: str | None
    detail: str | None


class TaskStatus(TypedDict):
    """A periodic task. every_s: seconds between two runs. last_done: how much the last run did. runs: how often it ran. holder: the process
    that does it just now, until until_at."""

    name: str
    every_s: float
    holder: str | None
    until_at: datetime | None
    last_run_at: datetime | None
    last_done: int
    runs: int


class Status(TypedDict):
    """The whole. queued, done, failed: jobs of all kinds by state. oldest_s: how long the oldest job has waited. running: the jobs under
    way. recently_failed: the last ones. at: when this was looked at."""

    at: datetime
    queued: int
    done: int
    failed: int
    oldest_s: float | None
    kinds: dict[str, KindStatus]
    messages: Tally
    running: list[RunningJob]
    recently_failed: list[FailedJob]
    tasks: list[TaskStatus]


def status(wiring: Wiring, *, language: str) -> Status:
    """How everything stands at this instant. language: of the errors of failed jobs."""
    now = wiring.clock.now()
    with wiring.database.reading() as connection:
        counts, oldest, shown = tally(connection)
        messages = outbox.tally(connection)
        held = {row["name"]: row for row in leases(connection)}
    ages = {kind: round(max((now - since).total_seconds(), 0.0), 1) for kind, since in oldest.items()}
    total = {state: sum(states[state] for states in counts.values()) for state in ("queued", "done", "failed")}
    return Status(
        at=now,
        queued=total["queued"],
        done=total["done"],
        failed=total["failed"],
        oldest_s=max(ages.values(), default=None),
        kinds={kind: _kind(states, ages.get(kind)) for kind, states in sorted(counts.items())},
        messages=messages,
        running=[_running(job) for job in shown if job.state == "running"],
        recently_failed=[_failed(job, language) for job in shown if job.state == "failed"],
        tasks=[_task(task, held.get(task.name, {})) for task in TASKS],
    )


def _kind(states: Mapping[str, int], oldest_s: float | None) -> KindStatus:
    return KindStatus(queued=states["queued"], running=states["running"], done=states["done"], failed=states["failed"], oldest_s=oldest_s)


def _running(job: Job) -> RunningJob:
    return RunningJob(
        job_id=job.job_id,
        kind=job.kind,
        progress=job.progress,
        step=job.step,
        owner=job.owner,
        lease_until=job.lease_until,
        attempts=job.attempts,
        started_at=job.started_at,
        actor=job.actor,
    )


def _failed(job: Job, language: str) -> FailedJob:
    error = error_of(job.problem) if job.problem else None
    return FailedJob(
        job_id=job.job_id,
        kind=job.kind,
        attempts=job.attempts,
        finished_at=job.finished_at,
        actor=job.actor,
        code=error.code if error else None,
        detail=error.text(language) if error else None,
    )


def _task(task: Task, row: Mapping[str, Any]) -> TaskStatus:
    return TaskStatus(
        name=task.name,
        every_s=task.every_s,
        holder=row.get("holder"),
        until_at=row.get("until_at"),
        last_run_at=row.get("last_run_at"),
        last_done=row.get("last_done", 0),
        runs=row.get("runs", 0),
    )
