"""HTTP of jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading
from geo_service.api.jobs import JobOut, job_out
from geo_service.flows.jobs.service import visible_job

router = APIRouter(prefix="/api/v1", tags=["jobs"])

Reader = Annotated[Actor, Depends(permits("cases.read"))]


@router.get("/jobs/{job_id}", summary="How far a piece of background work is")
def show(job_id: int, connection: Reading, actor: Reader, language: Language, response: Response) -> JobOut:
    """Needs a key. Seen by who asked for it, by planners and by administrators; for anybody else it does not exist."""
    response.headers["Cache-Control"] = "no-store"
    return job_out(visible_job(connection, job_id, actor=actor), language)
