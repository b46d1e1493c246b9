"""The cells listed for an edge are all that it touches, and a layer's cells fit its edges."""

import numpy as np
import pytest
import shapely

from boundaries.router.layer import MARGIN
from boundaries.router.overlaps import disjoint_layers
from boundaries.router.raster import ends_within, grid_for, row_spans, spread


def test_spans_hold_every_cell_an_edge_passes_through() -> None:
    rng = np.random.default_rng(0)
    ends = rng.uniform(0, 9, (300, 4))
    ends[:100] = np.round(ends[:100])  # along and across the lines between cells, and of no height
    ends[100:150, 3] = ends[100:150, 1] + rng.choice([1e-18, 1e-9, 1e-6, 0.0], 50)
    size = len(ends)
    which, row, left, right = row_spans(
        ends, (np.zeros(size, int), np.zeros(size, int)), (np.full(size, 8, dtype=int), np.full(size, 8, dtype=int))
    )
    listed = {
        (w, r, c) for w, r, a, b in zip(which.tolist(), row.tolist(), left.tolist(), right.tolist(), strict=True) for c in range(a, b + 1)
    }
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    for row_at in range(9):
        for column in range(9):
            cell = shapely.box(column, row_at, column + 1, row_at + 1)
            touched = set(np.flatnonzero(shapely.distance(lines, cell) <= MARGIN / 2).tolist())
            near = set(np.flatnonzero(shapely.distance(lines, cell) <= 4 * MARGIN).tolist())
            here = {w for w, r, c in listed if (r, c) == (row_at, column)}
            assert touched <= here <= near


def test_spans_keep_within_their_bounds() -> None:
    edge = np.array([[0.5, 0.5, 7.5, 7.5]])
    low, high = np.array([2]), np.array([4])
    which, row, left, right = row_spans(edge, (low, low), (high, high))
    assert row.tolist() == [2, 3, 4]
    assert left.min() >= 2
    assert right.max() <= 4
    assert set(which.tolist()) == {0}


@pytest.mark.parametrize(
    ("edge", "within"),
    [
        ((-1.0, 0.5, 2.0, 0.6), False),
        ((0.5, 0.5, 2.0, 0.6), True),
        ((-1.0, 0.5, 0.5, 0.5), True),
        ((1.0 + MARGIN, 0.5, 2.0, 0.6), True),
        ((-1.0, 0.5, -MARGIN, 0.5), True),
    ],
)
def test_an_edge_that_ends_in_a_cell_does_not_cut_it(edge: tuple[float, ...], within: bool) -> None:
    assert ends_within(np.array([edge]), np.array([0]), np.array([0])).tolist() == [within]


def test_spread() -> None:
    which, step = spread(np.array([2, 0, 3]))
    assert which.tolist() == [0, 0, 2, 2, 2]
    assert step.tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("copies", [1, 100])
def test_cells_grow_with_the_edges_not_with_the_city(copies: int) -> None:
    rng = np.random.default_rng(1)
    start = rng.uniform([113, 37], [114, 38], (500 * copies, 2))
    edges = np.hstack([start, start + rng.uniform(0, 0.1 / np.sqrt(500 * copies), start.shape)])
    near, far = grid_for(edges), grid_for(edges * [1, 1, 1, 1] + np.array([0.5, 0, 0.5, 0]))
    for grid in (near, far):
        assert 10 * len(edges) <= grid.nx * grid.ny <= 50 * len(edges) + 2000
    u = near.in_cells(edges)
    assert u.min() > 1
    assert u[:, 0::2].max() < near.nx - 1
    assert u[:, 1::2].max() < near.ny - 1


def test_of_overlapping_polygons_the_one_intruder_goes() -> None:
    squares = [shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)]
    polygons = np.array([shapely.box(0.5, 0.5, 4.5, 4.5), *squares])
    layers = disjoint_layers(polygons)
    assert [layer.tolist() for layer in layers] == [list(range(1, 26)), [0]]
