"""Polygons that overlap, sorted into layers in which none do.

The router needs disjoint interiors within a layer and nothing else: gaps, and neighbours with different vertices on a common line, are
fine. A clean coverage is one layer. The first layer is made as large as a greedy choice can, the few others are small.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import GeometryError

_INTERIORS_MEET = "T********"
_PAIRS_AT_ONCE = 1 << 16
_MOST_CONFLICTS = 32  # pairs a polygon, so 64 others on average: such polygons divide nothing


def disjoint_layers(polygons: npt.NDArray[np.object_]) -> list[npt.NDArray[np.int64]]:
    """Positions of the polygons, layer by layer, each ascending; valid polygons in.

    Raises GeometryError where polygons overlap so much (more than 64 others on average) that they are no division of a city.
    """
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(polygons)))
    if not suspects.size:
        return [np.arange(len(polygons))]
    rivals = _conflicts(polygons, suspects)
    layer_of = np.zeros(len(polygons), np.int64)
    colours: dict[int, int] = {}
    # few rivals first: the first layer then loses the one large intruder and keeps its many victims
    for polygon in sorted(rivals, key=lambda p: (len(rivals[p]), p)):
        taken = {colours[other] for other in rivals[polygon] if other in colours}
        colour = 0
        while colour in taken:
            colour += 1
        colours[polygon] = layer_of[polygon] = colour
    return [np.flatnonzero(layer_of == colour) for colour in range(int(layer_of.max()) + 1)]


def _conflicts(polygons: npt.NDArray[np.object_], suspects: npt.NDArray[np.int64]) -> dict[int, set[int]]:
    """For every polygon whose interior meets another's: those others. Of two that overlap at least one is a suspect."""
    tree = shapely.STRtree(polygons)
    suspect = np.zeros(len(polygons), bool)
    suspect[suspects] = True
    rivals: dict[int, set[int]] = {}
    found = 0
    for start in range(0, len(suspects), 256):
        some = suspects[start : start + 256]
        which, other = tree.query(polygons[some])
        one = some[which]
        keep = (one < other) | ((one > other) & ~suspect[other])  # each pair once
        one, other = one[keep], other[keep]
        for at in range(0, len(one), _PAIRS_AT_ONCE):
            a, b = one[at : at + _PAIRS_AT_ONCE], other[at : at + _PAIRS_AT_ONCE]
            meet = shapely.relate_pattern(polygons[a], polygons[b], _INTERIORS_MEET)
            found += int(meet.sum())
            if found > _MOST_CONFLICTS * len(polygons) + 4096:
                raise GeometryError(
                    "overlap_everywhere",
                    en="The polygons overlap almost everywhere; they do not divide a city into areas.",
                    zh="多边形几乎处处重叠，无法把城市划分为区域。",
                )
            for p, q in zip(a[meet].tolist(), b[meet].tolist(), strict=True):
                rivals.setdefault(p, set()).add(q)
                rivals.setdefault(q, set()).add(p)
    return rivals
