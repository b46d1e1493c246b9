"""Layers of points with names and weights (cases, addresses, facilities ...), ready to be asked what lies in a shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from boundaries.errors import CoordinateError
from boundaries.geometry import to_lonlat

__all__ = ["PointLayer"]


class PointLayer:
    """Points in WGS-84 lon/lat with an id and a weight each. The points never change; a new layer is made instead."""

    __slots__ = ("ids", "name", "points", "tree", "weights")

    def __init__(self, name: str, ids: Sequence[Any], *, lons: ArrayLike, lats: ArrayLike, weights: ArrayLike | None = None) -> None:
        """ids: anything a caller knows the points by. weights: 1 where not given. Raises CoordinateError for ragged or infinite numbers."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        weight = np.ones(len(ids)) if weights is None else np.asarray(weights, dtype=np.float64)
        if not len(ids) == len(x) == len(y) == len(weight) or not np.isfinite([x, y, weight]).all():
            raise CoordinateError(
                "points_unusable",
                en="The layer {layer} needs one finite lon, lat and weight for each id.",
                zh="图层 {layer} 的每个标识都需要有限的经度、纬度和权重。",
                layer=name,
            )
        self.name, self.ids, self.weights = name, ids, weight
        self.points: NDArray[np.object_] = shapely.points(x, y)
        self.tree = shapely.STRtree(self.points)

    def __len__(self) -> int:
        return len(self.ids)

    def weight_in(self, shape: Any, metric_crs: str) -> float:
        """The weight of the points in a polygon (metres of `metric_crs`), its border included."""
        inside = self.tree.query(to_lonlat(shape, metric_crs), predicate="intersects")
        return float(self.weights[inside].sum())
