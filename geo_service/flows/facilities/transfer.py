"""HTTP of files with facilities: brought in, taken out."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.catalogue import sheets
from geo_service.errors import RequestError
from geo_service.flows.facilities.asking import Asked, Keeper, Reader, found
from geo_service.flows.facilities.columns import cells_of, headings
from geo_service.flows.facilities.importing import bring_in
from geo_service.flows.facilities.measuring import TYPES
from geo_service.flows.facilities.schemas import FacilityImportOut, FacilityImportRowOut

router = APIRouter(prefix="/api/v1", tags=["facilities"])
SHOWN = 500
_KINDS = (*TYPES.values(), "application/geopackage+sqlite3")
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {name.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in _KINDS},
    }
}


async def file_of(request: Request, _: Keeper) -> bytes:
    """The body as it came. RequestError for none."""
    raw = await request.body()
    if not raw:
        raise RequestError("empty_file", en="send the file as the body", zh="请以请求体发送文件", field="file")
    return raw


@router.post("/facilities/import", openapi_extra=_FILE, summary="Bring in a file with places, or see what it would change")
def bring(
    data: Annotated[bytes, Depends(file_of)],
    connection: Writing,
    wiring: WiringDep,
    actor: Keeper,
    datum: Annotated[str | None, Query(description="of lon and lat in the file: wgs84 | cgcs2000 | gcj02 | bd09; required")] = None,
    encoding: Annotated[str, Query(max_length=20, description="of a CSV: utf-8, gbk, gb18030")] = "utf-8",
    commit: Annotated[bool, Query(description="take it over; without it nothing is saved")] = False,
) -> FacilityImportOut:
    """Needs the permission facilities.write. The body is the XLSX, CSV or GeoPackage itself, up to 16 MB; headings in Chinese or as the
    export writes them. All bad rows are listed at once and nothing is taken. Areas follow from the points; an area_code is compared."""
    taken = bring_in(
        connection,
        wiring.published.current(),
        data,
        datum=datum,
        encoding=encoding,
        commit=commit,
        actor=actor,
        now=wiring.clock.now(),
    )
    counts = Counter(one.outcome for one in taken)
    shown = [one for one in taken if one.outcome != "unchanged"][:SHOWN]
    return FacilityImportOut(
        committed=commit,
        rows=len(taken),
        **{name: counts[name] for name in ("new", "changed", "unchanged")},
        items=[FacilityImportRowOut(row=one.row, id=one.facility_id, name=one.place.name, outcome=one.outcome) for one in shown],
    )


@router.get("/facilities/export", summary="Places as a table that can be edited and brought in again")
def take_out(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Reader,
    asked: Asked,
    form: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
) -> Response:
    """Needs a key. Positions are WGS-84: bring it in again with datum=wgs84."""
    rows = [cells_of(row, language) for row in found(connection, wiring, asked)]
    headers = {"Content-Disposition": f'attachment; filename="facilities.{form}"'}
    return Response(sheets.write(headings(language), rows, form, title="facilities"), media_type=TYPES[form], headers=headers)
