"""HTTP of generations as documents: their areas, a file to edit, their findings, what differs between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import geopandas as gpd
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from boundaries.checks.findings import SEVERITY_ORDER
from boundaries.model import Defect, Severity
from boundaries.store.drafts import draft_record
from boundaries.store.repository import defects as defects_of
from boundaries.store.repository import require_city
from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.flows.planning import files
from geo_service.flows.planning.changes import defect_out, diff_areas, lineage_out, with_operations
from geo_service.flows.planning.differences import difference_frame, found_between
from geo_service.flows.planning.file_schemas import DefectsOut
from geo_service.flows.planning.schemas import DiffOut

router = APIRouter(prefix="/api/v1", tags=["planning"])

Planner = Annotated[Actor, Depends(permits("planning.write"))]
Looker = Annotated[Actor, Depends(permits("planning.read"))]
MOST_LISTED = 1000


def file_response(content: bytes, file_format: str, name: str) -> Response:
    """A download."""
    return Response(
        content,
        media_type=files.MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"'},
    )


@router.get("/generations/{number}/areas", summary="The areas of a level as a file", response_class=Response)
def download(
    number: int,
    connection: Reading,
    wiring: WiringDep,
    _: Looker,
    level: str,
    file_format: Annotated[files.FileFormat, Query(alias="format")] = "geojson",
) -> Response:
    """Needs a key. GeoPackage, GeoJSON (9 decimals, RFC 7946 winding) or GeoParquet, in WGS-84."""
    content = files.as_bytes(files.level_frame(wiring.published.of(connection, number), level), file_format, layer=level)
    return file_response(content, file_format, f"{level}-{number}")


@router.get("/generations/{number}/export", summary="A generation as a GeoPackage to edit", response_class=Response)
def export(number: int, connection: Reading, wiring: WiringDep, _: Planner) -> Response:
    """Needs a planner's key. GeoPackage 1.3 in the city's metric system, with code, parent, version and base generation: edit it on a
    desktop and send it to /drafts/adopt."""
    frame = files.editing_frame(wiring.published.of(connection, number))
    return file_response(files.as_bytes(frame, "gpkg", layer="leaves"), "gpkg", f"generation-{number}")


@router.get("/drafts/{draft_id}/export", summary="A draft as a GeoPackage to edit", response_class=Response)
def export_draft(draft_id: int, connection: Reading, wiring: WiringDep, _: Planner) -> Response:
    """Needs a planner's key. As of a generation; the file belongs to the draft at its present head: send it to /drafts/{id}/adopt."""
    record = draft_record(connection, draft_id)
    with wiring.drafts.guard:
        frame = files.draft_frame(record, wiring.drafts.draft(connection, record), require_city(connection))
    return file_response(files.as_bytes(frame, "gpkg", layer="leaves"), "gpkg", f"draft-{draft_id}-{record.head}")


@router.get("/generations/{number}/defects", summary="What the checks found in a generation", response_model=DefectsOut)
def defects(
    number: int,
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Planner,
    rule: Annotated[str | None, Query(max_length=60)] = None,
    severity: Severity | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 200,
    offset: Annotated[int, Query(ge=0, le=2_000_000_000)] = 0,
    file_format: Annotated[Literal["json", "geojson"], Query(alias="format")] = "json",
) -> Any:
    """Needs a planner's key. Each finding with its place, its size and its proposed repair; `operations` are that repair as operations
    of a draft over this generation, to be previewed with dry_run=1. GeoJSON: all of them, a feature each."""
    every = [d for d in defects_of(connection, number) if (rule in (None, d.rule)) and (severity in (None, d.severity))]
    every.sort(key=lambda defect: SEVERITY_ORDER.index(defect.severity))
    if file_format == "geojson":
        return file_response(files.as_bytes(_features(every, language), "geojson", layer="defects"), "geojson", f"defects-{number}")
    listed = every[offset : offset + limit]
    items = with_operations([defect_out(defect, language) for defect in listed], wiring.published.of(connection, number).areas)
    return DefectsOut(generation=number, total=len(every), counts=dict(Counter(d.rule for d in every).most_common()), items=items)


def _features(listed: Sequence[Defect], language: str) -> gpd.GeoDataFrame:
    said = [{name: value for name, value in defect_out(defect, language).items() if name != "place"} for defect in listed]
    columns = ("id", "rule", "severity", "areas", "size", "unit", "message", "repair")
    return gpd.GeoDataFrame(
        {name: [one[name] for one in said] for name in columns}, geometry=[defect.place for defect in listed], crs="EPSG:4326"
    )


@router.get("/generations/{older}/diff/{newer}", summary="What differs between two generations", response_model=DiffOut)
def diff(
    older: int,
    newer: int,
    connection: Reading,
    _: Planner,
    file_format: Annotated[Literal["json", "geojson", "csv"], Query(alias="format")] = "json",
) -> Any:
    """Needs a planner's key. JSON with lineage; GeoJSON, a feature an area; CSV, the table alone. Side by side: /maps/compare."""
    if file_format != "json":
        content = files.as_bytes(difference_frame(connection, older, newer), file_format, layer="diff")
        return file_response(content, file_format, f"diff-{older}-{newer}")
    found, states = found_between(connection, older, newer)
    areas = diff_areas(found, require_city(connection).metric_crs)
    return DiffOut(older=older, newer=newer, areas=areas, lineage=lineage_out(found.lineage, states))
