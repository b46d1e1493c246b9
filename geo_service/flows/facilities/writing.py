"""HTTP of facilities, to change: made, edited, retired, restored, with what happened to them before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends
from starlette.responses import Response

from geo_service import idempotency
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.once import IdempotencyKey, earlier_answer
from geo_service.api.preconditions import version_of
from geo_service.errors import RequestError
from geo_service.facilities.model import Place, tidied
from geo_service.facilities.repository import one_facility
from geo_service.flows.facilities import service
from geo_service.flows.facilities.asking import Id, IfMatch, Keeper, Reader, found_one
from geo_service.flows.facilities.bodies import with_bodies
from geo_service.flows.facilities.schemas import FacilityChangeOut, FacilityIn, FacilityOut, FacilityPatch, RetireIn
from geo_service.flows.facilities.showing import facility_out

router = APIRouter(prefix="/api/v1", tags=["facilities"])
_STATION = {
    "kind": "station",
    "level": "compound",
    "name": "阳光小区党群服务站",
    "lon": 113.58,
    "lat": 37.8567,
    "datum": "wgs84",
    "opening_hours": "周一至周五 09:00-17:30",
}


@router.post(
    "/facilities",
    status_code=201,
    response_model=FacilityOut,
    openapi_extra=json_body(FacilityIn, station=_STATION),
    summary="Put a place on the map",
)
def make(
    body: Annotated[tuple[FacilityIn, bytes], Depends(body_of(FacilityIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Keeper,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs the permission facilities.write. The area follows from the point: 422 `outside_city` where there is none."""
    (told, raw), now, asked_by = body, wiring.clock.now(), f"facilities:{actor.name}"
    again = earlier_answer(connection, scope=asked_by, key=idempotency_key, raw=raw, at=now)
    if again is not None:
        return again
    lon, lat = service.placed(lon=told.lon, lat=told.lat, datum=told.datum)
    values = told.model_dump(exclude={"datum", "lon", "lat"}) | {"services": tuple(told.services), "serves": tuple(told.serves)}
    place = Place(**values, lon=lon, lat=lat)
    made = service.create(connection, wiring.published.current(), tidied(place), actor=actor, now=now)
    row = found_one(connection, wiring, made)
    answer = facility_out(row, wiring.published.current(), now=now, language=language).model_dump(mode="json")
    if idempotency_key is not None:
        idempotency.remember(connection, scope=asked_by, key=idempotency_key, status=201, response=answer)
    return Response(orjson.dumps(answer), status_code=201, media_type="application/json", headers={"ETag": '"1"'})


@router.patch(
    "/facilities/{facility_id}",
    response_model=FacilityOut,
    openapi_extra=json_body(FacilityPatch, moved={"lon": 113.5801, "lat": 37.8567, "datum": "wgs84"}),
    summary="Change a place",
)
def edit(
    facility_id: Id,
    body: Annotated[tuple[FacilityPatch, bytes], Depends(body_of(FacilityPatch))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Keeper,
    if_match: IfMatch = None,
) -> FacilityOut:
    """Needs the permission facilities.write and If-Match: 412 where somebody changed it meanwhile. What is left out stays."""
    version, now = version_of(if_match), wiring.clock.now()
    row = with_bodies(connection, [one_facility(connection, facility_id)], at=now)[0]
    place = _patched(service.place_of(row), body[0])
    service.change(connection, wiring.published.current(), facility_id, place, version=version, actor=actor, now=now)
    return _shown(connection, wiring, facility_id, now, language)


@router.post(
    "/facilities/{facility_id}/retire", response_model=FacilityOut, openapi_extra=json_body(RetireIn, moved={"reason": "搬迁"}),
    summary="Take a place off the map",
)  # fmt: skip
def retire(
    facility_id: Id,
    body: Annotated[tuple[RetireIn, bytes], Depends(body_of(RetireIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Keeper,
    if_match: IfMatch = None,
) -> FacilityOut:
    """Needs the permission facilities.write and If-Match. The place and its history stay."""
    version, now = version_of(if_match), wiring.clock.now()
    service.retire(connection, wiring.published.current(), facility_id, body[0].reason, version=version, actor=actor, now=now)
    return _shown(connection, wiring, facility_id, now, language)


@router.post("/facilities/{facility_id}/restore", summary="Put a retired place back on the map")
def restore(
    facility_id: Id, connection: Writing, wiring: WiringDep, language: Language, actor: Keeper, if_match: IfMatch = None
) -> FacilityOut:
    """Needs the permission facilities.write and If-Match."""
    version, now = version_of(if_match), wiring.clock.now()
    service.restore(connection, wiring.published.current(), facility_id, version=version, actor=actor, now=now)
    return _shown(connection, wiring, facility_id, now, language)


@router.get("/facilities/{facility_id}/history", summary="What happened to a place")
def history(facility_id: Id, connection: Reading, _: Reader) -> list[FacilityChangeOut]:
    """Needs a key. The latest first, with what was and what is."""
    found = service.history(connection, facility_id)
    return [FacilityChangeOut(position=one.position, at=one.at, kind=one.kind, actor=one.actor, data=one.data) for one in found]


def _patched(before: Place, told: FacilityPatch) -> Place:
    named = told.model_dump(exclude_unset=True)
    at = [named.pop(name, None) for name in ("lon", "lat", "datum")]
    if any(part is not None for part in at):
        lon, lat, datum = at
        if lon is None or lat is None:
            raise RequestError("half_a_point", en="say lon, lat and datum together", zh="lon、lat 与 datum 应一并给出", field="lon")
        named["lon"], named["lat"] = service.placed(lon=lon, lat=lat, datum=datum)
    for name in ("services", "serves"):
        if name in named:
            named[name] = tuple(named[name] or ())
    if "attributes" in named:
        named["attributes"] = {**before.attributes, **(named["attributes"] or {})}
    blank = {"address": "", "opening_hours": "", "demonstration": False}
    for name in [name for name, value in named.items() if value is None and name != "phone"]:
        if name not in blank:
            raise RequestError("not_null", en="{name} cannot be empty", zh="{name} 不能为空", name=name, field=name)
        named[name] = blank[name]
    return tidied(replace(before, **named))


def _shown(connection: Any, wiring: Any, facility_id: int, now: datetime, language: str) -> FacilityOut:
    return facility_out(found_one(connection, wiring, facility_id), wiring.published.current(), now=now, language=language)
