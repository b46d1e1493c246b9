"""Layers to route on, and shapely's own answers to compare with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from boundaries.router import Index

Floats = npt.NDArray[np.float64]
Polygons = npt.NDArray[Any]


def _patchwork(count: int, *, lon: float = 113.5, lat: float = 37.8, size: float = 0.1, seed: int = 0, decimals: int = 9) -> Polygons:
    rng = np.random.default_rng(seed)
    box = shapely.box(lon, lat, lon + size, lat + size)
    sites = shapely.multipoints(rng.uniform([lon, lat], [lon + size, lat + size], (count, 2)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=box)), box)
    rounded = shapely.transform(cells, lambda xy: np.round(xy, decimals))
    return rounded[shapely.is_valid(rounded) & ~shapely.is_empty(rounded)]


def _nasty(polygons: Polygons, count: int, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygons)), return_index=True)
    here = np.flatnonzero(ring[1:] == ring[:-1])
    a, b = xy[here], xy[here + 1]

    def pick() -> Any:
        return rng.integers(0, len(a), count)

    e, f = pick(), pick()
    west, south, east, north = shapely.total_bounds(polygons)
    rim = 0.1 * max(east - west, north - south)
    points = np.concatenate(
        [
            a[e],
            a[e] + rng.random((count, 1)) * (b[e] - a[e]),
            (a[e] + b[e]) / 2,
            a[f] + rng.uniform(-0.6, 1.6, (count, 1)) * (b[f] - a[f]),
            np.stack([a[e, 0], a[f, 1]], axis=1),
            rng.uniform([west - rim, south - rim], [east + rim, north + rim], (count, 2)),
        ]
    )
    return np.concatenate([points, points + rng.integers(-2, 3, points.shape) * np.spacing(points)])


def _covering(polygons: Polygons, points: Floats) -> list[tuple[int, ...]]:
    point, polygon = shapely.STRtree(polygons).query(shapely.points(points), predicate="intersects")
    found: list[list[int]] = [[] for _ in points]
    for p, q in zip(point.tolist(), polygon.tolist(), strict=True):
        found[p].append(q)
    return [tuple(sorted(each)) for each in found]


def _assert_exact(polygons: Polygons, points: Floats, singles: int = 400) -> Index:
    """Builds an index and compares every kind of lookup with shapely; codes follow the polygons' order."""
    index = Index.build(polygons, [f"{n:05d}" for n in range(len(polygons))])
    expected = _covering(polygons, points)
    smallest = np.array([each[0] if each else -1 for each in expected])
    np.testing.assert_array_equal(index.locate_many(lons=points[:, 0], lats=points[:, 1]), smallest)
    rng = np.random.default_rng(1)
    for at in rng.choice(len(points), min(singles, len(points)), replace=False).tolist():
        lon, lat = points[at].tolist()
        assert index.locate(lon=lon, lat=lat) == smallest[at]
        assert index.on_border(lon=lon, lat=lat) == expected[at]
        boundary = shapely.intersects(shapely.boundary(polygons[list(expected[at])]), shapely.Point(lon, lat))
        assert index.touches_border(lon=lon, lat=lat) == bool(boundary.any())
    return index


@pytest.fixture(scope="session")
def patchwork() -> Callable[..., Polygons]:
    """patchwork(count, *, lon, lat, size, seed, decimals): a coverage of random cells that fills a square."""
    return _patchwork


@pytest.fixture(scope="session")
def nasty() -> Callable[..., Floats]:
    """nasty(polygons, count, seed): 12 x count points on, beside and in line with vertices and edges, and anywhere."""
    return _nasty


@pytest.fixture(scope="session")
def assert_exact() -> Callable[..., Index]:
    """assert_exact(polygons, points, singles): all lookups equal shapely's covers and the smallest position; returns the index."""
    return _assert_exact
