"""Two generations side by side: what is drawn, what is said of each change, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from map_ui import FrameError, Heading, MapView, render, views
from map_ui.frames import CHANGE_KINDS, CHANGES, check_areas, check_changes

Generations = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]
Two = Callable[..., Generations]


@pytest.fixture
def view(heading: Heading) -> Callable[..., MapView]:
    def make(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, changes: pd.DataFrame) -> MapView:
        earlier = Heading(city=heading.city, as_of=date(2026, 9, 1), generation=2, source={"zh-CN": "旧示例", "en": "old sample"})
        return views.compare(before, after, changes, heading_before=earlier, heading_after=heading)

    return make


def page_block(view: MapView, language: str) -> dict[str, Any]:
    found = re.search(r'id="page-block">([^<]*)<', render(view, language))
    assert found is not None
    block: dict[str, Any] = json.loads(found[1])
    return block


def arcs_of(data: Any) -> list[set[int]]:
    """Numbers of the arcs of each shape, from their running differences."""
    mark, found = 0, []
    for shape in data["rings"]:
        used = set()
        for ring in shape:
            for step in ring:
                mark += step
                used.add(mark // 2)
        found.append(used)
    return found


def cells(column: dict[str, Any]) -> list[str]:
    return column["list"] if "list" in column else [column["values"][at] for at in column["index"]]


def test_changes_are_listed_by_kind_then_level_then_code(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations()
    before, after = (frame.replace({"code": {"G003003": "Z"}, "parent_code": {"G003003": "Z"}}) for frame in (before, after))
    coarse = {**changes.iloc[3], "code": "Z", "level": "grid"}
    data: Any = view(before, after, pd.DataFrame([*changes.to_dict("records"), coarse])).data["changes"]
    kinds = [CHANGE_KINDS[kind] for kind in data["kind"]]
    assert list(zip(data["code"], kinds, strict=True)) == [
        ("M900000", "added"),
        ("M001000", "retired"),
        ("Z", "reshaped"),
        ("M000000", "reshaped"),
        ("M002002", "reshaped"),
        ("M002001", "reparented"),
        ("M001001", "renamed"),
        ("N001002", "recoded"),
        ("G000000", "households"),
        ("M002000", "touched"),
    ]


@pytest.mark.parametrize("size", [6, 36])
def test_a_change_points_to_its_area_on_the_side_where_it_is(two_generations: Two, view: Callable[..., MapView], size: int) -> None:
    before, after, changes = two_generations(columns=size, rows=size)
    # Rows of the page are not those of the frame: only some of these are drawn.
    data: Any = view(before.iloc[::-1], after, changes).data
    changes = data["changes"]
    sides = {name: [data[name]["code"][row] if row >= 0 else "" for row in changes[name]] for name in ("before", "after")}
    for code, kind, old, new in zip(changes["code"], changes["kind"], sides["before"], sides["after"], strict=True):
        expected = {"added": ("", code), "retired": (code, ""), "recoded": ("M001002", "N001002")}
        assert (old, new) == expected.get(CHANGE_KINDS[kind], (code, code))


def test_names_stand_for_codes(two_generations: Two, view: Callable[..., MapView]) -> None:
    changes: Any = view(*two_generations()).data["changes"]
    at = {code: row for row, code in enumerate(changes["code"])}
    assert cells(changes["from_name"])[at["M900000"]] == "第M002002片"
    assert cells(changes["to_name"])[at["M001000"]] == "第M000000片"
    assert cells(changes["to_parent_name"])[at["M002001"]] == "第G003000片"
    assert (cells(changes["name_before"])[at["M001001"]], cells(changes["name_after"])[at["M001001"]]) == ("第M001001片", "新片")


def test_absent_numbers_are_none_and_absent_households_none_at_all(two_generations: Two, view: Callable[..., MapView]) -> None:
    changes: Any = view(*two_generations()).data["changes"]
    assert (changes["area_m2_before"][0], changes["area_m2_after"][0]) == (None, 9800.0)
    assert (changes["area_m2_before"][1], changes["area_m2_after"][1], changes["households_after"][1]) == (9800.0, None, 0)


def test_a_border_that_did_not_move_is_stored_once(two_generations: Two, view: Callable[..., MapView]) -> None:
    data: Any = view(*two_generations()).data
    arcs = arcs_of(data)
    before, after = data["before"]["code"], data["after"]["code"]
    old, new = dict(zip(before, arcs[: len(before)], strict=True)), dict(zip(after, arcs[len(before) :], strict=True))
    changed = {"M000000", "M001000", "M002002", "M900000", "N001002", "M001002"}
    assert len(set(before) & set(after) - changed) > 30
    assert all(old[code] == new[code] for code in set(before) & set(after) - changed)
    assert old["M001002"] == new["N001002"]
    # The line between the merged leaves is on one side only.
    assert old["M000000"] & old["M001000"]
    assert not old["M000000"] & old["M001000"] & new["M000000"]


def test_counts_and_switches_of_the_legend(two_generations: Two, view: Callable[..., MapView]) -> None:
    page = page_block(view(*two_generations()), "en")
    assert {kind["kind"]: kind["count"] for kind in page["kinds"]} == {kind: 2 if kind == "reshaped" else 1 for kind in CHANGE_KINDS}
    assert [kind["kind"] for kind in page["kinds"] if not kind["shown"]] == ["touched"]
    assert [layer["name"] for layer in page["layers"]] == ["District", "Grid", "Micro-grid"]
    assert not page["clipped"]


def test_both_headings_are_there_in_both_languages(two_generations: Two, view: Callable[..., MapView]) -> None:
    made = view(*two_generations())
    for language, source in (("zh-CN", "旧示例"), ("en", "old sample")):
        page = page_block(made, language)
        assert (page["before"]["generation"], page["heading"]["generation"], page["before"]["source"]) == (2, 3, source)
        assert (page["before"]["as_of"], page["heading"]["as_of"]) == ("2026-09-01", "2026-11-24")


def test_the_page_holds_two_maps_and_left_comes_first(two_generations: Two, view: Callable[..., MapView]) -> None:
    html = render(view(*two_generations()))
    maps = re.findall(r'<div class="folium-map" id="(\w+)"', html)
    assert len(maps) == 2
    assert f"Citygrid.before = {maps[0]};" in html
    assert f"Citygrid.start({maps[1]});" in html
    assert html.index(f"Citygrid.before = {maps[0]};") < html.index(f"Citygrid.start({maps[1]});")


def test_the_maps_open_on_the_changes_that_show(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations()
    far = {**changes.iloc[0], "code": "M005005", "from_parent": "G003003", "to_parent": "G003003"}
    made = view(before, after, pd.DataFrame([*changes.to_dict("records"), far]))
    assert made.core is not None
    assert made.everything is not None
    loud = before[before["code"].isin(["M000000", "M001000", "M002002", "M002001", "M001001", "M001002"])]
    assert made.core == pytest.approx(tuple(loud.total_bounds), abs=1e-9)
    assert made.everything[2] > made.core[2] + 0.002


def test_no_change_gives_a_page_that_says_so(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, _, changes = two_generations()
    made = view(before, before, changes.iloc[:0])
    for language, words in (("zh-CN", "两版边界之间没有变化"), ("en", "Nothing differs between the two generations")):
        page = page_block(made, language)
        assert (page["rows"], page["texts"]["compare.empty"]) == (0, words)
        assert page["core"] == page["everything"] is not None
        assert all(kind["count"] == 0 for kind in page["kinds"])
    empty = view(before.iloc[:0], before.iloc[:0], changes.iloc[:0])
    assert page_block(empty, "en")["everything"] is None


def test_far_from_the_changes_only_outlines_are_drawn(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations(columns=36, rows=36)
    made = view(before, after, changes)
    drawn: Any = made.data["before"]
    levels = dict(zip(before["code"], before["level"], strict=True))
    kept = {code for code in drawn["code"] if levels[code] == "micro_grid"}
    assert {"M000000", "M003002", "M004003"} <= kept
    assert "M020020" not in kept
    assert len(kept) < 60
    assert {code for code, level in levels.items() if level == "district"} <= set(drawn["code"])
    assert set(drawn["code"]) - {"M001000", "M001002"} == set(made.data["after"]["code"]) - {"M900000", "N001002"}
    page = page_block(made, "en")
    assert page["clipped"]
    assert {layer["name"]: layer["rows"] for layer in page["layers"]}["Micro-grid"] == 36 * 36


def test_what_lies_around_an_added_area_is_drawn_before_and_after(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations(columns=36, rows=36)
    made: Any = view(before, after, changes[changes["change"] == "added"]).data
    # Renamed and merged ones apart, what is drawn after is drawn before.
    assert {"M002002", "M003002", "M002003"} <= set(made["before"]["code"])
    assert set(made["after"]["code"]) - {"M900000", "N001002"} <= set(made["before"]["code"])


def test_a_grid_of_undrawn_leaves_is_still_made_of_leaves(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations(columns=36, rows=36)
    far = {**changes.iloc[6], "code": "G030030"}
    drawn: Any = view(before, after, pd.DataFrame([far])).data["after"]
    assert drawn["finest"][drawn["code"].index("G030030")] == 0


def test_an_area_that_shares_a_shape_brings_its_owner(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = (frame.copy() for frame in two_generations(columns=36, rows=36))
    for frame in (before, after):
        frame["shares_face_of"] = ""
        tower = {**frame[frame["code"] == "M030030"].iloc[0], "code": "M-upper", "geometry": shapely.Polygon()}
        frame.loc[len(frame)] = {**tower, "shares_face_of": "M030030"}
    one = {**changes.iloc[7], "code": "M-upper"}
    drawn: Any = view(before, after, pd.DataFrame([one])).data["after"]
    at = drawn["code"].index("M-upper")
    assert drawn["code"][drawn["shares"][at]] == "M030030"


def test_a_large_city_with_fifty_changes_fits_in_three_megabytes(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations(columns=96, rows=96, points=10)
    place = {code: row for row, code in enumerate(after["code"])}
    more = []
    for n in range(45):
        code = f"M{(n * 37) % 90 + 3:03}{(n * 53) % 90 + 3:03}"
        after.loc[place[code], "name"] = f"改名{n}"
        more.append({**changes.iloc[7], "code": code, "name": f"改名{n}"})
    made = view(before, after, pd.concat([changes, pd.DataFrame(more)], ignore_index=True))
    assert (len(before) > 10_000, made.rows) == (True, 54)
    assert len(render(made).encode("utf-8")) < 3_000_000


def refusal(call: Callable[[], Any]) -> FrameError:
    with pytest.raises(FrameError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (3, "change", "moved", "column change is none of"),
        (1, "code", "M-nowhere", "is no code of the areas after"),
        (2, "code", "M-nowhere", "is no code of the areas before"),
        (8, "from_code", "M-nowhere", "is no code of the areas before"),
        (3, "area_m2_after", -1.0, "is no number of 0 or more"),
        (3, "area_m2_after", float("inf"), "is no number of 0 or more"),
        (3, "area_m2_before", "much", "is no number of 0 or more"),
        (3, "households_before", -3, "is not a whole number"),
        (3, "households_before", "many", "is not a whole number"),
    ],
)
def test_a_bad_change_names_column_and_row(two_generations: Two, row: int, column: str, value: object, words: str) -> None:
    before, after, changes = two_generations()
    changes = changes.astype(object)
    changes.loc[row, column] = value
    error = refusal(lambda: check_changes(changes, check_areas(before), check_areas(after)))
    assert words in error.text("en")
    assert error.text("en").endswith(f"1 rows: {row}")
    assert "有 1 行" in error.text("zh-CN")


def test_a_missing_column_is_named(two_generations: Two, view: Callable[..., MapView]) -> None:
    before, after, changes = two_generations()
    error = refusal(lambda: view(before, after, changes.drop(columns=["from_parent", "area_m2_after"])))
    assert "from_parent, area_m2_after" in error.text("en")
    assert {column.name for column in CHANGES} == set(changes.columns)


def test_codes_swapped_between_two_areas_find_their_own_shapes(two_generations: Two) -> None:
    before, _, changes = two_generations()
    after = before.assign(code=before["code"].replace({"M003003": "M004004", "M004004": "M003003"}))
    swapped = [{**changes.iloc[8], "code": a, "from_code": b} for a, b in (("M003003", "M004004"), ("M004004", "M003003"))]
    found = check_changes(pd.DataFrame(swapped), check_areas(before), check_areas(after))
    assert list(before["code"].iloc[found["before_row"]]) == ["M004004", "M003003"]
    assert list(after["code"].iloc[found["after_row"]]) == ["M003003", "M004004"]
    assert np.array_equal(found["before_row"], found["after_row"])
