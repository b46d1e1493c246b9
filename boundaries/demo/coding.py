"""Codes and names for grids, micro-grids and rests, and the frame of all areas."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from boundaries.demo.grids import Membership
from boundaries.demo.land import Land

RANK = {"city": 0, "district": 1, "street": 2, "community": 3, "grid": 4, "micro_grid": 5, "rest": 6}
COLUMNS = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "made_up", "geometry"]


@dataclass
class Codes:
    """grid: code of each home block. cell: codes of the micro-grids on each cell (the first owns the face). leaf: code of each face."""

    grid: dict[int, str] = field(default_factory=dict)
    cell: dict[int, list[str]] = field(default_factory=dict)
    leaf: list[str] = field(default_factory=list)


def number(land: Land, of: Membership) -> Codes:
    """Numbers from the north-west to the south-east: grids in each community, micro-grids in each grid."""
    xy = shapely.get_coordinates(shapely.centroid(land.polygons))
    members: dict[int, list[int]] = defaultdict(list)
    for i, g in enumerate(of.grid):
        if g >= 0 and land.cells[i].homes:
            members[g].append(i)
    grids: dict[str, list[int]] = defaultdict(list)
    for g in sorted(members):
        grids[land.blocks[g].community].append(g)
    codes = Codes()
    for community, blocks in grids.items():
        middle = {g: xy[members[g]].mean(axis=0) for g in blocks}
        for k, g in enumerate(sorted(blocks, key=lambda g: (-round(middle[g][1] / 220), middle[g][0], g)), 1):
            codes.grid[g] = f"{community}{k:03d}"
    for g, cells in members.items():
        n = 0
        for i in sorted(cells, key=lambda i: (-round(xy[i][1] / 70), xy[i][0], i)):
            codes.cell[i] = [f"{codes.grid[g]}{n + k:02d}" for k in range(1, land.cells[i].homes + 1)]
            n += land.cells[i].homes
    codes.leaf = [_leaf(of, codes, i) for i in range(len(land.cells))] + [v.place.code for v in land.villages]
    return codes


def _leaf(of: Membership, codes: Codes, i: int) -> str:
    if i in codes.cell:
        return codes.cell[i][0]
    parent = codes.grid[of.grid[i]] if of.grid[i] >= 0 else of.community[i] or of.street[i]
    return rest_code(parent) if parent else ""


def rest_code(parent: str) -> str:
    """The code of the rest of a parent: the parent's code filled with 9 to 17 characters."""
    return parent.ljust(17, "9")


def areas_frame(land: Land, of: Membership, codes: Codes, households: dict[str, int]) -> gpd.GeoDataFrame:
    """All areas of the city; households: of each leaf by code."""
    d = land.divisions
    rows: list[dict[str, Any]] = [_row(d.code, "city", "city", d.name, "")]
    rows += [_row(c, "district", "district", name, d.code) for c, name in d.districts.items()]
    names = {d.code: d.name, **d.districts}
    for s in d.streets.values():
        names[s.code] = s.name
        rows.append(_row(s.code, "street", s.kind, s.name, s.district))
        for c in s.communities:
            names[c.code] = c.name
            rows.append(_row(c.code, "community", "community", c.name, s.code, made_up=c.made_up))
    faces: dict[str, list[int]] = defaultdict(list)
    for i, code in enumerate(codes.leaf):
        if code:
            faces[code].append(i)
    rows += _grid_rows(codes, names)
    rows += [r for i in sorted(codes.cell) for r in _micro_rows(land, codes, i, names, households)]
    for code in sorted(faces):
        first = faces[code][0]
        if first < len(land.cells) and not land.cells[first].homes:
            parent = codes.grid.get(of.grid[first]) or of.community[first] or of.street[first]
            shape = land.polygons[first] if len(faces[code]) == 1 else shapely.coverage_union_all(land.polygons[faces[code]])
            rows.append(_row(code, "rest", "rest", f"{names[parent]}其余地块", parent, made_up=True, geometry=shape))
    for k, v in enumerate(land.villages):
        n = households.get(v.place.code, 0)
        rows.append(
            _row(v.place.code, "community", "village", v.place.name, v.street, households=n, geometry=land.polygons[len(land.cells) + k])
        )
    _sum_up(rows)
    rows.sort(key=lambda r: (RANK[r["level"]], r["code"]))
    return gpd.GeoDataFrame({c: [r[c] for r in rows] for c in COLUMNS}, geometry="geometry", crs=d.layout["metric_crs"])


def _row(
    code: str,
    level: str,
    kind: str,
    name: str,
    parent: str,
    *,
    shares: str | None = None,
    households: int = 0,
    made_up: bool = False,
    geometry: Any = None,
) -> dict[str, Any]:
    return {
        "code": code,
        "level": level,
        "kind": kind,
        "name": name,
        "parent_code": parent,
        "shares_face_of": shares,
        "households": households,
        "made_up": made_up,
        "geometry": geometry,
    }


def _grid_rows(codes: Codes, names: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for code in sorted(codes.grid.values()):
        names[code] = f"{names[code[:12]]}第{int(code[12:])}网格"
        rows.append(_row(code, "grid", "grid", names[code], code[:12], made_up=True))
    return rows


def _micro_rows(land: Land, codes: Codes, i: int, names: dict[str, str], households: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    owner = codes.cell[i][0]
    for code in codes.cell[i]:
        name = f"{names[code[:15]]}第{code[15:]}微网格"
        shares = None if code == owner else owner
        shape = land.polygons[i] if code == owner else None
        n = households.get(code, 0)
        rows.append(_row(code, "micro_grid", "micro_grid", name, code[:15], shares=shares, households=n, made_up=True, geometry=shape))
    return rows


def _sum_up(rows: list[dict[str, Any]]) -> None:
    """Households of parents: the sum of their children's."""
    by_code = {r["code"]: r for r in rows}
    for level in ("micro_grid", "rest", "grid", "community", "street", "district"):
        for r in rows:
            if r["level"] == level:
                by_code[r["parent_code"]]["households"] += r["households"]


def land_point(shape: Any) -> tuple[float, float]:
    """A point well inside a shape."""
    x, y = np.round(shapely.get_coordinates(shapely.point_on_surface(shape))[0], 3)
    return float(x), float(y)
