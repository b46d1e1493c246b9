"""Candidates of an inaccurate point: shares of a normal distribution times households, and the verdict."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.errors import CodeError, CoordinateError
from boundaries.router import Index, candidates
from boundaries.router.candidates import SIGMAS_PER_ACCURACY, normal_nodes
from boundaries.router.distance import metres_per_degree

LON, LAT = 113.5, 37.9
MX, MY = metres_per_degree(LAT)


def square(west_m: float, south_m: float, east_m: float, north_m: float) -> Any:
    return shapely.box(LON + west_m / MX, LAT + south_m / MY, LON + east_m / MX, LAT + north_m / MY)


@pytest.fixture(scope="module")
def halves() -> Index:
    """West and east of the origin, with a gap in the east's middle."""
    east = shapely.Polygon(square(0, -5000, 5000, 5000).exterior, [square(100, -10, 120, 10).exterior.coords])
    return Index.build([square(-5000, -5000, 0, 5000), east], ["w", "x"])


def test_the_nodes_are_a_normal_distribution() -> None:
    x, y = normal_nodes(2048)
    assert np.mean(np.hypot(x, y) <= 1 / SIGMAS_PER_ACCURACY) == pytest.approx(0.68, abs=0.002)
    assert [x.mean(), y.mean()] == pytest.approx([0, 0], abs=0.005)
    assert [x.var(), y.var(), np.mean(x * y)] == pytest.approx([1, 1, 0], abs=0.01)
    assert (x[0], y[0]) == (0, 0)


def test_shares_are_those_of_a_monte_carlo(patchwork: Callable[..., Any]) -> None:
    polygons = patchwork(400, seed=9)
    index = Index.build(polygons, [f"{n:04d}" for n in range(len(polygons))])
    rng = np.random.default_rng(9)
    homes = rng.integers(0, 60, len(polygons))
    tree = shapely.STRtree(polygons)
    for lon, lat, accuracy_m in ((113.55, 37.85, 400.0), (113.52, 37.88, 150.0), (113.501, 37.801, 900.0)):
        mx, my = metres_per_degree(lat)
        sigma = accuracy_m / 1.5096
        errors = rng.normal(0, sigma, (200_000, 2)) / [mx, my]
        hit = tree.query(shapely.points(np.array([lon, lat]) + errors), predicate="intersects")[1]
        weights = np.bincount(hit, minlength=len(polygons)) * (homes + 1.0)
        expected = weights / weights.sum()
        _, found = candidates(index, lon=lon, lat=lat, accuracy_m=accuracy_m, households=homes)
        shares = np.zeros(len(polygons))
        shares[[c.position for c in found]] = [c.probability for c in found]
        assert np.abs(shares - expected).max() < 0.02
        assert np.abs(shares - expected).sum() < 0.1
        assert shares.sum() == pytest.approx(1)


def test_a_share_on_a_straight_border_is_the_normal_distributions(halves: Index) -> None:
    """25 m west of the border with sigma 25 m: 84.1 % west."""
    _, found = candidates(halves, lon=LON - 25 / MX, lat=LAT - 2000 / MY, accuracy_m=25 / SIGMAS_PER_ACCURACY, households=np.zeros(2))
    assert [c.position for c in found] == [0, 1]
    assert found[0].probability == pytest.approx(0.8413, abs=0.005)
    assert [c.distance_m for c in found] == pytest.approx([0, 25], abs=0.01)


def test_households_pull(halves: Index) -> None:
    verdict, found = candidates(halves, lon=LON, lat=LAT, accuracy_m=20, households=np.array([0, 99]))
    assert verdict == "certain"
    assert found[0].position == 1
    assert found[0].probability == pytest.approx(100 / 101, abs=0.002)


def test_verdicts(halves: Index) -> None:
    none = np.zeros(2)

    def verdict(east_m: float, accuracy_m: float | None, certain_from: float = 0.8) -> str:
        lon = LON + east_m / MX
        return candidates(halves, lon=lon, lat=LAT, accuracy_m=accuracy_m, households=none, certain_from=certain_from)[0]

    assert verdict(-500, 20) == "certain"
    assert verdict(-5, 20) == "ask"
    assert verdict(-5, 20, certain_from=0.5) == "certain"
    assert verdict(-5, None) == "certain"
    assert verdict(110, 20) == "gap"
    assert verdict(110, None) == "gap"
    assert verdict(6000, 20) == "outside"


def test_without_an_accuracy_the_leaf_alone(halves: Index) -> None:
    _, found = candidates(halves, lon=LON, lat=LAT, accuracy_m=None, households=np.zeros(2))
    assert [(c.position, c.probability, c.distance_m) for c in found] == [(0, None, 0.0)]
    assert candidates(halves, lon=0.0, lat=0.0, accuracy_m=None, households=np.zeros(2)) == ("outside", ())


def test_from_a_gap_or_outside_the_leaves_within_reach_are_listed(halves: Index) -> None:
    verdict, found = candidates(halves, lon=LON + 5010 / MX, lat=LAT, accuracy_m=30, households=np.zeros(2))
    assert verdict == "outside"
    assert [(c.position, c.probability) for c in found] == [(1, 1.0)]
    assert found[0].distance_m == pytest.approx(10, abs=0.05)
    assert candidates(halves, lon=LON + 9000 / MX, lat=LAT, accuracy_m=30, households=np.zeros(2)) == ("outside", ())


def test_equal_candidates_are_ordered_by_code_and_answers_repeat(halves: Index) -> None:
    first = candidates(halves, lon=LON, lat=LAT, accuracy_m=40_000, households=np.zeros(2))
    assert first == candidates(halves, lon=LON, lat=LAT, accuracy_m=40_000, households=np.zeros(2))
    ranks = [(-(c.probability or 0), c.position) for c in first[1]]
    assert ranks == sorted(ranks)
    x, y = normal_nodes(1024)
    sigma = 500 * SIGMAS_PER_ACCURACY
    hits = halves.locate_many(lons=LON + x * sigma / MX, lats=LAT + y * sigma / MY)
    west, east = np.bincount(hits[hits >= 0]).tolist()
    _, equal = candidates(halves, lon=LON, lat=LAT, accuracy_m=500, households=np.array([east - 1, west - 1]))
    assert [(c.position, c.probability) for c in equal] == [(0, 0.5), (1, 0.5)]


def test_a_tiny_leaf_under_the_point_is_listed() -> None:
    around = shapely.Polygon(square(-5000, -5000, 5000, 5000).exterior, [square(-1, -1, 1, 1).exterior.coords])
    index = Index.build([around, square(-1, -1, 1, 1)], ["a", "b"])
    _, found = candidates(index, lon=LON, lat=LAT, accuracy_m=1000, households=np.zeros(2))
    assert [c.position for c in found] == [0, 1]


@pytest.mark.parametrize("accuracy_m", [0.0, -1.0, 50_001.0, np.nan, np.inf, "5", True])
def test_an_accuracy_that_is_none(halves: Index, accuracy_m: Any) -> None:
    with pytest.raises(CoordinateError) as caught:
        candidates(halves, lon=LON, lat=LAT, accuracy_m=accuracy_m, households=np.zeros(2))
    assert caught.value.text("zh") != caught.value.text("en")


@pytest.mark.parametrize("households", [np.zeros(3), np.array([1, -1]), np.array([1, np.nan]), ["a", "b"], np.array([True, False])])
def test_households_that_do_not_fit(halves: Index, households: Any) -> None:
    with pytest.raises(CodeError) as caught:
        candidates(halves, lon=LON, lat=LAT, accuracy_m=10.0, households=households)
    assert caught.value.code == "households_mismatch"


def test_a_point_that_is_none(halves: Index) -> None:
    with pytest.raises(CoordinateError):
        candidates(halves, lon=np.nan, lat=LAT, accuracy_m=10.0, households=np.zeros(2))
