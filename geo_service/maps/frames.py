"""The frames maps are drawn from: areas with their workers, cases, facilities, the ground beneath."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pyogrio
from sqlalchemy import Connection

import map_ui.frames
from boundaries.model import AreaVersion
from boundaries.store.leaves import parent_shapes
from geo_service.cases import open_case_counts
from geo_service.cases.finding import all_on_map
from geo_service.cases.model import light
from geo_service.facilities import all_facilities
from geo_service.masking import mask_text
from geo_service.published import Published
from geo_service.rulebooks.naming import CategoryNames
from geo_service.scope import Scope
from geo_service.workers import POST_TITLES
from geo_service.workers.repository import names_of_holders

GROUND_FILE = "ground.gpkg"
FACILITY_COLUMNS = [column.name for column in map_ui.frames.FACILITIES]
WHOLE_CITY = ("rivers", "roads", "railways", "landuse")
"""Layers drawn beneath a whole city; buildings are drawn beneath a part of it only."""


def inside(published: Published, code: str | None) -> list[AreaVersion]:
    """The area of this code and all below it; every area when code is None."""
    if code is None:
        return list(published.areas.values())
    top = published.by_code[code]
    return [a for a in published.areas.values() if any(up.area_id == top.area_id for up in published.chain(a))]


def areas_frame(
    connection: Connection,
    published: Published,
    *,
    chosen: list[AreaVersion],
    at: datetime,
    language: str,
    scope: Scope,
    levels: Iterable[str] | None = None,
) -> gpd.GeoDataFrame:
    """`map_ui.frames.AREAS` of the chosen areas (of these levels only, if given), who answers for each and its open cases."""
    shapes = parent_shapes(chosen, published.city.metric_crs, levels=published.city.levels)
    wanted = set(levels) if levels is not None else None
    drawn = [a for a in chosen if wanted is None or a.level in wanted]
    codes = {a.area_id: a.code for a in drawn}
    names, counts = names_of_holders(connection, at=at), open_case_counts(connection, scope)
    households = _households(published, chosen)
    title = 0 if language.startswith("zh") else 1
    rows: list[dict[str, Any]] = []
    for a in drawn:
        role, worker = names.get((a.level, a.code), ("", ""))
        rows.append(
            {
                "code": a.code,
                "level": a.level,
                "kind": a.kind,
                "name": a.name,
                "parent_code": next((codes[up.area_id] for up in published.chain(a)[1:] if up.area_id in codes), ""),
                "households": households[a.area_id],
                "worker": worker,
                "post": POST_TITLES[role][title] if role else "",
                "open_cases": counts.get(a.code, 0),
                "shares_face_of": codes.get(a.shares_face_of, "") if a.shares_face_of is not None else "",
                "geometry": shapes.get(a.area_id),
            }
        )
    columns = ["code", "level", "kind", "name", "parent_code", "households", "worker", "post", "open_cases", "shares_face_of", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs="EPSG:4326")


def _households(published: Published, chosen: list[AreaVersion]) -> Counter[int]:
    """area_id -> households in it: a leaf's own, a parent's the sum of its leaves."""
    total: Counter[int] = Counter()
    has_children = {a.parent_id for a in chosen}
    for a in chosen:
        if a.area_id not in has_children:
            for up in published.chain(a):
                total[up.area_id] += a.households
    return total


def cases_frame(
    connection: Connection, published: Published, *, chosen: list[AreaVersion] | None, at: datetime, language: str, scope: Scope
) -> pd.DataFrame:
    """`map_ui.frames.CASES` of every case with a point, within the chosen areas if given. Carries nothing about who reported."""
    zone = ZoneInfo(published.city.timezone)
    codes = {a.code for a in chosen} if chosen is not None else None
    names, named = names_of_holders(connection, at=at), CategoryNames(connection, at=at)
    rows = []
    for c in all_on_map(connection, scope):
        r = c.routing
        if codes is not None and not codes.intersection(r.areas.values()):
            continue
        area = published.by_code.get(r.area_code) if r.area_code else None
        rows.append(
            {
                "tracking_number": c.tracking_number,
                "lon": r.lon,
                "lat": r.lat,
                "state": c.state,
                "light": light(c, at=at),
                "category": named.of(c.category, c.rules_version) or "",
                "title": mask_text(c.description).splitlines()[0][:60],
                "description": mask_text(c.description),
                "received_at": c.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "area_name": area.name if area else "",
                "worker": next((names[pair][1] for pair in published.finest_first(r.areas) if pair in names), ""),
            }
        )
    columns = ["tracking_number", "lon", "lat", "state", "light", "category", "title", "description", "received_at", "area_name", "worker"]
    return pd.DataFrame(rows, columns=columns)


def facilities_frame(connection: Connection, *, codes: set[str] | None) -> pd.DataFrame:
    """`map_ui.frames.FACILITIES`, of these areas only if given."""
    rows = [f for f in all_facilities(connection) if codes is None or f["area_code"] in codes]
    frame = pd.DataFrame([{name: f[name] for name in FACILITY_COLUMNS} for f in rows], columns=FACILITY_COLUMNS)
    return frame.assign(facility_id=frame["facility_id"].astype(str))


def ground_frames(folder: Path, *, whole_city: bool, bounds: tuple[float, float, float, float] | None) -> dict[str, gpd.GeoDataFrame]:
    """The backdrop from the installation's ground.gpkg (WGS-84), if it has one: rivers, roads, railways, land use, buildings."""
    path = folder / GROUND_FILE
    if not path.exists():
        return {}
    present = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    wanted = [name for name in present if not whole_city or name in WHOLE_CITY]
    return {name: gpd.read_file(path, layer=name, bbox=bounds) for name in wanted}
