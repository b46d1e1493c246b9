"""Leaves cut anew along all their borders at once, on the 1 mm grid, so that every shared edge agrees vertex by vertex.

The borders are noded together, the faces between them found, and each face given to the leaf it came from, or to the one to which an
award gives it. GEOS' own coverage cleaner was not taken: it leaves vertices off the grid (55 of a demo city's), can hand a polygon to
its neighbour and return it empty, misses gaps at some widths, and decides by itself who gets an overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.measures import THIN_M, mean_width_m
from boundaries.geometry import GRID_M, snap

__all__ = ["Award", "retile"]

_LEAST_FACE_M2: Final = 1e-7


class Award(NamedTuple):
    """The land in `lasso` goes to the leaf `winner`, whoever claims it."""

    lasso: Any
    winner: int


def retile(shapes: Mapping[int, Any], awards: Sequence[Award]) -> dict[int, Any]:
    """The leaves after the awards, by key. shapes: valid polygons in metres, by key. A winner without a shape yet gets one.

    Land that several leaves claim and no award settles stays claimed by all of them; land that nobody claims stays nobody's. A leaf
    that lost all its land is missing from the answer: the caller decides. Where awards meet, the last one counts.
    """
    keys = list(shapes)
    geoms = np.empty(len(keys), dtype=object)
    geoms[:] = [shapes[key] for key in keys]
    lassos = np.empty(len(awards), dtype=object)
    lassos[:] = [award.lasso for award in awards]
    lines = shapely.union_all(np.concatenate((shapely.boundary(geoms), shapely.boundary(lassos))), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    faces = faces[shapely.area(faces) > _LEAST_FACE_M2]
    points = shapely.point_on_surface(faces)
    owned = _hits(geoms, points)
    awarded = _hits(lassos, points)
    held: dict[int, list[int]] = {}
    for face in range(len(faces)):
        owners = [awards[max(awarded[face])].winner] if face in awarded else [keys[at] for at in owned.get(face, ())]
        if len(owners) > 1 and mean_width_m(faces[face]) <= THIN_M:  # rounding, not a claim
            owners = owners[:1]
        for owner in owners:
            held.setdefault(owner, []).append(face)
    return {key: _joined(faces[held[key]]) for key in sorted(held)}


def _hits(polygons: NDArray[np.object_], points: NDArray[np.object_]) -> dict[int, list[int]]:
    """{position of a point: positions of the polygons that hold it}."""
    found: dict[int, list[int]] = {}
    point, polygon = shapely.STRtree(polygons).query(points, predicate="within")
    for at, holder in zip(point.tolist(), polygon.tolist(), strict=True):
        found.setdefault(at, []).append(holder)
    return found


def _joined(faces: NDArray[np.object_]) -> Any:
    return snap(shapely.coverage_union_all(faces) if len(faces) > 1 else faces[0])
