"""Polygons as shared arcs: every border is stored once, however many areas and levels it belongs to.

A town's leaves, grids, communities and districts run along the same lines. Cut at the vertices where lines part, each piece (an arc)
is kept once and a ring is a list of pieces, forward (i) or backward (~i). That halves the file, draws each border once, and tells
which areas are neighbours. Coordinates are whole numbers of 1e-6 degree (about 0.1 m).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

STEPS_PER_DEGREE = 1_000_000

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Topology:
    """arcs: (n, 2) whole numbers each, lon then lat. rings: for each shape its rings, each a list of arc numbers (~i is backward).

    Holes are rings like the others: a shape is filled by the even-odd rule. A shape without rings is empty, or thinner than a step.
    """

    arcs: list[Ints]
    rings: list[list[list[int]]]

    def neighbours(self) -> set[tuple[int, int]]:
        """Pairs (a < b) of shapes that share at least one arc."""
        users: dict[int, list[int]] = {}
        for shape, rings in enumerate(self.rings):
            for arc in {arc if arc >= 0 else ~arc for ring in rings for arc in ring}:
                users.setdefault(arc, []).append(shape)
        return {(a, b) for shapes in users.values() for a in shapes for b in shapes if a < b}


def to_steps(degrees: NDArray[np.float64]) -> Ints:
    """Whole numbers of 1e-6 degree."""
    steps: Ints = np.rint(np.asarray(degrees, dtype="float64") * STEPS_PER_DEGREE).astype("int64")
    return steps


def build(shapes: Any) -> Topology:
    """The topology of polygons and multipolygons (lon/lat degrees); None and empty shapes get no rings."""
    parts, owners = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    rings_of_shape: list[list[list[int]]] = [[] for _ in range(len(shapes))]
    if not len(rings):
        return Topology([], rings_of_shape)
    corners, starts, ids = _clean_rings(rings)
    cutter = _Cutter(ids, starts, _junctions(ids, starts), corners)
    for number, part in enumerate(part_of):
        ring = cutter.cut(number)
        if ring:
            rings_of_shape[int(owners[part])].append(ring)
    return Topology(cutter.arcs, rings_of_shape)


def _clean_rings(rings: Any) -> tuple[Ints, Ints, Ints]:
    """(distinct corners, start of each ring, corner number of each vertex) without closing and repeated vertices."""
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    steps = to_steps(coordinates)
    corners, ids = np.unique(steps, axis=0, return_inverse=True)
    ids = ids.ravel().astype("int64")
    # Of equal neighbours the last one stays, then the closing vertex goes: also right where the ring's end collapsed onto its start.
    same_ring = ring_of[1:] == ring_of[:-1]
    repeated = np.append((ids[1:] == ids[:-1]) & same_ring, False)
    closing = np.append(~same_ring, True)
    keep = ~(closing | repeated)
    counts = np.bincount(ring_of[keep], minlength=len(rings))
    return corners, np.concatenate(([0], np.cumsum(counts))).astype("int64"), ids[keep]


def _junctions(ids: Ints, starts: Ints) -> NDArray[np.bool_]:
    """For each corner: do the lines through it part here? True where two passages have different neighbours."""
    counts = np.diff(starts)
    ring_of = np.repeat(np.arange(len(counts)), counts)
    position = np.arange(len(ids)) - starts[ring_of]
    following = ids[starts[ring_of] + (position + 1) % counts[ring_of]]
    preceding = ids[starts[ring_of] + (position - 1) % counts[ring_of]]
    corner_count = int(ids.max()) + 1 if len(ids) else 0
    pair = np.minimum(following, preceding) * corner_count + np.maximum(following, preceding)
    smallest = np.full(corner_count, np.iinfo("int64").max)
    largest = np.full(corner_count, -1)
    np.minimum.at(smallest, ids, pair)
    np.maximum.at(largest, ids, pair)
    return np.asarray(smallest < largest)


class _Cutter:
    """Cuts rings at junctions and numbers the pieces; a piece met again, in either direction, keeps its number."""

    def __init__(self, ids: Ints, starts: Ints, junctions: NDArray[np.bool_], corners: Ints) -> None:
        self._ids, self._starts, self._junctions, self._corners = ids, starts, junctions, corners
        self._known: dict[tuple[int, int], int] = {}
        self.arcs: list[Ints] = []

    def cut(self, ring: int) -> list[int]:
        """Arc numbers of a ring in its own direction; [] for a ring of fewer than three corners."""
        ids = self._ids[self._starts[ring] : self._starts[ring + 1]]
        if len(ids) < 3:
            return []
        cuts = np.flatnonzero(self._junctions[ids])
        first = int(cuts[0]) if len(cuts) else int(np.argmin(ids))
        closed = np.append(np.roll(ids, -first), ids[first])
        stops = [*(int(cut) - first for cut in cuts[1:]), len(ids)]
        begin, pieces = 0, []
        for stop in stops:
            pieces.append(self._number(closed[begin : stop + 1]))
            begin = stop
        return pieces

    def _number(self, piece: Ints) -> int:
        # Between junctions there is one way to go, so a piece is known by its first two corners, from either end.
        ahead = (int(piece[0]), int(piece[1]))
        if ahead in self._known:
            return self._known[ahead]
        number = len(self.arcs)
        self.arcs.append(self._corners[piece])
        self._known[ahead] = number
        self._known.setdefault((int(piece[-1]), int(piece[-2])), ~number)
        return number
