"""Repairs: what is cured, what is left, that nothing else moves, and that the outcome fits exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from boundaries import checks
from boundaries.checks.patching import retiled
from boundaries.checks.retile import Award, retile
from boundaries.model import Level

from .conftest import EAST, NORTH, areas_of, lattice

FLAT = (Level("grid", 0, "", "", True),)
LEFT, RIGHT = box(0, 0, 100, 100), box(100, 0, 200, 100)


def frame(*shapes: Any) -> Any:
    return areas_of(shapes, level=["grid"] * len(shapes), code=[f"g{at:02}" for at in range(len(shapes))])


def back(made: Any) -> list[Any]:
    return [shapely.transform(shape, lambda c: np.round(c - (EAST, NORTH), 3)) for shape in made.geometry]


def mended(*shapes: Any, **options: Any) -> tuple[list[Any], list[str], list[str]]:
    """(shapes after, rules cured, rules left), after the proofs that hold for every outcome."""
    before = frame(*shapes)
    made, done = checks.mend(before, levels=FLAT, **options)
    geoms = np.asarray(made.geometry)
    assert shapely.is_valid(geoms).all()
    coordinates = shapely.get_coordinates(geoms)
    assert (coordinates == np.round(coordinates, 3)).all()
    again, more = checks.mend(made, levels=FLAT, **options)
    assert more == []
    assert shapely.equals_exact(np.asarray(again.geometry), geoms).all()
    return back(made), [defect.rule for defect in done], [defect.rule for defect in checks.run(made, levels=FLAT)]


def same(one: Any, other: Any) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 1e-9))


def test_a_clean_coverage_is_left_alone() -> None:
    cells = lattice(6)
    made, done, left = mended(*cells)
    assert (done, left) == ([], [])
    assert all(same(a, b) for a, b in zip(made, cells, strict=True))


def test_a_missing_vertex_is_inserted_and_no_land_moves() -> None:
    made, done, left = mended(LEFT, Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 50)]))
    assert (done, left) == (["unmatched_vertex"], [])
    assert [shape.area for shape in made] == [10_000, 10_000]
    assert (100.0, 50.0) in made[0].exterior.coords[:]


@pytest.mark.parametrize("x", [99.999, 100.001, 99.998, 100.002])
def test_a_vertex_beside_the_border_by_a_rounding(x: float) -> None:
    made, done, left = mended(LEFT, Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (x, 50)]))
    assert (set(done), left) == ({"unmatched_vertex"}, [])
    assert shapely.coverage_is_valid(made)
    assert sum(shape.area for shape in made) == pytest.approx(20_000, abs=1e-6)


def test_a_narrow_overlap_goes_to_the_smaller_leaf_a_wide_one_stays() -> None:
    made, done, left = mended(box(0, 0, 150, 100), box(149.5, 0, 200, 100))
    assert (done, left) == (["overlap"], [])
    assert [shape.area for shape in made] == [14_950, 5050]
    made, done, left = mended(box(0, 0, 150, 100), box(140, 0, 200, 100))
    assert (done, left) == ([], ["overlap"])
    assert [shape.area for shape in made] == [15_000, 6000]
    _, done, left = mended(box(0, 0, 150, 100), box(140, 0, 200, 100), width_m=12)
    assert (done, left) == (["overlap"], [])


def test_an_enclave_drawn_over_a_leaf_is_cut_out_of_it() -> None:
    made, done, left = mended(LEFT, box(40, 40, 60, 60), width_m=25)
    assert (done, left) == (["overlap"], [])
    assert [shape.area for shape in made] == [9600, 400]
    assert len(made[0].interiors) == 1


def test_the_same_shape_twice_is_no_repair_of_ours() -> None:
    _, done, left = mended(LEFT, LEFT, width_m=1000)
    assert (done, left) == ([], ["overlap"])  # one of them would be left without land


def test_slivers_go_to_the_longest_border_and_wide_gaps_stay() -> None:
    cut = box(99.8, 20, 100.1, 80)
    made, done, left = mended(LEFT.difference(cut), RIGHT.difference(cut))
    assert (done, left) == (["sliver"], [])
    assert sum(shape.area for shape in made) == 20_000
    hole = box(90, 40, 110, 60)
    _, done, left = mended(LEFT.difference(hole), RIGHT.difference(hole))
    assert (done, left) == ([], ["gap"])


def test_an_open_slit_is_closed() -> None:
    made, done, left = mended(LEFT, box(100.3, 0, 200, 100), shapely.box(0, 100, 200, 200))
    assert "sliver" in done
    assert left == []
    assert shapely.union_all(made).area == pytest.approx(40_000, abs=0.01)


def test_a_scrap_goes_to_its_neighbour_an_island_stays() -> None:
    scrap = box(150, 40, 154, 44)
    made, done, left = mended(MultiPolygon([LEFT, scrap]), RIGHT.difference(scrap))
    assert (done, left) == (["multipart"], [])
    assert [shape.area for shape in made] == [10_000, 10_000]
    _, done, left = mended(MultiPolygon([LEFT, box(300, 0, 304, 4)]), RIGHT)
    assert (done, left) == ([], ["multipart"])


def test_a_spike_loses_its_tip_in_all_who_have_it() -> None:
    spike = Polygon([(0, 0), (100, 0), (100, 49.8), (130, 50), (100, 50.2), (100, 100), (0, 100)])
    crack = RIGHT.difference(spike)
    made, done, left = mended(spike, crack)
    assert (done, left) == (["spike"], [])
    assert made[0].area == pytest.approx(10_000, abs=0.001)


def test_only_the_leaves_around_a_defect_are_touched() -> None:
    cells = lattice(8)
    hurt = cells.copy()
    xy = shapely.get_coordinates(hurt[27])[:-1].copy()
    xy[3] -= (0.3, 0.0)
    hurt[27] = Polygon(xy)
    made, done, left = mended(*hurt)
    assert (done, left) == (["sliver"], [])
    other = [at for at in range(64) if not same(made[at], hurt[at])]
    assert set(other) <= {27, 28}
    moved = checks.moved(frame(*hurt), frame(*made))
    assert [area.code for area in moved] == [f"g{at:02}" for at in other]
    assert sum(area.moved_m2 for area in moved) == pytest.approx(shapely.union_all(cells).area - shapely.union_all(hurt).area, abs=0.01)


@pytest.mark.parametrize("reach_m", [0.002, 0.01, 0.1, 0.4])
@pytest.mark.parametrize("seed", range(12))
def test_random_injuries_leave_a_coverage_that_fits(seed: int, reach_m: float) -> None:
    """Up to 45 of 64 cells have a vertex moved; overlaps and gaps meet at nodes of four, and run along several neighbours."""
    random = np.random.default_rng(seed)
    cells = lattice(8)
    for at in random.choice(64, int(random.integers(1, 46)), replace=False).tolist():
        xy = shapely.get_coordinates(cells[at])[:-1].copy()
        xy[random.integers(8)] += np.round(random.uniform(-reach_m, reach_m, 2), 3)
        cells[at] = Polygon(xy)
    made, done, left = mended(*cells)
    assert shapely.coverage_is_valid(made)
    assert set(left) <= {"spike"}  # a tip at which a third border ends is told, and left
    assert done
    assert shapely.union_all(made).area == pytest.approx(sum(shape.area for shape in made), abs=1e-6)
    assert shapely.union_all(made).interiors[:] == []


def test_where_an_award_would_break_a_border_nothing_is_done() -> None:
    coverage = checks.Coverage.of(frame(LEFT, RIGHT), levels=FLAT)
    assert retiled(coverage, [Award(coverage.geoms[0], 1)], {0, 1}) is None  # the left one would be left without land
    twice = checks.Coverage.of(frame(LEFT, RIGHT, box(0, 100, 200, 200)), levels=FLAT)
    assert retiled(twice, [], set()) == {}  # nothing to do touches nobody


def test_the_portions_of_a_long_sliver_go_to_whom_they_lie_along() -> None:
    north = [box(at * 100, 100.2, at * 100 + 100, 200) for at in range(4)]
    south = [box(at * 100, 0, at * 100 + 100, 100) for at in range(4)]
    ends = [box(-50, 0, 0, 200), box(400, 0, 450, 200)]
    made, done, left = mended(*north, *south, *ends)
    assert "sliver" in done
    assert left == []
    assert max(shape.area for shape in made) <= 10_000 + 1e-6  # no one got more than what lies along its own border


def test_invalid_rings_are_remade_or_left() -> None:
    bowtie = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    made, done = checks.remake_rings(frame(bowtie, RIGHT), levels=FLAT)
    assert [(defect.rule, (defect.repair or {})["operation"]) for defect in done] == [("invalid_ring", "make_valid")]
    assert shapely.is_valid(np.asarray(made.geometry)).all()
    flat = Polygon([(0, 0), (100, 0), (50, 0)])
    made, done = checks.remake_rings(frame(flat, RIGHT), levels=FLAT)
    assert done == []
    assert [defect.rule for defect in checks.run(made, levels=FLAT)] == ["invalid_ring"]


@pytest.mark.parametrize(
    ("codes", "pattern", "parents", "wanted"),
    [
        (["g1", "", None], "", ["", "", ""], ["g1", "uncoded-1", "uncoded-2"]),
        (["p1", "", ""], "", ["", "p1", "p1"], ["p1", "p1-u1", "p1-u2"]),
        (["g1", "g1", "g1"], "", ["", "", ""], ["g1", "g1-2", "g1-3"]),
        (["101", "１０ 2", "102"], r"[0-9]{3}", ["", "", ""], ["101", "103", "102"]),
        (["0101", "0102", ""], r"[0-9]{4}", ["", "", "01"], ["0101", "0102", "0103"]),
        (["a", "b", ""], r"[a-b]", ["", "", ""], ["a", "b", ""]),  # no free code fits
    ],
)
def test_codes(codes: Sequence[Any], pattern: str, parents: Sequence[str], wanted: Sequence[str]) -> None:
    levels = (Level("grid", 0, "", "", True, pattern),)
    rows = areas_of([LEFT, RIGHT, box(200, 0, 300, 100)], level=["grid"] * 3).assign(code=codes, parent_code=parents)
    made, done = checks.recode(rows, levels=levels)
    assert [code or "" for code in made["code"]] == list(wanted)
    assert len(done) == sum((old or "") != new for old, new in zip(codes, wanted, strict=True))


def test_retiling_gives_land_and_inserts_vertices() -> None:
    made = retile({1: LEFT, 2: RIGHT}, [Award(box(90, 40, 110, 60), 2), Award(box(0, 100, 200, 110), 7)])
    assert made[1].area == 9800
    assert made[2].area == 10_200
    assert made[7].area == 2000
    assert shapely.coverage_is_valid(list(made.values()))
    assert 3 not in retile({1: LEFT, 3: box(10, 10, 20, 20)}, [Award(LEFT, 1)])  # it lost everything
    assert made[7].covers(Point(100, 105))
    rounded = retile({1: LEFT, 2: box(99.999, 0, 200, 100)}, [])
    assert rounded[1].area + rounded[2].area == pytest.approx(20_000, abs=1e-6)  # a millimetre is no claim
    claimed = retile({1: LEFT, 2: box(99.9, 0, 200, 100)}, [])
    assert claimed[1].area + claimed[2].area == pytest.approx(20_010, abs=1e-6)  # ten centimetres are
