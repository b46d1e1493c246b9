"""Boundaries out to files: a level to use elsewhere, everything to edit on a desktop, a difference to look at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd

from boundaries.editing import Draft
from boundaries.files import write_frame
from boundaries.model import AreaVersion
from boundaries.store.city import City
from boundaries.store.drafts import DraftRecord
from boundaries.store.leaves import parent_shapes
from boundaries.store.preparing import members_of
from geo_service.errors import NotFoundError
from geo_service.published import Published

FileFormat = Literal["gpkg", "geojson", "parquet"]
MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
}


def level_frame(published: Published, level: str) -> gpd.GeoDataFrame:
    """The areas of a level in WGS-84 lon/lat (9 decimals), parents joined from their leaves. NotFoundError for an unknown level."""
    if level not in {known.name for known in published.city.levels}:
        raise NotFoundError("level_not_found", en="there is no level {level}", zh="没有层级 {level}", level=level)
    return _lonlat_frame(published, [a for a in published.areas.values() if a.level == level])


def whole_frame(published: Published) -> gpd.GeoDataFrame:
    """The areas of all levels, otherwise as `level_frame`."""
    return _lonlat_frame(published, list(published.areas.values()))


def _lonlat_frame(published: Published, chosen: Iterable[AreaVersion]) -> gpd.GeoDataFrame:
    shapes = parent_shapes(list(published.areas.values()), published.city.metric_crs, levels=published.city.levels)
    rows = [
        {
            "code": a.code,
            "name": a.name,
            "level": a.level,
            "kind": a.kind,
            "parent_code": published.areas[a.parent_id].code if a.parent_id is not None else None,
            "households": a.households,
            "generation": published.number,
            "geometry": shapes.get(a.area_id),
        }
        for a in chosen
    ]
    columns = ["code", "name", "level", "kind", "parent_code", "households", "generation", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")


def editing_frame(published: Published) -> gpd.GeoDataFrame:
    """All areas of the ladder in the city's metric system, with what a later adoption needs: code, parent, version, base generation.

    Leaves have their shape; parents and leaves that share a face have none, and may be renamed or hung elsewhere all the same.
    """
    return _editing(published.areas.values(), published.city, base_generation=published.number)


def draft_frame(record: DraftRecord, draft: Draft, city: City) -> gpd.GeoDataFrame:
    """As `editing_frame`, of a draft in its present state: the columns draft and draft_head say which."""
    return _editing(
        members_of(draft.workspace), city, base_generation=record.base_generation, draft=record.draft_id, draft_head=record.head
    )


def _editing(areas: Iterable[AreaVersion], city: City, **said: int) -> gpd.GeoDataFrame:
    ladder = {level.name for level in city.ladder}
    listed = {area.area_id: area for area in areas}
    rows = [
        {
            "code": area.code,
            "name": area.name,
            "level": area.level,
            "parent_code": listed[area.parent_id].code if area.parent_id is not None else None,
            "households": area.households,
            "version": area.content_hash[:16],
            **said,
            "geometry": area.geometry,
        }
        for area in listed.values()
        if area.level in ladder
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=city.metric_crs)


def as_bytes(frame: gpd.GeoDataFrame, file_format: str, *, layer: str) -> bytes:
    """The frame as a file of this format: gpkg, geojson, parquet, or csv, which leaves the shapes out."""
    if file_format == "csv":
        return _as_table(frame).encode("utf-8-sig")  # the mark tells spreadsheets that it is Unicode
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer}.{file_format}"
        write_frame(frame, path, layer=layer)
        return path.read_bytes()


def _as_table(frame: gpd.GeoDataFrame) -> str:
    table = frame.drop(columns=frame.geometry.name).map(_plain)
    text: str = table.to_csv(index=False, lineterminator="\r\n")
    return text


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
