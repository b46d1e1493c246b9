"""The arrays of one set of polygons whose interiors are disjoint: what a lookup reads and what a file stores.

The plane is cut into nx * ny cells; a cell that several edges touch may be a block of 4 x 4 cells, and so on. A cell's value is

    >= 0                       the face of the whole cell (0: no polygon)
    ~value < n                 the one edge (of n) that cuts the cell in two: its side is the answer
    n <= ~value < n + m        a knot (of m): a cell with a reference point, that point's face, and the edges that touch the cell
    ~value >= n + m            a block: 16 cells, row by row from the south-west

A knot's answer is its reference face, XORed with left ^ right of every edge crossed on the way q -> (rx, qy) -> (rx, ry). The
reference stands for the point just above it and, far less, to the west, so no edge ever holds it; a point on an edge belongs to the
smallest face among all edges that hold it. What is listed with a cell is every edge that comes within `MARGIN` cells of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Float64 = npt.NDArray[np.float64]

SPLIT = 4
"""A block has SPLIT x SPLIT cells; a power of two, so that the cells of a block are found without rounding."""

MARGIN = 1e-6
"""How far, in cells, an edge is taken to reach beyond itself; a cell is never smaller than 2**24 units in the last place."""


@dataclass(frozen=True, slots=True)
class Layer:
    """origin: (4,) float64, west, south (degrees), cells per degree in x and y. shape: (2,) int32, ny, nx."""

    origin: Float64
    shape: Int32
    cells: Int32  # (ny * nx,)
    blocks: Int32  # (k * 16,)
    edges: Float64  # (n, 4) ax, ay, bx, by; a < b
    sides: Int32  # (n, 2) faces left and right
    knot_points: Float64  # (m, 2) rx, ry
    knot_faces: Int32  # (m,)
    knot_starts: Int32  # (m + 1,) into links
    links: Int32  # edge * 2 + (1 where the reference is left of the edge)
    exact: npt.NDArray[np.bool_]  # (1,) all differences of coordinates within the cells are exact

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, f.name).nbytes for f in fields(self))

    @property
    def first_knot(self) -> int:
        return len(self.edges)

    @property
    def first_block(self) -> int:
        return len(self.edges) + len(self.knot_faces)
