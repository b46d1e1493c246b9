"""The pyramid of one generation: shapes of every zoom, cut, encoded and compressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from boundaries.model import AreaVersion, Level
from boundaries.pyramid.archive import Pyramid, Tile
from boundaries.pyramid.commands import point_commands, polygon_commands
from boundaries.pyramid.encoding import POINT, POLYGON, Feature, feature_of, layer_bytes
from boundaries.pyramid.plan import EXTENT, LABELS, MAX_ZOOM, MIN_ZOOM, LayerPlan, plan_layers
from boundaries.pyramid.shapes import Floats, Geometries, label_points, lonlat_bounds, shapes_by_zoom
from boundaries.pyramid.tiling import cut

__all__ = ["FORMAT", "build"]

FORMAT: Final = 2
"""Raised whenever the same areas would give other bytes."""

_FIELDS: Final = {"code": "String", "name": "String", "level": "String", "kind": "String", "rest": "Boolean"}


def build(
    members: Sequence[AreaVersion], *, levels: Sequence[Level], metric_crs: str, progress: Callable[[float], None] = lambda _: None
) -> Pyramid:
    """The tiles of a generation from MIN_ZOOM to MAX_ZOOM; the same members give the same bytes.

    members: with shapes in metres of `metric_crs`. progress is told the share done after each zoom. A layer a level (see
    `plan_layers`) and the label points; feature ids are area_ids. Neighbours share their vertices in every tile: no gaps, no slivers.
    A city without shapes has no tiles.
    """
    members = sorted(members, key=lambda area: area.area_id)  # the order in which they come must not show in the bytes
    layers = plan_layers(members, levels)
    features = {layer.name: [feature_of(area, rest=_is_rest(area)) for area in layer.areas] for layer in layers}
    own_layer = {layer.name for layer in layers if not layer.leaves}
    tiles: dict[Tile, list[bytes]] = {}
    labels: dict[str, Floats] = {}
    for zoom, shapes in shapes_by_zoom(layers, members, metric_crs):
        for layer in layers:
            if zoom == MAX_ZOOM:
                labels[layer.name] = label_points(shapes[layer.name])
                labels[layer.name][[layer.leaves and area.level in own_layer for area in layer.areas]] = np.nan  # named there
            if zoom >= layer.first_zoom:
                _draw(tiles, layer.name, shapes[layer.name], features[layer.name], zoom)
        _name(tiles, layers, features, labels, zoom)
        progress((MAX_ZOOM - zoom + 1) / (MAX_ZOOM - MIN_ZOOM + 1))
    packed = {tile: gzip.compress(b"".join(content), 6, mtime=0) for tile, content in tiles.items()}
    own = np.array([area.geometry for area in members if area.geometry is not None], dtype=object)
    bounds = lonlat_bounds(own, metric_crs) if len(own) else (0.0, 0.0, 0.0, 0.0)
    return Pyramid(packed, MIN_ZOOM, MAX_ZOOM, bounds, tuple(_described(layers)))


def _draw(tiles: dict[Tile, list[bytes]], name: str, shapes: Geometries, features: Sequence[Feature], zoom: int) -> None:
    pieces = cut(shapes, zoom=zoom)
    commands = polygon_commands(pieces)
    places = zip(pieces.x.tolist(), pieces.y.tolist(), pieces.feature.tolist(), commands, strict=True)
    for (x, y), held in groupby(places, key=lambda piece: piece[:2]):
        layer = layer_bytes(name, ((features[number], drawn) for _, _, number, drawn in held if drawn), POLYGON)
        if layer:
            tiles.setdefault((zoom, x, y), []).append(layer)


def _name(
    tiles: dict[Tile, list[bytes]],
    layers: Sequence[LayerPlan],
    features: dict[str, list[Feature]],
    labels: dict[str, Floats],
    zoom: int,
) -> None:
    """Adds the label points of a zoom, each to the one tile it lies in."""
    shown = [layer for layer in layers if zoom >= layer.label_zoom]
    if not shown:
        return
    named = [feature for layer in shown for feature in features[layer.name]]
    points = np.vstack([labels[layer.name] for layer in shown]) / (1 << (MAX_ZOOM - zoom))
    present = np.flatnonzero(np.isfinite(points).all(axis=1))
    units = np.floor(points[present]).astype(np.int64)
    place = units // EXTENT
    within = units - place * EXTENT
    commands = point_commands(within[:, 0], within[:, 1])
    order = np.lexsort((present, place[:, 1], place[:, 0])).tolist()
    for (x, y), held in groupby(order, key=lambda row: (int(place[row, 0]), int(place[row, 1]))):
        layer = layer_bytes(LABELS, ((named[present[row]], commands[row]) for row in held), POINT)
        tiles.setdefault((zoom, x, y), []).append(layer)


def _described(layers: Sequence[LayerPlan]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {"id": layer.name, "minzoom": layer.first_zoom, "maxzoom": MAX_ZOOM, "fields": _FIELDS} for layer in layers
    ]
    if layers:
        found.append({"id": LABELS, "minzoom": min(layer.label_zoom for layer in layers), "maxzoom": MAX_ZOOM, "fields": _FIELDS})
    return found


def _is_rest(area: AreaVersion) -> bool:
    return "rest" in (area.level, area.kind)
