"""What children do not fill becomes a rest leaf, of the nearest parent, with borders that agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import box

from boundaries import checks
from boundaries.checks.rests import rest_code_of
from boundaries.model import Level

from .conftest import areas_of

LADDER = (Level("street", 0, "", "", False), Level("community", 1, "", "", False), Level("grid", 2, "", "", True))
WITH_REST = (*LADDER, Level("rest", 3, "", "", True))
STREET, COMMUNITY = box(0, 0, 300, 100), box(0, 0, 200, 100)
GRIDS = [box(0, 0, 100, 100), box(100, 0, 180, 60)]


def city(street: Any = STREET, community: Any = COMMUNITY, grids: Any = GRIDS) -> Any:
    codes = ["140302001", "140302001001", *(f"g{at}" for at in range(len(grids)))]
    return areas_of(
        [street, community, *grids],
        code=codes,
        level=["street", "community", *["grid"] * len(grids)],
        parent_code=["", "140302001", *["140302001001"] * len(grids)],
        kind=[""] * len(codes),
        name=["S", "C", *["G"] * len(grids)],
    )


@pytest.mark.parametrize(("levels", "level"), [(LADDER, "grid"), (WITH_REST, "rest")])
def test_each_parent_gets_its_own_rest(levels: tuple[Level, ...], level: str) -> None:
    made, done = checks.add_rests(city(), levels=levels)
    rests = made[made["kind"] == "rest"]
    assert rests["code"].tolist() == ["14030200100199999", "14030200199999999"]
    assert rests["parent_code"].tolist() == ["140302001001", "140302001"]
    assert rests["level"].tolist() == [level, level]
    assert rests["name"].tolist() == ["C", "S"]
    assert rests.geometry.area.tolist() == [5200, 10_000]
    assert [(defect.repair or {})["changes"]["m2"] for defect in done] == [5200, 10_000]
    leaves = np.asarray(made.geometry)[2:]
    assert shapely.coverage_is_valid(leaves)
    assert shapely.union_all(leaves).equals(shapely.transform(STREET, lambda c: c + np.asarray(made.geometry)[0].bounds[:2]))
    assert [defect.rule for defect in checks.run(made, levels=levels)] == []
    again, more = checks.add_rests(made, levels=levels)
    assert (len(again), more) == (len(made), [])


def test_what_is_filled_gets_none_and_a_border_that_differs_is_no_land() -> None:
    assert checks.add_rests(city(community=STREET, grids=[STREET]), levels=LADDER)[1] == []
    wider = box(0, 0, 300, 100.5)
    assert checks.add_rests(city(street=wider, community=STREET, grids=[STREET]), levels=LADDER)[1] == []
    corner = box(296, 96, 300, 100)  # 16 m2: nobody's land, and too little to be an area
    assert checks.add_rests(city(community=STREET, grids=[STREET.difference(corner)]), levels=LADDER)[1] == []


def test_without_supplied_parents_nothing_is_known_to_be_unfilled() -> None:
    assert checks.add_rests(city(street=None, community=None), levels=LADDER)[1] == []


def test_a_rest_that_is_there_gets_the_land() -> None:
    frame = city(community=COMMUNITY, street=COMMUNITY, grids=[*GRIDS, box(180, 0, 200, 60)])
    frame.loc[4, "kind"] = "rest"
    made, done = checks.add_rests(frame, levels=LADDER)
    assert len(made) == len(frame)
    assert made.geometry[4].area == 20 * 60 + 100 * 40
    assert len(done) == 1


@pytest.mark.parametrize(
    ("parent", "taken", "pattern", "code"),
    [
        ("140302001", set(), "", "14030200199999999"),
        ("140302001", {"14030200199999999"}, "", "140302001-rest"),
        ("140302001", set(), "[0-9]{17}", "14030200199999999"),
        ("4069493", set(), "", "40694939999999999"),
        ("A12", set(), "", "A12-rest"),
        ("A12", {"A12-rest"}, "", "A12-rest-2"),
        ("A12", set(), "[0-9]+", None),
        ("01", set(), "", "01-rest"),
    ],
)
def test_codes_of_rests(parent: str, taken: set[str], pattern: str, code: str | None) -> None:
    assert rest_code_of(parent, taken=taken, pattern=pattern) == code
