"""How many cells a layer gets, and which cells an edge touches.

Positions are in cells: u = (x - west) * per_x, computed by the very expression a lookup uses. Edges are taken MARGIN cells thicker
than they are: more than that expression can be wrong, so what is listed with a cell is never too little.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, radians, sqrt

import numpy as np
import numpy.typing as npt

from boundaries.router.layer import MARGIN, SPLIT, Float64

Int64 = npt.NDArray[np.int64]

_CELLS_PER_EDGE = 32.0
_LEAST_CELLS, _MOST_CELLS = 2.0**10, 2.0**26
_VISITS_PER_EDGE = 24.0
_SMALLEST_CELL = 2.0**24  # in units in the last place of the largest coordinate: MARGIN must exceed all rounding
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """west, south: the corner in degrees; per_x, per_y: cells per degree; nx, ny: how many; depth: how often a cell may be split."""

    west: float
    south: float
    per_x: float
    per_y: float
    nx: int
    ny: int
    depth: int

    def in_cells(self, edges: Float64) -> Float64:
        """The (n, 4) coordinates of edges, in cells."""
        corner = np.array([self.west, self.south, self.west, self.south])
        scaled: Float64 = (edges - corner) * np.array([self.per_x, self.per_y, self.per_x, self.per_y])
        return scaled

    def centres(self, columns: Int64, rows: Int64, level: int) -> tuple[Float64, Float64]:
        """The middles of cells of a level (0: the grid; each next one is SPLIT times finer), in degrees."""
        finer = float(SPLIT**level)
        x: Float64 = self.west + (columns.astype(np.float64) + 0.5) / (self.per_x * finer)
        y: Float64 = self.south + (rows.astype(np.float64) + 0.5) / (self.per_y * finer)
        return x, y


def grid_for(edges: Float64) -> Grid:
    """Square cells (on the ground) whose number follows from the number of edges; larger where edges are long for the layer.

    At most 32 cells and about 24 cell visits an edge, and no more than 2**26 cells: memory is bounded by the layer, not by the city's size.
    Around the edges there is a rim of cells that none of them touches.
    """
    xs, ys = edges[:, 0::2], edges[:, 1::2]
    west, south, east, north = float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())
    narrowing = max(cos(radians((south + north) / 2)), 0.05)
    width, height = (east - west) * narrowing, north - south
    cells = min(max(_CELLS_PER_EDGE * len(edges), _LEAST_CELLS), _MOST_CELLS)
    length = float(np.abs(xs[:, 1] - xs[:, 0]).sum()) * narrowing + float(np.abs(ys[:, 1] - ys[:, 0]).sum())
    smallest = _SMALLEST_CELL * float(np.spacing(max(abs(west), abs(east), abs(south), abs(north))))
    size = max(sqrt(width * height / cells), 8 * max(width, height) / cells, length / (_VISITS_PER_EDGE * len(edges)), smallest)
    depth = 0
    while depth < _DEEPEST and size / SPLIT ** (depth + 1) >= smallest:
        depth += 1
    per_x, per_y = narrowing / size, 1.0 / size
    nx, ny = (floor(extent + 1.75) + 2 for extent in ((east - west) * per_x, height * per_y))
    return Grid(west - 1.5 / per_x, south - 1.5 / per_y, per_x, per_y, nx, ny, depth)


def row_spans(u: Float64, first: tuple[Int64, Int64], last: tuple[Int64, Int64]) -> tuple[Int64, Int64, Int64, Int64]:
    """Which columns each edge touches in each row it touches: (which edge, row, first column, last column).

    u: (n, 4) edges in cells. first, last: (columns, rows) that bound each edge's cells; spans beyond them are cut or left out.
    """
    ax, ay, bx, by = u.T
    low, high = np.minimum(ay, by), np.maximum(ay, by)
    bottom = np.maximum(np.floor(low - MARGIN).astype(np.int64), first[1])
    top = np.minimum(np.floor(high + MARGIN).astype(np.int64), last[1])
    which, step = spread(np.maximum(top - bottom + 1, 0))
    row = bottom[which] + step
    ax, ay, bx, by = u[which].T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rise = by - ay
        enters = np.where(rise == 0.0, 0.0, np.clip((row - MARGIN - ay) / rise, 0.0, 1.0))
        leaves = np.where(rise == 0.0, 1.0, np.clip((row + 1.0 + MARGIN - ay) / rise, 0.0, 1.0))
    x_in, x_out = ax + enters * (bx - ax), ax + leaves * (bx - ax)
    left = np.maximum(np.floor(np.minimum(x_in, x_out) - MARGIN).astype(np.int64), first[0][which])
    right = np.minimum(np.floor(np.maximum(x_in, x_out) + MARGIN).astype(np.int64), last[0][which])
    touched = left <= right
    return which[touched], row[touched], left[touched], right[touched]


def ends_within(u: Float64, columns: Int64, rows: Int64) -> npt.NDArray[np.bool_]:
    """True where an edge has an end in its cell or within a few MARGINs of it; elsewhere it cuts the cell in two."""
    reach = 4 * MARGIN
    ax, ay, bx, by = u.T
    a = (ax > columns - reach) & (ax < columns + 1 + reach) & (ay > rows - reach) & (ay < rows + 1 + reach)
    b = (bx > columns - reach) & (bx < columns + 1 + reach) & (by > rows - reach) & (by < rows + 1 + reach)
    within: npt.NDArray[np.bool_] = a | b
    return within


def spread(counts: npt.NDArray[np.integer]) -> tuple[Int64, Int64]:
    """For counts c0, c1, ...: (0 c0 times, 1 c1 times, ...) and (0 .. c0-1, 0 .. c1-1, ...)."""
    counts = counts.astype(np.int64)
    ends = np.cumsum(counts)
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(ends - counts, counts)
