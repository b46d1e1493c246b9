"""Metres round a point, and distances from it to the index's polygons.

The plane used is the tangent one at the point: a degree of longitude and of latitude measure what they do on the WGS-84 ellipsoid at
its latitude (radii of curvature N cos(lat) and M). Within 50 km of the point and 60 degrees of the equator that is good to about 1 %,
within 1 km to 0.02 %; it ranks areas and says how far they are, it decides no membership.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin, sqrt

import numpy as np
import numpy.typing as npt

from boundaries.router.layer import Float64, Int32, Layer

_SEMI_MAJOR_M = 6378137.0
_E2 = (2.0 - 1.0 / 298.257223563) / 298.257223563


def metres_per_degree(lat: float) -> tuple[float, float]:
    """(metres a degree of longitude, metres a degree of latitude) at a latitude, on the WGS-84 ellipsoid; at least 1 cm at the poles."""
    sine = sin(lat * pi / 180)
    w = sqrt(1.0 - _E2 * sine * sine)
    along_meridian = _SEMI_MAJOR_M * (1.0 - _E2) / w**3
    along_parallel = _SEMI_MAJOR_M / w * max(cos(lat * pi / 180), 0.0)
    return max(along_parallel * pi / 180, 0.01), along_meridian * pi / 180


class Distances:
    """Distances in metres from a point to the polygons' edges."""

    def __init__(self, layers: Sequence[Layer], count: int) -> None:
        self._edges = [layer.edges for layer in layers]
        self._of: list[Int32] = []
        self._starts: list[npt.NDArray[np.int64]] = []
        self._boxes = np.full((count, 4), np.inf)
        for layer in layers:
            faces = layer.sides.reshape(-1)
            order = np.argsort(faces, kind="stable")
            starts = np.searchsorted(faces[order], np.arange(count + 2))
            self._of.append((order >> 1).astype(np.int32))
            self._starts.append(starts)
            self._note_boxes(layer.edges, self._of[-1], starts)

    @property
    def nbytes(self) -> int:
        return self._boxes.nbytes + sum(a.nbytes for a in self._of) + sum(a.nbytes for a in self._starts)

    def _note_boxes(self, edges: Float64, order: Int32, starts: npt.NDArray[np.int64]) -> None:
        here = np.flatnonzero(starts[2:] > starts[1:-1])
        first = starts[here + 1]
        if not here.size:
            return
        low_y, high_y = np.minimum(edges[:, 1], edges[:, 3]), np.maximum(edges[:, 1], edges[:, 3])
        self._boxes[here, 0] = np.minimum.reduceat(edges[:, 0][order], first)
        self._boxes[here, 1] = np.minimum.reduceat(low_y[order], first)
        self._boxes[here, 2] = np.maximum.reduceat(edges[:, 2][order], first)
        self._boxes[here, 3] = np.maximum.reduceat(high_y[order], first)

    def to_outline(self, position: int, *, lon: float, lat: float) -> float:
        """Metres from the point to the nearest edge of the polygon at `position`, whichever side the point is on."""
        best = np.inf
        for edges, order, starts in zip(self._edges, self._of, self._starts, strict=True):
            mine = order[starts[position + 1] : starts[position + 2]]
            if mine.size:
                best = min(best, float(_metres_to_edges(edges[mine], lon, lat).min()))
        return best

    def nearest(self, *, lon: float, lat: float) -> tuple[int, float]:
        """(position, metres) of the polygon whose outline is nearest; of equally near ones the first."""
        mx, my = metres_per_degree(lat)
        west, south, east, north = self._boxes.T
        dx = np.maximum(np.maximum(west - lon, lon - east), 0.0) * mx
        dy = np.maximum(np.maximum(south - lat, lat - north), 0.0) * my
        at_least = np.hypot(dx, dy) * (1.0 - 1e-9)
        best, winner = np.inf, -1
        for position in np.argsort(at_least, kind="stable").tolist():
            if at_least[position] > best:
                break
            metres = self.to_outline(position, lon=lon, lat=lat)
            if metres < best or (metres == best and position < winner):
                best, winner = metres, position
        return winner, best


def _metres_to_edges(edges: Float64, lon: float, lat: float) -> Float64:
    """Metres from a point to each of the (n, 4) edges."""
    mx, my = metres_per_degree(lat)
    ax, ay, bx, by = ((edges - [lon, lat, lon, lat]) * [mx, my, mx, my]).T
    dx, dy = bx - ax, by - ay
    along = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-300), 0.0, 1.0)
    # an end is taken as it is, so that edges which share it are equally far
    x = np.where(along == 1.0, bx, ax + along * dx)
    y = np.where(along == 1.0, by, ay + along * dy)
    metres: Float64 = np.hypot(x, y)
    return metres
