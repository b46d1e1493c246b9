"""The address table: one row a stairwell, or a range of floors where micro-grids share one; and compounds' places along roads."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pyproj

from boundaries.demo.bending import Array
from boundaries.demo.buildings import Built
from boundaries.demo.coding import Codes
from boundaries.demo.compounds import Compound
from boundaries.demo.cutting import centre
from boundaries.demo.land import Land

COLUMNS = [
    "address_id",
    "community_code",
    "compound_code",
    "compound_name",
    "road",
    "road_number",
    "building",
    "stairwell",
    "floor_from",
    "floor_to",
    "households",
    "lon",
    "lat",
    "datum",
    "micro_grid_code",
]
WEIGHT = {"avenue": 3.0, "road": 2.5, "street": 2.0, "lane": 0.6}


def to_wgs84(points: Array, crs: str) -> Array:
    """lon, lat with 9 decimals."""
    lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(points[:, 0], points[:, 1])
    return np.column_stack([np.round(lon, 9), np.round(lat, 9)])


def roads_of_compounds(land: Land, compounds: list[Compound], names: list[list[str]]) -> tuple[list[str], list[str]]:
    """For every compound the road it lies on and its number there, odd on one side and even on the other."""
    at: dict[tuple[int, str], list[tuple[float, float, int]]] = defaultdict(list)
    roads: list[str] = []
    for k, c in enumerate(compounds):
        best: Counter[tuple[int, str]] = Counter()
        patch = land.blocks[land.cells[c.cells[0]].block].patch
        for i in c.cells:
            best.update(_road_lengths(land, i, patch, names[patch]))
        road = max(sorted(best), key=lambda r: best[r])[1] if best else names[patch][0]
        roads.append(road)
        middles = np.array([centre(land.mesh.corners(land.cells[i].ring)) for i in c.cells]).mean(axis=0)
        at[(patch, road)].append((float(middles[0]), float(middles[1]), k))
    numbers = [""] * len(compounds)
    for members in at.values():
        xs, ys = [m[0] for m in members], [m[1] for m in members]
        along = 0 if max(xs) - min(xs) >= max(ys) - min(ys) else 1
        line = sum(m[1 - along] for m in members) / len(members)
        counts = [1, 2]
        for m in sorted(members, key=lambda m: (m[along], m[2])):
            side = int(m[1 - along] > line)
            numbers[m[2]] = f"{counts[side]}号"
            counts[side] += 2
    return roads, numbers


def _road_lengths(land: Land, i: int, patch: int, names: list[str]) -> dict[tuple[int, str], float]:
    out: dict[tuple[int, str], float] = defaultdict(float)
    ring = land.cells[i].ring
    for k, (v, e) in enumerate(ring):
        road = land.mesh.edges[e].road
        if road >= 0:
            (x0, y0), (x1, y1) = land.mesh.points[v], land.mesh.points[ring[(k + 1) % len(ring)][0]]
            out[(patch, names[road])] += float(np.hypot(x1 - x0, y1 - y0)) * WEIGHT[land.towns[patch].roads[road][1]]
    return out


def building_numbers(built: Built, compound_at: dict[int, int]) -> list[str]:
    """Names like 3号楼 (5排 for row houses), counted from north to south and west to east in each compound; '' for other buildings."""
    middle = built.ends.mean(axis=1)
    order = sorted(
        (k for k, h in enumerate(built.houses) if h.doors),
        key=lambda k: (compound_at[int(built.face[k])], -round(middle[k, 1] / 24), middle[k, 0], k),
    )
    count: Counter[int] = Counter()
    out = [""] * len(built.houses)
    for k in order:
        c = compound_at[int(built.face[k])]
        count[c] += 1
        out[k] = f"{count[c]}排" if built.houses[k].kind == "row" else f"{count[c]}号楼"
    return out


def address_frame(
    land: Land,
    built: Built,
    codes: Codes,
    compounds: list[Compound],
    compound_at: dict[int, int],
    places: tuple[list[str], list[str]],
    numbers: list[str],
    village_rows: list[dict[str, Any]],
) -> pd.DataFrame:
    """The whole table, ordered by community, compound, building and stairwell."""
    rows: list[dict[str, Any]] = []
    points: list[tuple[float, float]] = []
    for k in sorted((k for k, n in enumerate(numbers) if n), key=lambda k: (compound_at[int(built.face[k])], k)):
        house, face = built.houses[k], int(built.face[k])
        index = compound_at[face]
        c = compounds[index]
        base = {
            "community_code": codes.cell[face][0][:12],
            "compound_code": c.code,
            "compound_name": c.name,
            "road": places[0][index],
            "road_number": places[1][index],
            "building": numbers[k],
        }
        for well, low, high, homes, code in _doors(house.doors, house.shares, house.floors, codes.cell[face]):
            share = (well - 0.5) / len(house.doors)
            start, end = built.ends[k]
            points.append((float(start[0] + share * (end[0] - start[0])), float(start[1] + share * (end[1] - start[1]))))
            stairwell = "" if house.kind == "row" else f"{well}单元"
            rows.append({**base, "stairwell": stairwell, "floor_from": low, "floor_to": high, "households": homes, "micro_grid_code": code})
    for r in village_rows:
        points.append(r.pop("point"))
        rows.append(r)
    lonlat = to_wgs84(np.array(points), land.divisions.layout["metric_crs"])
    frame = pd.DataFrame(rows).assign(lon=lonlat[:, 0], lat=lonlat[:, 1], datum="wgs84")
    frame.insert(0, "address_id", np.arange(1, len(frame) + 1))
    return frame[COLUMNS]


def _doors(
    doors: list[int], shares: list[tuple[int, int, int, int]], floors: int, codes: list[str]
) -> list[tuple[int, int, int, int, str]]:
    """(stairwell, first floor, last floor, households, micro-grid) of each row of a house."""
    if shares:
        return [(*share, code) for share, code in zip(shares, codes, strict=True)]
    return [(n, 1, floors, homes, codes[0]) for n, homes in enumerate(doors, 1)]


def village_rows(land: Land, rng: np.random.Generator) -> list[dict[str, Any]]:
    """One row for every group of a village, its house numbers in the building column; the village itself stands in micro_grid_code."""
    out = []
    for v in land.villages:
        groups = int(rng.integers(2, 7))
        for k in range(groups):
            homes = int(rng.integers(26, 64))
            shift = rng.uniform(-25, 25, 2)
            out.append(
                {
                    "community_code": v.place.code,
                    "compound_code": "",
                    "compound_name": v.place.name,
                    "road": "",
                    "road_number": f"1-{homes}号",
                    "building": f"第{k + 1}组",
                    "stairwell": "",
                    "floor_from": 1,
                    "floor_to": 2,
                    "households": homes,
                    "micro_grid_code": v.place.code,
                    "point": (v.seat[0] + float(shift[0]), v.seat[1] + float(shift[1])),
                }
            )
    return out
