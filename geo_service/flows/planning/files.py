"""Boundaries out to files and back: downloads by level, a file to edit on a desktop, and what was done in it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import geopandas as gpd
from sqlalchemy import Connection

from boundaries.editing.adopt import Adoption, adopt_file
from boundaries.files import write_frame
from boundaries.files.layers import read_layer
from boundaries.files.sources import as_source
from boundaries.store.drafts import DraftRecord, append, create_draft
from boundaries.store.leaves import parent_shapes
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import NotFoundError, SetupError
from geo_service.published import Published

FileFormat = Literal["gpkg", "geojson", "parquet"]
MEDIA_TYPES = {"gpkg": "application/geopackage+sqlite3", "geojson": "application/geo+json", "parquet": "application/vnd.apache.parquet"}


def level_frame(published: Published, level: str) -> gpd.GeoDataFrame:
    """The areas of a level in WGS-84 lon/lat (9 decimals), parents joined from their leaves. NotFoundError for an unknown level."""
    chosen = [a for a in published.areas.values() if a.level == level]
    if level not in {known.name for known in published.city.levels}:
        raise NotFoundError("level_not_found", en="there is no level {level}", zh="没有层级 {level}", level=level)
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
    ladder = {level.name for level in published.city.ladder}
    leaves = {leaf.area_id for leaf in published.leaves}
    rows = [
        {
            "code": area.code,
            "name": area.name,
            "level": area.level,
            "parent_code": published.areas[area.parent_id].code if area.parent_id is not None else None,
            "households": area.households,
            "version": area.content_hash[:16],
            "base_generation": published.number,
            "geometry": area.geometry if area.area_id in leaves else None,
        }
        for area in published.areas.values()
        if area.level in ladder
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=published.city.metric_crs)


def as_bytes(frame: gpd.GeoDataFrame, file_format: FileFormat, *, layer: str) -> bytes:
    """The frame as a file of this format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer}.{file_format}"
        write_frame(frame, path, layer=layer)
        return path.read_bytes()


def read_edited(source: str | Path) -> tuple[gpd.GeoDataFrame, int | None]:
    """A file edited on a desktop, and the generation it says it grew from (None where it does not)."""
    frame, _ = read_layer(as_source(source))
    bases = {int(n) for n in frame["base_generation"].dropna()} if "base_generation" in frame.columns else set()
    if len(bases) > 1:
        raise SetupError(
            "several_bases", en="the file names several base generations: {bases}", zh="文件包含多个基础版本：{bases}", bases=sorted(bases)
        )
    return frame, bases.pop() if bases else None


def understand(connection: Connection, wiring: Wiring, frame: Any, base: int | None) -> Adoption:
    """What an edited file changes in its base (the generation in force where it names none). Nothing is written."""
    number = base if base is not None else wiring.published.current().number
    with wiring.drafts.guard:
        return adopt_file(wiring.drafts.base(connection, number), frame)


def keep(connection: Connection, adoption: Adoption, *, base: int, title: str, open_cases: str, actor: Actor, now: datetime) -> DraftRecord:
    """A draft with the operations that a file came to."""
    record = create_draft(connection, title=title, base_generation=base, open_cases=open_cases, owner=actor.name, at=now)
    for change in adoption.draft.effective:
        record = append(connection, record, change, client_id=uuid4().hex, actor=actor.name, at=now)
    return record
