"""The lookup of one point in plain Python: no arrays are made, so a call in the middle of an area costs about a microsecond."""

from __future__ import annotations

from collections.abc import Callable

from boundaries.router.layer import SPLIT, Layer
from boundaries.router.orientation import orientation

Single = Callable[[float, float], int]


def locator(layer: Layer) -> Single:
    """A function (lon, lat) -> position of the smallest polygon that covers the point, -1 for none or if a number is not finite."""
    west, south, per_x, per_y = layer.origin.tolist()
    ny, nx = layer.shape.tolist()
    cells = layer.cells.data
    at_edge = _MixedCell(layer).face

    def locate(x: float, y: float) -> int:
        ux = (x - west) * per_x
        uy = (y - south) * per_y
        if not (0.0 <= ux < nx and 0.0 <= uy < ny):
            return -1
        value: int = cells[int(uy) * nx + int(ux)]
        if value >= 0:
            return value - 1
        return at_edge(x, y, ux, uy, value) - 1

    return locate


def covering(layer: Layer) -> Callable[[float, float], tuple[frozenset[int], bool]]:
    """A function (lon, lat) -> (positions of all polygons that cover the point, whether it lies on an edge)."""
    west, south, per_x, per_y = layer.origin.tolist()
    ny, nx = layer.shape.tolist()
    cells = layer.cells.data
    mixed = _MixedCell(layer)

    def positions(x: float, y: float) -> tuple[frozenset[int], bool]:
        ux = (x - west) * per_x
        uy = (y - south) * per_y
        if not (0.0 <= ux < nx and 0.0 <= uy < ny):
            return frozenset(), False
        face: int = cells[int(uy) * nx + int(ux)]
        held: set[int] = set()
        if face < 0:
            face, held = mixed.face_and_ties(x, y, ux, uy, face)
        on_edge = bool(held)
        return frozenset(f - 1 for f in (held or {face}) if f > 0), on_edge

    return positions


class _MixedCell:
    """Cells that edges touch."""

    def __init__(self, layer: Layer) -> None:
        self._blocks = layer.blocks.data
        self._edges = layer.edges.data
        self._sides = layer.sides.data
        self._points = layer.knot_points.data
        self._faces = layer.knot_faces.data
        self._starts = layer.knot_starts.data
        self._links = layer.links.data
        self._first_knot, self._first_block = layer.first_knot, layer.first_block

    def face(self, x: float, y: float, ux: float, uy: float, value: int) -> int:
        """The smallest face that covers the point."""
        face, held = self.face_and_ties(x, y, ux, uy, value)
        return min((f for f in held if f), default=face) if held else face

    def face_and_ties(self, x: float, y: float, ux: float, uy: float, value: int) -> tuple[int, set[int]]:
        """(the face the point lies in, the faces of the edges that hold it: where there are any, the first says nothing)."""
        first_block = self._first_block
        dx, dy = ux - int(ux), uy - int(uy)
        while value < 0 and ~value >= first_block:
            dx, dy = dx * SPLIT, dy * SPLIT
            column, row = int(dx), int(dy)
            value = self._blocks[((~value - first_block) * SPLIT + row) * SPLIT + column]
            dx, dy = dx - column, dy - row
        if value >= 0:
            return value, set()
        if ~value >= self._first_knot:
            return self._knotted(x, y, ~value - self._first_knot)
        edge, edges, sides = ~value, self._edges, self._sides
        side = orientation(edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3], x, y)
        if side == 0.0:
            return 0, {sides[edge, 0], sides[edge, 1]}
        return sides[edge, 0 if side > 0.0 else 1], set()

    def _knotted(self, x: float, y: float, knot: int) -> tuple[int, set[int]]:
        """As `faces_in_knots` of knots.py, for one point."""
        edges, sides, links = self._edges, self._sides, self._links
        rx, face, held = self._points[knot, 0], self._faces[knot], set()
        for at in range(self._starts[knot], self._starts[knot + 1]):
            link = links[at]
            edge = link >> 1
            ax, ay, bx, by = edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3]
            side = orientation(ax, ay, bx, by, x, y)
            if side == 0.0 and ax <= x <= bx and min(ay, by) <= y <= max(ay, by):
                held |= {sides[edge, 0], sides[edge, 1]}
                continue
            level, upright = (ay > y) != (by > y), ax < rx <= bx
            if not (level or upright):
                continue
            corner_left = orientation(ax, ay, bx, by, rx, y) >= 0.0
            if (level and (side > 0.0) != corner_left) != (upright and corner_left != bool(link & 1)):
                face ^= sides[edge, 0] ^ sides[edge, 1]
        return face, held
