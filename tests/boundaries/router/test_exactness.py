"""The index answers as shapely's covers with the smallest code does, for every point, wherever a rounded decision would slip."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.router import Index

PLACES = {
    "city": (113.5, 37.8),
    "negative": (-70.3, -33.4),
    "across lon 0": (-0.05, 51.4),
    "across lat 0": (113.5, -0.05),
    "across both": (-0.05, -0.05),
    "near 180": (179.8, -16.0),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["coverage", "gaps", "overlaps"])
def test_every_lookup_equals_shapely(
    place: str, kind: str, patchwork: Callable[..., Any], nasty: Callable[..., Any], assert_exact: Callable[..., Index]
) -> None:
    lon, lat = PLACES[place]
    polygons = patchwork(120, lon=lon, lat=lat, seed=3)
    rng = np.random.default_rng(4)
    if kind == "gaps":
        polygons = polygons[rng.random(len(polygons)) < 0.9]
    if kind == "overlaps":
        some = rng.random(len(polygons)) < 0.08
        polygons[some] = shapely.buffer(polygons[some], 0.002)
    assert_exact(polygons, nasty(polygons, 1500))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), count=st.integers(1, 40), decimals=st.sampled_from([3, 5, 9]), lon=st.sampled_from([113.5, -0.04, -70.0])
)
def test_small_layers_on_any_grid(
    seed: int,
    count: int,
    decimals: int,
    lon: float,
    patchwork: Callable[..., Any],
    nasty: Callable[..., Any],
    assert_exact: Callable[..., Index],
) -> None:
    """Coarse decimals make neighbours overlap and leave slivers: the layers are as real data is, not as it should be."""
    polygons = patchwork(count, lon=lon, seed=seed, decimals=decimals)
    if len(polygons):
        assert_exact(polygons, nasty(polygons, 60, seed), singles=40)


def test_overlaps_of_one_unit_in_the_last_place(
    patchwork: Callable[..., Any], nasty: Callable[..., Any], assert_exact: Callable[..., Index]
) -> None:
    polygons = patchwork(60, seed=8)
    rng = np.random.default_rng(8)
    shaken = np.array([shapely.transform(p, lambda xy: _closed(xy + rng.integers(-1, 2, xy.shape) * np.spacing(xy))) for p in polygons])
    assert shapely.is_valid(shaken).all()
    assert not shapely.coverage_is_valid(shaken)
    assert_exact(shaken, nasty(shaken, 4000))


def test_neighbours_with_different_vertices_on_one_line(nasty: Callable[..., Any], assert_exact: Callable[..., Index]) -> None:
    """T-junctions on straight lines need no common vertices."""
    west = shapely.box(10, 10, 11, 12)
    east = np.array([shapely.box(11, 10, 12, 10.5), shapely.box(11, 10.5, 12, 11.7), shapely.box(11, 11.7, 12, 12)])
    polygons = np.concatenate([[west], east])
    assert_exact(polygons, nasty(polygons, 300))


def test_doubles_nests_and_rings(nasty: Callable[..., Any], assert_exact: Callable[..., Index]) -> None:
    """The same polygon twice, one inside another, an enclave in a hole, parts that touch in a point."""
    ring = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior.coords])
    touching = shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(21, 1, 22, 2)])
    polygons = np.array(
        [ring, shapely.box(1, 1, 2, 2), shapely.box(3, 3, 6, 6), shapely.box(1, 1, 2, 2), touching, shapely.box(21, 0, 22, 1)]
    )
    index = assert_exact(polygons, nasty(polygons, 300))
    assert index.locate(lon=1.5, lat=1.5) == 0
    assert index.on_border(lon=1.5, lat=1.5) == (0, 1, 3)
    assert index.on_border(lon=21.0, lat=1.0) == (4, 5)


def test_a_hundred_leaves_meet_in_one_vertex(nasty: Callable[..., Any], assert_exact: Callable[..., Index]) -> None:
    turn = np.linspace(0, 2 * np.pi, 101)
    rim = np.round(np.stack([113 + np.cos(turn), 38 + np.sin(turn)], axis=1), 9)
    rim[-1] = rim[0]
    fan = np.array([shapely.Polygon([(113, 38), rim[k], rim[k + 1]]) for k in range(100)])
    index = assert_exact(fan, nasty(fan, 300))
    assert len(index.on_border(lon=113.0, lat=38.0)) == 100


def test_the_size_of_the_scratch_memory_changes_nothing(
    patchwork: Callable[..., Any], nasty: Callable[..., Any], assert_exact: Callable[..., Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boundaries.router.kernel.CHUNK", 701)
    monkeypatch.setattr("boundaries.router.knots._MOST_LINKS", 5)
    monkeypatch.setattr("boundaries.router.build._BATCH", 10)
    polygons = patchwork(50, seed=11)
    assert_exact(polygons, nasty(polygons, 200), singles=10)


def test_long_thin_strips_do_not_fill_the_memory(nasty: Callable[..., Any], assert_exact: Callable[..., Index]) -> None:
    edges = np.round(np.linspace(37, 38, 2001), 9)
    strips = shapely.box(100.0, edges[:-1], 120.0, edges[1:])
    index = assert_exact(strips, nasty(strips, 100), singles=50)
    assert index.nbytes < 40e6


@pytest.mark.parametrize("size", [1e-9, 1e-6, 100.0])
def test_layers_of_any_size(
    size: float, patchwork: Callable[..., Any], nasty: Callable[..., Any], assert_exact: Callable[..., Index]
) -> None:
    polygons = patchwork(15, lon=20.0, lat=-40.0, size=size, decimals=15)
    assert_exact(polygons, nasty(polygons, 200))


def test_subnormal_numbers_beside_zero(assert_exact: Callable[..., Index]) -> None:
    polygons = np.array([shapely.box(-1, -1, 0, 1), shapely.Polygon([(0, -1), (1, -1), (1, 1), (0, 1)])])
    tiny = [0.0, -0.0, 5e-324, -5e-324, 1e-310, -1e-310, 1e-200, -1e-200]
    assert_exact(polygons, np.array([(x, y) for x in tiny for y in tiny]))


def test_enclaves_parts_and_smallest_code_by_code_points() -> None:
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    index = Index.build([left, right], ["b", "B"])
    assert index.codes == ("B", "b")
    assert index.codes[index.locate(lon=1.0, lat=0.5)] == "B"
    assert Index.build([left, right], ["2", "10"]).codes == ("10", "2")
    assert Index.build([left, right], ["网格", "微网格"]).codes == ("微网格", "网格")


def test_input_order_and_ring_direction_change_nothing(patchwork: Callable[..., Any], nasty: Callable[..., Any]) -> None:
    polygons = patchwork(40, seed=5)
    codes = [f"{n:03d}" for n in range(len(polygons))]
    turned = shapely.reverse(polygons)[::-1]
    one, other = Index.build(polygons, codes), Index.build(turned, codes[::-1])
    points = nasty(polygons, 500)
    np.testing.assert_array_equal(
        one.locate_many(lons=points[:, 0], lats=points[:, 1]), other.locate_many(lons=points[:, 0], lats=points[:, 1])
    )
    assert one.digest == other.digest


def _closed(xy: Any) -> Any:
    xy[-1] = xy[0]
    return xy
