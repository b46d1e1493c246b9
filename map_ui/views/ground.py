"""The backdrop under every view: land use, water, buildings, roads and railways, so that no base map is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from map_ui import style
from map_ui.frames import check_ground
from map_ui.packing import column, deltas, path_deltas, to_steps
from map_ui.texts import text
from map_ui.views.view import Layer, Spec
from map_ui.words import Language

_TOLERANCE_DEGREES = 8e-6
_SHOWN_FROM_ZOOM = {"landuse": 0.0, "rivers": 0.0, "buildings": 14.5, "roads": 9.0, "railways": 9.0}


def ground_layers(ground: Mapping[str, gpd.GeoDataFrame] | None) -> tuple[tuple[Layer, ...], dict[str, Any]]:
    """(layers, packed data by layer name) of a backdrop; see frames.GROUND for what it may hold."""
    layers, data = [], {}
    for name, frame in check_ground(ground).items():
        layers.append(_layer(name, len(frame)))
        data[name] = _packed(frame)
    return tuple(layers), data


def _layer(name: str, rows: int) -> Layer:
    def spec(language: Language) -> Spec:
        return {"name": text(f"ground.{name}", language), "ground": name}

    return Layer(f"ground_{name}", "ground", rows, spec, _SHOWN_FROM_ZOOM[name])


def _packed(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """{paths, closed, row, class?/kind?/name?}: every ring or line as a path, and the row it belongs to.

    The ground is a picture, not a record: shapes are thinned to a tolerance of about a metre. A ring ends before its first vertex.
    """
    shapes = shapely.simplify(frame["geometry"].to_numpy(), _TOLERANCE_DEGREES)
    parts, row_of_part = shapely.get_parts(shapes, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part_of_ring = shapely.get_rings(parts[polygonal], return_index=True)
    paths = np.concatenate([rings, parts[~polygonal]])
    rows = np.concatenate([row_of_part[polygonal][part_of_ring], row_of_part[~polygonal]])
    order = np.argsort(rows, kind="stable")
    closed = np.concatenate([np.ones(len(rings), dtype=int), np.zeros(int((~polygonal).sum()), dtype=int)])[order]
    coordinates, path_of = shapely.get_coordinates(paths[order], return_index=True)
    stops = np.searchsorted(path_of, np.arange(1, len(paths)))
    pieces = np.split(to_steps(coordinates), stops) if len(paths) else []
    pieces = [piece[:-1] if ring else piece for piece, ring in zip(pieces, closed, strict=True)]
    packed: dict[str, Any] = {"paths": path_deltas(pieces), "closed": closed.tolist(), "row": deltas(rows[order].astype("int64"))}
    for name in ("class", "kind", "name"):
        if name in frame.columns:
            packed[name] = column(frame[name])
    return packed


def ground_style() -> dict[str, Any]:
    """Colours and widths the ground's drawer works with."""
    return {"landuse": style.LANDUSE, "landuse_other": style.LANDUSE_OTHER, "roads": style.ROADS, **style.GROUND}
