"""Dividing a face into parts of wanted size by straight cuts, each cut a road."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from boundaries.demo.mesh import Mesh, Point, Ring, signed_area

Density = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class Cut:
    """How to cut: half the road's width and its class ('' for a plain border), how far the ends may move to meet other streets.

    lines_s, lines_t: main roads planned across and along the valley; a cut near one is laid on it.
    """

    half_width_m: float
    snap_m: float
    road_class: str
    tilt: float = 0.0
    wobble: float = 0.02
    lines_s: tuple[float, ...] = ()
    lines_t: tuple[float, ...] = ()
    least: float = 0.12


class Knife:
    """Cuts faces of one mesh; remembers which edges carry which class of road."""

    def __init__(self, mesh: Mesh, rng: np.random.Generator) -> None:
        self.mesh, self.rng = mesh, rng
        self.roads: list[tuple[int, str]] = []

    def along(self, ring: Ring, normal: Point, offset: float, how: Cut) -> tuple[Ring, Ring] | None:
        """One cut at a given line; None where it cannot be made."""
        road = len(self.roads) if how.road_class else -1
        got = self.mesh.cut(ring, normal, offset, snap_m=how.snap_m, half_width_m=how.half_width_m, road=road, least=how.least)
        if got is not None and road >= 0:
            self.roads.append((len(self.mesh.edges) - 1, how.road_class))
        return got

    def halve(self, ring: Ring, share: float, how: Cut, density: Density | None = None) -> tuple[Ring, Ring, float] | None:
        """Cut across the longer extent so that about `share` (of the area, or of the density on it) lies below; other ways if that fails.

        Returns both parts and the share that the first one got.
        """
        points = self.mesh.corners(ring)
        width, height = extents(points, how.tilt)
        turn = float(self.rng.uniform(-how.wobble, how.wobble))
        across = 0.0 if width >= height else math.pi / 2
        for quarter, extra, part in _ATTEMPTS:
            angle = how.tilt + turn + across + quarter + extra
            normal = (math.cos(angle), math.sin(angle))
            want = share if part is None else part
            offset = offset_for(points, normal, want, density)
            planned = None if extra or part is not None else self._planned(points, normal, offset, how)
            for place in (offset,) if planned is None else (planned, offset):
                got = self.along(ring, normal, place, how)
                if got is not None:
                    return got[0], got[1], mass(self.mesh.corners(got[0]), density) / mass(points, density)
        return None

    def divide(self, ring: Ring, parts: int, how: Callable[[int], Cut], density: Density | None = None) -> list[Ring]:
        """Divide a face into exactly `parts` faces, or fewer if it cannot be cut further. how(n): the cut for a piece that will hold n."""
        todo, out = [(ring, parts)], []
        while todo:
            piece, n = todo.pop()
            got = None if n <= 1 else self.halve(piece, (n // 2 if self.rng.random() < 0.5 else n - n // 2) / n, how(n), density)
            if got is None:
                out.append(piece)
                continue
            k = min(n - 1, max(1, round(n * got[2])))
            todo += [(got[1], n - k), (got[0], k)]
        return out

    def _planned(self, points: list[Point], normal: Point, offset: float, how: Cut) -> float | None:
        """The planned main road nearest to a wanted cut, if it would still leave a fair share on both sides."""
        lines = how.lines_s if abs(normal[0]) > abs(normal[1]) else how.lines_t
        sign = 1.0 if (normal[0] if abs(normal[0]) > abs(normal[1]) else normal[1]) > 0 else -1.0
        if not lines:
            return None
        best = min(lines, key=lambda x: abs(x * sign - offset)) * sign
        spread = [normal[0] * x + normal[1] * y for x, y in points]
        share = (best - min(spread)) / (max(spread) - min(spread))
        return best if 0.24 < share < 0.76 else None


_ATTEMPTS: tuple[tuple[float, float, float | None], ...] = (
    (0.0, 0.0, None),
    (0.0, 0.22, None),
    (0.0, -0.22, None),
    (math.pi / 2, 0.0, None),
    (0.0, 0.0, 0.42),
    (0.0, 0.0, 0.58),
    (math.pi / 2, 0.2, 0.45),
    (0.0, 0.6, 0.5),
    (0.0, -0.6, 0.5),
    (0.0, 0.1, 0.36),
    (0.0, -0.1, 0.64),
    (math.pi / 2, -0.3, 0.55),
)


def extents(points: Sequence[Point], tilt: float) -> tuple[float, float]:
    """Width and height of a ring in a frame turned by `tilt`."""
    c, s = math.cos(tilt), math.sin(tilt)
    along = [c * x + s * y for x, y in points]
    over = [c * y - s * x for x, y in points]
    return max(along) - min(along), max(over) - min(over)


def mass(points: list[Point], density: Density | None) -> float:
    """Area of a ring, times the density at its middle if one is given."""
    area = abs(signed_area(points))
    return area if density is None else area * density(*centre(points))


def centre(points: Sequence[Point]) -> Point:
    """Centroid of a ring."""
    sx = sy = total = 0.0
    ox, oy = points[0]
    x0, y0 = points[-1][0] - ox, points[-1][1] - oy
    for px, py in points:
        x, y = px - ox, py - oy
        w = x0 * y - x * y0
        sx, sy, total = sx + (x0 + x) * w, sy + (y0 + y) * w, total + w
        x0, y0 = x, y
    if abs(total) < 1e-9:
        return points[0]
    return ox + sx / (3 * total), oy + sy / (3 * total)


def below(points: Sequence[Point], normal: Point, offset: float) -> list[Point]:
    """The part of a ring with normal . p <= offset (Sutherland-Hodgman; right in area for any simple ring)."""
    nx, ny = normal
    out: list[Point] = []
    x0, y0 = points[-1]
    d0 = nx * x0 + ny * y0 - offset
    for x, y in points:
        d = nx * x + ny * y - offset
        if (d <= 0) != (d0 <= 0):
            t = d0 / (d0 - d)
            out.append((x0 + t * (x - x0), y0 + t * (y - y0)))
        if d <= 0:
            out.append((x, y))
        x0, y0, d0 = x, y, d
    return out


def offset_for(points: Sequence[Point], normal: Point, share: float, density: Density | None = None) -> float:
    """The offset of a line that leaves `share` of the ring's area (or density on it) below, to about a thousandth."""
    spread = [normal[0] * x + normal[1] * y for x, y in points]
    lo, hi = min(spread), max(spread)
    whole = abs(signed_area(list(points)))
    above = (-normal[0], -normal[1])
    for _ in range(11):
        middle = (lo + hi) / 2
        part = below(points, normal, middle)
        got = abs(signed_area(part)) / whole if len(part) > 2 else 0.0
        if density is not None and 0.02 < got < 0.98:
            rest = below(points, above, -middle)
            a, b = got * density(*centre(part)), (1 - got) * density(*centre(rest))
            got = a / (a + b)
        if got < share:
            lo = middle
        else:
            hi = middle
    return (lo + hi) / 2
