"""Land that is not homes, for drawing: parks, works, schools, hills, mines, water, railway yards and rivers in town."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from boundaries.demo.land import Land
from boundaries.demo.naming import Names

KINDS = ("river", "park", "industry", "school", "hill", "water", "mine", "railway_yard")


def landuse_frame(land: Land, namer: Names, pits: list[Any]) -> gpd.GeoDataFrame:
    """One row for each piece of other land inside the towns, then the mines outside."""
    kinds, called, shapes = [], [], []
    count = dict.fromkeys(KINDS, 0)
    for i, cell in enumerate(land.cells):
        kind = land.blocks[cell.block].kind
        if kind in KINDS:
            count[kind] += 1
            kinds.append(kind)
            called.append(_name(namer, kind, count[kind]))
            shapes.append(land.polygons[i])
    for pit in pits:
        count["mine"] += 1
        kinds.append("mine")
        called.append(_name(namer, "mine", count["mine"]))
        shapes.append(pit)
    return gpd.GeoDataFrame({"kind": kinds, "name": called}, geometry=shapes, crs=land.divisions.layout["metric_crs"])


def _name(namer: Names, kind: str, k: int) -> str:
    parts, rng = namer.parts, namer.rng
    if kind == "park":
        return namer.free(str(rng.choice(parts["park_first"])) + str(rng.choice(parts["park_last"])))
    if kind == "school":
        return str(parts["school"][k % len(parts["school"])]).format(n=k)
    if kind == "industry":
        return namer.free(str(rng.choice(parts["works"][10:])))
    if kind == "mine":
        return namer.free(str(rng.choice(parts["mine_first"])) + "矿区")
    return str({"water": parts["lake"], "railway_yard": parts["yard"], "hill": parts["hill"]}.get(kind, ""))


def draw_pits(land: Land, built_up: Any, rng: np.random.Generator) -> list[Any]:
    """Mine grounds in the side valleys near the railways: irregular patches on village land."""
    out: list[Any] = []
    seats = shapely.multipoints([v.seat for v in land.villages])
    near = built_up.buffer(80.0)
    shapely.prepare(near)
    for river in land.rivers:
        if not river.rail or river.half_width_m > 30:
            continue
        for _ in range(14):
            foot = river.line.interpolate(float(rng.uniform(0.08, 0.92)), normalized=True)
            angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
            size = float(rng.uniform(130, 380))
            r = size * (1 + 0.18 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.1 * np.sin(3 * angle + rng.uniform(0, 6)))
            away = size * 1.35 + river.half_width_m + 60
            turn = float(rng.uniform(0, 6.28))
            x, y = foot.x + away * np.cos(turn), foot.y + away * np.sin(turn)
            pit = shapely.Polygon(np.round(np.column_stack([x + 1.25 * r * np.cos(angle), y + 0.8 * r * np.sin(angle)]), 3))
            clear = not any(pit.intersects(other) for other in out) and not near.intersects(pit)
            if clear and pit.distance(seats) > 160 and pit.distance(river.line) > 40:
                out.append(pit)
    return out
