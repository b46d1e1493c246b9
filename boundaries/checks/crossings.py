"""Where leaves claim the same land: pairs of faces that overlap, and the pieces of land."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.measures import THIN_M, mean_width_m, polygons_in

__all__ = ["Crossing", "find_crossings"]


class Crossing(NamedTuple):
    """left, right: positions of the faces. pieces: the land both claim, in metres. width_m: of its widest piece, on average."""

    left: int
    right: int
    pieces: NDArray[np.object_]
    width_m: float

    @property
    def area_m2(self) -> float:
        return float(shapely.area(self.pieces).sum())

    @property
    def thin(self) -> bool:
        """No wider than what rounding leaves beside a missing vertex."""
        return self.width_m <= THIN_M


def find_crossings(faces: NDArray[np.object_], loose: NDArray[np.int64]) -> list[Crossing]:
    """One for each pair of faces that overlap.

    loose: positions of the faces whose edges do not match; of an overlapping pair at least one is among them. (Not always both: where
    a corner of one pokes across a node of four, the edges of the opposite one all match their neighbours'.)
    """
    if not len(loose):
        return []
    one, other = shapely.STRtree(faces).query(faces[loose], predicate="intersects")
    one = loose[one]
    pairs = np.unique(np.sort(np.column_stack((one, other))[one != other], axis=1), axis=0)
    found: list[Crossing] = []
    shared: Any
    for (left, right), shared in zip(pairs.tolist(), shapely.intersection(faces[pairs[:, 0]], faces[pairs[:, 1]]), strict=True):
        pieces = polygons_in(shared)
        if len(pieces):
            found.append(Crossing(left, right, pieces, max(mean_width_m(piece) for piece in pieces)))
    return found
