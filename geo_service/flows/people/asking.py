"""What endpoints about people read from a request, and who may change what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Query

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.instants import Instant
from geo_service.api.texts import Line
from geo_service.flows.people.schemas import LARGEST_ID

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
After = Annotated[int, Query(ge=0, le=LARGEST_ID, description="the `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]
At = Annotated[Instant | None, Query(description="an instant with a time zone; now where it is left out")]
AreaCode = Annotated[Line | None, Query(max_length=32, description="code of an area; everything below it counts too")]
Generation = Annotated[int | None, Query(ge=1, le=2_000_000_000)]
From = Annotated[Instant, Query(alias="from")]
To = Annotated[Instant, Query(alias="to")]
MaybeFrom = Annotated[Instant | None, Query(alias="from")]
MaybeTo = Annotated[Instant | None, Query(alias="to")]

Reader = Annotated[Actor, Depends(permits("people.read"))]
"""Sees posts, persons and what they write down."""
Administrator = Annotated[Actor, Depends(permits("people.write"))]
"""Changes posts and persons, within their reach."""
Registrar = Annotated[Actor, Depends(permits("people.write", whole_city=True))]
"""Changes what is one for the whole city: ranges of numbers, the quota of visits."""
Keeper = Annotated[Actor, Depends(permits("visits.write"))]
"""Writes the ledger of visits."""
Walker = Annotated[Actor, Depends(permits("cases.report"))]
"""Writes the patrol log."""


def utc(at: datetime | None, now: datetime) -> datetime:
    """The instant in UTC; now where none is named."""
    return now if at is None else at.astimezone(UTC)


def following(ids: list[int], limit: int) -> int | None:
    """The cursor of the next page, from the ids of one row more than the page holds."""
    return ids[limit - 1] if len(ids) > limit else None
