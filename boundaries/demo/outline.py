"""The edge of a town in its plan: a valley floor with a wavy rim, and ribbons of houses that grow into the side valleys."""

from __future__ import annotations

import math
from dataclasses import dataclass
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
        noise = sum(a * np.sin(k * math.pi * u + p) for k, a, p in zip((1, 2, 4, 7, 11), rng.uniform(0.03, 0.075, 5), rng.uniform(0, 6.3, 5), strict=True))
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
    mesh: Mesh, patch: int, body: Ring, taken: list[Any], *, s: float, side: int, width_m: float, length_m: float, lean: float
) -> tuple[Ring, tuple[Point, Point]] | None:
    """A ribbon outwards from the rim around plan position s, on the north (side 1) or south (-1); None if there is no room.

    Returns its ring and its middle line, from the rim outwards. taken: polygons it must keep clear of.
    """
    base = [i for i, (v, _) in enumerate(body) if abs(mesh.points[v][0] - s) <= width_m / 2 and mesh.points[v][1] * side > 0]
    if len(base) < 4 or base != list(range(base[0], base[-1] + 1)):
        return None
    first, last = body[base[0]][0], body[base[-1]][0]
    (x0, y0), (x1, y1) = mesh.points[first], mesh.points[last]
    if abs(y1 - y0) > 0.55 * abs(x1 - x0):
        return None
    top = side * (max(abs(y0), abs(y1)) + length_m)
    far0, far1 = (x0 + lean + 0.12 * (x1 - x0), top), (x1 + lean - 0.12 * (x1 - x0), top)
    out = [*_steps((x1, y1), far1), far1, *_steps(far1, far0), far0, *_steps(far0, (x0, y0))]
    candidate = shapely.Polygon([(x0, y0), (x1, y1), *out])
    if not candidate.is_valid or shapely.Polygon(mesh.corners(body)).intersection(candidate).area > 0.2 * width_m * width_m:
        return None
    if any(t.intersects(candidate) for t in taken):
        return None
    vertices = [first, last, *(mesh.vertex(p, patch) for p in out)]
    return _share_base(mesh, body, base, vertices), (((x0 + x1) / 2, (y0 + y1) / 2), ((far0[0] + far1[0]) / 2, top))


def _share_base(mesh: Mesh, body: Ring, base: list[int], vertices: list[int]) -> Ring:
    """The ribbon's ring: new edges outside, and the body's own edges, backwards, along the base."""
    chain = [vertices[0], *reversed(vertices[2:]), vertices[1]]
    ring: Ring = [(a, mesh.edge(a, b)) for a, b in zip(chain[:-1], chain[1:], strict=True)]
    for i in reversed(base[:-1]):
        ring.append((body[i + 1][0], body[i][1]))
    return ring


def _steps(a: Point, b: Point) -> list[Point]:
    n = max(1, math.ceil(math.dist(a, b) / RIM_STEP_M))
    return [(a[0] + (b[0] - a[0]) * k / n, a[1] + (b[1] - a[1]) * k / n) for k in range(1, n)]
