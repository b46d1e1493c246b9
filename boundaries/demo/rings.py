"""Closed rings from loose directed edges."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from boundaries.demo.mesh import Point, signed_area
from boundaries.demo.town import not_drawn


def close_rings(edges: Sequence[tuple[int, int]], place: Mapping[int, Point]) -> list[list[int]]:
    """Rings from edges that have their face on the left: the outer ring (the largest) first, then the holes.

    Where several edges leave a vertex the sharpest left turn is taken, so rings that touch stay apart.
    """
    leaving: dict[int, list[int]] = defaultdict(list)
    for a, b in sorted(edges):
        leaving[a].append(b)
    rings = []
    for start in sorted(leaving):
        while leaving[start]:
            ring, here = [start], leaving[start].pop(0)
            while here != start:
                if not leaving[here]:
                    raise not_drawn("a border is not closed")
                there = _turn(place, ring[-1], here, leaving[here])
                leaving[here].remove(there)
                ring.append(here)
                here = there
            rings.append(ring)
    return sorted(rings, key=lambda r: -signed_area([place[v] for v in r]))


def _turn(place: Mapping[int, Point], before: int, here: int, options: list[int]) -> int:
    if len(options) == 1:
        return options[0]
    (x0, y0), (x1, y1) = place[before], place[here]
    came = math.atan2(y1 - y0, x1 - x0)

    def left(v: int) -> float:
        x, y = place[v]
        return (math.atan2(y - y1, x - x1) - came + math.pi) % (2 * math.pi)

    return max(options, key=left)
