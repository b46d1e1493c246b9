"""The answer to "who is responsible here?", as the wire has it; locating and reporting both give it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from boundaries.model import AreaVersion
from boundaries.store.lookup import Located, Location
from geo_service.workers import Responsible


class AreaOut(BaseModel):
    """An area by code."""

    code: str = Field(examples=["99010100101000107"])
    level: str = Field(examples=["micro_grid"])
    name: str


class ResponsibleOut(BaseModel):
    """Who answers for the place: the post, the person who holds it now (null while vacant), the agency behind it."""

    post: str = Field(examples=["微网格长"])
    name: str | None
    agency: str | None


class CandidateOut(BaseModel):
    """A leaf that may hold the true point. probability is null where the accuracy was not told."""

    code: str
    level: str
    name: str
    probability: float | None
    distance_m: float


class NearestOut(BaseModel):
    """The leaf nearest to a point that lies in none."""

    code: str
    distance_m: float


class LocateOut(BaseModel):
    """Where a point lies and who answers for it."""

    generation: int
    verdict: Literal["certain", "ask", "outside", "gap"]
    on_border: bool
    area: AreaOut | None
    areas: dict[str, str] = Field(examples=[{"micro_grid": "99010100101000107", "grid": "990101001010001", "district": "990101"}])
    responsible: ResponsibleOut | None
    candidates: list[CandidateOut]
    nearest: NearestOut | None


def area_out(area: AreaVersion) -> AreaOut:
    """An area as the wire has it."""
    return AreaOut(code=area.code, level=area.level, name=area.name)


def responsible_out(responsible: Responsible | None, language: str) -> ResponsibleOut | None:
    """Who is responsible, with the post's title in the caller's language."""
    if responsible is None:
        return None
    return ResponsibleOut(post=responsible.title(language), name=responsible.name, agency=responsible.agency)


def candidate_values(located: Located) -> dict[str, Any]:
    """A leaf that may be meant, as the wire and the case record have it."""
    a = located.area
    probability = None if located.probability is None else round(located.probability, 4)
    return {"code": a.code, "level": a.level, "name": a.name, "probability": probability, "distance_m": round(located.distance_m, 2)}


def nearest_out(found: Location) -> NearestOut | None:
    """The nearest leaf of a point that lies in none."""
    near = found.nearest
    return NearestOut(code=near.area.code, distance_m=round(near.distance_m, 2)) if near else None


def locate_out(found: Location, *, responsible: Responsible | None, language: str) -> LocateOut:
    """The whole answer for a point."""
    return LocateOut(
        generation=found.generation,
        verdict=found.verdict,
        on_border=found.on_border,
        area=area_out(found.area) if found.area else None,
        areas=found.areas,
        responsible=responsible_out(responsible, language),
        candidates=[CandidateOut(**candidate_values(located)) for located in found.candidates],
        nearest=nearest_out(found),
    )
