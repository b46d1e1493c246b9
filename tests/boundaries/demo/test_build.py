"""Building the model city: the same twice, for every seed, at every scale; nonsense is refused."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import shapely

from boundaries.demo import build_city
from boundaries.demo.divisions import read_divisions
from boundaries.errors import BoundariesError

DIGEST = """
import hashlib, sys
import shapely
from boundaries.demo import build_city
city = build_city(seed=int(sys.argv[1]), scale=0.02)
digest = hashlib.sha256()
for frame in (city.areas, city.compounds, city.buildings, city.roads, city.railways, city.rivers, city.landuse):
    for shape in shapely.to_wkb(frame.geometry.to_numpy()):
        digest.update(shape or b"-")
    digest.update(frame.drop(columns="geometry").to_csv().encode())
digest.update(city.addresses.to_csv().encode() + city.seats.to_csv().encode() + repr(city.notes).encode())
sys.stdout.write(digest.hexdigest())
"""


def digest(seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-c", DIGEST, str(seed)]
    return subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, check=True, text=True).stdout


def test_the_same_seed_gives_the_same_city_in_every_process_and_another_seed_another_one() -> None:
    first = digest(3, "1")
    assert first == digest(3, "4711")
    assert first != digest(4, "1")


@pytest.mark.parametrize("seed", [0, 2, 5, 6, 20261124])
def test_every_seed_gives_a_city_without_a_flaw(seed: int) -> None:
    city = build_city(seed=seed, scale=0.04)
    leaves = city.areas[city.areas.geometry.notna()].geometry.to_numpy()
    assert shapely.coverage_is_valid(leaves)
    assert shapely.is_valid(leaves).all()
    assert city.notes["enclaves"]
    assert len(city.notes["sharers"]) >= 5
    assert len(shapely.coverage_union_all(leaves).interiors) == 1
    micro = city.areas[city.areas["level"] == "micro_grid"]
    assert micro["households"].between(30, 50).all()
    assert sum(city.areas["level"] == "street") == 43


def test_a_larger_city_has_made_up_communities_beside_the_real_ones() -> None:
    divisions = read_divisions(10)
    communities = [c for s in divisions.streets.values() for c in s.communities]
    assert len(communities) == 1590
    assert sum(not c.made_up for c in communities) == 157
    assert all("虚构" in c.name for c in communities if c.made_up)
    assert len({c.code for c in communities}) == 1590
    assert len({c.name for c in communities if c.made_up}) == 1590 - 157
    assert sum(len(s.villages) for s in divisions.streets.values()) == 620


@pytest.mark.parametrize(
    ("seed", "scale", "code"), [(1, 0.0, "demo_scale"), (1, 50.0, "demo_scale"), (1, float("nan"), "demo_scale"), (-1, 0.1, "demo_seed")]
)
def test_nonsense_is_refused(seed: int, scale: float, code: str) -> None:
    with pytest.raises(BoundariesError) as refused:
        build_city(seed=seed, scale=scale)
    assert refused.value.code == code
    assert refused.value.text("zh-CN") != refused.value.text("en")
