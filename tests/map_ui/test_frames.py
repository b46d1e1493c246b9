"""What a view refuses, and how it says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from map_ui import FrameError, Heading, views
from map_ui.frames import CASES, FACILITIES, check, check_areas, check_ground


def refusal(call: Callable[[], Any]) -> FrameError:
    with pytest.raises(FrameError) as caught:
        call()
    return caught.value


def test_a_missing_column_is_named_in_both_languages(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    error = refusal(lambda: check_areas(jigsaw().drop(columns=["worker", "post"])))
    assert error.code == "missing_columns"
    assert "worker, post" in error.text("en")
    assert "缺少列：worker, post" in error.text("zh-CN")


def test_an_unknown_column_is_named_with_the_known_ones(some_cases: Callable[..., pd.DataFrame]) -> None:
    error = refusal(lambda: check(some_cases().assign(trackingnumber="x"), CASES, what="cases"))
    assert error.code == "unknown_columns"
    assert "trackingnumber" in error.text("en")
    assert "tracking_number" in error.text("zh-CN")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "cloesd"),
        ("light", "blue"),
        ("lon", 181.0),
        ("lat", 4_200_000.0),
        ("lon", float("inf")),
        ("lat", "north"),
    ],
)
def test_a_bad_cell_names_column_and_row(some_cases: Callable[..., pd.DataFrame], column: str, value: object) -> None:
    frame = some_cases().astype(object)
    frame.loc[7, column] = value
    error = refusal(lambda: check(frame, CASES, what="cases"))
    assert error.code == "bad_cells"
    assert (f"column {column} " in error.text("en"), error.text("en").endswith("1 rows: 7")) == (True, True)
    assert f"列 {column} 有 1 行" in error.text("zh-CN")


@pytest.mark.parametrize("value", [-1, 2.5, "many", float("nan"), None])
def test_counts_are_whole_numbers_from_zero(jigsaw: Callable[..., gpd.GeoDataFrame], value: object) -> None:
    frame = jigsaw().astype({"households": object})
    frame.loc[3, "households"] = value
    assert "households" in refusal(lambda: check_areas(frame)).text("en")


def test_codes_are_there_and_differ(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    doubled, empty = jigsaw(), jigsaw()
    doubled.loc[4, "code"] = doubled.loc[3, "code"]
    empty.loc[4, "code"] = None
    assert "appears twice" in refusal(lambda: check_areas(doubled)).text("en")
    assert "is empty" in refusal(lambda: check_areas(empty)).text("en")


def test_a_shared_shape_must_be_of_this_frame(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = jigsaw().assign(shares_face_of="")
    frame.loc[4, "shares_face_of"] = "elsewhere"
    assert "shares_face_of" in refusal(lambda: check_areas(frame)).text("en")


@pytest.mark.parametrize("epsg", [None, 4547, 3857])
def test_other_reference_systems_are_refused(jigsaw: Callable[..., gpd.GeoDataFrame], epsg: int | None) -> None:
    frame = jigsaw().set_crs(epsg, allow_override=True) if epsg else gpd.GeoDataFrame(jigsaw().set_crs(None, allow_override=True))
    assert refusal(lambda: check_areas(frame)).code == "wrong_crs"


def test_metres_labelled_degrees_and_points_are_refused(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    metres = jigsaw().to_crs(4547).set_crs(4326, allow_override=True)
    points = jigsaw()
    points.loc[2, "geometry"] = Point(113, 37)
    assert "not in degrees" in refusal(lambda: check_areas(metres)).text("en")
    assert "neither polygon nor line" in refusal(lambda: check_areas(points)).text("en")


def test_cgcs2000_is_taken_as_it_is(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = jigsaw().set_crs(4490, allow_override=True)
    assert check_areas(frame).geometry.iloc[0].equals(frame.geometry.iloc[0])


def test_the_ground_refuses_unknown_layers_and_ignores_further_columns(ground: dict[str, gpd.GeoDataFrame]) -> None:
    assert refusal(lambda: check_ground({**ground, "hills": ground["rivers"]})).code == "unknown_ground"
    assert list(check_ground({"roads": ground["roads"].assign(lanes=4)})["roads"].columns) == ["class", "name", "geometry"]


def test_flags_are_true_or_false(some_facilities: pd.DataFrame) -> None:
    frame = some_facilities.astype({"five_star": object})
    frame.loc[1, "five_star"] = "no"
    assert "five_star" in refusal(lambda: check(frame, FACILITIES, what="facilities")).text("en")


def test_empty_cells_become_empty_texts_and_lone_surrogates_become_marks(some_cases: Callable[..., pd.DataFrame]) -> None:
    frame = some_cases(3).astype(object)
    frame.loc[0, "worker"], frame.loc[1, "worker"], frame.loc[2, "worker"] = None, np.nan, "a\ud800b"
    assert list(check(frame, CASES, what="cases")["worker"]) == ["", "", "a?b"]


def test_cases_without_a_position_are_counted_not_drawn(some_cases: Callable[..., pd.DataFrame], heading: Heading) -> None:
    frame = some_cases(5)
    frame.loc[1, ["lon", "lat"]] = np.nan
    view = views.cases(frame, heading=heading)
    assert (view.rows, view.layers[-1].spec("en")["unplaced"]) == (4, 1)


def test_the_given_frame_is_left_alone(some_facilities: pd.DataFrame, heading: Heading) -> None:
    before = some_facilities.copy(deep=True)
    views.facilities(some_facilities, heading=heading)
    pd.testing.assert_frame_equal(before, some_facilities)
