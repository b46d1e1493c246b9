"""A model city on a lattice of 80 m squares, small enough to fill in a second. Names and codes are invented.

Each of two streets, side by side (columns run east, rows north):

    row 3: the street's rest                      | columns 10..13, rows 0..3: a village
    rows 0..2: a community each                   |
        columns 0..4: grid 001, one square a micro-grid, the last one a tower that two micro-grids share; columns 5..9: grid 002
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.geometry import to_lonlat
from boundaries.model import Level

CRS, SIDE_M = "EPSG:4547", 80.0
EAST, NORTH = 463_000.0, 4_191_500.0
CITY = "149900"
LEVELS = (
    Level("city", 0, "市", "city", False),
    Level("district", 1, "区县", "district", False),
    Level("street", 2, "街道", "street", False),
    Level("community", 3, "社区", "community", False),
    Level("grid", 4, "网格", "grid", False),
    Level("micro_grid", 5, "微网格", "micro-grid", True),
    Level("rest", 6, "其余", "rest", True),
)
AREAS = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "geometry"]
ADDRESS = {"address_id": 0, "road": "", "road_number": "", "stairwell": "", "floor_from": 1, "floor_to": 6, "datum": "wgs84"}


@dataclass(frozen=True)
class LatticeCity:
    """The frames a filler reads."""

    areas: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    addresses: pd.DataFrame
    seats: pd.DataFrame
    scale: float


def square(column: int, row: int) -> shapely.Polygon:
    x, y = EAST + column * SIDE_M, NORTH + row * SIDE_M
    return shapely.box(x, y, x + SIDE_M, y + SIDE_M)


def block(columns: range, row: range) -> shapely.Polygon:
    """Squares joined, every corner of the lattice on the rim kept as a vertex."""
    return shapely.coverage_union_all([square(c, r) for c in columns for r in row])


def lonlat(shape: Any) -> tuple[float, float]:
    x, y = shapely.get_coordinates(to_lonlat(shapely.point_on_surface(shape), CRS))[0]
    return float(x), float(y)


def lattice_city(*, scale: float = 0.1) -> LatticeCity:
    areas: list[dict[str, Any]] = [area(CITY, "city", "city", "格子市", "")]
    addresses: list[dict[str, Any]] = []
    compounds: list[dict[str, Any]] = []
    seats: list[tuple[str, str, float, float]] = []
    for s, district in enumerate((f"{CITY[:4]}01", f"{CITY[:4]}02")):
        add_street(s * 14, district, areas, addresses, compounds, seats)
    for number, row in enumerate(addresses, start=1):
        row["address_id"] = number
    frame = gpd.GeoDataFrame(pd.DataFrame(areas, columns=AREAS), geometry="geometry", crs=CRS)
    return LatticeCity(
        areas=frame,
        compounds=gpd.GeoDataFrame(pd.DataFrame(compounds), geometry="geometry", crs=CRS),
        addresses=pd.DataFrame(addresses),
        seats=pd.DataFrame(seats, columns=["area_code", "level", "lon", "lat"]),
        scale=scale,
    )


def area(code: str, level: str, kind: str, name: str, parent: str, shape: Any = None, *, shares: str | None = None) -> dict[str, Any]:
    households = 40 if level == "micro_grid" or kind == "village" else 0
    return dict(zip(AREAS, (code, level, kind, name, parent, shares, households, shape), strict=True))


def add_street(
    left: int,
    district: str,
    areas: list[dict[str, Any]],
    addresses: list[dict[str, Any]],
    compounds: list[dict[str, Any]],
    seats: list[tuple[str, str, float, float]],
) -> None:
    street, village = f"{district}001", f"{district}001201"
    areas.append(area(district, "district", "district", f"第{district}区", CITY))
    areas.append(area(street, "street", "subdistrict", f"第{district}街道", district))
    areas.append(area(street.ljust(17, "9"), "rest", "rest", "其余地块", street, block(range(left, left + 10), range(3, 4))))
    green = block(range(left + 10, left + 14), range(4))
    areas.append(area(village, "community", "village", f"第{district}村", street, green))
    lon, lat = lonlat(green)
    where = {
        "community_code": village,
        "compound_code": "",
        "compound_name": f"第{district}村",
        "building": "第1组",
        "micro_grid_code": village,
    }
    addresses.append({**ADDRESS, **where, "road_number": "1-40号", "households": 40, "lon": lon, "lat": lat})
    seats += [(district, "district", lon, lat), (street, "street", lon, lat), (village, "community", lon, lat)]
    for c in range(3):
        community = f"{street}{c + 1:03d}"
        areas.append(area(community, "community", "community", f"第{community}社区", street))
        seats.append((community, "community", *lonlat(square(left + 4, c))))
        for g in range(2):
            add_grid(left + 5 * g, c, f"{community}{g + 1:03d}", areas, addresses, compounds)


def add_grid(
    left: int, row: int, grid: str, areas: list[dict[str, Any]], addresses: list[dict[str, Any]], compounds: list[dict[str, Any]]
) -> None:
    community, number = grid[:12], len(compounds) + 1
    compound, name = f"XQ{number:012d}", f"方格{'甲乙丙丁戊己庚辛壬癸子丑'[number - 1]}小区"
    areas.append(area(grid, "grid", "grid", f"第{grid[-3:]}网格", community))
    for k in range(5):
        code, shape = f"{grid}{k + 1:02d}", square(left + k, row)
        areas.append(area(code, "micro_grid", "micro_grid", f"第{k + 1}微网格", grid, shape))
        lon, lat = lonlat(shape)
        where = {
            "community_code": community,
            "compound_code": compound,
            "compound_name": name,
            "road": f"{row + 1}号街",
            "road_number": f"{number}号",
        }
        leaves = [code, code]
        if k == 4 and grid.endswith("001"):
            leaves[1] = f"{grid}06"
            areas.append(area(leaves[1], "micro_grid", "micro_grid", "第6微网格", grid, shares=code))
        for w, leaf in enumerate(leaves, start=1):
            door = {"building": f"{k + 1}号楼", "stairwell": f"{w}单元", "households": 20, "lon": lon + 1e-4 * (w - 1.5), "lat": lat}
            addresses.append({**ADDRESS, **where, **door, "micro_grid_code": leaf})
    compounds.append(
        {
            "code": compound,
            "name": name,
            "community_code": community,
            "households": 200,
            "five_star": number in (3, 8),
            "property_firm": None if number == 5 else f"第{number % 4}物业公司",
            "geometry": block(range(left, left + 5), range(row, row + 1)),
        }
    )
