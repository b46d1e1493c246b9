"""HTTP of facilities, to look at: lists, the map's columns, one place and its history, the nearest ones."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.flows.facilities.asking import After, Asked, Id, Limit, Reader, found, found_one
from geo_service.flows.facilities.schemas import FacilitiesOut, FacilityColumnsOut, FacilityOut, KindsOut
from geo_service.flows.facilities.showing import columns_out, facility_out, geojson_out, kinds_out

router = APIRouter(prefix="/api/v1", tags=["facilities"])
Form = Annotated[Literal["json", "columns", "geojson"], Query(alias="format", description="columns and geojson: all at once, for maps")]


@router.get("/facilities", response_model=FacilitiesOut | FacilityColumnsOut, summary="Service centres, stations, compounds")
def facilities(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Reader,
    asked: Asked,
    form: Form = "json",
    after: After = 0,
    limit: Limit = 100,
) -> Response:
    """Needs a key. Positions are WGS-84. `area` is of any level: what lies in it in the generation in force."""
    rows, published, now = found(connection, wiring, asked), wiring.published.current(), wiring.clock.now()
    if form == "columns":
        return _json(columns_out(rows, published, now=now, language=language).model_dump_json().encode())
    if form == "geojson":
        body = orjson.dumps(geojson_out(rows, published, now=now, language=language))
        return Response(body, media_type="application/geo+json")
    behind = [row for row in rows if row["facility_id"] > after]
    items = [facility_out(row, published, now=now, language=language) for row in behind[:limit]]
    answer = FacilitiesOut(total=len(rows), items=items, next=items[-1].id if len(behind) > limit else None)
    return _json(answer.model_dump_json().encode())


@router.get("/facilities/kinds", summary="The kinds of places and what is kept of each")
def facility_kinds(_: Reader) -> KindsOut:
    """Needs a key."""
    return kinds_out()


@router.get("/facilities/{facility_id}", summary="One place")
def facility(facility_id: Id, connection: Reading, wiring: WiringDep, language: Language, _: Reader) -> FacilityOut:
    """Needs a key. Also one that was retired."""
    row = found_one(connection, wiring, facility_id)
    return facility_out(row, wiring.published.current(), now=wiring.clock.now(), language=language)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
