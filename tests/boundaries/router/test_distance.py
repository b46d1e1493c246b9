"""Distances, the nearest leaf, and whether a point without a leaf is in a gap or outside."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from boundaries.errors import CoordinateError
from boundaries.router import Index
from boundaries.router.distance import metres_per_degree

ROOM = shapely.box(113.0, 38.0, 113.1, 38.1)
WITH_HOLE = shapely.Polygon(ROOM.exterior, [shapely.box(113.04, 38.04, 113.06, 38.06).exterior.coords])


@pytest.mark.parametrize("lat", [-60.0, 0.0, 37.86, 89.0])
def test_a_degree_is_what_the_ellipsoid_says(lat: float) -> None:
    geod = Geod(ellps="WGS84")
    mx, my = metres_per_degree(lat)
    assert mx == pytest.approx(geod.inv(113, lat, 113.001, lat)[2] * 1000, rel=1e-6)
    assert my == pytest.approx(geod.inv(113, lat - 5e-4, 113, lat + 5e-4)[2] * 1000, rel=1e-6)


def test_the_nearest_leaf_is_shapelys(patchwork: Callable[..., Any]) -> None:
    polygons = patchwork(60, seed=6)[:45]
    polygons[3] = shapely.MultiPolygon([polygons[3], shapely.box(113.7, 37.8, 113.71, 37.81)])
    index = Index.build(polygons, [f"{n:03d}" for n in range(len(polygons))])
    rng = np.random.default_rng(0)
    for lon, lat in rng.uniform([113.4, 37.7], [113.75, 38.0], (150, 2)).tolist():
        scale = metres_per_degree(lat)
        flat = shapely.transform(polygons, lambda xy, at=(lon, lat), by=scale: (xy - at) * by)
        metres = shapely.distance(flat, shapely.Point(0, 0))
        position, distance = index.nearest(lon=lon, lat=lat)
        assert distance == pytest.approx(metres.min(), abs=1e-6)
        assert position == int(np.flatnonzero(metres <= metres.min() + 1e-9)[0])
        assert index.distances_m(range(len(polygons)), lon=lon, lat=lat) == pytest.approx(metres.tolist(), abs=1e-6)


def test_equally_near_leaves_give_the_smallest_code() -> None:
    index = Index.build([shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)], ["b", "a"])
    assert index.nearest(lon=1.0, lat=1.5)[0] == 0
    assert index.nearest(lon=1.0, lat=0.5) == (0, 0.0)


@pytest.mark.parametrize("codes", [("a", "b"), ("b", "a")])
def test_equally_near_by_a_common_vertex(codes: tuple[str, str]) -> None:
    corner = shapely.Polygon([(1, 1), (2, 1.5), (3, 1.5), (3, -3), (-3, -3), (-3, -2), (2.5, -2), (2.5, 1)])  # goes round the point
    index = Index.build([corner, shapely.box(0.5, 1, 1, 2)], codes)
    position, metres = index.nearest(lon=1.0, lat=0.999)
    assert position == 0
    assert metres == pytest.approx(110.6, abs=0.2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_leaf_is_near_to_nowhere(value: float) -> None:
    index = Index.build([ROOM], ["a"])
    for point in ({"lon": value, "lat": 38.0}, {"lon": 113.0, "lat": value}):
        with pytest.raises(CoordinateError) as caught:
            index.nearest(**point)
        assert caught.value.code == "coordinate_not_finite"


def test_a_hole_is_a_gap_and_the_land_beyond_is_outside() -> None:
    island = shapely.box(113.048, 38.048, 113.052, 38.052) - shapely.box(113.049, 38.049, 113.0495, 38.0495)
    index = Index.build([WITH_HOLE, shapely.box(113.2, 38.0, 113.3, 38.1), island], ["a", "b", "c"])
    gaps, outside = [(113.045, 38.05), (113.059, 38.041), (113.0492, 38.0492)], [(113.15, 38.05), (112.9, 38.05), (113.05, 38.2)]
    for lon, lat in gaps:
        assert index.locate(lon=lon, lat=lat) == -1
        assert index.inside_outline(lon=lon, lat=lat)
    for lon, lat in outside:
        assert not index.inside_outline(lon=lon, lat=lat)
    assert index.inside_outline(lon=113.0, lat=38.0)
    assert index.inside_outline(lon=113.05, lat=38.05)


def test_the_outline_of_overlapping_leaves() -> None:
    ring = [shapely.box(0, 0, 3, 1.1), shapely.box(0, 0, 1, 3), shapely.box(0, 2, 3, 3), shapely.box(2, 0, 3, 3)]
    index = Index.build(ring, list("abcd"))
    assert index.locate(lon=1.5, lat=1.5) == -1
    assert index.inside_outline(lon=1.5, lat=1.5)
    assert not index.inside_outline(lon=3.5, lat=1.5)
