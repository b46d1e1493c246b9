"""Vertices on the grid: the best one on an edge, and putting them into rings that pass by."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry import GRID_M

__all__ = ["Floats", "best_on_edge", "edges_of", "on_grid", "with_vertices"]

Floats = NDArray[np.float64]

_SLIDE_STEPS: Final = 50
_TOUCHING_M: Final = 0.002


def on_grid(xy: Any) -> Floats:
    """Coordinates rounded to 1 mm."""
    return np.asarray(np.round(np.asarray(xy, dtype=np.float64), 3) + 0.0, dtype=np.float64)


def edges_of(shapes: Any) -> tuple[Floats, Floats]:
    """Starts and ends, (n, 2) each, of all edges of polygons."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(np.asarray(shapes, dtype=object))), return_index=True)
    same = ring[1:] == ring[:-1]
    return xy[:-1][same], xy[1:][same]


def best_on_edge(start: Floats, end: Floats, near: Floats) -> Floats:
    """The grid point that lies best on an edge, among those within 5 cm along it of a place near it.

    A point rounded straight to the grid lies up to 0.7 mm beside the edge, which would bend a border that is not to move: over
    100 m that is 0.03 m2 a time. Sliding it along finds a point some micrometres beside it. Where the edge is too short to hold a
    grid point between its ends, the nearer end.
    """
    a, d, p = np.round(start / GRID_M), np.round((end - start) / GRID_M), near / GRID_M
    axis = int(abs(d[1]) > abs(d[0]))
    span = d[axis]
    steps = np.round(p[axis] - a[axis]) + np.arange(-_SLIDE_STEPS, _SLIDE_STEPS + 1)
    steps = steps[(steps * np.sign(span) > 0) & (np.abs(steps) < abs(span))]
    if not len(steps):
        return start if np.hypot(*(near - start)) <= np.hypot(*(near - end)) else end
    across = d[1 - axis] * steps / span
    off = np.abs(across - np.round(across))
    best = int(np.argmin(off + 1e-4 * np.abs(steps - (p[axis] - a[axis]))))
    point = np.empty(2)
    point[axis], point[1 - axis] = a[axis] + steps[best], a[1 - axis] + np.round(across[best])
    return on_grid(point * GRID_M)


def with_vertices(shape: Any, points: Floats) -> Any:
    """The polygon with each point that lies on its border (within 2 mm) as a vertex; the same object when all are there already."""
    if not len(points) or not shapely.dwithin(shapely.boundary(shape), shapely.multipoints(points), _TOUCHING_M):
        return shape
    changed = False
    parts = []
    for part in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(part):
            xy = shapely.get_coordinates(ring)
            grown = _ring_with(xy, points)
            changed |= len(grown) != len(xy)
            rings.append(grown)
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    if not changed:
        return shape
    return parts[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(parts)


def _ring_with(xy: Floats, points: Floats) -> Floats:
    start, step = xy[:-1], np.diff(xy, axis=0)
    squared = np.maximum((step**2).sum(axis=1), 1e-12)
    there = set(map(tuple, xy.tolist()))
    found: dict[int, list[tuple[float, tuple[float, float]]]] = {}
    for point in points:
        if tuple(point.tolist()) in there:
            continue
        along = np.clip(((point - start) * step).sum(axis=1) / squared, 0, 1)
        apart = np.hypot(*(start + along[:, None] * step - point).T)
        edge = int(apart.argmin())
        if apart[edge] <= _TOUCHING_M:
            found.setdefault(edge, []).append((float(along[edge]), (float(point[0]), float(point[1]))))
    if not found:
        return xy
    pieces, done = [], 0
    for edge in sorted(found):
        pieces += [xy[done : edge + 1], np.array([point for _, point in sorted(set(found[edge]))])]
        done = edge + 1
    return np.concatenate([*pieces, xy[done:]])
