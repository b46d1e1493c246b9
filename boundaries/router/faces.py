"""The distinct edges of polygons that do not overlap, each with the face on its left and on its right.

A face is a polygon's position in the index plus one; 0 is whatever no polygon covers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import GeometryError


@dataclass(frozen=True, slots=True)
class Edges:
    """Straight edges a -> b, ordered so that a < b (x first, then y): "left" is above, and west of an upright edge.

    xy: (n, 4) float64, rows ax, ay, bx, by in degrees. sides: (n, 2) int32, the faces left and right.
    """

    xy: npt.NDArray[np.float64]
    sides: npt.NDArray[np.int32]


def distinct_edges(polygons: npt.NDArray[np.object_], faces: npt.NDArray[np.int32]) -> Edges:
    """The edges of valid polygons whose interiors are disjoint; `faces` numbers the polygons.

    A border two polygons share vertex by vertex is one edge with two faces. One that only one of them knows (no neighbour, or a
    neighbour with other vertices on the same line) has face 0 on the other side; the router needs no noding.
    Raises GeometryError where two polygons lie on the same side of one edge: they overlap.
    """
    a, b, owner = _segments(shapely.orient_polygons(polygons), faces)
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    xy = np.where(turned[:, None], np.hstack([b, a]), np.hstack([a, b]))
    order = np.lexsort((xy[:, 3], xy[:, 2], xy[:, 1], xy[:, 0]))
    xy, owner, side = xy[order], owner[order], turned[order].astype(np.int64)  # the polygon is left of its own direction
    first = np.ones(len(xy), bool)
    first[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    edge = np.cumsum(first) - 1
    sides = np.zeros((int(first.sum()), 2), np.int32)
    slot = edge * 2 + side
    doubled = np.flatnonzero(np.bincount(slot, minlength=sides.size) > 1)
    if doubled.size:
        ax, ay, bx, by = xy[first][doubled[0] // 2]
        raise GeometryError(
            "polygons_overlap",
            en="Two polygons lie on the same side of one edge.",
            zh="两个多边形位于同一条边的同一侧。",
            place=shapely.Point((ax + bx) / 2, (ay + by) / 2),
        )
    sides.reshape(-1)[slot] = owner
    return Edges(np.ascontiguousarray(xy[first]), sides)


def _segments(polygons: npt.NDArray[np.object_], faces: npt.NDArray[np.int32]) -> tuple[Any, Any, Any]:
    """All ring segments (starts, ends, owner faces); after orient_polygons the polygon is left of each."""
    parts, of_polygon = shapely.get_parts(polygons, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    inside = of_ring[1:] == of_ring[:-1]
    inside &= (xy[1:] != xy[:-1]).any(axis=1)
    here = np.flatnonzero(inside)
    return xy[here], xy[here + 1], faces[of_polygon[of_part[of_ring[here]]]]
