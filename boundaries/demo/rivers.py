"""The valleys: named rivers that run through the towns, and brooks that come down from the hills."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from boundaries.demo.bending import Array, Bend
from boundaries.demo.town import Town


@dataclass(frozen=True, slots=True)
class River:
    """A watercourse: middle line in the city's CRS, half the width of its water."""

    name: str
    half_width_m: float
    line: Any
    rail: bool
    road: bool


def draw_rivers(
    rng: np.random.Generator, layout: dict[str, Any], towns: list[Town], bends: list[Bend], stretch: float, origin: Array
) -> list[River]:
    """The rivers of the layout, then brooks that join them. Inside a town a river is exactly the line its blocks were cut along."""
    at = {t.name: (t, b) for t, b in zip(towns, bends, strict=True)}
    out: list[River] = []
    for spec in layout["rivers"]:
        course = _joined(_course(rng, spec["course"], at, stretch, origin), out, 1800.0 * stretch)
        out.append(River(spec["name"], float(spec["half_width_m"]), course, spec["rail"], spec["road"]))
    built = [_around(t, b) for t, b in zip(towns, bends, strict=True)]
    return out + _valley_brooks(rng, towns, bends, out) + _brooks(rng, out, shapely.union_all(built), stretch)


def _around(town: Town, bend: Bend) -> Any:
    points = np.array(town.rim.points)
    return shapely.Polygon(bend(points)).buffer(350)


def _course(rng: np.random.Generator, stops: list[Any], at: dict[str, tuple[Town, Bend]], stretch: float, origin: Array) -> Any:
    line: list[Array] = []
    for stop in stops:
        if isinstance(stop, str):
            town, bend = at[stop]
            reach = town.rim.length_m + 60.0
            s = np.linspace(-reach, reach, max(4, int(2 * reach / 20)))
            through = bend(np.column_stack([s, np.zeros_like(s)]))
            if line and np.hypot(*(through[0] - line[-1][-1])) > np.hypot(*(through[-1] - line[-1][-1])):
                through = through[::-1]
            if line:
                line.append(_wind(rng, line[-1][-1], through[0]))
            line.append(through)
        else:
            place = origin + 1000.0 * stretch * np.array(stop, dtype=float)
            line.append(_wind(rng, line[-1][-1], place) if line else place[None, :])
    return shapely.simplify(shapely.LineString(np.vstack(line)), 0.5)


def _joined(course: Any, rivers: list[River], reach_m: float) -> Any:
    """The course carried on to the river it ends near, so that tributaries do arrive."""
    points = shapely.get_coordinates(course)
    for end in (0, -1):
        near = [shapely.shortest_line(shapely.Point(points[end]), r.line) for r in rivers]
        best = min(near, key=lambda x: x.length, default=None)
        if best is not None and 1 < best.length < reach_m:
            foot = shapely.get_coordinates(best)[-1:]
            points = np.vstack([foot, points]) if end == 0 else np.vstack([points, foot])
    return shapely.LineString(points)


def _wind(rng: np.random.Generator, a: Array, b: Array) -> Array:
    """A winding line from a (not included) to b."""
    d = b - a
    length = float(np.hypot(*d))
    n = max(2, int(length / 120))
    t = np.linspace(0, 1, n + 1)[1:]
    calm = np.sin(np.pi * t)
    p, q = rng.uniform(0, 6.28, 2)
    bow = float(rng.uniform(-0.09, 0.09))
    off = calm * (bow * length + 150 * np.sin(t * length / 520 + p) + 70 * np.sin(t * length / 230 + q)) * min(1.0, length / 2500)
    return np.asarray(a + t[:, None] * d + off[:, None] * np.array([-d[1], d[0]]) / length)


def _valley_brooks(rng: np.random.Generator, towns: list[Town], bends: list[Bend], rivers: list[River]) -> list[River]:
    """Each built-up side valley has its brook; it goes on beyond the last houses."""
    out = []
    for town, bend in zip(towns, bends, strict=True):
        for k, (foot, tip, _) in enumerate(town.ribbons):
            t = np.linspace(0, 1, 40)[:, None]
            inside = bend(np.array(foot) + t * (np.array(tip) - np.array(foot)))
            d = inside[-1] - inside[-4]
            far = inside[-1] + d / np.hypot(*d) * rng.uniform(1500, 2800)
            line = shapely.LineString(np.vstack([inside, _wind(rng, inside[-1], far)]))
            out.append(River(f"{town.name}-{k + 1}", 3.5, line, False, False))
    return out


def _brooks(rng: np.random.Generator, rivers: list[River], towns: Any, stretch: float) -> list[River]:
    """Brooks on alternating sides of the rivers, a few kilometres long, never across another valley."""
    out: list[River] = []
    taken = [r.line for r in rivers]
    for river in rivers:
        length, place, side = river.line.length, float(rng.uniform(900, 2500)) * stretch, 1
        while place < length - 500:
            foot = np.array(river.line.interpolate(place).coords[0])
            ahead = np.array(river.line.interpolate(place + 60).coords[0])
            angle = math.atan2(*(ahead - foot)[::-1]) + side * float(rng.uniform(1.0, 2.1))
            far = foot + float(rng.uniform(2800, 6500)) * stretch * np.array([math.cos(angle), math.sin(angle)])
            line = shapely.LineString(np.vstack([foot[None, :], _wind(rng, foot, far)]))
            if not line.intersects(towns) and not any(line.intersects(other) for other in taken if other is not river.line):
                out.append(River("", 2.5, line, False, False))
                taken.append(line)
            side, place = -side, place + float(rng.uniform(1500, 3200)) * stretch
    return out
