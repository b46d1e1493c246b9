"""A job as the wire has it; whoever asked for work and whoever looks at it see the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import orjson
import shapely
from pydantic import BaseModel, Field

from boundaries import errors as library
from boundaries.errors import BoundariesError
from geo_service import errors as service
from geo_service.api.problems import SHOWN_ROWS, listed_errors, status_of
from geo_service.backlog import Job

STEPS = {
    "reading": ("读取与检查", "reading and checking"),
    "comparing": ("与现行版本比对", "comparing with the generation in force"),
    "proving": ("证明与检查", "proving and checking"),
    "storing": ("保存版本", "storing the generation"),
    "indexing": ("建立索引", "building the index"),
    "drawing": ("绘制瓦片", "drawing the tiles"),
}
"""What a job is doing, in Chinese and English."""

GAVE_UP = ("多次中断，已放弃", "it was interrupted too often and is given up")


class JobProblem(BaseModel):
    """Why a job failed: the problem that the same call would have answered with."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]]
    place: dict[str, Any] | None


class JobOut(BaseModel):
    """Background work. Ask again at `href` until `state` is done or failed."""

    job_id: int
    href: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: float = Field(ge=0, le=1)
    step: str | None
    step_text: str | None
    attempts: int
    result: dict[str, Any] | None
    problem: JobProblem | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def href(job: Job) -> str:
    """Where the job is looked at."""
    return f"/api/v1/jobs/{job.job_id}"


def job_out(job: Job, language: str) -> JobOut:
    """The job in the caller's language."""
    zh, en = STEPS.get(job.step or "", (job.step, job.step))
    chinese = language.startswith("zh")
    shown = ("kind", "progress", "step", "attempts", "result", "created_at", "started_at", "finished_at")
    return JobOut(
        job_id=job.job_id,
        href=href(job),
        state=job.state,  # type: ignore[arg-type]  # the table allows no other
        step_text=zh if chinese else en,
        problem=_problem(job, language),
        **{name: getattr(job, name) for name in shown},
    )


def _problem(job: Job, language: str) -> JobProblem | None:
    if job.state != "failed" or job.problem is None:
        return None
    error = error_of(job.problem)
    return JobProblem(
        status=500 if error.code == "internal" else status_of(error),
        code=error.code,
        detail=error.text(language),
        errors=listed_errors(error, language),
        place=None if error.place is None else orjson.loads(shapely.to_geojson(error.place)),
    )


def problem_values(error: BoundariesError) -> dict[str, Any]:
    """An error as a job keeps it."""
    params = {name: value if isinstance(value, int | float | str) else str(value)[:200] for name, value in error.params.items()}
    texts = {"en": error.en, "zh": error.zh, "row": error.row, "area": error.area}
    place = None if error.place is None else shapely.to_wkt(error.place, rounding_precision=-1)
    items = [problem_values(item) for item in error.items[:SHOWN_ROWS]]
    return {"error": type(error).__name__, "code": error.code, **texts, "params": params, "place": place, "items": items}


def error_of(problem: dict[str, Any]) -> BoundariesError:
    """The error that `problem_values` kept, so that who waited for the job gets the very answer."""
    name = str(problem["error"])
    kind = getattr(service, name, None) or getattr(library, name, None) or BoundariesError
    texts = {key: problem[key] for key in ("en", "zh", "row", "area")}
    place = None if problem.get("place") is None else shapely.from_wkt(problem["place"])
    items = [error_of(item) for item in problem.get("items", ())]
    made: BoundariesError = kind(problem["code"], **texts, place=place, items=items, **problem["params"])
    return made
