"""Which houses stand on a plot, so that 30 to 50 households live there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boundaries.demo.cutting import below
from boundaries.demo.mesh import Mesh, Point, Ring, signed_area

LOW, HIGH = 30, 50
SETBACK_M = 3.0


@dataclass(slots=True)
class House:
    """A rectangle on the plan: middle (s, t), direction, length, depth. doors: households behind each stairwell (or house).

    shares: for a tower of several micro-grids one entry each: (stairwell, first floor, last floor, households).
    """

    cell: int
    place: Point
    angle: float
    length_m: float
    depth_m: float
    floors: int
    kind: str
    doors: list[int]
    shares: list[tuple[int, int, int, int]]


Slot = tuple[float, float, float, int]
"""A place for a row: left end, right end, lower side (in the plot's frame), how many units fit."""

SLABS = (
    (3, 6, 2),
    (4, 6, 2),
    (4, 5, 2),
    (3, 5, 3),
    (3, 5, 2),
    (2, 6, 3),
    (2, 7, 3),
    (2, 6, 4),
    (5, 4, 2),
    (5, 5, 2),
    (6, 4, 2),
    (6, 3, 2),
    (4, 4, 3),
    (3, 4, 3),
    (3, 7, 2),
    (3, 8, 2),
    (5, 3, 3),
    (5, 3, 2),
    (8, 3, 2),
    (7, 3, 2),
)
"""Stairwells, floors, homes a floor and stairwell: every product lies within 30 and 50."""

TOWERS = (
    (11, 3),
    (11, 4),
    (12, 3),
    (12, 4),
    (14, 3),
    (15, 3),
    (16, 2),
    (16, 3),
    (17, 2),
    (18, 2),
    (20, 2),
    (22, 2),
    (24, 2),
    (9, 4),
    (8, 4),
    (10, 4),
)
PAIRS = ((18, 2, 2, 1), (17, 2, 2, 1), (22, 2, 2, 1), (16, 3, 2, 1), (30, 3, 1, 2), (28, 3, 1, 2), (32, 2, 1, 2))
"""Floors, homes a floor and stairwell, stairwells, micro-grids a stairwell."""
TRIPLES = ((33, 4, 1, 3), (33, 3, 1, 3), (16, 3, 3, 1), (18, 2, 3, 1))


def build_plot(mesh: Mesh, ring: Ring, cell: int, *, style: str, homes: int, tilt: float, rng: np.random.Generator) -> list[House]:
    """The houses of a micro-grid's plot (or of the `homes` micro-grids that share one tower on it)."""
    local = [_turned(p, -tilt) for p in inset(mesh, ring)]
    if homes > 1:
        return [_shared_tower(local, cell, tilt, homes, rng)]
    if style == "row":
        made = _rows(local, cell, tilt, rng)
        if made:
            return made
    if style != "tower":
        x0, y0, x1, y1 = _box(local)
        if x1 - x0 < 34 and y1 - y0 > 1.25 * (x1 - x0):  # a plot too narrow for houses along the street: turn them
            tilt += math.pi / 2
            local = [_turned(p, -math.pi / 2) for p in local]
        made = _slabs(local, cell, tilt, rng)
        if made:
            return made
    return _tower(local, cell, tilt, rng)


def inset(mesh: Mesh, ring: Ring) -> list[Point]:
    """The part of a plot that can be built on: clear of the roads around it."""
    points = mesh.corners(ring)
    out: list[Point] = points
    for i, (x0, y0) in enumerate(points):
        x1, y1 = points[(i + 1) % len(points)]
        length = math.dist((x0, y0), (x1, y1))
        if length < 0.01:
            continue
        normal = ((y1 - y0) / length, -(x1 - x0) / length)  # outwards, for a ring that runs counter-clockwise
        gap = mesh.edges[ring[i][1]].half_width_m + SETBACK_M
        out = below(out, normal, normal[0] * x0 + normal[1] * y0 - gap)
        if len(out) < 3:
            break
    whole = abs(signed_area(points))
    if len(out) >= 3 and abs(signed_area(out)) > max(150.0, 0.18 * whole):
        return out
    cx, cy = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    return [(cx + 0.5 * (x - cx), cy + 0.5 * (y - cy)) for x, y in points]


def _turned(p: Point, angle: float) -> Point:
    c, s = math.cos(angle), math.sin(angle)
    return c * p[0] - s * p[1], s * p[0] + c * p[1]


def _house(
    cell: int,
    tilt: float,
    place: Point,
    length: float,
    depth: float,
    floors: int,
    kind: str,
    doors: list[int],
    shares: list[tuple[int, int, int, int]] | None = None,
) -> House:
    return House(cell, _turned(place, tilt), tilt, length, depth, floors, kind, doors, shares or [])


def _box(local: list[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in local], [y for _, y in local]
    return min(xs), min(ys), max(xs), max(ys)


def _tower(local: list[Point], cell: int, tilt: float, rng: np.random.Generator) -> list[House]:
    x0, y0, x1, y1 = _box(local)
    floors, per = TOWERS[int(rng.integers(len(TOWERS)))]
    length, depth = min(12.0 + 4.5 * per, 0.9 * (x1 - x0)), min(16.0, 0.8 * (y1 - y0))
    out = [_house(cell, tilt, ((x0 + x1) / 2, (y0 + y1) / 2), length, depth, floors, "tower", [floors * per])]
    if y1 - y0 > 48 and x1 - x0 > 26 and rng.random() < 0.45:
        out.append(_house(cell, tilt, ((x0 + x1) / 2, y0 + 5.5), min(42.0, 0.75 * (x1 - x0)), 8.0, 2, "shop", []))
    return out


def _shared_tower(local: list[Point], cell: int, tilt: float, homes: int, rng: np.random.Generator) -> House:
    options = PAIRS if homes == 2 else TRIPLES
    floors, per, wells, each = options[cell % len(options)] if homes <= 3 else (11 * homes, 4, 1, homes)
    shares = []
    step = floors // each
    for well in range(1, wells + 1):
        for k in range(each):
            last = floors if k == each - 1 else (k + 1) * step
            shares.append((well, k * step + 1, last, (last - k * step) * per))
    x0, y0, x1, y1 = _box(local)
    length, depth = min(20.0 * wells + 8.0, 0.85 * (x1 - x0)), min(16.0, 0.8 * (y1 - y0))
    return _house(cell, tilt, ((x0 + x1) / 2, (y0 + y1) / 2), length, depth, floors, "tower", [floors * per] * wells, shares)


def _slots(local: list[Point], depth: float, pitch: float, unit: float, longest: int, passage: float) -> list[Slot]:
    """Parallel rows that fit into a plot; long ones are broken by passages."""
    _, y0, _, y1 = _box(local)
    height = y1 - y0
    if height < depth:
        return []
    n = int((height - depth) // pitch) + 1
    step = (height - depth) / n
    out: list[Slot] = []
    for k in range(n):
        y = y0 + step * (k + 0.5)
        spans = [_span(local, y + 0.3), _span(local, y + depth / 2), _span(local, y + depth - 0.3)]
        left, right = max(s[0] for s in spans), min(s[1] for s in spans)
        fit = int((right - left) // unit)
        while fit > 0:
            take = min(fit, longest)
            out.append((left, left + take * unit, y, take))
            left += take * unit + passage
            fit = int((right - left) // unit)
    return out


def _span(local: list[Point], y: float) -> tuple[float, float]:
    """The part of the line at height y inside a (nearly convex) ring; (1, 0) if there is none."""
    lo, hi = math.inf, -math.inf
    x0, y0 = local[-1]
    for x1, y1 in local:
        if (y1 > y) != (y0 > y):
            x = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            lo, hi = min(lo, x), max(hi, x)
        x0, y0 = x1, y1
    return (lo, hi) if lo < hi else (1.0, 0.0)


def _slabs(local: list[Point], cell: int, tilt: float, rng: np.random.Generator) -> list[House]:
    slots = _slots(local, 11.5, 24.0, 12.4, 5, 6.0)
    room = sum(s[3] for s in slots)
    options = [o for o in SLABS if o[0] <= room and o[0] >= min(room, 6) // 2]
    if not options:
        return []
    wells, floors, per = options[int(rng.integers(len(options)))]
    out, left = [], wells
    for x0, x1, y, fit in sorted(slots, key=lambda s: (-s[3], -s[2], s[0])):
        take = min(fit, left)
        if left - take == 1 and take > 2:
            take -= 1
        if take <= 0:
            break
        left -= take
        length = take * 12.4 - 0.9
        middle = x0 + (x1 - x0) / 2
        out.append(_house(cell, tilt, (middle, y + 5.75), length, 11.5, floors, "slab", [floors * per] * take))
    if left:  # the last stairwell found no row of its own: its homes become another floor's
        out[0].doors[-1] += left * floors * per
    return out


def _rows(local: list[Point], cell: int, tilt: float, rng: np.random.Generator) -> list[House]:
    slots = _slots(local, 6.8, 11.6, 6.5, 8, 4.5)
    room = sum(s[3] for s in slots)
    floors = 1 if room >= LOW else 2
    if room * floors < LOW:
        return []
    target = int(rng.integers(LOW, min(HIGH, room * floors) + 1))
    out = []
    for x0, _, y, fit in slots:
        take = min(fit, math.ceil(target / floors))
        if take <= 0:
            break
        homes = min(target, take * floors)
        target -= homes
        out.append(_house(cell, tilt, (x0 + take * 3.25, y + 3.4), take * 6.5 - 0.8, 6.8, floors, "row", [homes]))
    return out


def build_works(mesh: Mesh, ring: Ring, cell: int, *, kind: str, tilt: float, rng: np.random.Generator) -> list[House]:
    """Halls of a works or mine, or the buildings of a school."""
    local = [_turned(p, -tilt) for p in inset(mesh, ring)]
    school = kind == "school"
    depth, pitch, unit = (13.0, 40.0, 18.0) if school else (24.0, 40.0, 22.0)
    out = []
    for x0, x1, y, _ in _slots(local, depth, pitch, unit, 4, 10.0)[:14]:
        if rng.random() < 0.6:
            length = (x1 - x0) * float(rng.uniform(0.55, 0.95))
            out.append(
                _house(
                    cell,
                    tilt,
                    ((x0 + x1) / 2, y + depth / 2),
                    length,
                    depth * float(rng.uniform(0.6, 1)),
                    4 if school else 1,
                    "school" if school else "works",
                    [],
                )
            )
    return out
