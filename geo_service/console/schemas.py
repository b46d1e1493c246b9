"""The wire of what the console is drawn from."""

from __future__ import annotations

from pydantic import BaseModel

from geo_service.flows.dispatch.schemas import CaseRow


class CaseColumnsOut(BaseModel):
    """All cases that match, newest first; see `columns.columns`."""

    position: int
    generation: int
    states: list[str]
    lights: list[str]
    urgencies: list[str]
    grids: list[str]
    id: list[int]
    state: list[int]
    light: list[int]
    urgency: list[int]
    received: list[int]
    due: list[int | None]
    closed: list[int | None]
    yellow: list[int | None]
    red: list[int | None]
    lon: list[float | None]
    lat: list[float | None]
    grid: list[int]


class BasemapOut(BaseModel):
    """Tiles from elsewhere through this service: their address with {z} {x} {y}, what to write on the map, the zooms there are."""

    url: str
    attribution: str
    min_zoom: int
    max_zoom: int


class MapOut(BaseModel):
    """What the map may show beside the city's own layers. basemap: null where none is configured."""

    basemap: BasemapOut | None


class ListedCase(CaseRow):
    """A case as lists show it, and the areas it lies in as recorded: {level: code}."""

    areas: dict[str, str]


class RowsOut(BaseModel):
    """Cases as lists show them, newest first, and whom their owners' names mean."""

    items: list[ListedCase]
    owners: dict[str, str]


class CaseChangesOut(BaseModel):
    """What changed behind a position. kinds: case id -> the events it had."""

    position: int
    reset: bool
    cases: list[ListedCase]
    kinds: dict[str, list[str]]


class CategoryOut(BaseModel):
    """A category and the chapter of its tree that it stands in."""

    key: str
    tree: str
    kind: str
    major: str
    name: str


class AgencyOut(BaseModel):
    """An agency as an owner of cases."""

    owner: str
    name: str
    level: str


class LevelOut(BaseModel):
    """A level of areas, coarsest first."""

    level: str
    name: str


class VocabularyOut(BaseModel):
    """What a screen needs to offer choices by name."""

    city: str
    timezone: str
    bounds: list[float]
    levels: list[LevelOut]
    categories: list[CategoryOut]
    agencies: list[AgencyOut]
