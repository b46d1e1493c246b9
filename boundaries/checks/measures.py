"""The measures that tell a slip of the hand from a decision: how wide a piece is, and which pieces a shape has."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry import GRID_M

__all__ = ["SLIVER_WIDTH_M", "THIN_M", "joined", "mean_width_m", "polygons_in"]

SLIVER_WIDTH_M: Final = 1.0
"""Narrower pieces are called slivers: a slip of the hand rather than a decision."""
THIN_M: Final = 2 * GRID_M
"""What rounding to the grid leaves beside a missing vertex is no wider."""


def polygons_in(geom: Any) -> NDArray[np.object_]:
    """The polygons of any shape, collections taken apart, empty ones left out."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(geom, dtype=object))))
    kept: NDArray[np.object_] = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return kept


def mean_width_m(polygon: Any) -> float:
    """The width of the rectangle with the polygon's area and outline length: exact for strips, half the side of a square for a square."""
    length = float(shapely.length(polygon))
    return 2.0 * float(shapely.area(polygon)) / length if length else 0.0


def joined(polygons: Any) -> Any:
    """One polygon as it is, several as a multipolygon."""
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(list(polygons))
