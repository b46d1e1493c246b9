"""The one loop of background work: tasks at their times, jobs as they are asked for."""

from __future__ import annotations

import logging
import os
import threading
from uuid import uuid4

from boundaries.errors import BoundariesError
from geo_service.api.wiring import Wiring
from geo_service.clock import Clock
from geo_service.jobs.periodic import TASKS, due_tasks, run_task
from geo_service.jobs.running import run_next

log = logging.getLogger("citygrid.jobs")


def new_holder() -> str:
    """A name for this process in leases."""
    return f"{os.getpid()}-{uuid4().hex[:8]}"


def run_due(wiring: Wiring, *, clock: Clock | None = None, holder: str | None = None) -> dict[str, int | None]:
    """Does every task and every waiting job once: name -> how much was done, None for a task that another process holds."""
    mine, time = holder or new_holder(), clock or wiring.clock
    done: dict[str, int | None] = {task.name: run_task(wiring, task, holder=mine, clock=time) for task in TASKS}
    count, stop = 0, threading.Event()
    while run_next(wiring, owner=mine, stop=stop):
        count += 1
    return {**done, "jobs": count}


def run_forever(wiring: Wiring, stop: threading.Event) -> None:
    """Does what is due until told to stop. A long job holds no task up: they run beside each other, in two threads.

    Told to stop, it ends at the next step of a running job, which another process then starts anew.
    """
    mine = new_holder()
    jobs = threading.Thread(target=_jobs, args=(wiring, mine, stop), name="jobs", daemon=True)
    jobs.start()
    while not stop.is_set():
        _tasks(wiring, mine, stop)
        stop.wait(wiring.settings.jobs.jobs_poll_seconds)
    wiring.wanted.set()
    jobs.join()


def _tasks(wiring: Wiring, holder: str, stop: threading.Event) -> None:
    """Does the tasks that are due; one that fails holds no other up."""
    try:
        due = due_tasks(wiring, now=wiring.clock.now())
    except BoundariesError as error:  # the database away: later
        log.info("background work waits: %s", error)
        return
    for task in due:
        if stop.is_set():
            return
        try:
            run_task(wiring, task, holder=holder, clock=wiring.clock)
        except BoundariesError as error:  # no city yet, the database away: later
            log.warning("the task %s waits: %s", task.name, error)
        except Exception:
            log.exception("the task %s failed; it is tried again", task.name)


def _jobs(wiring: Wiring, owner: str, stop: threading.Event) -> None:
    while not stop.is_set():
        wiring.wanted.clear()
        try:
            while not stop.is_set() and run_next(wiring, owner=owner, stop=stop):
                pass
        except BoundariesError as error:
            log.info("background work waits: %s", error)
        except Exception:
            log.exception("background work failed; it is tried again")
        if not stop.is_set():
            wiring.wanted.wait(wiring.settings.jobs.jobs_poll_seconds)
