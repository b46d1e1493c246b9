"""A narrow void along several leaves cut where its neighbours change, so that each gets the portion along its own border."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.voids import Void
from boundaries.geometry import snap

__all__ = ["portions"]


def portions(void: Void, faces: NDArray[np.object_]) -> list[tuple[Any, int]]:
    """(polygon, position of the face that gets it), all polygons together being the void.

    A cut runs from every vertex of the rim at which three leaves or more are near, or one ends, to the nearest edge across. Each
    portion goes to the leaf with the longest border to it.
    """
    near = void.neighbours
    ring = shapely.get_exterior_ring(void.polygon)
    cuts = _cuts(ring, faces[near]) if len(near) > 2 else []
    parts = [void.polygon]
    if cuts:
        lines = shapely.union_all([ring, *cuts], grid_size=0.001)
        faces_in = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        inside = shapely.intersects(void.polygon, shapely.point_on_surface(faces_in))
        parts = faces_in[inside].tolist() or parts
    found = []
    for part in parts:
        lengths = shapely.length(shapely.intersection(faces[near], shapely.buffer(part, 0.002)))
        found.append((part, int(near[int(np.argmax(lengths))])))
    return found


def _cuts(ring: Any, around: NDArray[np.object_]) -> list[Any]:
    xy = shapely.get_coordinates(ring)
    edges = shapely.linestrings(np.stack((xy[:-1], xy[1:]), axis=1))
    count = len(edges)
    cuts = []
    for at in range(count):
        vertex = shapely.Point(xy[at])
        touching = int(shapely.dwithin(around, vertex, 0.001).sum())
        if touching < 2:
            continue
        across = np.setdiff1d(np.arange(count), [at, (at - 1) % count])
        if not len(across):
            continue
        nearest = edges[across[int(np.argmin(shapely.distance(edges[across], vertex)))]]
        cut = snap(shapely.shortest_line(vertex, nearest))
        if cut.length > 0:
            cuts.append(cut)
    return cuts
