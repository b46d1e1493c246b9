"""HTTP of distances: the nearest places, open ones if asked, and the report of reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import FiniteFloat
from starlette.responses import Response

from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.api.instants import Instant
from geo_service.catalogue import sheets
from geo_service.facilities import Wanted, find_facilities
from geo_service.flows.facilities.asking import AreaCode, Asked, Reader, found
from geo_service.flows.facilities.nearest import nearest, open_then
from geo_service.flows.facilities.places import known
from geo_service.flows.facilities.reach import Line, Reach, distances_of, measure
from geo_service.flows.facilities.schemas import NearestFacilitiesOut, NearOut, ReachLineOut, ReachOut
from geo_service.flows.facilities.service import placed
from geo_service.flows.facilities.showing import facility_out

router = APIRouter(prefix="/api/v1", tags=["facilities"])
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@router.get("/facilities/nearest", summary="The nearest places, open ones if asked")
def nearest_facilities(
    *,
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Reader,
    asked: Asked,
    lon: Annotated[FiniteFloat, Query(examples=[113.58])],
    lat: Annotated[FiniteFloat, Query(examples=[37.8567])],
    datum: Annotated[str | None, Query(description="wgs84 | cgcs2000 | gcj02 | bd09; required, never assumed")] = None,
    open_at: Annotated[Literal["now"] | Instant | None, Query(description="now, or an instant with a time zone")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> NearestFacilitiesOut:
    """Needs a key. Distances are straight lines in metres; the way there is longer. With `open_at` places whose hours nobody said are
    left out and counted."""
    published, now = wiring.published.current(), wiring.clock.now()
    x, y = placed(lon=lon, lat=lat, datum=datum)
    rows, unknown = found(connection, wiring, asked), 0
    moment: datetime | None = now if open_at == "now" else open_at.astimezone(UTC) if isinstance(open_at, datetime) else None
    if moment is not None:
        rows, unknown = open_then(published, rows, moment)
    near = nearest(published, rows, lon=x, lat=y, limit=limit)
    items = [NearOut(distance_m=away, facility=facility_out(row, published, now=now, language=language)) for away, row in near]
    return NearestFacilitiesOut(open_at=moment, unknown_hours=unknown, items=items)


@router.get("/facilities/reach", response_model=ReachOut, summary="The share of households near a place, area by area")
def reach(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Reader,
    level: Annotated[str, Query(max_length=30)] = "community",
    kind: Annotated[str | None, Query(max_length=30)] = None,
    demonstration: bool | None = None,
    area: AreaCode = None,
    distances: Annotated[str | None, Query(max_length=60, description="metres; 300,500,1000 where left out")] = None,
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
) -> Response:
    """Needs a key. Households of the address table within each distance of the nearest place, in a straight line."""
    published = wiring.published.current()
    within = known(published, area) if area is not None else None
    rows = find_facilities(connection, Wanted(kind=kind, demonstration=demonstration))
    made = measure(connection, published, rows, level=level, distances_m=distances_of(distances), area=within)
    if form == "json":
        return Response(reach_out(made, published.number).model_dump_json(), media_type="application/json")
    columns, lines = reach_table(made, chinese=language.startswith("zh"))
    headers = {"Content-Disposition": f'attachment; filename="reach.{form}"'}
    return Response(sheets.write(columns, lines, form, title="reach"), media_type=TYPES[form], headers=headers)


def reach_out(made: Reach, generation: int) -> ReachOut:
    """The report as the wire has it."""
    return ReachOut(
        generation=generation,
        level=made.level,
        distances_m=list(made.distances_m),
        facilities=made.facilities,
        addresses=len(made.households),
        whole=_line_out(made.whole),
        outside=_line_out(made.outside),
        items=[_line_out(one) for one in made.lines],
    )


def reach_table(made: Reach, *, chinese: bool) -> tuple[list[str], list[list[Any]]]:
    """(columns, rows) of the report as a table; the first row is the whole, then what lies in no area if there is any."""
    limits = [(f"{m}米内户数", f"{m}米内占比") if chinese else (f"households_{m}_m", f"share_{m}_m") for m in made.distances_m]
    columns = ["编码", "名称", "户数"] if chinese else ["code", "name", "households"]
    columns += [name for pair in limits for name in pair] + ["平均距离（米）" if chinese else "mean_distance_m"]
    outside = "区域外" if chinese else "outside"
    lines = [(made.whole, made.whole.name), *([(made.outside, outside)] if made.outside.households else [])]
    rows = []
    for line, name in [*lines, *((one, one.name) for one in made.lines)]:
        told: list[Any] = [line.code, name, line.households]
        for count, share in zip(line.within, line.shares(), strict=True):
            told += [count, None if share is None else round(share, 4)]
        rows.append([*told, None if line.mean_m is None else round(line.mean_m, 1)])
    return columns, rows


def _line_out(line: Line) -> ReachLineOut:
    return ReachLineOut(
        code=line.code,
        name=line.name,
        households=line.households,
        within=list(line.within),
        shares=[None if share is None else round(share, 4) for share in line.shares()],
        mean_m=None if line.mean_m is None else round(line.mean_m, 1),
    )
