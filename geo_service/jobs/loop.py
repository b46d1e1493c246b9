"""The one loop of background work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from geo_service.clock import Clock
from geo_service.db import Database
from geo_service.jobs.escalation import escalate
from geo_service.jobs.leases import give_back, leases, take

JOBS: dict[str, Callable[..., int]] = {"escalation": escalate}
EVERY_S = 10.0


def run_due(database: Database, clock: Clock, *, holder: str | None = None) -> dict[str, int | None]:
    """Does every job once that no other process holds: name -> how much was done, None for one that another holds."""
    mine = holder or f"{os.getpid()}-{uuid4().hex[:8]}"
    done: dict[str, int | None] = {}
    for name, job in JOBS.items():
        with database.writing() as connection:
            taken = take(connection, name, holder=mine, now=clock.now())
        done[name] = None
        if taken:
            done[name] = count = job(database, now=clock.now())
            with database.writing() as connection:
                give_back(connection, name, holder=mine, now=clock.now(), done=count)
    return done


def run_forever(database: Database, clock: Clock, stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Does what is due, again and again, until told to stop."""
    while not stop.is_set():
        run_due(database, clock)
        stop.wait(every_s)


def status(database: Database) -> list[dict[str, Any]]:
    """How each job went last."""
    with database.reading() as connection:
        return leases(connection)
