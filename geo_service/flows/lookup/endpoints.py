"""HTTP of looking up."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.answers import LocateOut, area_out, locate_out
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, body_of, json_body
from geo_service.errors import RequestError
from geo_service.flows.lookup import arrow, batch, service
from geo_service.flows.lookup.schemas import (
    AreaDetail,
    AreaRow,
    AreasOut,
    BatchIn,
    BatchOut,
    GenerationOut,
    GenerationsOut,
    GeocodeOut,
    LocateQuery,
    MatchOut,
    NearbyOut,
    ReverseOut,
)

router = APIRouter(prefix="/api/v1", tags=["lookup"])

Looker = Annotated[Actor, Depends(permits("planning.read"))]


@router.get("/locate", summary="Which area holds a point, and who answers for it")
def locate(query: Annotated[LocateQuery, Query()], connection: Reading, wiring: WiringDep, language: Language) -> LocateOut:
    """Open without a key. The datum must be named: a GCJ-02 point read as WGS-84 lands some 550 m away."""
    published = service.answering(wiring.published, connection, number=query.generation, at=query.at)
    found, responsible = service.locate(
        connection,
        published,
        lon=query.lon,
        lat=query.lat,
        datum=query.datum,
        accuracy_m=query.accuracy_m,
        certain_from=wiring.settings.routing.certain_from,
        now=wiring.clock.now(),
    )
    return locate_out(found, responsible=responsible, language=language)


_BATCH_BODY: dict[str, Any] = json_body(BatchIn, two_points={"lons": [113.58, 113.5], "lats": [37.8567, 37.9], "datum": "wgs84"})
_BATCH_BODY["requestBody"]["content"][arrow.MEDIA_TYPE] = {"schema": {"type": "string", "format": "binary"}}


@router.post("/locate/batch", response_model=BatchOut, openapi_extra=_BATCH_BODY, summary="The areas of up to 100,000 points")
async def locate_batch(request: Request, wiring: WiringDep) -> Response:
    """Open without a key. JSON {lons, lats, datum, accuracy_m?}, or an Arrow stream {lon, lat: float64} with datum in the query."""
    if request.headers.get("content-type", "").partition(";")[0].strip() == arrow.MEDIA_TYPE:
        lons, lats = arrow.read_points(await request.body())
        datum, accuracy_m = request.query_params.get("datum"), _accuracy(request.query_params.get("accuracy_m"))
        return await run_in_threadpool(_batch, wiring, lons, lats, datum, accuracy_m, None, as_arrow=True)
    body, _ = await body_of(BatchIn)(request)
    lons, lats = np.array(body.lons, dtype=np.float64), np.array(body.lats, dtype=np.float64)
    return await run_in_threadpool(_batch, wiring, lons, lats, body.datum, body.accuracy_m, body, as_arrow=False)


def _accuracy(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 50_000:
        raise RequestError(
            "bad_accuracy", en="accuracy_m must lie above 0 and up to 50,000", zh="accuracy_m 必须大于 0 且不超过 50000", field="accuracy_m"
        )
    return value


def _batch(
    wiring: Any, lons: Any, lats: Any, datum: str | None, accuracy_m: float | None, when: BatchIn | None, *, as_arrow: bool
) -> Response:
    if when is not None and (when.generation is not None or when.at is not None):
        with wiring.database.reading() as connection:
            published = service.answering(wiring.published, connection, number=when.generation, at=when.at)
    else:
        published = wiring.published.current()
    done = batch.locate_batch(
        published, lons=lons, lats=lats, datum=datum, accuracy_m=accuracy_m, certain_from=wiring.settings.routing.certain_from
    )
    if as_arrow:
        return Response(arrow.write_answers(published, done), media_type=arrow.MEDIA_TYPE)
    codes = published.index.codes
    body = {
        "generation": published.number,
        "area_codes": [codes[p] if p >= 0 else None for p in done.positions.tolist()],
        "verdicts": done.verdicts.tolist(),
        "probabilities": [None if math.isnan(p) else round(p, 4) for p in done.probabilities.tolist()],
    }
    return Response(orjson.dumps(body), media_type="application/json")


@router.get("/geocode", summary="What an address text means")
def geocode(text: Annotated[str, Query(min_length=2, max_length=300, examples=["桃北小区3号楼2单元"])], wiring: WiringDep) -> GeocodeOut:
    """Open without a key. Exact match on the city's address table after normalising; says how deep it got and never goes deeper."""
    published = wiring.published.current()
    found = service.geocode(wiring.geocoder(), published, wiring.places(published), text)
    matches = [
        MatchOut(level=m.level, text=m.text, lon=m.lon, lat=m.lat, spread_m=round(m.spread_m, 1), areas=[area_out(a) for a in areas])  # type: ignore[arg-type]  # the ladder's names, checked by pydantic
        for m, areas in found
    ]
    return GeocodeOut(query=text, level=matches[0].level if matches else None, matches=matches)


@router.get("/reverse", summary="The addresses near a point", dependencies=[Depends(permits("planning.read"))])
def reverse(
    query: Annotated[LocateQuery, Query()],
    wiring: WiringDep,
) -> ReverseOut:
    """Needs a key: it names homes. Looks 300 m around the point, or as far as accuracy_m says; gives at most 20."""
    found = service.reverse(
        wiring.geocoder(), lon=query.lon, lat=query.lat, datum=query.datum, within_m=max(300.0, query.accuracy_m or 0.0), limit=20
    )
    return ReverseOut(
        addresses=[
            NearbyOut(
                text=near.text,
                distance_m=round(near.distance_m, 1),
                community_code=near.row.community_code,
                micro_grid_code=near.row.micro_grid_code,
                households=near.row.households,
                lon=near.row.lon,
                lat=near.row.lat,
            )
            for near in found
        ]
    )


@router.get("/areas", summary="The city's areas")
def areas(
    wiring: WiringDep,
    connection: Reading,
    _: Looker,
    level: str | None = None,
    parent: str | None = None,
    generation: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AreasOut:
    """Needs a key. Filter by level and by the parent's code; pages follow `next`."""
    published = service.answering(wiring.published, connection, number=generation, at=None)
    page, total, following = service.areas_page(published, level=level, parent=parent, after=after, limit=limit)
    return AreasOut(generation=published.number, total=total, items=[AreaRow(**_row(published, a)) for a in page], next=following)


@router.get("/areas/{code}", summary="One area with its shape")
def area(
    code: str,
    wiring: WiringDep,
    connection: Reading,
    _: Looker,
    generation: Annotated[int | None, Query(ge=1, le=2_000_000_000)] = None,
) -> AreaDetail:
    """Needs a key."""
    published = service.answering(wiring.published, connection, number=generation, at=None)
    found, shape = service.area_shape(published, code)
    geometry = None if shape is None else orjson.loads(shapely.to_geojson(shape))
    return AreaDetail(**_row(published, found), areas={a.level: a.code for a in published.chain(found)}, geometry=geometry)


def _row(published: Any, found: Any) -> dict[str, Any]:
    parent = published.areas[found.parent_id].code if found.parent_id is not None else None
    return {
        "code": found.code,
        "level": found.level,
        "name": found.name,
        "kind": found.kind,
        "parent_code": parent,
        "households": found.households,
    }


@router.get("/generations", summary="The generations of boundaries")
def generations(connection: Reading) -> GenerationsOut:
    """Open without a key."""
    found, current = service.all_generations(connection)
    return GenerationsOut(
        items=[
            GenerationOut(
                number=g.number,
                kind=g.kind,
                status=g.status,
                current=g.number == current,
                source=g.source,
                datum=g.datum,
                metric_crs=g.metric_crs,
                content_hash=g.content_hash,
                created_at=g.created_at,
                effective_from=g.effective_from,
                effective_until=g.effective_until,
                actor=g.actor,
            )
            for g in found
        ]
    )
