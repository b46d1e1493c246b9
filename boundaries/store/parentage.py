"""Parents by geometry: which coarser polygon holds most of an area."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Cover", "cover"]

_TOLERANCE: Final = 1e-6


class Cover(NamedTuple):
    """For each child: the position of the parent that holds most of it (-1: none), and the share of its area there, 0..1."""

    parents: NDArray[np.int64]
    shares: NDArray[np.float64]


def cover(children: NDArray[np.object_], parents: NDArray[np.object_]) -> Cover:
    """Which parent holds most of each child's area; of equals the first.

    children, parents: valid polygons in metres. Most children lie wholly in the parent that holds their interior point, which is
    asked first; only for the others is the area in every parent measured.
    """
    found = np.full(len(children), -1, dtype=np.int64)
    shares = np.zeros(len(children))
    if not len(parents) or not len(children):
        return Cover(found, shares)
    tree = shapely.STRtree(parents)
    child, parent = tree.query(shapely.point_on_surface(children), predicate="intersects")
    inside = shapely.covers(parents[parent], children[child])
    found[child[inside]], shares[child[inside]] = parent[inside], 1.0
    open_rows = np.flatnonzero(found < 0)
    position, parent = tree.query(children[open_rows], predicate="intersects")
    areas = shapely.area(shapely.intersection(children[open_rows[position]], parents[parent]))
    for row, other, area in sorted(zip(open_rows[position].tolist(), parent.tolist(), areas.tolist(), strict=True)):
        share = area / max(float(shapely.area(children[row])), _TOLERANCE)
        if share > shares[row] + _TOLERANCE:
            found[row], shares[row] = other, min(share, 1.0)
    return Cover(found, shares)
