"""The table of areas: real names and codes, one ladder, every leaf with a face or a neighbour that owns it."""

from __future__ import annotations

import re

import shapely

from boundaries.demo import DemoCity, levels

COLUMNS = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "made_up", "geometry"]


def test_the_full_city_has_the_numbers_of_the_real_lists(full_city: DemoCity) -> None:
    areas = full_city.areas
    counts = areas["level"].value_counts()
    assert (counts["city"], counts["district"], counts["street"], counts["grid"]) == (1, 5, 43, 940)
    communities = areas[areas["level"] == "community"]
    assert communities["kind"].value_counts().to_dict() == {"village": 620, "community": 159}
    assert sorted(communities.loc[communities["made_up"], "code"]) == ["140311103901", "140321102901"]
    assert communities.loc[communities["made_up"], "name"].str.contains("虚构").all()
    assert 8900 <= counts["micro_grid"] <= 8999
    assert len(full_city.compounds) == 953
    assert int(full_city.compounds["five_star"].sum()) == 29


def test_every_street_keeps_its_real_place(full_city: DemoCity) -> None:
    streets = full_city.areas[full_city.areas["level"] == "street"].set_index("code")
    assert streets.at["140302100", "name"] == "义井镇"
    assert streets.at["140302100", "parent_code"] == "140302"
    assert streets.at["140311400", "parent_code"] == "140311"
    assert streets.at["140311400", "kind"] == "development_zone"
    villages = full_city.areas[full_city.areas["kind"] == "village"]
    assert (villages["parent_code"].str[:6] == "140303").sum() == 12
    assert (villages["parent_code"] == "140302100").sum() == 12
    assert villages.geometry.notna().all()


def test_codes_follow_the_ladder(small_city: DemoCity) -> None:
    areas = small_city.areas
    assert list(areas.columns) == COLUMNS
    assert areas["code"].is_unique
    assert areas.crs == "EPSG:4547"
    ladder = {level.name: level for level in levels()}
    for code, level in zip(areas["code"], areas["level"], strict=True):
        assert re.fullmatch(ladder[level].code_pattern, code)
    ranks = [(ladder[level].rank, code) for level, code in zip(areas["level"], areas["code"], strict=True)]
    assert ranks == sorted(ranks)
    known = set(areas["code"])
    assert set(areas["parent_code"]) - known == {""}
    micro = areas[areas["level"] == "micro_grid"]
    assert (micro["parent_code"] == micro["code"].str[:15]).all()


def test_a_parent_has_at_most_one_rest_named_after_it(full_city: DemoCity) -> None:
    rests = full_city.areas[full_city.areas["level"] == "rest"]
    assert rests["parent_code"].is_unique
    assert (rests["code"] == rests["parent_code"].str.ljust(17, "9")).all()
    level = full_city.areas.set_index("code")["level"]
    assert set(level[rests["parent_code"]]) == {"street", "community", "grid"}
    assert rests.geometry.notna().all()


def test_sharers_of_a_tower_name_the_smallest_code_as_owner(small_city: DemoCity) -> None:
    micro = small_city.areas[small_city.areas["level"] == "micro_grid"].set_index("code")
    sharers = micro[micro["shares_face_of"].notna()]
    assert sharers.geometry.isna().all()
    assert micro[micro["shares_face_of"].isna()].geometry.notna().all()
    assert (sharers["shares_face_of"] < sharers.index).all()
    assert micro.loc[sharers["shares_face_of"]].geometry.notna().all()
    groups = sharers.groupby("shares_face_of").size()
    assert (groups == 1).sum() >= 2
    assert (groups == 2).sum() >= 1
    assert small_city.notes["sharers"] == sharers["shares_face_of"].to_dict()


def test_households_add_up_from_addresses_to_the_city(small_city: DemoCity) -> None:
    areas = small_city.areas.set_index("code")
    micro = areas[areas["level"] == "micro_grid"]
    assert micro["households"].between(30, 50).all()
    by_address = small_city.addresses.groupby("micro_grid_code")["households"].sum()
    leaves = areas[(areas["level"] == "micro_grid") | (areas["kind"] == "village")]
    assert by_address.sort_index().to_dict() == leaves["households"].sort_index().to_dict()
    for level in ("city", "district", "street", "grid"):
        parents = areas[areas["level"] == level]["households"]
        children = areas.groupby("parent_code")["households"].sum()
        assert children.reindex(parents.index).to_dict() == parents.to_dict()


def test_micro_grids_have_a_street_worker_s_size_and_detail(full_city: DemoCity) -> None:
    micro = full_city.areas[full_city.areas["level"] == "micro_grid"]
    shapes = micro.geometry.dropna().to_numpy()
    vertices = sorted(shapely.get_num_coordinates(shapes) - 1)
    assert 15 <= vertices[len(vertices) // 2] <= 60
    per_grid = micro.groupby("parent_code").size()
    assert per_grid.between(4, 17).all()
