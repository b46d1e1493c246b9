"""The benchmark's points: the harsh mix of a city's reports, and points made to break exactness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from tests.bench.layer import METRES, City

Floats = npt.NDArray[np.float64]


def harsh_mix(city: City, count: int = 1_000_000, seed: int = 1) -> Floats:
    """(count, 2) lon/lat, shuffled: 56 % in street blocks, 20 % within some 8 m of a border (events happen in streets, and streets are
    borders), 10 % anywhere, 4 % outside, 5 % exactly on vertices, 5 % on edges; half of the first four rounded to 6 decimals.
    """
    rng = np.random.default_rng(seed)
    inside, street, anywhere, outside, vertex = (count * share // 100 for share in (56, 20, 10, 4, 5))
    on_edge = count - inside - street - anywhere - outside - vertex
    polygons = city.polygons
    blocks = rng.choice(np.flatnonzero(city.urban), inside)
    size = np.sqrt(shapely.area(polygons) * METRES.prod())
    middle = shapely.get_coordinates(shapely.point_on_surface(polygons))
    a, b = segments(polygons[city.urban])
    near = _on(rng, a, b, street) + rng.normal(0, 8, (street, 2)) / METRES
    box = shapely.total_bounds(polygons)
    far = rng.uniform(box[:2] - 0.2, box[2:] + 0.2, (outside * 4, 2))
    far = far[((far < box[:2]) | (far > box[2:])).any(axis=1)][:outside]
    loose = np.concatenate(
        [
            middle[blocks] + rng.normal(0, 0.45, (inside, 2)) * size[blocks, None] / METRES,
            near,
            rng.uniform(box[:2], box[2:], (count - inside - street - outside - vertex - on_edge, 2)),
            far,
        ]
    )
    rounded = rng.random(len(loose)) < 0.5
    loose[rounded] = np.round(loose[rounded], 6)
    a, b = segments(polygons)
    upright = np.flatnonzero((a == b).any(axis=1))
    at = np.concatenate([rng.integers(0, len(a), on_edge * 2 // 3), rng.choice(upright, on_edge - on_edge * 2 // 3)])
    share = np.where(rng.random((on_edge, 1)) < 0.5, 0.5, rng.random((on_edge, 1)))
    points = np.concatenate([loose, a[rng.integers(0, len(a), vertex)], a[at] + share * (b[at] - a[at])])
    return points[rng.permutation(len(points))]


def nasty_points(polygons: npt.NDArray[Any], count: int, cells: tuple[Floats, Floats], seed: int = 2) -> Iterator[tuple[str, Floats]]:
    """Named sets of `count` points: where a rounded decision goes wrong. cells: the raster's corner and its cell size, in degrees."""
    rng = np.random.default_rng(seed)
    a, b = segments(polygons)

    def some() -> Any:
        return rng.integers(0, len(a), count)

    def nudged(points: Floats, most: int) -> Floats:
        return points + rng.integers(-most, most + 1, points.shape) * np.spacing(points)

    yield "vertices +-2 ulp", nudged(a[some()], 2)
    yield "on edges +-2 ulp", nudged(_on(rng, a, b, count), 2)
    e = some()
    yield "on an edge's line, beyond its ends", a[e] + rng.uniform(-0.6, 1.6, (count, 1)) * (b[e] - a[e])
    corner, size = cells
    spot = a[some()] + rng.uniform(-1, 1, (count, 2)) * size
    yield "raster lines and middles +-1 ulp", nudged(corner + np.round((spot - corner) / size * 2) / 2 * size, 1)
    yield "x or y of a vertex", nudged(np.stack([a[some(), 0], a[some(), 1]], axis=1), 1)
    e = some()
    beside = np.where(rng.random((count, 1)) < 0.5, [1.0, 0.0], [0.0, 1.0]) * rng.choice([1e-5, -3e-6, 1e-7], (count, 1))
    yield "level with a vertex, close by", a[e] + beside


def segments(polygons: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Starts and ends of all ring segments."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygons)), return_index=True)
    here = np.flatnonzero(ring[1:] == ring[:-1])
    return xy[here], xy[here + 1]


def _on(rng: np.random.Generator, a: Floats, b: Floats, count: int) -> Floats:
    at = rng.integers(0, len(a), count)
    points: Floats = a[at] + rng.random((count, 1)) * (b[at] - a[at])
    return points
