"""Shared arcs: every ring comes back, every border is kept once."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
from shapely.geometry import MultiPolygon, Polygon, box

from map_ui.packing import build, path_deltas, to_steps
from map_ui.packing.topology import STEPS_PER_DEGREE, Topology


def shape_of(topology: Topology, number: int) -> Polygon | MultiPolygon:
    """The shape again, rings joined by the even-odd rule."""
    shape = Polygon()
    for ring in topology.rings[number]:
        path = [topology.arcs[arc] if arc >= 0 else topology.arcs[~arc][::-1] for arc in ring]
        for ahead, behind in zip(path, [*path[1:], path[0]], strict=True):
            assert tuple(ahead[-1]) == tuple(behind[0])
        shape = shape.symmetric_difference(Polygon(np.concatenate(path) / STEPS_PER_DEGREE))
    return shape


def test_every_shape_comes_back_within_a_step(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = jigsaw()
    topology = build(frame.geometry.to_numpy())
    for number, shape in enumerate(frame.geometry):
        assert shape_of(topology, number).symmetric_difference(shape).area < shape.length * 1e-6


def test_a_border_is_kept_once_for_all_levels(jigsaw: Callable[..., gpd.GeoDataFrame]) -> None:
    frame = jigsaw(columns=6, rows=6, points=5)
    topology = build(frame.geometry.to_numpy())
    kept = sum(len(arc) - 1 for arc in topology.arcs)
    assert kept == 2 * 6 * 7 * 5  # columns x rows of sides, five steps a side; levels above add nothing


def test_holes_enclaves_and_parts_come_back() -> None:
    ring = Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior])
    islands = MultiPolygon([box(5, 0, 6, 1), box(7, 0, 8, 1)])
    shapes = np.array([ring, box(1, 1, 2, 2), islands, None, Polygon()], dtype=object)
    topology = build(shapes)
    assert shape_of(topology, 0).equals(ring)
    assert shape_of(topology, 1).equals(box(1, 1, 2, 2))
    assert shape_of(topology, 2).equals(islands)
    assert topology.rings[3:] == [[], []]
    assert topology.neighbours() == {(0, 1)}


def test_shapes_that_touch_in_a_corner_are_no_neighbours() -> None:
    topology = build(np.array([box(0, 0, 1, 1), box(1, 1, 2, 2), box(1, 0, 2, 1)], dtype=object))
    assert topology.neighbours() == {(0, 2), (1, 2)}


def test_a_shape_thinner_than_a_step_has_no_ring_and_a_repeated_end_no_spike() -> None:
    thin = box(0, 0, 1e-7, 1)
    blunt = Polygon([(0, 0), (1, 0), (1, 1), (0, 1), (1e-8, 1e-8)])
    topology = build(np.array([thin, blunt], dtype=object))
    assert topology.rings[0] == []
    assert shape_of(topology, 1).equals(box(0, 0, 1, 1))


def test_no_shapes_at_all() -> None:
    assert build(np.array([], dtype=object)) == Topology([], [])
    assert path_deltas([]) == {"sizes": [], "xy": []}


def test_differences_run_on_from_path_to_path() -> None:
    packed = path_deltas([to_steps(np.array([[0.000001, 2.0], [0.000003, 2.0]])), to_steps(np.array([[0.0, 1.0]]))])
    assert packed == {"sizes": [2, 1], "xy": [1, 2_000_000, 2, 0, -3, -1_000_000]}
