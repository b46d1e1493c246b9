"""Rule `spike`: a prong on a leaf's border, or a crack in it, that runs out and back almost on the same line."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import SLIVER_WIDTH_M
from boundaries.checks.proposals import positions, proposal
from boundaries.model import Defect

__all__ = ["RULE", "SPIKE_ANGLE_DEG", "without_vertex"]

SPIKE_ANGLE_DEG: Final = 10.0
"""A border that turns back within less than this at a vertex ..."""
_LEAST_LENGTH_M: Final = 0.5
"""... on a length of at least this, no wider than a sliver at the foot, is a spike."""


class _Spikes(NamedTuple):
    """One row a spike: position in `faces`, the vertices before, at and behind the tip, and whether it points outwards."""

    owner: NDArray[np.int64]
    before: NDArray[np.float64]
    tip: NDArray[np.float64]
    behind: NDArray[np.float64]
    outward: NDArray[np.bool_]


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every spike, with its tip as place and its length as size.

    A crack in one leaf that is the spike of its neighbour is told once, of the neighbour.
    """
    if not len(coverage.faces):
        return []
    spikes = _find(coverage.geoms[coverage.faces])
    prongs = {tuple(tip) for tip in spikes.tip[spikes.outward].tolist()}
    found: list[Defect] = []
    for owner, before, tip, behind, outward in zip(*(column.tolist() for column in spikes), strict=True):
        if outward or tuple(tip) not in prongs:
            found.append(_told(coverage, int(coverage.faces[owner]), np.array([before, tip, behind]), outward))
    return found


def _find(faces: NDArray[np.object_]) -> _Spikes:
    polygons, owner = shapely.get_parts(faces, return_index=True)
    turned = shapely.orient_polygons(polygons)  # outer rings counter-clockwise, holes clockwise: the land is on the left
    rings, polygon = shapely.get_rings(turned, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.r_[ring[1:] != ring[:-1], True]
    first = np.r_[True, last[:-1]]
    before = np.r_[xy[:1], xy[:-1]]
    before[first] = xy[np.flatnonzero(last) - 1]  # a ring ends with its first vertex: what comes before that is the last but one
    kept = ~last
    tip, before, behind = xy[kept], before[kept], np.roll(xy, -1, axis=0)[kept]
    back, forth = before - tip, behind - tip
    length = np.hypot(*back.T), np.hypot(*forth.T)
    cross = back[:, 0] * forth[:, 1] - back[:, 1] * forth[:, 0]
    angle = np.abs(np.arctan2(cross, (back * forth).sum(axis=1)))
    short = np.minimum(*length)
    spike = (angle < np.radians(SPIKE_ANGLE_DEG)) & (short >= _LEAST_LENGTH_M) & (2 * short * np.sin(angle / 2) < SLIVER_WIDTH_M)
    at = np.flatnonzero(spike)
    return _Spikes(owner[polygon[ring[kept][at]]], before[at], tip[at], behind[at], cross[at] < 0)


def _told(coverage: Coverage, row: int, corner: Any, outward: bool) -> Defect:
    name = coverage.label(row)
    before, tip, behind = corner
    sides = np.hypot(*(corner[[0, 2]] - tip).T)
    foot = before if sides[0] <= sides[1] else behind
    area = float(shapely.Polygon(corner).area)
    moves = [positions(shapely.LineString([tip, foot]), coverage.metric_crs)]
    what, what_zh = ("a spike", "尖刺") if outward else ("a crack", "裂缝")
    return finding(
        coverage,
        RULE.name,
        "warning",
        [row],
        shapely.Point(tip),
        en=f"The border of {name} has {what} {sides.min():.2f} m long and {2 * area / sides.max():.3f} m wide.",
        zh=f"{name} 的边界有一处{what_zh}:长 {sides.min():.2f} 米,宽 {2 * area / sides.max():.3f} 米。",
        size=float(sides.min()),
        unit="m",
        repair=proposal("move_vertices", changes=[name], m2=area, moves=moves),
    )


def without_vertex(shape: Any, vertex: NDArray[np.float64]) -> Any:
    """The polygon without that vertex; None where no valid polygon is left. A spike's two sides fall on each other or beside."""

    def ring(of: Any) -> Any:
        xy = shapely.get_coordinates(of)[:-1]
        kept = xy[~(xy == vertex).all(axis=1)]
        return shapely.linearrings(kept) if len(kept) > 2 else None

    parts = []
    for part in shapely.get_parts(shape):
        shell, *holes = [ring(of) for of in shapely.get_rings(part)]
        if shell is None:
            return None
        parts.append(shapely.Polygon(shell, [hole for hole in holes if hole is not None]))
    made = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return made if shapely.is_valid(made) else None


RULE = Rule("spike", "a border that runs out and back on the same line", "边界上的尖刺或裂缝", check)
