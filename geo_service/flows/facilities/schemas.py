"""The wire of facilities."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from geo_service.api.texts import Line

LARGEST_ID = 9_007_199_254_740_991


class FacilityIn(BaseModel):
    """A place as it is said to be. Its area follows from its point. serves: codes of areas; the one it lies in where none is named."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=30, examples=["station"])
    level: str = Field(max_length=30, examples=["compound"])
    name: Line = Field(max_length=120)
    lon: FiniteFloat
    lat: FiniteFloat
    datum: str | None = Field(None, description="wgs84 | cgcs2000 | gcj02 | bd09; required, never assumed")
    address: str = Field("", max_length=200)
    phone: str | None = Field(None, max_length=20)
    opening_hours: str = Field("", max_length=400, examples=["周一至周五 09:00-17:30，周六 09:00-12:00；2026-10-01 休息"])
    demonstration: bool = False
    services: list[Annotated[Line, Field(max_length=40)]] = Field(default_factory=list, max_length=40)
    attributes: dict[str, bool | int | str | None] = Field(default_factory=dict, max_length=60)
    serves: list[Annotated[Line, Field(max_length=32)]] = Field(default_factory=list, max_length=100)


class FacilityPatch(BaseModel):
    """What to change; what is left out stays. lon, lat, datum come together. attributes: named ones are replaced, null takes out."""

    model_config = ConfigDict(extra="forbid")

    kind: str | None = Field(None, max_length=30)
    level: str | None = Field(None, max_length=30)
    name: Line | None = Field(None, max_length=120)
    lon: FiniteFloat | None = None
    lat: FiniteFloat | None = None
    datum: str | None = None
    address: str | None = Field(None, max_length=200)
    phone: str | None = Field(None, max_length=20)
    opening_hours: str | None = Field(None, max_length=400)
    demonstration: bool | None = None
    services: list[Annotated[Line, Field(max_length=40)]] | None = Field(None, max_length=40)
    attributes: dict[str, bool | int | str | None] | None = Field(None, max_length=60)
    serves: list[Annotated[Line, Field(max_length=32)]] | None = Field(None, max_length=100)


class RetireIn(BaseModel):
    """Why a place is taken off the map."""

    model_config = ConfigDict(extra="forbid")

    reason: Line = Field(max_length=200)


class HoursOut(BaseModel):
    """A week, Monday first, each day as [from, to] pairs; dates that differ. A span that ends before it begins goes on after midnight."""

    week: list[list[tuple[str, str]]]
    exceptions: dict[date, list[tuple[str, str]]]


class PhotoOut(BaseModel):
    """A photo. url and thumbnail: where it is, below this service."""

    digest: str
    url: str
    thumbnail: str
    width: int
    height: int
    caption: str


class ServedOut(BaseModel):
    """An area that a place serves."""

    code: str
    name: str


class FacilityOut(BaseModel):
    """A place. areas: {level: code} of where it lies now. hours: null where nobody said, open_now then too."""

    id: int
    kind: str
    level: str | None
    name: str
    area_code: str | None
    area_name: str | None
    areas: dict[str, str]
    lon: float
    lat: float
    address: str
    phone: str | None
    opening_hours: str
    hours: HoursOut | None
    open_now: bool | None
    demonstration: bool
    stars: int | None
    services: list[str]
    attributes: dict[str, bool | int | str]
    serves: list[ServedOut]
    photos: list[PhotoOut]
    version: int
    updated_at: datetime | None
    retired_at: datetime | None


class FacilitiesOut(BaseModel):
    """A page of places. next: `after` of the page behind."""

    total: int
    items: list[FacilityOut]
    next: int | None


class FacilityColumnsOut(BaseModel):
    """Places column by column, for a map; lon, lat in WGS-84 degrees. photos: how many there are. open_now: null where unknown."""

    generation: int
    id: list[int]
    kind: list[str]
    level: list[str | None]
    name: list[str]
    area_code: list[str | None]
    lon: list[float]
    lat: list[float]
    address: list[str]
    phone: list[str | None]
    opening_hours: list[str]
    open_now: list[bool | None]
    demonstration: list[bool]
    stars: list[int | None]
    attributes: list[dict[str, Any]]
    services: list[list[str]]
    photos: list[int]
    version: list[int]


class AttributeOut(BaseModel):
    """Something kept of a kind of places. type: flag | count | text | stars | body."""

    key: str
    type: str
    zh: str
    en: str
    needed: bool


class ServiceOut(BaseModel):
    """Something a place offers, as it is kept (zh) and in English."""

    zh: str
    en: str


class KindOut(BaseModel):
    """A kind of places."""

    kind: str
    zh: str
    en: str
    levels: list[str]
    services: list[ServiceOut]
    attributes: list[AttributeOut]


class KindsOut(BaseModel):
    """All kinds, and every service with a name in English."""

    kinds: list[KindOut]
    services: list[ServiceOut]


class FacilityChangeOut(BaseModel):
    """A change of a place: who, when, what was and what is."""

    position: int
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]


class NearOut(BaseModel):
    """A place and how far it is in a straight line, in metres."""

    distance_m: float
    facility: FacilityOut


class NearestFacilitiesOut(BaseModel):
    """The nearest places. straight_line: the way there is longer. open_at: the instant that was asked for."""

    straight_line: Literal[True] = True
    open_at: datetime | None
    unknown_hours: int = Field(description="places left out because nobody said when they are open")
    items: list[NearOut]


class ReachLineOut(BaseModel):
    """An area. within, shares: households within each distance and their share, null where it has none."""

    code: str
    name: str
    households: int
    within: list[int]
    shares: list[float | None]
    mean_m: float | None


class ReachOut(BaseModel):
    """The report of reach. whole: all households asked for = items + outside. Straight lines: the way there is longer."""

    generation: int
    level: str
    straight_line: Literal[True] = True
    distances_m: list[int]
    facilities: int
    addresses: int
    whole: ReachLineOut
    outside: ReachLineOut
    items: list[ReachLineOut]


class FacilityImportRowOut(BaseModel):
    """A row that makes or changes a place. id: null for a new one."""

    row: int
    id: int | None
    name: str
    outcome: Literal["new", "changed", "unchanged"]


class FacilityImportOut(BaseModel):
    """What a file changed, or would change. items: the first rows that change something."""

    committed: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    items: list[FacilityImportRowOut]
