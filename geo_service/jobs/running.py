"""Doing one job: held by a lease, renewed while it runs, its end written only by who still holds it."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any

from boundaries.errors import BoundariesError, StoreError
from geo_service.api.jobs import GAVE_UP, problem_values
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job, fail, finish, hand_back, renew, take, waiting
from geo_service.errors import ServiceError
from geo_service.jobs.heartbeat import beating
from geo_service.jobs.registry import KINDS

log = logging.getLogger("citygrid.jobs")

ATTEMPTS = 5
"""A job that ends its process, or finds the database away, so many times is given up."""
BACK_OFF = timedelta(seconds=5)


class _InterruptedError(Exception):
    """The process is to end."""


class _LostError(Exception):
    """Another process took the job over."""


def run_next(wiring: Wiring, *, owner: str, stop: threading.Event) -> bool:
    """Takes the oldest job that waits and does it; whether there was one. Told to stop, it puts the job back at its next step."""
    lease = timedelta(seconds=wiring.settings.jobs.jobs_lease_seconds)
    with wiring.database.reading() as connection:  # looking costs nothing; only taking needs the writer
        if not waiting(connection, kinds=KINDS, now=wiring.clock.now()):
            return False
    with wiring.database.writing() as connection:
        job = take(connection, kinds=KINDS, owner=owner, now=wiring.clock.now(), lease=lease)
    if job is None:
        return False
    if job.attempts > ATTEMPTS:
        _ended(wiring, job, owner, problem_values(ServiceError("gave_up", zh=GAVE_UP[0], en=GAVE_UP[1])))
        return True
    _do(wiring, job, owner, lease, stop)
    return True


def _do(wiring: Wiring, job: Job, owner: str, lease: timedelta, stop: threading.Event) -> None:
    def told(progress: float | None = None, step: str | None = None) -> bool:
        with wiring.database.writing() as connection:
            until = wiring.clock.now() + lease
            return renew(connection, job.job_id, owner=owner, until=until, progress=progress, step=step)

    try:
        with beating(told, every_s=lease.total_seconds() / 4) as lost:

            def progress(share: float, step: str) -> None:
                if stop.is_set():
                    raise _InterruptedError
                if lost.is_set() or not told(min(max(share, 0.0), 1.0), step):
                    raise _LostError

            result = KINDS[job.kind](wiring, job, progress)
        _ended(wiring, job, owner, None, result)
    except _LostError:
        log.warning("job %s was taken over by another process", job.job_id)
    except _InterruptedError:
        _back(wiring, job, owner, counted=False)
    except StoreError as error:  # full, busy, away: it may come back
        if job.attempts >= ATTEMPTS:
            _ended(wiring, job, owner, problem_values(error))
        else:
            _back(wiring, job, owner, counted=True, problem=problem_values(error))
    except BoundariesError as error:
        _ended(wiring, job, owner, problem_values(error))
    except Exception as error:
        log.exception("job %s (%s) failed", job.job_id, job.kind)
        zh, en = "服务内部错误（{name}），已记录", "something went wrong inside ({name}); it was logged"
        _ended(wiring, job, owner, problem_values(ServiceError("internal", zh=zh, en=en, name=type(error).__name__)))


def _ended(wiring: Wiring, job: Job, owner: str, problem: dict[str, Any] | None, result: dict[str, Any] | None = None) -> None:
    with wiring.database.writing() as connection:
        at = wiring.clock.now()
        if problem is None:
            held = finish(connection, job.job_id, owner=owner, at=at, result=result or {})
        else:
            held = fail(connection, job.job_id, owner=owner, at=at, problem=problem)
    if not held:
        log.warning("job %s was taken over by another process", job.job_id)


def _back(wiring: Wiring, job: Job, owner: str, *, counted: bool, problem: dict[str, Any] | None = None) -> None:
    with wiring.database.writing() as connection:
        run_after = wiring.clock.now() + (BACK_OFF * job.attempts if counted else timedelta(0))
        hand_back(connection, job.job_id, owner=owner, run_after=run_after, counted=counted, problem=problem)
