"""Land of nobody: holes in the union of all leaves, and slits between leaves that open to the outside."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.measures import SLIVER_WIDTH_M, THIN_M, mean_width_m, polygons_in
from boundaries.geometry import snap

__all__ = ["Void", "find_voids"]

_LEAST_SLIT_M2: Final = 0.001
_LEAST_SLIT_WIDTH_M: Final = 0.0003
"""Thinner ones are the closing's own rounding."""


class Void(NamedTuple):
    """polygon: in metres. neighbours: positions of the leaves around it, the one with the longest shared border first."""

    polygon: Any
    neighbours: NDArray[np.int64]

    @property
    def width_m(self) -> float:
        return mean_width_m(self.polygon)

    @property
    def thin(self) -> bool:
        """No wider than what rounding leaves beside a missing vertex."""
        return self.width_m <= THIN_M


def find_voids(union: Any, faces: NDArray[np.object_]) -> list[Void]:
    """The voids of a coverage. union: of all faces. faces: valid polygons, in metres.

    A bay that opens to the outside is none, unless it is a slit narrower than SLIVER_WIDTH_M between several leaves.
    """
    parts = polygons_in(union)
    holes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    if len(parts) > 1 and holes:  # an island of leaves in a hole fills some of it
        tree = shapely.STRtree(parts)
        holes = [piece for hole in holes for piece in polygons_in(shapely.difference(hole, shapely.union_all(parts[tree.query(hole)])))]
    around = shapely.STRtree(faces)
    found = [Void(hole, _neighbours(hole, faces, around)) for hole in holes]
    slits = [Void(slit, _neighbours(slit, faces, around)) for slit in _slits(parts)]
    return found + [slit for slit in slits if len(slit.neighbours) > 1]


def _slits(parts: NDArray[np.object_]) -> list[Any]:
    """What closing by half a sliver's width fills outside of the holes. Mitred corners come back where they were."""
    if not len(parts):
        return []
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in parts])
    half = SLIVER_WIDTH_M / 2
    closed = shapely.buffer(shapely.buffer(filled, half, join_style="mitre"), -half, join_style="mitre")
    pieces = polygons_in(snap(polygons_in(shapely.difference(closed, filled))))
    kept = [piece for piece in pieces[shapely.is_valid(pieces)] if piece.area >= _LEAST_SLIT_M2]
    return [piece for piece in kept if mean_width_m(piece) >= _LEAST_SLIT_WIDTH_M]


def _neighbours(hole: Any, faces: NDArray[np.object_], tree: Any) -> NDArray[np.int64]:
    near = np.unique(tree.query(hole, predicate="dwithin", distance=0.002))
    lengths = shapely.length(shapely.intersection(faces[near], shapely.boundary(hole)))
    order: NDArray[np.int64] = near[np.lexsort((near, -np.round(lengths, 3)))].astype(np.int64)
    return order
