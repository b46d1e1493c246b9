"""Cutting shapes into tiles: from large blocks down to single tiles, so that a long border is not walked once a tile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.pyramid.plan import BUFFER, EXTENT
from boundaries.pyramid.shapes import Geometries

__all__ = ["Pieces", "cut"]

Ints = NDArray[np.int64]


class Pieces(NamedTuple):
    """shapes: polygons, one a (feature, tile). feature: position in what was cut. x, y: the tile."""

    shapes: Geometries
    feature: Ints
    x: Ints
    y: Ints


def cut(shapes: Geometries, *, zoom: int) -> Pieces:
    """The pieces of polygons in every tile they reach, BUFFER units over its edge; ordered by tile, then feature.

    shapes: in units of that zoom, None and empty ones are left out. A vertex that cutting makes lies outside the tile proper.
    """
    present = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    found = Pieces(shapes[present], present, np.zeros(len(present), np.int64), np.zeros(len(present), np.int64))
    if not len(present):
        return found
    west, south, east, north = shapely.total_bounds(found.shapes)
    span = max(east - west, north - south) / EXTENT
    top = min(max(int(np.ceil(np.log2(max(span, 1)))), 0), zoom)
    for block in range(top, -1, -1):
        found = _quartered(found, block, first=block == top, last_tile=(1 << (zoom - block)) - 1)
    order = np.lexsort((found.feature, found.y, found.x))
    return Pieces(found.shapes[order], found.feature[order], found.x[order], found.y[order])


def _quartered(pieces: Pieces, block: int, *, first: bool, last_tile: int) -> Pieces:
    """The pieces cut by blocks of 2**block tiles; `first`: the blocks of the pieces are not known yet."""
    side = float(EXTENT << block)
    bounds = shapely.bounds(pieces.shapes)
    low = np.floor((bounds[:, :2] - BUFFER) / side).astype(np.int64)
    high = np.floor((bounds[:, 2:] + BUFFER) / side).astype(np.int64)
    parent = np.column_stack((pieces.x, pieces.y))
    floor, ceiling = (np.zeros_like(low), np.full_like(high, last_tile)) if first else (parent * 2, parent * 2 + 1)
    low, high = np.maximum(low, floor), np.minimum(high, ceiling)
    wide, tall = np.maximum(high - low + 1, 0).T
    count = wide * tall
    row = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    x, y = low[row, 0] + step % wide[row], low[row, 1] + step // wide[row]
    box = np.column_stack((x * side - BUFFER, y * side - BUFFER, (x + 1) * side + BUFFER, (y + 1) * side + BUFFER))
    parts = pieces.shapes[row]
    across = ((bounds[row, :2] < box[:, :2]) | (bounds[row, 2:] > box[:, 2:])).any(axis=1)
    for position in np.flatnonzero(across).tolist():
        parts[position] = shapely.clip_by_rect(parts[position], *box[position])
    kept = (shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)
    return Pieces(parts[kept], pieces.feature[row][kept], x[kept], y[kept])
