"""How the background stands: what waits, what runs, what failed, and when each task ran last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geo_service.api.jobs import error_of
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job, tally
from geo_service.backlog.tables import STATES
from geo_service.jobs.leases import leases
from geo_service.jobs.periodic import TASKS
from geo_service.notify import outbox


def status(wiring: Wiring, *, language: str) -> dict[str, Any]:
    """{counts, kinds: per kind with the age of its oldest waiting job in seconds, running, failed: the last ones, tasks, at}."""
    now = wiring.clock.now()
    with wiring.database.reading() as connection:
        counts, oldest, shown = tally(connection)
        messages = outbox.tally(connection)
        held = {row["name"]: row for row in leases(connection)}
    kinds = {kind: {**states, "oldest_s": _age(oldest.get(kind), now)} for kind, states in sorted(counts.items())}
    never = {"holder": None, "until_at": None, "last_run_at": None, "last_done": 0, "runs": 0}
    return {
        "at": now,
        **{state: sum(states[state] for states in counts.values()) for state in STATES},
        "oldest_s": max((age for kind in oldest if (age := _age(oldest[kind], now)) is not None), default=None),
        "kinds": kinds,
        "messages": messages,
        "running": [_running(job) for job in shown if job.state == "running"],
        "recently_failed": [_failed(job, language) for job in shown if job.state == "failed"],
        "tasks": [{"name": task.name, "every_s": task.every_s, **never, **held.get(task.name, {})} for task in TASKS],
    }


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round(max((now - since).total_seconds(), 0.0), 1)


def _running(job: Job) -> dict[str, Any]:
    shown = ("job_id", "kind", "progress", "step", "owner", "lease_until", "attempts", "started_at", "actor")
    return {name: getattr(job, name) for name in shown}


def _failed(job: Job, language: str) -> dict[str, Any]:
    error = error_of(job.problem) if job.problem else None
    why = {"code": error.code if error else None, "detail": error.text(language) if error else None}
    return {"job_id": job.job_id, "kind": job.kind, "attempts": job.attempts, "finished_at": job.finished_at, "actor": job.actor, **why}
