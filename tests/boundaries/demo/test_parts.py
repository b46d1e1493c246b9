"""Sharing out, growing regions, closing rings, bending: the small machines behind the model city."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.demo import levels
from boundaries.demo.bending import Bend
from boundaries.demo.growth import components, grow_balanced, grow_nearest
from boundaries.demo.houses import PAIRS, SLABS, TOWERS, TRIPLES
from boundaries.demo.rings import close_rings
from boundaries.demo.shares import share_out
from boundaries.errors import GeometryError


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=40), st.integers(0, 600))
def test_shares_always_have_the_wanted_sum(weights: list[float], total: int) -> None:
    numbers = share_out(weights, total, low=3, high=12)
    assert sum(numbers) == total
    if 3 * len(weights) <= total <= 12 * len(weights):
        assert min(numbers) >= 3
        assert max(numbers) <= 12


def test_shares_follow_the_weights() -> None:
    assert share_out([1, 2, 7], 20) == [2, 4, 14]


def grid_graph(n: int) -> list[dict[int, float]]:
    out: list[dict[int, float]] = [{} for _ in range(n * n)]
    for k in range(n * n):
        for step in ((1,) if k % n < n - 1 else ()) + ((n,) if k < n * (n - 1) else ()):
            out[k][k + step] = out[k + step][k] = 1.0
    return out


def test_balanced_regions_are_connected_and_near_their_wanted_size() -> None:
    graph = grid_graph(20)
    owner = grow_balanced(graph, graph, [1.0] * 400, {"a": [0], "b": [19], "c": [390]}, {"a": 1.0, "b": 1.0, "c": 2.0})
    assert set(owner) == set(range(400))
    for label, share in (("a", 100), ("b", 100), ("c", 200)):
        members = {k for k, v in owner.items() if v == label}
        assert len(components(members, graph)) == 1
        assert len(members) == pytest.approx(share, abs=12)


def test_nearest_regions_keep_to_their_members() -> None:
    graph = grid_graph(10)
    members = set(range(100)) - set(range(40, 50))
    owner = grow_nearest(graph, members, [0, 99])
    assert {owner[k] for k in range(40)} == {0}
    assert {owner[k] for k in range(50, 100)} == {1}


def test_rings_close_with_the_outer_one_first() -> None:
    place = {0: (0.0, 0.0), 1: (4.0, 0.0), 2: (4.0, 4.0), 3: (0.0, 4.0), 4: (1.0, 1.0), 5: (1.0, 2.0), 6: (2.0, 2.0)}
    rings = close_rings([(4, 5), (5, 6), (6, 4), (0, 1), (1, 2), (2, 3), (3, 0)], place)
    assert rings == [[0, 1, 2, 3], [4, 5, 6]]


def test_a_border_that_does_not_close_is_an_error_in_both_languages() -> None:
    with pytest.raises(GeometryError) as refused:
        close_rings([(0, 1), (1, 2)], {0: (0.0, 0.0), 1: (4.0, 0.0), 2: (4.0, 4.0)})
    assert refused.value.code == "demo_not_drawn"
    assert refused.value.text("zh-CN").startswith("示范城市")


@pytest.mark.parametrize("seed", range(6))
def test_a_bend_never_folds(seed: int) -> None:
    bend = Bend.draw(np.random.default_rng(seed), origin=(5e5, 4e6), angle=0.3, length_m=5000, width_m=1200, reach_m=3500)
    s, t = np.meshgrid(np.linspace(-5500, 5500, 150), np.linspace(-3500, 3500, 120))
    turned = np.linalg.det(bend.turn(np.column_stack([s.ravel(), t.ravel()])))
    assert bend.least >= 0.5
    assert turned.min() > 0.4


def test_house_programmes_give_thirty_to_fifty_households() -> None:
    assert all(30 <= wells * floors * per <= 50 for wells, floors, per in SLABS)
    assert all(30 <= floors * per <= 50 for floors, per in TOWERS)
    for floors, per, wells, each in PAIRS + TRIPLES:
        step = floors // each
        assert 30 <= step * per <= 50
        assert 30 <= (floors - (each - 1) * step) * per <= 50
        assert wells * each in (2, 3)


def test_levels_of_the_ladder() -> None:
    ladder = levels()
    assert [level.name for level in ladder] == ["city", "district", "street", "community", "grid", "micro_grid", "rest", "compound"]
    assert [level.rank for level in ladder] == [0, 1, 2, 3, 4, 5, 6, None]
    assert [level.name for level in ladder if level.leaf] == ["micro_grid", "rest"]
