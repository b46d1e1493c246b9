"""The filled outline of a layer of polygons: beyond it a point is outside, within it and in no polygon it is in a gap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.router.layer import Float64


def outline_edges(polygons: npt.NDArray[np.object_], layers: Sequence[npt.NDArray[np.int64]]) -> Float64:
    """(n, 4) edges of the union of all polygons with its holes filled, in degrees; layers: positions of disjoint polygons."""
    try:
        noded = [shapely.coverage_union_all(polygons[layer]) for layer in layers]
    except shapely.errors.GEOSException:  # neighbours with different vertices on a common line
        noded = [shapely.union_all(polygons)]
    united = noded[0] if len(noded) == 1 else shapely.union_all(noded)
    shells = shapely.get_exterior_ring(shapely.get_parts(united))
    filled = shapely.union_all(shapely.polygons(shells))
    xy, ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(filled)), return_index=True)
    here = np.flatnonzero(ring[1:] == ring[:-1])
    return np.hstack([xy[here], xy[here + 1]])


def is_inside(edges: Float64, *, lon: float, lat: float) -> bool:
    """Whether the point lies within the outline (ray casting; exact but for points within rounding of the outline itself)."""
    ax, ay, bx, by = edges.T
    spans = np.flatnonzero((ay > lat) != (by > lat))
    ax, ay, bx, by = edges[spans].T
    crossing = ax + (lat - ay) / (by - ay) * (bx - ax)
    return bool(np.count_nonzero(crossing > lon) % 2)
