"""What endpoints about facilities read from a request, and who may change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query
from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.instants import Instant
from geo_service.api.texts import Line
from geo_service.api.wiring import Wiring
from geo_service.facilities import Wanted, find_facilities, one_facility
from geo_service.flows.facilities.bodies import with_bodies
from geo_service.flows.facilities.places import inside, known, with_areas
from geo_service.flows.facilities.schemas import LARGEST_ID

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
After = Annotated[int, Query(ge=0, le=LARGEST_ID, description="the `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000)]
AreaCode = Annotated[Line | None, Query(max_length=32, description="code of an area: what lies in it")]
At = Annotated[Instant | None, Query(description="an instant with a time zone")]
IfMatch = Annotated[str | None, Header(description='the version that was looked at, e.g. "3"')]
Reader = Annotated[Actor, Depends(permits("facilities.read"))]
Keeper = Annotated[Actor, Depends(permits("facilities.write"))]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of facilities is narrowed to."""

    wanted: Wanted
    area: str | None


def filter_of(
    kind: Annotated[Line | None, Query(max_length=30, description="service_centre | station | compound")] = None,
    level: Annotated[Line | None, Query(max_length=30)] = None,
    area: AreaCode = None,
    q: Annotated[Line | None, Query(max_length=60, description="in the name or the address")] = None,
    demonstration: bool | None = None,
    five_star: bool | None = None,
    retired: Annotated[bool, Query(description="also those that are no more")] = False,
) -> Filter:
    """The filter in the query."""
    return Filter(Wanted(kind, level, q, demonstration, five_star, retired), area)


Asked = Annotated[Filter, Depends(filter_of)]


def found(connection: Connection, wiring: Wiring, asked: Filter) -> list[dict[str, Any]]:
    """The rows that match, with the areas they lie in and who stands for them."""
    published = wiring.published.current()
    area = known(published, asked.area) if asked.area is not None else None
    rows = inside(with_areas(published, find_facilities(connection, asked.wanted)), area)
    return with_bodies(connection, rows, at=wiring.clock.now())


def found_one(connection: Connection, wiring: Wiring, facility_id: int) -> dict[str, Any]:
    """One row as `found` gives it. NotFoundError without one."""
    rows = with_areas(wiring.published.current(), [one_facility(connection, facility_id)])
    return with_bodies(connection, rows, at=wiring.clock.now())[0]
