"""The edge of a town in its plan: a valley floor with a wavy rim, and ribbons of houses that grow into the side valleys."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from boundaries.demo.mesh import Mesh, Point, Ring

RIM_STEP_M = 26.0


@dataclass(frozen=True, slots=True)
class Rim:
    """The body of a town. length_m and north_m, south_m are its half length and its depth on both sides of the river (t = 0)."""

    points: list[Point]
    length_m: float
    north_m: float
    south_m: float


def draw_rim(rng: np.random.Generator, *, area_m2: float, aspect: float, north_share: float) -> Rim:
    """A town body of an area, `aspect` times as long as wide, split by the river in the given share."""
    u = np.linspace(-1, 1, 241)
    depth = []
    for _ in range(2):
        noise = sum(
            a * np.sin(k * math.pi * u + p)
            for k, a, p in zip((1, 2, 4, 7, 11), rng.uniform(0.03, 0.075, 5), rng.uniform(0, 6.3, 5), strict=True)
        )
        depth.append((0.24 + 0.76 * np.sqrt(np.clip(1 - np.abs(u) ** 3.4, 0, None))) * (1 + noise))
    north, south = depth[0] * 2 * north_share, depth[1] * 2 * (1 - north_share)
    line = np.vstack([np.column_stack([u * aspect, -south]), np.column_stack([u * aspect, north])[::-1]])
    polygon = shapely.Polygon(line)
    k = math.sqrt(area_m2 / polygon.area)
    ring = shapely.segmentize(shapely.simplify(shapely.Polygon(line * k), 1.5), RIM_STEP_M)
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(ring.exterior)[:-1]]
    if not ring.exterior.is_ccw:
        points.reverse()
    return Rim(points, aspect * k, float(2 * north_share * k), float(2 * (1 - north_share) * k))


def grow_ribbon(
    rng: np.random.Generator, mesh: Mesh, patch: int, body: Ring, taken: list[Any], *, s: float, side: int, width_m: float, area_m2: float
) -> tuple[Ring, tuple[Point, Point]] | None:
    """A ribbon outwards from the rim around plan position s, on the north (side 1) or south (-1); None if there is no room.

    It opens like a valley's mouth towards the town, narrows, and ends in a round tip. Returns its ring and its middle line, from the rim
    outwards. taken: polygons it must keep clear of.
    """
    mouth = width_m * float(rng.uniform(1.25, 1.7))
    base = [i for i, (v, _) in enumerate(body) if abs(mesh.points[v][0] - s) <= mouth / 2 and mesh.points[v][1] * side > 0]
    if len(base) < 5 or base != list(range(base[0], base[-1] + 1)):
        return None
    first, last = body[base[0]][0], body[base[-1]][0]
    one, two = mesh.points[first], mesh.points[last]
    if abs(two[1] - one[1]) > 0.6 * abs(two[0] - one[0]):
        return None
    foot = ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
    length = area_m2 / width_m / 0.95
    tip = (foot[0] + float(rng.uniform(-0.2, 0.2)) * length, foot[1] + side * length)
    flanks = [_flank(rng, foot, tip, corner, width_m) for corner in (one, two)]
    out = [*flanks[1], *_round_tip(tip, flanks[1][-1], flanks[0][-1]), *reversed(flanks[0])]
    candidate = shapely.Polygon([*(mesh.points[body[i][0]] for i in base), *out])
    if not candidate.is_valid or any(t.intersects(candidate) for t in taken):
        return None
    if shapely.Polygon(mesh.corners(body)).distance(shapely.LineString(out)) < 7:
        return None
    vertices = [first, last, *(mesh.vertex(p, patch) for p in out)]
    return _share_base(mesh, body, base, vertices), (foot, tip)


def _flank(rng: np.random.Generator, foot: Point, tip: Point, corner: Point, width_m: float) -> list[Point]:
    """One side of a ribbon from the corner of its mouth (not included) to beside its tip."""
    dx, dy = tip[0] - foot[0], tip[1] - foot[1]
    length = math.hypot(dx, dy)
    n = max(4, round(length / RIM_STEP_M))
    ex, ey = dx / length, dy / length
    across = (corner[0] - foot[0]) * -ey + (corner[1] - foot[1]) * ex
    along = (corner[0] - foot[0]) * ex + (corner[1] - foot[1]) * ey
    p, q = rng.uniform(0, 6.28, 2)
    out = []
    for k in range(1, n + 1):
        t = k / n
        wave = 1 + 0.13 * math.sin(t * length / 95 + p) + 0.07 * math.sin(t * length / 47 + q)
        half = math.copysign(width_m / 2 * (1 - 0.3 * t) * (1 + (wave - 1) * min(1.0, 4 * t)), across)
        mouth = math.exp(-((t * length / 190) ** 2))
        w, s = half + mouth * (across - half), t * length + mouth * along * (1 - t)
        out.append((foot[0] + s * ex - w * ey, foot[1] + s * ey + w * ex))
    return out


def _round_tip(tip: Point, start: Point, end: Point) -> list[Point]:
    """A half ellipse beyond the tip, from one side to the other."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    half = (start[0] - middle[0], start[1] - middle[1])
    out_x, out_y = -half[1], half[0]
    if out_y * tip[1] < 0:
        out_x, out_y = -out_x, -out_y
    steps = max(3, round(math.pi * math.hypot(*half) / RIM_STEP_M))
    angles = [math.pi * k / steps for k in range(1, steps)]
    return [
        (middle[0] + math.cos(a) * half[0] + 0.7 * math.sin(a) * out_x, middle[1] + math.cos(a) * half[1] + 0.7 * math.sin(a) * out_y)
        for a in angles
    ]


def _share_base(mesh: Mesh, body: Ring, base: list[int], vertices: list[int]) -> Ring:
    """The ribbon's ring: new edges outside, and the body's own edges, backwards, along the base."""
    chain = [vertices[0], *reversed(vertices[2:]), vertices[1]]
    ring: Ring = [(a, mesh.edge(a, b)) for a, b in pairwise(chain)]
    for i in reversed(base[:-1]):
        ring.append((body[i + 1][0], body[i][1]))
    return ring
