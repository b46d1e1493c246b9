"""Addresses, houses, compounds and seats fit the areas they name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyproj
import shapely

from boundaries.demo import DemoCity

ADDRESS = [
    *("address_id", "community_code", "compound_code", "compound_name", "road", "road_number", "building", "stairwell"),
    *("floor_from", "floor_to", "households", "lon", "lat", "datum", "micro_grid_code"),
]


def on_the_ground(frame: Any) -> Any:
    back = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4547", always_xy=True)
    return shapely.points(np.column_stack(back.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())))


def test_the_address_table_has_its_columns_and_lies_in_its_leaves(small_city: DemoCity) -> None:
    table = small_city.addresses
    assert list(table.columns) == ADDRESS
    assert table["address_id"].is_unique
    assert set(table["datum"]) == {"wgs84"}
    assert np.array_equal(np.round(table[["lon", "lat"]], 9), table[["lon", "lat"]])
    leaves = small_city.areas.set_index("code")
    owner = leaves["shares_face_of"].reindex(table["micro_grid_code"]).fillna(dict(zip(leaves.index, leaves.index, strict=True)))
    shapes = leaves.geometry.reindex(owner.to_numpy()).to_numpy()
    assert shapely.covers(shapes, on_the_ground(table)).all()


def test_sharers_of_a_face_are_told_apart_by_stairwell_or_floors(small_city: DemoCity) -> None:
    table = small_city.addresses
    for sharer, owner in small_city.notes["sharers"].items():
        mine = table[table["micro_grid_code"] == sharer]
        theirs = table[table["micro_grid_code"] == owner]
        assert mine["building"].unique().tolist() == theirs["building"].unique().tolist()
        for row in mine.itertuples():
            rival = theirs[theirs["stairwell"] == row.stairwell]
            assert ((rival["floor_to"] < row.floor_from) | (rival["floor_from"] > row.floor_to)).all()


def test_an_address_is_unique_within_its_compound(small_city: DemoCity) -> None:
    town = small_city.addresses[small_city.addresses["compound_code"] != ""]
    assert not town.duplicated(["compound_code", "building", "stairwell", "floor_from"]).any()
    assert (town["road"] != "").all()
    assert town["road_number"].str.fullmatch(r"\d+号").all()


def test_houses_stand_inside_their_leaf(full_city: DemoCity) -> None:
    leaves = full_city.areas.set_index("code").geometry
    houses = full_city.buildings[full_city.buildings["leaf_code"] != ""]
    shapes = leaves.reindex(houses["leaf_code"]).to_numpy()
    assert shapely.covers(shapes, houses.geometry.to_numpy()).all()
    homes = houses[houses["compound_code"] != ""].groupby("compound_code")["households"].sum()
    assert homes.to_dict() == full_city.compounds.set_index("code")["households"].to_dict()


def test_compounds_overlap_grids_and_are_named_after_their_time_and_place(full_city: DemoCity) -> None:
    compounds = full_city.compounds
    assert compounds["code"].str.fullmatch(r"XQ\d{12}").all()
    assert compounds["code"].is_unique
    assert compounds["name"].is_unique
    assert shapely.is_valid(compounds.geometry.to_numpy()).all()
    town = full_city.addresses[full_city.addresses["compound_code"] != ""]
    grids = town.groupby("compound_code")["micro_grid_code"].agg(lambda codes: codes.str[:15].nunique())
    assert 0.05 < (grids > 1).mean() < 0.3
    rows = compounds[compounds["style"] == "row"]
    assert (rows["built_year"] < 1981).all()
    assert rows["name"].str.fullmatch(r".+(排房|平房区|窑院|老院|工棚区)([东南西北\d一二三四五六七八]+区)?").all()
    assert not compounds.loc[compounds["style"] == "tower", "name"].str.contains("排房|窑院|工棚").any()
    assert compounds.loc[compounds["five_star"], "property_firm"].ne("").all()


def test_every_district_street_and_community_has_a_dry_seat_inside_it(small_city: DemoCity, small_ladder: Any) -> None:
    seats = small_city.seats
    wanted = small_city.areas[small_city.areas["level"].isin(["district", "street", "community"])]
    assert sorted(seats["area_code"]) == sorted(wanted["code"])
    places = on_the_ground(seats)
    tree = shapely.STRtree(small_ladder.shapes)
    at, leaf = tree.query(places, predicate="within")
    found = dict(zip(at.tolist(), small_ladder.leaves["code"].to_numpy()[leaf], strict=True))
    water = shapely.union_all(small_city.rivers.geometry.to_numpy())
    for i, (code, level) in enumerate(zip(seats["area_code"], seats["level"], strict=True)):
        assert small_ladder.above(found[i], level) == code
    assert not shapely.intersects(water, places).any()


def test_networks_and_land_use_have_their_words(small_city: DemoCity) -> None:
    assert set(small_city.roads["class"]) <= {"avenue", "road", "street", "lane", "highway", "country"}
    assert {"avenue", "road", "street", "lane", "highway", "country"} <= set(small_city.roads["class"])
    town = small_city.roads[small_city.roads["class"].isin(["avenue", "road", "street", "lane"])]
    assert town["name"].map(lambda n: bool(re.fullmatch(r"[\u4e00-\u9fff\d]+", n))).all()
    assert set(small_city.landuse["kind"]) <= {"river", "park", "industry", "school", "hill", "water", "mine", "railway_yard"}
    assert {"river", "mine", "industry"} <= set(small_city.landuse["kind"])
    assert (shapely.length(small_city.railways.geometry.to_numpy()) > 50).all()
    assert "桃河" in set(small_city.rivers["name"])
