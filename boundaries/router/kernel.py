"""Where the lookups are done: the seam at which a compiled kernel can replace numpy.

A kernel is made from layers and answers positions (face - 1, so -1 where no polygon is). Where layers overlap, the smallest wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from boundaries.router.faces import Edges
from boundaries.router.knots import Knots, faces_in_knots, smallest_face
from boundaries.router.layer import SPLIT, Float64, Int32, Layer
from boundaries.router.orientation import orientations
from boundaries.router.single import Single, locator

CHUNK = 1 << 15
"""Points looked up in one go: the scratch arrays stay in the processor's cache and their memory does not grow with the input."""


class Kernel(Protocol):
    """Exact lookups over the layers it was made from."""

    def locate(self, lon: float, lat: float) -> int:
        """The position of the smallest polygon that covers the point, -1 for none or if a number is not finite."""
        ...

    def locate_many(self, lons: Float64, lats: Float64, out: Int32) -> None:
        """Writes into `out` what `locate` gives for every point; float64 arrays of one length, contiguous or strided."""
        ...


def kernel_for(layers: Sequence[Layer]) -> Kernel:
    """The fastest kernel at hand."""
    return NumpyKernel(layers)


class NumpyKernel:
    """Lookups without compiled code: whole chunks in numpy, single points in plain Python."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = [_Tables(layer) for layer in layers]
        singles = [locator(layer) for layer in layers]
        self.locate = singles[0] if len(singles) == 1 else _smallest_of(singles)

    def locate_many(self, lons: Float64, lats: Float64, out: Int32) -> None:
        for start in range(0, len(lons), CHUNK):
            part = slice(start, start + CHUNK)
            found = self._layers[0].positions(lons[part], lats[part])
            for layer in self._layers[1:]:  # as unsigned numbers, -1 is the largest
                np.minimum(found.view(np.uint32), layer.positions(lons[part], lats[part]).view(np.uint32), out=found.view(np.uint32))
            out[part] = found


def _smallest_of(singles: Sequence[Single]) -> Single:
    def locate(lon: float, lat: float) -> int:
        found = [position for single in singles if (position := single(lon, lat)) >= 0]
        return min(found, default=-1)

    return locate


class _Tables:
    """A layer as the chunked lookup wants it."""

    def __init__(self, layer: Layer) -> None:
        self.west, self.south, self.per_x, self.per_y = layer.origin.tolist()
        self.ny, self.nx = layer.shape.tolist()
        self.cells, self.blocks = layer.cells, layer.blocks
        self.edges = Edges(layer.edges, layer.sides)
        self.knots = Knots(layer.knot_points, layer.knot_faces, layer.knot_starts, layer.links)
        self.first_knot, self.first_block = layer.first_knot, layer.first_block
        self.exact = bool(layer.exact[0])

    def positions(self, x: Float64, y: Float64) -> Int32:
        """The positions of a chunk of points."""
        ux, column = _in_cells(x, self.west, self.per_x, self.nx)
        uy, row = _in_cells(y, self.south, self.per_y, self.ny)
        row_start = row * float(self.nx)
        row_start += column
        found: Int32 = self.cells.take(row_start.astype(np.intp))
        mixed = np.flatnonzero(found < 0)
        if mixed.size:
            value = self._descend(found[mixed], ux[mixed] - column[mixed], uy[mixed] - row[mixed])
            self._cut(value, x, y, mixed)
            self._knotted(value, x, y, mixed)
            found[mixed] = value
        found -= 1
        return found

    def _descend(self, value: Int32, dx: Float64, dy: Float64) -> Int32:
        """Values with blocks replaced by the value of the block's cell; dx, dy: positions within the cells, 0..1."""
        lowest = ~(self.first_block - 1)
        here = np.flatnonzero(value < lowest)
        dx, dy = dx[here], dy[here]
        while here.size:
            dx *= SPLIT
            dy *= SPLIT
            column, row = np.floor(dx), np.floor(dy)
            cell = (row * SPLIT + column).astype(np.intp)
            cell += (~value[here] - self.first_block).astype(np.intp) * (SPLIT * SPLIT)
            value[here] = inner = self.blocks.take(cell)
            deeper = np.flatnonzero(inner < lowest)
            here = here[deeper]
            dx, dy = (dx - column)[deeper], (dy - row)[deeper]
        return value

    def _cut(self, value: Int32, x: Float64, y: Float64, points: npt.NDArray[np.intp]) -> None:
        """Replaces the values of cells that one edge cuts by the face on the point's side."""
        here = np.flatnonzero((value < 0) & (value >= ~(self.first_knot - 1)))
        if not here.size:
            return
        edge = ~value[here]
        ax, ay, bx, by = self.edges.xy.take(edge, axis=0).T
        sides = self.edges.sides.take(edge, axis=0)
        p = points[here]
        side = orientations((ax, ay), (bx, by), (x[p], y[p]), exact_differences=self.exact)
        answer = np.where(side > 0.0, sides[:, 0], sides[:, 1])
        on_edge = np.flatnonzero(side == 0.0)
        answer[on_edge] = smallest_face(sides[on_edge])
        value[here] = answer

    def _knotted(self, value: Int32, x: Float64, y: Float64, points: npt.NDArray[np.intp]) -> None:
        """Replaces the values of knots, which are all that is left, by the points' faces."""
        here = np.flatnonzero(value < 0)
        if here.size:
            p = points[here]
            which = ~value[here].astype(np.intp) - self.first_knot
            value[here] = faces_in_knots(self.edges, self.exact, self.knots, which, x[p], y[p], ties=True)


def _in_cells(x: Float64, corner: float, per: float, count: int) -> tuple[Float64, Float64]:
    """(position in cells, its cell as a float); outside and NaN fall into the rim, which no polygon reaches."""
    with np.errstate(over="ignore", invalid="ignore"):
        u = x - corner
        u *= per
    np.fmax(u, 0.0, out=u)
    np.fmin(u, count - 1.0, out=u)
    return u, np.floor(u)
