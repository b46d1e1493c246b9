"""Roads, railways and rivers as lines and water, bent like the ground they run on."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array
from boundaries.demo.land import Land
from boundaries.demo.naming import Names
from boundaries.demo.town import Town

RAIL_OFFSET_M = 28.0


def roads_frame(land: Land, built_up: Any, outline: Any, names: list[list[str]], rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Town roads along the cuts, highways along the rivers, country roads from village to village."""
    lines: list[Any] = []
    kinds: list[str] = []
    called: list[str] = []
    for town, bend, row in zip(land.towns, land.bends, names, strict=True):
        pairs = [[land.mesh.points[land.mesh.edges[e].a], land.mesh.points[land.mesh.edges[e].b]] for e, _ in town.roads]
        plan = shapely.segmentize(shapely.linestrings(np.array(pairs)), 12.0)
        lines += list(shapely.transform(plan, bend))
        kinds += [c for _, c in town.roads]
        called += row
    for river in land.rivers:
        if river.road and river.name:
            beside = shapely.intersection(shapely.offset_curve(river.line, river.half_width_m + 22.0), outline)
            for part in _outside(beside, built_up, 200.0):
                lines.append(part)
                kinds.append("highway")
                called.append(f"{river.name}公路")
    for line in _country_roads(land, rng):
        for part in _outside(line, built_up, 40.0):
            lines.append(part)
            kinds.append("country")
            called.append("")
    return gpd.GeoDataFrame({"name": called, "class": kinds}, geometry=_rounded(lines), crs=land.divisions.layout["metric_crs"])


def _outside(line: Any, built_up: Any, least_m: float) -> list[Any]:
    parts = shapely.get_parts(shapely.difference(line, built_up))
    return [p for p in parts if p.geom_type == "LineString" and p.length > least_m]


def _rounded(lines: list[Any]) -> NDArray[Any]:
    return np.asarray(shapely.transform(np.array(lines, dtype=object), lambda c: np.round(c, 3) + 0.0))


def _country_roads(land: Land, rng: np.random.Generator) -> list[Any]:
    """A winding road for every edge of the shortest tree over villages and towns."""
    origins = [(b.origin[0], b.origin[1]) for b in land.bends]
    points = np.array([v.seat for v in land.villages] + origins)
    out = []
    for a, b in shortest_tree(points):
        d = points[b] - points[a]
        length = float(np.hypot(*d))
        t = np.linspace(0, 1, max(4, int(length / 90)))
        calm = np.sin(np.pi * t) * min(1.0, length / 1500)
        off = calm * (float(rng.uniform(-0.09, 0.09)) * length + 60 * np.sin(t * length / 260 + float(rng.uniform(0, 6))))
        line = points[a] + t[:, None] * d + off[:, None] * np.array([-d[1], d[0]]) / max(length, 1.0)
        out.append(shapely.LineString(line))
    return out


def shortest_tree(points: Array) -> list[tuple[int, int]]:
    """Edges of a minimum spanning tree (Prim)."""
    n = len(points)
    away, near, inside = np.full(n, np.inf), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    out, k = [], 0
    for _ in range(n - 1):
        inside[k] = True
        d = np.hypot(*(points - points[k]).T)
        closer = (d < away) & ~inside
        away[closer], near[closer] = d[closer], k
        k = int(np.argmin(np.where(inside, np.inf, away)))
        out.append((int(near[k]), k))
    return out


def rivers_frame(land: Land, built_up: Any, outline: Any, namer: Names) -> gpd.GeoDataFrame:
    """Water of every river and brook inside the city; where a river runs under a town it was not planned for, it is covered."""
    strips = _river_strips(land)
    shapely.prepare(built_up)
    rows: list[tuple[str, float, Any]] = []
    for river in land.rivers:
        name = river.name if _named(river.name, land) else _brook_name(namer)
        line = shapely.intersection(river.line, outline)
        if river.line.intersects(built_up):
            line = shapely.union(shapely.difference(line, built_up), shapely.intersection(line, strips))
        if line.is_empty:
            continue
        water = shapely.buffer(line, river.half_width_m, quad_segs=3, cap_style="flat")
        rows.append((name, river.half_width_m, shapely.transform(water, lambda c: np.round(c, 3) + 0.0)))
    data = {"name": [r[0] for r in rows], "half_width_m": [r[1] for r in rows]}
    return gpd.GeoDataFrame(data, geometry=[r[2] for r in rows], crs=land.divisions.layout["metric_crs"])


def _named(name: str, land: Land) -> bool:
    return any(r["name"] == name for r in land.divisions.layout["rivers"])


def _brook_name(namer: Names) -> str:
    parts, rng = namer.parts, namer.rng
    return namer.free(str(rng.choice(parts["brook_first"])) + str(rng.choice(parts["brook_last"])))


def _river_strips(land: Land) -> Any:
    mine = [i for i, c in enumerate(land.cells) if land.blocks[c.block].kind == "river"]
    return shapely.buffer(shapely.union_all(shapely.buffer(land.polygons[mine], 0.5)), -0.4)


def railways_frame(land: Land, outline: Any, namer: Names, mines: list[Any]) -> gpd.GeoDataFrame:
    """The main line beside the largest river and branches up the valleys of the mines, always on the same bank."""
    parts = namer.parts
    lines, called = [], []
    for river in land.rivers:
        if not river.rail:
            continue
        main = river.half_width_m > 30
        offset = river.half_width_m + RAIL_OFFSET_M
        beside = shapely.offset_curve(_eastward(river.line), offset)
        beside = shapely.intersection(beside, outline)
        for part in shapely.get_parts(shapely.line_merge(beside) if beside.geom_type == "MultiLineString" else beside):
            if part.geom_type == "LineString" and part.length > 800:
                lines.append(part)
                called.append(parts["railway_main"] if main else f"{river.name}{parts['railway_branch']}")
    for k, mine in enumerate(mines):
        spur = _spur(lines, mine)
        if spur is not None:
            lines.append(spur)
            called.append(f"矿{parts['railway_branch']}{k + 1}")
    return gpd.GeoDataFrame({"name": called}, geometry=_rounded(lines), crs=land.divisions.layout["metric_crs"])


def _eastward(line: Any) -> Any:
    xy = shapely.get_coordinates(line)
    return line if xy[-1, 0] >= xy[0, 0] else shapely.reverse(line)


def _spur(lines: list[Any], mine: Any) -> Any:
    """A curved siding from the nearest railway to a mine's edge, if it is near."""
    near = shapely.shortest_line(shapely.union_all(lines), mine)
    if not 60 < near.length < 2500:
        return None
    a, b = shapely.get_coordinates(near)
    d = b - a
    t = np.linspace(0, 1, 20)[:, None]
    side = np.array([-d[1], d[0]])
    return shapely.LineString(a + t * d + (0.22 * t * (1 - t) ** 2 * 4) * side)


def town_shape(land: Land, town: Town) -> Any:
    """The built-up area of a town."""
    mine = [i for i, c in enumerate(land.cells) if land.blocks[c.block].patch == town.index]
    return shapely.coverage_union_all(land.polygons[mine])
