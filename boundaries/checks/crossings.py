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
    """One for each pair of faces that overlap. loose: positions of the faces whose edges do not match; only those are tried."""
    if not len(loose):
        return []
    geoms = faces[loose]
    left, right = shapely.STRtree(geoms).query(geoms, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    found: list[Crossing] = []
    shared: Any
    for a, b, shared in zip(left.tolist(), right.tolist(), shapely.intersection(geoms[left], geoms[right]), strict=True):
        pieces = polygons_in(shared)
        if len(pieces):
            found.append(Crossing(int(loose[a]), int(loose[b]), pieces, max(mean_width_m(piece) for piece in pieces)))
    return found
