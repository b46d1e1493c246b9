"""What the views tell the page: levels and their order, fills, symbols, counts, and where to look first."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

from map_ui import Heading, views
from map_ui.frames import check_areas
from map_ui.packing import build
from map_ui.style import PARENT_TINTS
from map_ui.views.area_layers import finest, ladder_of
from map_ui.views.fills import by_count, by_parent
from map_ui.views.view import bounds_of, widen

Jigsaw = Callable[..., gpd.GeoDataFrame]


def test_each_level_is_a_layer_coarse_to_fine(jigsaw: Jigsaw, heading: Heading) -> None:
    view = views.areas(jigsaw(), heading=heading)
    assert [(layer.spec("en")["name"], layer.rows) for layer in view.layers] == [("District", 1), ("Grid", 4), ("Micro-grid", 36)]
    assert [layer.spec("zh-CN")["name"] for layer in view.layers] == ["区县", "网格", "微网格"]
    zooms = [layer.shown_from_zoom for layer in view.layers]
    assert zooms == sorted(zooms)
    assert zooms[-1] > zooms[0]


def test_a_citys_own_levels_are_ordered_by_depth_and_named_by_the_caller(jigsaw: Jigsaw, heading: Heading) -> None:
    frame = jigsaw()
    frame["level"] = frame["level"].map({"district": "wilaya", "grid": "daira", "micro_grid": "commune"})
    assert ladder_of(check_areas(frame)) == ["wilaya", "daira", "commune"]
    view = views.areas(frame, heading=heading, level_names={"daira": {"zh-CN": "县", "en": "Daïra"}})
    assert [layer.spec("zh-CN")["name"] for layer in view.layers] == ["wilaya", "县", "commune"]


def test_compounds_stand_beside_the_ladder_and_are_not_filled(jigsaw: Jigsaw) -> None:
    frame = jigsaw()
    frame.loc[len(frame)] = {**frame.iloc[5], "code": "C1", "level": "compound", "parent_code": "G000000"}
    frame = check_areas(frame)
    assert ladder_of(frame)[-1] == "compound"
    assert finest(frame).sum() == 36


def test_a_circle_of_parents_does_not_hang(jigsaw: Jigsaw) -> None:
    frame = jigsaw()
    frame.loc[0, "parent_code"] = "G000000"
    assert set(ladder_of(check_areas(frame))) == {"district", "grid", "micro_grid"}


def test_neighbouring_parents_never_share_a_tint(jigsaw: Jigsaw) -> None:
    areas = check_areas(jigsaw(columns=27, rows=27))  # nine parents a column, as many as there are tints
    topology = build(areas.geometry.to_numpy())
    tint = by_parent(areas, topology).row_class
    parent = areas["parent_code"]
    pairs = [(a, b) for a, b in topology.neighbours() if tint[a] >= 0 and tint[b] >= 0]
    assert len(pairs) > 500
    assert all((tint[a] == tint[b]) == (parent[a] == parent[b]) for a, b in pairs if parent[a] != parent[b])
    assert all(tint[a] == tint[b] for a, b in pairs if parent[a] == parent[b])
    assert set(tint) <= {-1, *range(len(PARENT_TINTS))}


def test_classes_of_a_count_cover_every_value_once(jigsaw: Jigsaw) -> None:
    areas = check_areas(jigsaw(columns=18, rows=18))
    fill = by_count(areas, "households")
    spans = [(int(label.split("–")[0]), int(label.split("–")[-1])) for _, label in fill.classes]
    for number, value in zip(fill.row_class, areas["households"], strict=True):
        assert number == -1 or spans[number][0] <= value <= spans[number][1]
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
    assert set(fill.row_class[finest(areas)]) == set(range(len(spans)))


def test_a_count_that_is_the_same_everywhere_is_one_class(jigsaw: Jigsaw) -> None:
    fill = by_count(check_areas(jigsaw().assign(open_cases=0)), "open_cases")
    assert [label for _, label in fill.classes] == ["0"]


def test_an_area_that_shares_a_shape_is_listed_with_its_owner(jigsaw: Jigsaw, heading: Heading) -> None:
    frame = jigsaw().assign(shares_face_of="")
    frame.loc[len(frame)] = {**frame.iloc[6], "code": "M-upper", "geometry": Polygon(), "shares_face_of": frame.loc[6, "code"]}
    frame.loc[len(frame)] = {**frame.iloc[6], "code": "M-roof", "geometry": None, "shares_face_of": frame.loc[6, "code"]}
    data: Any = views.areas(frame, heading=heading).data["areas"]
    assert data["shares"][-2:] == [6, 6]
    assert data["rings"][-2:] == [[], []]
    assert len(data["label"]) == 2 * len(frame)


def test_lights_and_states_are_counted(some_cases: Callable[..., pd.DataFrame], heading: Heading) -> None:
    spec = views.cases(some_cases(40), heading=heading).layers[-1].spec("en")
    light, state = spec["facets"]
    assert {option["value"]: option["count"] for option in light["options"]} == {"red": 10, "yellow": 10, "green": 10, "none": 10}
    assert sum(option["count"] for option in state["options"]) == 40
    assert (light["draws"], state["draws"]) == (True, False)


def test_demonstration_stations_and_five_star_compounds_are_marked(some_facilities: pd.DataFrame, heading: Heading) -> None:
    view = views.facilities(some_facilities, heading=heading)
    data: Any = view.data["points"]["facilities"]["columns"]
    assert data["distinction"] == {"list": ["plain", "demonstration", "five_star"]}
    assert data["services"]["list"][0] == ["议事", "调解"]
    options = view.layers[-1].spec("zh-CN")["facets"][1]["options"]
    assert [(option["label"], option["badge"]) for option in options] == [("市级示范站", True), ("五星小区", True), ("其他", False)]


def test_the_core_leaves_out_the_outermost_only_when_most_crowd_together() -> None:
    even = np.linspace(113.0, 114.0, 500)
    assert bounds_of(lons=even, lats=even)[0] == bounds_of(lons=even, lats=even)[1]
    crowd = np.concatenate([np.linspace(113.5, 113.52, 480), [113.0, 114.0]])
    everything, core = bounds_of(lons=crowd, lats=crowd)
    assert everything == (113.0, 113.0, 114.0, 114.0)
    assert core is not None
    assert core[0] > 113.49
    assert core[2] < 113.53


def test_one_point_is_shown_with_its_surroundings() -> None:
    west, south, east, north = widen((113.5, 37.8, 113.5, 37.8))
    assert round(east - west, 6) == round(north - south, 6) == 0.004


def test_ground_rings_and_lines_are_told_apart(heading: Heading, ground: dict[str, gpd.GeoDataFrame], jigsaw: Jigsaw) -> None:
    river = gpd.GeoDataFrame({"geometry": [ground["railways"].geometry[0], box(113.5, 37.8, 113.6, 37.9)]}, crs=4326)
    data: Any = views.areas(jigsaw(), heading=heading, ground={**ground, "rivers": river}).data["ground"]
    assert list(data) == ["landuse", "rivers", "buildings", "roads", "railways"]
    assert (data["rivers"]["closed"], data["rivers"]["row"]) == ([0, 1], [0, 1])
    assert data["roads"]["class"] == {"list": ["primary"]}
