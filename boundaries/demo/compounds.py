"""Residential compounds: neighbouring plots of one style behind one name; they overlap grids and do not nest in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from boundaries.demo.grids import Membership
from boundaries.demo.growth import grow_nearest
from boundaries.demo.land import Land
from boundaries.demo.mesh import signed_area


@dataclass
class Compound:
    """Cells that belong together. style: tower, slab or row."""

    cells: list[int]
    community: str
    style: str
    mining: bool
    built_year: int = 0
    code: str = ""
    name: str = ""


def form_compounds(land: Land, of: Membership, wanted: int, rng: np.random.Generator) -> list[Compound]:
    """As many compounds as wanted: home blocks, of which some are joined across a street and large ones parted."""
    groups: dict[int, list[int]] = {}
    for i, cell in enumerate(land.cells):
        if cell.homes:
            groups.setdefault(cell.block, []).append(i)
    _join(land, groups, max(round(0.09 * len(groups)), len(groups) - wanted), rng)
    parts = [cells for _, cells in sorted(groups.items())]
    while len(parts) < wanted:
        k = max(range(len(parts)), key=lambda k: (len(parts[k]), -k))
        if len(parts[k]) < 2:
            break
        halves = _part(land, parts[k])
        parts[k : k + 1] = halves
    mining = land.divisions.layout["mining_district"]
    out = []
    for cells in parts:
        block = land.blocks[land.cells[cells[0]].block]
        shared = any(land.cells[i].homes > 1 for i in cells)
        dug = land.divisions.streets[block.street].district == mining
        style = "tower" if shared else _style(land, cells, block.density, dug, rng)
        out.append(Compound(cells, block.community, style, dug, _year(style, rng)))
    out.sort(key=lambda c: (c.community, _order(land, c.cells)))
    for k, c in enumerate(out, 1):
        c.code = f"XQ{land.divisions.code}{k:06d}"
    return out


def _order(land: Land, cells: list[int]) -> tuple[int, float]:
    x, y = shapely.get_coordinates(shapely.centroid(land.polygons[cells])).mean(axis=0)
    return -round(y / 200), float(x)


def _join(land: Land, groups: dict[int, list[int]], n: int, rng: np.random.Generator) -> None:
    """Join n pairs of small neighbouring blocks of one community."""
    block_of = {i: g for g, cells in groups.items() for i in cells}
    done: set[int] = set()
    for g in sorted(groups, key=lambda g: (len(groups[g]) + float(rng.uniform(0, 8)), g)):
        if n <= 0:
            return
        if g in done or g not in groups:
            continue
        near: dict[int, float] = {}
        for i in groups[g]:
            for j, length in land.graph[i].items():
                h = block_of.get(j, g)
                if h not in (g, *done) and h in groups and land.blocks[h].community == land.blocks[g].community:
                    near[h] = near.get(h, 0.0) + length
        fit = [h for h in sorted(near) if len(groups[h]) + len(groups[g]) <= 22 and near[h] > 40]
        if fit:
            h = max(fit, key=lambda h: near[h])
            groups[h] = groups[h] + groups.pop(g)
            done |= {g, h}
            n -= 1


def _part(land: Land, cells: list[int]) -> list[list[int]]:
    """A compound cut in two connected parts."""
    xy = shapely.get_coordinates(shapely.centroid(land.polygons[cells]))
    along = xy - xy.mean(axis=0)
    axis = int(np.ptp(along[:, 1]) > np.ptp(along[:, 0]))
    seeds = [cells[int(np.argmin(along[:, axis]))], cells[int(np.argmax(along[:, axis]))]]
    if seeds[0] == seeds[1]:
        seeds = cells[:2]
    even = {i: dict.fromkeys(land.graph[i], 1.0) for i in cells}
    owner = grow_nearest(even, set(cells), seeds)
    second = [i for i in cells if owner.get(i, 0) == 1]
    return [[i for i in cells if i not in set(second)], second]


def _style(land: Land, cells: list[int], density: float, dug: bool, rng: np.random.Generator) -> str:
    """Row houses at the edge and by the mines, towers in the middle, walk-up slabs everywhere; tight plots are never rows."""
    plot = float(np.mean([abs(signed_area(land.mesh.corners(land.cells[i].ring))) for i in cells]))
    roll = float(rng.random())
    rows = 0.34 * (1 - density) + (0.16 if dug else 0.02)
    towers = 0.08 + 0.34 * density
    if plot < 2200:
        return "tower" if roll < 0.6 else "slab"
    return "row" if roll < rows else "tower" if roll < rows + towers else "slab"


def _year(style: str, rng: np.random.Generator) -> int:
    first, last = {"row": (1953, 1980), "slab": (1976, 2004), "tower": (2001, 2023)}[style]
    return int(rng.integers(first, last))


def compound_shape(land: Land, cells: list[int]) -> Any:
    """The land of a compound, a few metres inside its plots' borders."""
    whole = shapely.coverage_union_all(land.polygons[cells])
    inner = shapely.buffer(whole, -3.0, join_style="mitre", mitre_limit=2.0)
    shape = shapely.set_precision(inner, 0.001)
    if shape.is_empty or not shape.is_valid:
        shape = whole
    return shape
