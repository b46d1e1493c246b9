"""The wire of looking up."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from geo_service.api.answers import AreaOut
from geo_service.api.instants import Instant

MAX_POINTS = 100_000


class Strict(BaseModel):
    """A request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class When(Strict):
    """Which generation answers: its number, or the instant whose boundaries are meant; the one in force where neither is said."""

    generation: int | None = Field(None, ge=1, le=2_000_000_000)
    at: Instant | None = Field(None, description="an instant with a time zone")


class LocateQuery(When):
    """A point in a named datum. accuracy_m: the radius that holds the true point with 68 %."""

    lon: FiniteFloat = Field(examples=[113.58])
    lat: FiniteFloat = Field(examples=[37.8567])
    datum: str | None = Field(None, description="wgs84 | cgcs2000 | gcj02 | bd09; required, never assumed", examples=["wgs84"])
    accuracy_m: FiniteFloat | None = Field(None, gt=0, le=50_000)


class BatchIn(When):
    """Up to 100,000 points in one datum, as two columns."""

    lons: list[FiniteFloat] = Field(max_length=MAX_POINTS)
    lats: list[FiniteFloat] = Field(max_length=MAX_POINTS)
    datum: str | None = None
    accuracy_m: FiniteFloat | None = Field(None, gt=0, le=50_000)


class BatchOut(BaseModel):
    """One entry a point, in the order sent. probabilities: of the area named, null without an accuracy."""

    generation: int
    area_codes: list[str | None]
    verdicts: list[Literal["certain", "ask", "outside", "gap"]]
    probabilities: list[float | None]


class MatchOut(BaseModel):
    """A place an address text may mean; lon, lat in WGS-84; areas are the micro-grids its rows belong to."""

    level: Literal["stairwell", "building", "compound", "road_number", "community", "street", "district"]
    text: str
    lon: float | None
    lat: float | None
    datum: Literal["wgs84"] = "wgs84"
    spread_m: float
    areas: list[AreaOut]


class GeocodeOut(BaseModel):
    """What was understood: level is the rung of the best match, null when nothing was."""

    query: str
    level: str | None
    matches: list[MatchOut]


class NearbyOut(BaseModel):
    """An address near a point."""

    text: str
    distance_m: float
    community_code: str
    micro_grid_code: str | None
    households: int
    lon: float
    lat: float


class ReverseOut(BaseModel):
    """The addresses nearest to a point, nearest first."""

    addresses: list[NearbyOut]


class AreaRow(AreaOut):
    """An area with its place in the ladder."""

    kind: str
    parent_code: str | None
    households: int


class AreaDetail(AreaRow):
    """An area with everything above it and its shape (GeoJSON, WGS-84, 9 decimals); null for one that shares another's face."""

    areas: dict[str, str]
    geometry: dict[str, Any] | None


class AreasOut(BaseModel):
    """A page of areas. next: send it as `after` for the following page, null on the last."""

    generation: int
    total: int
    items: list[AreaRow]
    next: str | None


class GenerationOut(BaseModel):
    """A generation of boundaries and the time in which it was in force."""

    number: int
    kind: str
    status: str
    current: bool
    source: str
    datum: str
    metric_crs: str
    content_hash: str
    created_at: datetime
    effective_from: datetime | None
    effective_until: datetime | None
    actor: str


class GenerationsOut(BaseModel):
    """All generations, newest first."""

    items: list[GenerationOut]
