"""From polygons that do not overlap to the arrays a lookup reads (`Layer`)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.router.faces import Edges, distinct_edges
from boundaries.router.knots import Knots, faces_in_knots
from boundaries.router.layer import SPLIT, Float64, Int32, Layer
from boundaries.router.orientation import differences_are_exact, orientations
from boundaries.router.raster import Grid, Int64, ends_within, grid_for, row_spans, spread

_ALWAYS_SPLIT = 1  # levels on which every knot is split; deeper ones only where many edges meet
_MANY = 8
_MOST_LINKS = 64  # knots' edges that may be split, per edge of the layer
_BATCH = 1 << 13  # knots split in one go: bounds the scratch memory and keeps it in the processor's cache


@dataclass(frozen=True, slots=True)
class _Pending:
    """Knots of one level: where their value belongs (into cells on level 0, else into blocks), their column and row, and themselves."""

    slots: Int64
    columns: Int64
    rows: Int64
    knots: Knots

    def take(self, chosen: Int64) -> _Pending:
        starts = self.knots.starts
        counts = (starts[1:] - starts[:-1])[chosen]
        which, step = spread(counts)
        links = self.knots.links[starts[chosen][which] + step]
        kept = Knots(self.knots.points[chosen], self.knots.faces[chosen], np.concatenate([[0], np.cumsum(counts)]), links)
        return _Pending(self.slots[chosen], self.columns[chosen], self.rows[chosen], kept)


@dataclass(slots=True)
class _Work:
    edges: Edges
    grid: Grid
    u: Float64  # the edges in cells of the grid
    exact: bool


def build_layer(polygons: npt.NDArray[np.object_], faces: Int32) -> Layer:
    """The lookup arrays of valid polygons whose interiors are disjoint; faces: their numbers, from 1, int32.

    Raises GeometryError where the edges prove an overlap.
    """
    edges = distinct_edges(polygons, faces)
    grid = grid_for(edges.xy)
    bounds = ((grid.west, grid.west + grid.nx / grid.per_x), (grid.south, grid.south + grid.ny / grid.per_y))
    work = _Work(edges, grid, grid.in_cells(edges.xy), all(differences_are_exact(*b) for b in bounds))
    cells, pending = _coarse(work)
    final: list[tuple[int, _Pending]] = []
    block_slots: list[tuple[int, Int64]] = []
    blocks: list[Int32] = []
    queue = deque([(0, pending)])
    count, room = 0, _MOST_LINKS * len(edges.xy) + 4096
    while queue:
        level, pending = queue.popleft()
        size = np.diff(pending.knots.starts)
        wanted = size >= (2 if level < _ALWAYS_SPLIT else _MANY)
        room -= int(size[wanted].sum())
        if level >= grid.depth or room < 0:
            wanted[:] = False
        final.append((level, pending.take(np.flatnonzero(~wanted))))
        chosen = np.flatnonzero(wanted)
        for start in range(0, len(chosen), _BATCH):
            parents = pending.take(chosen[start : start + _BATCH])
            values, children = _split(work, parents, level + 1, count)
            block_slots.append((level, parents.slots))
            blocks.append(values)
            queue.append((level + 1, children))
            count += len(parents.slots)
    return _assembled(work, cells, blocks, block_slots, final)


def _coarse(work: _Work) -> tuple[Int32, _Pending]:
    """The grid's cells with their faces and cutting edges, and its knots.

    A row's faces come from one sweep along its middle line: an edge that crosses the line flips the face of every cell behind its span.
    """
    grid, edges, n = work.grid, work.edges, len(work.edges.xy)
    zero, wide, tall = np.zeros(n, np.int64), np.full(n, grid.nx - 1), np.full(n, grid.ny - 1)
    edge, row, left, right = row_spans(work.u, (zero, zero), (wide, tall))
    middle = grid.centres(left, row, 0)[1]
    ay, by = edges.xy[edge, 1], edges.xy[edge, 3]
    flip = np.flatnonzero((ay > middle) != (by > middle))
    cells = np.zeros(grid.ny * grid.nx, np.int32)
    change = edges.sides[:, 0] ^ edges.sides[:, 1]
    np.bitwise_xor.at(cells, row[flip] * grid.nx + right[flip] + 1, change[edge[flip]])
    by_row = cells.reshape(grid.ny, grid.nx)
    np.bitwise_xor.accumulate(by_row, axis=1, out=by_row)
    which, step = spread(right - left + 1)
    cell, edge, starts = _grouped(row[which] * grid.nx + left[which] + step, edge[which])
    columns, rows = cell % grid.nx, cell // grid.nx
    knotted = _place_cuts(work, cells, cell, columns, rows, edge, starts, 0)
    pending = _Pending(cell, columns, rows, Knots(np.empty((len(cell), 2)), cells[cell], starts, edge * 2)).take(knotted)
    pending = _with_references(work, pending, 0)
    knots = pending.knots
    owner = np.repeat(np.arange(len(knots.faces)), np.diff(knots.starts))
    edge, above = knots.links >> 1, (knots.links & 1).astype(bool)
    ay, by, ry = edges.xy[edge, 1], edges.xy[edge, 3], knots.points[owner, 1]
    passed = ((ay > ry) != (by > ry)) & (above != (by > ay))  # the reference lies behind the crossing
    np.bitwise_xor.at(knots.faces, owner[passed], change[edge[passed]])
    return cells, pending


def _split(work: _Work, parents: _Pending, level: int, first_block: int) -> tuple[Int32, _Pending]:
    """The blocks the parents become (16 values each, row by row) and the knots among their cells."""
    count, each = len(parents.slots), SPLIT * SPLIT
    west, south = parents.columns * SPLIT, parents.rows * SPLIT
    owner = np.repeat(np.arange(count), np.diff(parents.knots.starts))
    edge = parents.knots.links >> 1
    first = (west[owner], south[owner])
    which, row, left, right = row_spans(work.u[edge] * float(SPLIT**level), first, (first[0] + SPLIT - 1, first[1] + SPLIT - 1))
    span, across = spread(right - left + 1)
    at = which[span]
    slot = owner[at] * each + (row[span] - first[1][at]) * SPLIT + left[span] + across - first[0][at]
    cell, edge, starts = _grouped(slot, edge[at])
    values = np.zeros(count * each, np.int32)
    columns, rows = west[cell // each] + cell % SPLIT, south[cell // each] + cell % each // SPLIT
    knotted = _place_cuts(work, values, cell, columns, rows, edge, starts, level)
    empty = np.ones(len(values), bool)
    empty[cell] = False
    wanted = np.concatenate([_corners(empty), cell[knotted]])
    x, y = work.grid.centres(west[wanted // each] + wanted % SPLIT, south[wanted // each] + wanted % each // SPLIT, level)
    values[wanted] = faces_in_knots(work.edges, work.exact, parents.knots, wanted // each, x, y, ties=False)
    _fill(values, empty)
    knots = Knots(np.empty((len(cell), 2)), values[cell], starts, edge * 2)
    pending = _Pending(cell + first_block * each, columns, rows, knots).take(knotted)
    return values, _with_references(work, pending, level)


def _corners(empty: npt.NDArray[np.bool_]) -> Int64:
    """Of the cells no edge touches, those whose western and southern neighbours in their block are not such."""
    cells = empty.reshape(-1, SPLIT, SPLIT)
    corner = cells.copy()
    corner[:, :, 1:] &= ~cells[:, :, :-1]
    corner[:, 1:, :] &= ~cells[:, :-1, :]
    return np.flatnonzero(corner)


def _fill(values: Int32, empty: npt.NDArray[np.bool_]) -> None:
    """Gives every empty cell that is no corner the face of its empty neighbour: between them there is no edge."""
    faces, cells = values.reshape(-1, SPLIT, SPLIT), empty.reshape(-1, SPLIT, SPLIT)
    for row in range(SPLIT):
        for column in range(SPLIT):
            for r, c in ((row - 1, column), (row, column - 1)):
                if r >= 0 and c >= 0:
                    same = cells[:, row, column] & cells[:, r, c]
                    np.copyto(faces[:, row, column], faces[:, r, c], where=same)


def _grouped(cell: Int64, edge: Int64) -> tuple[Int64, Int64, Int64]:
    """(distinct cells, edges ordered by cell, starts of each cell's edges)."""
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    first = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]])) if len(cell) else np.empty(0, np.int64)
    return cell[first], edge[order], np.append(first, len(cell))


def _place_cuts(work: _Work, values: Int32, slots: Int64, columns: Int64, rows: Int64, edge: Int64, starts: Int64, level: int) -> Int64:
    """Writes the cells that one edge cuts in two; returns which of the others are knots."""
    cut = np.diff(starts) == 1
    single = np.flatnonzero(cut)
    only = edge[starts[single]]
    cut[single] = ~ends_within(work.u[only] * float(SPLIT**level), columns[single], rows[single])
    values[slots[cut]] = ~only[cut[single]].astype(np.int32)
    return np.flatnonzero(~cut)


def _with_references(work: _Work, pending: _Pending, level: int) -> _Pending:
    """The same knots with their cells' middles as reference points, and on which side of each edge they lie."""
    knots = pending.knots
    points = np.stack(work.grid.centres(pending.columns, pending.rows, level), axis=1)
    owner = np.repeat(np.arange(len(points)), np.diff(knots.starts))
    edge = knots.links >> 1
    ax, ay, bx, by = work.edges.xy[edge].T
    side = orientations((ax, ay), (bx, by), (points[owner, 0], points[owner, 1]), exact_differences=work.exact)
    return _Pending(pending.slots, pending.columns, pending.rows, Knots(points, knots.faces, knots.starts, edge * 2 + (side >= 0.0)))


def _assembled(
    work: _Work, cells: Int32, blocks: list[Int32], block_slots: list[tuple[int, Int64]], final: list[tuple[int, _Pending]]
) -> Layer:
    """Numbers knots and blocks and writes their values where they belong."""
    grid, edges = work.grid, work.edges
    all_blocks = np.concatenate(blocks) if blocks else np.empty(0, np.int32)
    number = len(edges.xy)
    for level, knots in final:
        target = all_blocks if level else cells
        target[knots.slots] = ~np.arange(number, number + len(knots.slots), dtype=np.int32)
        number += len(knots.slots)
    for level, slots in block_slots:
        target = all_blocks if level else cells
        target[slots] = ~np.arange(number, number + len(slots), dtype=np.int32)
        number += len(slots)
    parts = [p.knots for _, p in final]
    counts = np.concatenate([np.diff(k.starts) for k in parts])
    return Layer(
        origin=np.array([grid.west, grid.south, grid.per_x, grid.per_y]),
        shape=np.array([grid.ny, grid.nx], np.int32),
        cells=cells,
        blocks=all_blocks,
        edges=edges.xy,
        sides=edges.sides,
        knot_points=np.concatenate([k.points for k in parts]),
        knot_faces=np.concatenate([k.faces for k in parts]).astype(np.int32),
        knot_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        links=np.concatenate([k.links for k in parts]).astype(np.int32),
        exact=np.array([work.exact]),
    )
