"""Supplied layers as one ladder: parents by name and by cover, shapes left to leaves."""

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from boundaries.model import Level
from boundaries.store.adoption import adopt
from boundaries.store.parentage import cover

LEVELS = (
    Level("district", 0, "", "", False),
    Level("community", 1, "", "", False),
    Level("grid", 2, "", "", True),
    Level("rest", 3, "", "", True),
    Level("compound", None, "", "", False),
)
Row = tuple[str, str, str, str, shapely.Polygon]


def frame(*rows: Row) -> geopandas.GeoDataFrame:
    columns = ["level", "code", "kind", "parent_code", "geometry"]
    return geopandas.GeoDataFrame(list(rows), columns=columns, geometry="geometry", crs="EPSG:4547").assign(name="", households=0)


def parents(areas: pandas.DataFrame) -> dict[str, str | None]:
    return dict(zip(areas["code"], areas["parent_code"], strict=True))


DISTRICTS: list[Row] = [
    ("district", "D1", "", "", shapely.box(0, 0, 200, 100)),
    ("district", "D2", "", "", shapely.box(200, 0, 400, 100)),
]


def test_a_name_is_followed_and_a_cover_found() -> None:
    adopted = adopt(
        frame(
            *DISTRICTS,
            ("grid", "named", "", "D2", shapely.box(0, 0, 100, 100)),  # lies in D1
            ("grid", "covered", "", "", shapely.box(100, 0, 200, 100)),
            ("grid", "mostly", "", "", shapely.box(190, 0, 300, 100)),
            ("grid", "outside", "", "", shapely.box(500, 0, 600, 100)),
            ("grid", "halved", "", "", shapely.box(150, 100, 250, 50)),
        ),
        levels=LEVELS,
    )
    assert parents(adopted.areas) == {
        "D1": None, "D2": None, "named": "D2", "covered": "D1", "mostly": "D2", "outside": None, "halved": None,
    }  # fmt: skip
    assert adopted.areas.geometry.isna().tolist() == [True, True, False, False, False, False, False]
    assert adopted.supplied.geometry.notna().all()
    assert adopted.supplied["leaf"].tolist() == [False, False, True, True, True, True, True]


def test_the_finest_parent_wins_and_a_rest_hangs_where_it_lies() -> None:
    adopted = adopt(
        frame(
            *DISTRICTS,
            ("community", "C1", "", "", shapely.box(0, 0, 100, 100)),
            ("grid", "G1", "", "", shapely.box(0, 0, 60, 100)),
            ("rest", "R1", "rest", "", shapely.box(60, 0, 100, 100)),  # of the community
            ("rest", "R2", "rest", "", shapely.box(100, 0, 200, 100)),  # of the district
        ),
        levels=LEVELS,
    )
    assert parents(adopted.areas) == {"D1": None, "D2": None, "C1": "D1", "G1": "C1", "R1": "C1", "R2": "D1"}


def test_a_village_keeps_its_shape_until_something_hangs_on_it() -> None:
    village: Row = ("community", "V", "village", "", shapely.box(0, 0, 100, 100))
    plain: Row = ("community", "C", "", "", shapely.box(100, 0, 200, 100))
    alone = adopt(frame(*DISTRICTS, village, plain), levels=LEVELS)
    assert dict(zip(alone.areas["code"], alone.areas.geometry.notna(), strict=True)) == {"D1": False, "D2": False, "V": True, "C": False}
    divided = adopt(frame(*DISTRICTS, village, ("grid", "G", "", "V", shapely.box(0, 0, 100, 100))), levels=LEVELS)
    assert divided.areas.geometry.notna().tolist() == [False, False, False, True]


def test_what_stands_beside_keeps_its_shape_and_gets_no_parent() -> None:
    compound: Row = ("compound", "K", "", "", shapely.box(10, 10, 150, 90))
    named: Row = ("compound", "N", "", "D1", shapely.box(10, 10, 150, 90))
    adopted = adopt(frame(*DISTRICTS, compound, named), levels=LEVELS)
    assert parents(adopted.areas) == {"D1": None, "D2": None, "K": None, "N": "D1"}
    assert adopted.areas.geometry.notna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("named", ["nowhere", "G2"])
def test_a_parent_that_cannot_be_is_told_and_the_cover_taken(named: str) -> None:
    adopted = adopt(
        frame(*DISTRICTS, ("grid", "G1", "", named, shapely.box(0, 0, 50, 50)), ("grid", "G2", "", "D1", shapely.box(50, 0, 100, 50))),
        levels=LEVELS,
    )
    assert parents(adopted.areas)["G1"] == "D1"
    assert parents(adopted.supplied)["G1"] == named  # what the checks see


def test_cover_agrees_with_measuring_every_pair() -> None:
    random = np.random.default_rng(5)
    corners = random.uniform(0, 90, (60, 2))
    sizes = random.uniform(1, 15, 60)
    children = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + sizes, corners[:, 1] + sizes)
    tiles = np.array([shapely.box(x, y, x + 20, y + 20) for x in range(0, 80, 20) for y in range(0, 80, 20)], dtype=object)
    areas = shapely.area(shapely.intersection(children[:, None], tiles[None, :]))
    found = cover(children, tiles)
    held = areas.max(axis=1)
    assert np.allclose(np.where(found.parents < 0, 0.0, areas[np.arange(60), found.parents]), held)
    assert np.allclose(found.shares, held / shapely.area(children))
    assert (found.parents[held == 0] == -1).all()
