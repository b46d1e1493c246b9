"""Waiting for a draft to be prepared in the background, and what came of it."""

from __future__ import annotations

import threading
import time
from typing import Final

from boundaries.store.repository import defects, generation
from geo_service.api.jobs import error_of
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job
from geo_service.backlog import job as job_of
from geo_service.flows.planning.changes import defect_out
from geo_service.flows.planning.schemas import PreparedOut

LONGEST_WAIT_S: Final = 120.0
_LOOK_S: Final = 0.05


def wanted_wait_s(wait: float | None, prefer: str | None) -> float:
    """How long the caller wants to wait: `?wait=N`, else `Prefer: wait=N` (RFC 7240), at most LONGEST_WAIT_S; 0 when nothing is said."""
    if wait is not None:
        return min(wait, LONGEST_WAIT_S)
    for preference in (prefer or "").split(","):
        name, _, value = preference.partition("=")
        seconds = value.partition(";")[0].strip().strip('"')
        if name.strip().lower() == "wait" and seconds.isascii() and seconds.isdigit():
            return min(float(seconds[:6]), LONGEST_WAIT_S)
    return 0.0


def awaited(wiring: Wiring, job: Job, *, seconds: float) -> Job:
    """The job once it is over, or as it stands after so many seconds."""
    until, pause = time.monotonic() + seconds, threading.Event()
    while not job.over and time.monotonic() < until:
        pause.wait(_LOOK_S)
        with wiring.database.reading() as connection:
            job = job_of(connection, job.job_id)
    return job


def prepared_out(wiring: Wiring, job: Job, language: str) -> PreparedOut:
    """The generation that a job prepared. Raises the error with which it failed."""
    if job.problem is not None:
        raise error_of(job.problem)
    result = job.result or {}
    with wiring.database.reading() as connection:
        made, found = generation(connection, result["generation"]), defects(connection, result["generation"])
    return PreparedOut(
        draft_id=result["draft_id"],
        generation=made.number,
        content_hash=made.content_hash,
        proof=made.proof,
        defects=[defect_out(defect, language) for defect in found],
        publishable=result["publishable"],
    )
