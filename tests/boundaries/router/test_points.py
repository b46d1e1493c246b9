"""What a point is: float64 or what converts exactly; outside the world is an answer, a text is not."""

import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.errors import CoordinateError
from boundaries.router import Index

X = np.array([113.2, 113.7, 200.0, 114.0])
Y = np.array([37.5, 37.5, 37.5, 37.5])


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build([shapely.box(113, 37, 113.5, 38), shapely.box(113.5, 37, 114, 38)], ["a", "b"])


@pytest.mark.parametrize("value", ["113.2", True, None, np.float32(113.2), np.bool_(1), Decimal("113.2"), 1j, 2**60, [113.2]])
@pytest.mark.parametrize("method", ["locate", "on_border", "touches_border", "nearest", "inside_outline"])
def test_single_points_refuse_what_is_no_number(index: Index, method: str, value: Any) -> None:
    for point in ({"lon": value, "lat": 37.5}, {"lon": 113.2, "lat": value}):
        with pytest.raises(CoordinateError) as caught:
            getattr(index, method)(**point)
        assert caught.value.code == "coordinate_not_a_number"


def test_numbers_of_other_kinds_that_are_exact(index: Index) -> None:
    assert index.locate(lon=113, lat=38) == 0
    assert index.locate(lon=np.int32(114), lat=np.float64(37.5)) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e308, 360.0])
def test_numbers_beyond_the_world_are_outside(index: Index, value: float) -> None:
    for lon, lat in ((value, 37.5), (113.2, value), (value, value)):
        assert index.locate(lon=lon, lat=lat) == -1
        assert index.on_border(lon=lon, lat=lat) == ()
        assert not index.touches_border(lon=lon, lat=lat)
        assert not index.inside_outline(lon=lon, lat=lat)
        assert index.locate_many(lons=np.array([lon, 113.2]), lats=np.array([lat, 37.5])).tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (X.astype(np.float32), "coordinates_not_float64"),
        (X.astype(np.float16), "coordinates_not_float64"),
        (X.astype(np.longdouble), "coordinates_not_float64"),
        (X.astype(str), "coordinates_not_float64"),
        (X > 0, "coordinates_not_float64"),
        (X.astype(object), "coordinates_not_float64"),
        (np.array([2**60] * 4), "coordinates_not_float64"),
        (X.reshape(2, 2), "coordinates_not_flat"),
        (np.float64(1.0), "coordinates_not_flat"),
        (X[:3], "coordinates_ragged"),
    ],
)
def test_arrays_of_other_kinds_are_refused_by_name(index: Index, values: Any, code: str) -> None:
    with pytest.raises(CoordinateError) as caught:
        index.locate_many(lons=values, lats=Y)
    assert caught.value.code == code
    assert caught.value.text("zh") != caught.value.text("en")
    if code == "coordinates_not_float64":
        assert str(np.asarray(values).dtype) in caught.value.text("en")


def test_arrays_of_any_layout(index: Index) -> None:
    pairs = np.stack([X, Y], axis=1)
    expected = [0, 1, -1, 1]
    for lons, lats in ((X, Y), (pairs[:, 0], pairs[:, 1]), (X[::-1][::-1], Y), (X.astype(">f8"), Y), (X.tolist(), Y.tolist())):
        found = index.locate_many(lons=lons, lats=lats)
        assert found.dtype == np.int32
        assert found.tolist() == expected
    assert index.locate_many(lons=np.array([113, 114, 115]), lats=np.array([38, 37, 37])).tolist() == [0, 1, -1]
    assert index.locate_many(lons=np.empty(0), lats=np.empty(0)).tolist() == []


def test_a_frozen_array_stays_as_it_is(index: Index) -> None:
    lons, lats = X.copy(), Y.copy()
    lons.setflags(write=False)
    lats.setflags(write=False)
    assert index.locate_many(lons=lons, lats=lats).tolist() == [0, 1, -1, 1]


def test_scratch_memory_does_not_grow_with_the_input(patchwork: Callable[..., Any], nasty: Callable[..., Any]) -> None:
    polygons = patchwork(200)
    index = Index.build(polygons, [f"{n:04d}" for n in range(len(polygons))])
    points = nasty(polygons, 1000)
    lons, lats = np.tile(points[:, 0], 50), np.tile(points[:, 1], 50)
    tracemalloc.start()
    try:
        found = index.locate_many(lons=lons, lats=lats)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(found, np.tile(index.locate_many(lons=points[:, 0], lats=points[:, 1]), 50))
    assert peak - found.nbytes < 20e6
