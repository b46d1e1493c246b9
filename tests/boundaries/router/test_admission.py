"""What cannot be a layer is refused by name, with code, reason and place, in both languages."""

import pickle
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.errors import BoundariesError, CodeError, CoordinateError, GeometryError
from boundaries.router import Index

SQUARE = shapely.box(113, 37, 114, 38)
OTHER = shapely.box(114, 37, 115, 38)
BOWTIE = shapely.Polygon([(113, 37), (114, 38), (114, 37), (113, 38)])


def refused(polygons: list[Any], codes: list[Any]) -> BoundariesError:
    with pytest.raises(BoundariesError) as caught:
        Index.build(polygons, codes)
    error = caught.value
    assert error.text("zh-CN") != error.text("en")
    assert pickle.loads(pickle.dumps(error)).code == error.code
    return error


@pytest.mark.parametrize(
    ("shape", "kind", "code"),
    [
        (None, GeometryError, "not_a_polygon"),
        ("POLYGON", GeometryError, "not_a_polygon"),
        (shapely.Point(113, 37), GeometryError, "not_a_polygon"),
        (shapely.GeometryCollection([SQUARE]), GeometryError, "not_a_polygon"),
        (shapely.Polygon(), GeometryError, "polygon_empty"),
        (shapely.MultiPolygon(), GeometryError, "polygon_empty"),
        (shapely.force_3d(SQUARE, 1.0), GeometryError, "polygon_not_2d"),
        (shapely.Polygon([(113, 37), (114, np.inf), (114, 37)]), CoordinateError, "coordinate_not_finite"),
        (shapely.box(463040, 4192041, 463140, 4192141), CoordinateError, "coordinate_out_of_range"),
        (shapely.box(37, 113, 38, 114), CoordinateError, "coordinate_out_of_range"),
        (BOWTIE, GeometryError, "polygon_invalid"),
    ],
)
def test_a_shape_that_is_no_area(shape: Any, kind: type[BoundariesError], code: str) -> None:
    error = refused([OTHER, shape], ["a", "b"])
    assert type(error) is kind
    assert (error.code, error.area, error.row) == (code, "b", 1)
    assert "b" in error.text("en")


def test_an_invalid_polygon_says_why_and_where() -> None:
    error = refused([SQUARE, BOWTIE, OTHER, BOWTIE], ["a", "b", "c", "d"])
    assert "Self-intersection" in error.text("en")
    assert shapely.equals(error.place, shapely.Point(113.5, 37.5))
    assert [item.area for item in error.items] == ["d"]


@pytest.mark.parametrize("code", ["", "  ", None, np.nan, 7, "\ud800"])
def test_a_code_that_is_none(code: Any) -> None:
    error = refused([SQUARE, OTHER], ["a", code])
    assert type(error) is CodeError
    assert (error.code, error.row) == ("code_missing", 1)


def test_a_doubled_code_names_both_rows() -> None:
    error = refused([SQUARE, OTHER], ["a", "a"])
    assert (error.code, error.area, error.row, error.params) == ("code_doubled", "a", 1, {"first": 0})


def test_codes_and_polygons_must_match() -> None:
    assert refused([SQUARE], ["a", "b"]).code == "codes_mismatch"
    assert refused([], []).code == "no_polygons"


def test_a_thousand_polygons_on_one_spot_are_no_division() -> None:
    assert refused([SQUARE] * 300, [str(n) for n in range(300)]).code == "overlap_everywhere"


def test_object_arrays_and_tuples_are_taken_too() -> None:
    assert len(Index.build(np.array([SQUARE, OTHER]), ("a", "b"))) == 2
