"""Repair in a child process: what it does to the usual cases, and that a bomb is refused and harms no neighbour."""

from __future__ import annotations

import random
import time

import shapely
from shapely import Polygon, box

from boundaries.files import repair_polygons

from .conftest import BOWTIE


def tangle(vertices: int) -> Polygon:
    """A ring of random vertices: every edge crosses a third of the others."""
    numbers = random.Random(1)
    return Polygon([(numbers.random(), numbers.random()) for _ in range(vertices)])


def test_the_usual_faults_are_repaired_in_order() -> None:
    hole_outside = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(5, 5), (6, 5), (6, 6), (5, 6)]])
    spike = Polygon([(0, 0), (4, 0), (4, 4), (2, 4), (2, 9), (2, 4), (0, 4)])
    outcomes = repair_polygons([BOWTIE, hole_outside, spike, box(0, 0, 1, 1)])
    polygons = [outcome.polygon for outcome in outcomes]
    assert all(shapely.is_valid(polygons))
    assert len(polygons[0].geoms) == 2
    assert polygons[1].area == 17  # what lay outside becomes a piece of its own
    assert polygons[2].equals(box(0, 0, 4, 4))
    assert polygons[3].equals(box(0, 0, 1, 1))
    assert repair_polygons([]) == []


def test_a_polygon_of_which_nothing_is_left_is_refused() -> None:
    line, sound = Polygon([(0, 0), (1, 1), (2, 2)]), Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    flat, good = repair_polygons([line, sound])
    assert flat.polygon is None
    assert "no polygon is left" in flat.reason
    assert "没有剩余的面" in flat.reason_zh
    assert good.polygon.is_valid


def test_a_bomb_is_refused_in_bounded_time_and_its_neighbours_are_repaired() -> None:
    begun = time.monotonic()
    before, bomb, after = repair_polygons([BOWTIE, tangle(2000), BOWTIE], limit_s=0.5, memory_mb=2048)
    assert time.monotonic() - begun < 30  # without the limit: minutes
    assert bomb.polygon is None
    assert "longer than allowed" in bomb.reason
    assert before.polygon.is_valid
    assert after.polygon.is_valid


def test_a_bomb_is_refused_for_its_memory() -> None:
    bomb, after = repair_polygons([tangle(3000), BOWTIE], limit_s=60, memory_mb=64)
    assert bomb.polygon is None
    assert "memory" in bomb.reason
    assert after.polygon.is_valid


def test_the_time_for_all_together_is_bounded() -> None:
    begun = time.monotonic()
    outcomes = repair_polygons([tangle(2000)] * 50, limit_s=0.2, memory_mb=2048, total_s=0.5)
    assert time.monotonic() - begun < 30  # one after another: more than 10 s of limits and 50 starts
    assert [outcome.polygon for outcome in outcomes] == [None] * 50
    assert "together" in outcomes[-1].reason
