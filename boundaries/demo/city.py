"""The synthetic model city as frames: real names and codes, made-up shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.demo.addresses import address_frame, building_numbers, roads_of_compounds, to_wgs84, village_rows
from boundaries.demo.buildings import Built, build_town, build_villages
from boundaries.demo.coding import Codes, areas_frame, number
from boundaries.demo.compounds import Compound, compound_shape, form_compounds
from boundaries.demo.divisions import read_divisions
from boundaries.demo.grids import Membership, assign
from boundaries.demo.land import Land, draw_land
from boundaries.demo.landuse import draw_pits, landuse_frame
from boundaries.demo.naming import Names, name_compounds, name_roads
from boundaries.demo.networks import railways_frame, rivers_frame, roads_frame, town_shape
from boundaries.demo.seats import seats_frame
from boundaries.errors import BoundariesError

SYNTHETIC_ZH = "示范城市的名称和代码取自公开的行政区划资料，边界、建筑、道路和地址均为程序合成，不代表任何真实界线。"
SYNTHETIC_EN = (
    "Names and codes of the model city come from public lists of divisions; borders, buildings, roads and addresses are made by a program "
    "and show no real boundary."
)


@dataclass(frozen=True)
class DemoCity:
    """The model city. Every geometry is in metres in EPSG:4547 on the 1 mm grid; every lon and lat is WGS-84 degrees with 9 decimals.

    areas: GeoDataFrame, ordered by (rank of the level, code):
        code; level (city | district | street | community | grid | micro_grid | rest); kind (city, district, subdistrict, town, township,
        development_zone, community, village, grid, micro_grid, rest); name; parent_code ('' for the city); shares_face_of (code of the
        micro-grid that owns the face, or None); households (of a leaf: the sum of its address rows; of a parent: of its children);
        made_up (its name and code are invented: all grids, micro-grids and rests, few communities); geometry (of leaves that own a face:
        micro-grids, rests, villages; a rest may be a MultiPolygon; None for all others).
    compounds: GeoDataFrame [code (XQ + 12 digits), name, community_code, style (tower | slab | row), households, buildings, five_star
        (bool), property_firm ('' for none), owners_committee (bool), built_year, geometry]; they overlap grids and do not nest.
    buildings: GeoDataFrame [building_id, compound_code ('' outside compounds), name (3号楼; '' without homes), kind (tower | slab | row |
        house | works | school | shop), floors, stairwells, households, leaf_code (the leaf that owns the ground), geometry].
    addresses: DataFrame [address_id, community_code, compound_code, compound_name, road, road_number, building, stairwell, floor_from,
        floor_to, households, lon, lat, datum ('wgs84'), micro_grid_code]; a row is a stairwell, or a range of floors where micro-grids
        share a stairwell, or a row of houses (stairwell ''). A village has a row for each group of its houses; its own code stands in
        community_code and micro_grid_code.
    roads: GeoDataFrame [name ('' for country roads), class (avenue | road | street | lane | highway | country), geometry: line].
    railways: GeoDataFrame [name, geometry: line].  rivers: GeoDataFrame [name, half_width_m, geometry: water as polygons].
    landuse: GeoDataFrame [kind (river | park | industry | school | hill | water | mine | railway_yard), name, geometry], for drawing.
    seats: DataFrame [area_code, level (district | street | community), lon, lat]: a place among the homes of the area.
    notes: counts, the gap that no leaf fills (its middle as gap_lon, gap_lat), enclaves (code of the micro-grid -> code of the grid
        around it), sharers (code -> owner of the face), and in zh and en the sentence that the shapes are synthetic.
    """

    areas: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    addresses: pd.DataFrame
    roads: gpd.GeoDataFrame
    railways: gpd.GeoDataFrame
    rivers: gpd.GeoDataFrame
    landuse: gpd.GeoDataFrame
    seats: pd.DataFrame
    seed: int
    scale: float
    notes: dict[str, Any]


def build_city(*, seed: int = 1, scale: float = 1.0) -> DemoCity:
    """The model city for a seed: the same frames for the same seed and scale, on every machine with the same library versions.

    scale: 1 is the size of the real lists (940 grids, 8,950 micro-grids, 620 villages); 0.1 keeps at least one community for each street
    that has any; above 1 communities are added (marked made_up) and the towns grow, the villages stay the real 620.
    Raises BoundariesError (demo_scale, demo_seed) for a scale outside 0.02 .. 20 or a negative seed.
    """
    if not 0.02 <= scale <= 20:
        raise BoundariesError(
            "demo_scale", en="scale must lie between 0.02 and 20, not {scale}", zh="比例须在 0.02 到 20 之间，而不是 {scale}", scale=scale
        )
    if seed < 0:
        raise BoundariesError("demo_seed", en="seed must not be negative: {seed}", zh="种子不能为负数：{seed}", seed=seed)
    divisions = read_divisions(scale)
    land = draw_land(divisions, seed, scale)
    of = assign(land, np.random.default_rng([seed, 5]))
    codes = number(land, of)
    compounds = form_compounds(land, of, round(divisions.layout["compounds"] * scale), np.random.default_rng([seed, 6]))
    return _frames(land, of, codes, compounds, seed, scale)


def _frames(land: Land, of: Membership, codes: Codes, compounds: list[Compound], seed: int, scale: float) -> DemoCity:
    names = Names(np.random.default_rng([seed, 7]))
    roads = name_roads(land, names)
    places = roads_of_compounds(land, compounds, roads)
    name_compounds(land, compounds, places[0], names)
    compound_at = {i: k for k, c in enumerate(compounds) for i in c.cells}
    built = build_town(land, compounds, np.random.default_rng([seed, 8]))
    numbers = building_numbers(built, compound_at)
    groups = village_rows(land, np.random.default_rng([seed, 9]))
    addresses = address_frame(land, built, codes, compounds, compound_at, places, numbers, groups)
    households = {str(k): int(v) for k, v in addresses.groupby("micro_grid_code")["households"].sum().items()}
    areas = areas_frame(land, of, codes, households)
    outline = shapely.coverage_union_all(land.polygons)
    built_up = shapely.union_all([town_shape(land, t) for t in land.towns])
    pits = draw_pits(land, built_up, np.random.default_rng([seed, 10]))
    rng = np.random.default_rng([seed, 11])
    return DemoCity(
        areas=areas,
        compounds=_compounds_frame(land, compounds, addresses, names, scale),
        buildings=_buildings_frame(land, built, codes, compounds, compound_at, numbers, np.random.default_rng([seed, 12])),
        addresses=addresses,
        roads=roads_frame(land, built_up, outline, roads, rng),
        railways=railways_frame(land, outline, names, pits),
        rivers=rivers_frame(land, built_up, outline, names),
        landuse=landuse_frame(land, names, pits),
        seats=seats_frame(land, codes),
        seed=seed,
        scale=scale,
        notes=_notes(land, of, codes, areas, compounds, addresses),
    )


def _compounds_frame(land: Land, compounds: list[Compound], addresses: pd.DataFrame, names: Names, scale: float) -> gpd.GeoDataFrame:
    """The frame of compounds: most have a property firm, the newer ones an owners' committee, the best are five-star."""
    rng, parts = names.rng, names.parts
    homes = addresses.groupby("compound_code")["households"].sum()
    houses = addresses.groupby("compound_code")["building"].nunique()
    stars = max(1, round(land.divisions.layout["five_star"] * scale))
    score = [c.built_year + float(rng.uniform(0, 25)) + (8 if c.style != "row" else -90) for c in compounds]
    best = set(sorted(range(len(compounds)), key=lambda k: (-score[k], k))[:stars])
    firms, committees = [], []
    for k, c in enumerate(compounds):
        managed = k in best or rng.random() < {"tower": 0.97, "slab": 0.93, "row": 0.55}[c.style]
        firms.append(str(rng.choice(parts["firm_first"])) + parts["firm_last"] if managed else "")
        committees.append(bool(managed and rng.random() < (0.72 if c.built_year > 1995 else 0.4)))
    data = {
        "code": [c.code for c in compounds],
        "name": [c.name for c in compounds],
        "community_code": [c.community for c in compounds],
        "style": [c.style for c in compounds],
        "households": [int(homes[c.code]) for c in compounds],
        "buildings": [int(houses[c.code]) for c in compounds],
        "five_star": [k in best for k in range(len(compounds))],
        "property_firm": firms,
        "owners_committee": committees,
        "built_year": [c.built_year for c in compounds],
    }
    return gpd.GeoDataFrame(data, geometry=[compound_shape(land, c.cells) for c in compounds], crs=land.divisions.layout["metric_crs"])


def _buildings_frame(
    land: Land,
    built: Built,
    codes: Codes,
    compounds: list[Compound],
    compound_at: dict[int, int],
    numbers: list[str],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Town houses in the order of their plots, then the houses of the villages."""
    shapes, village, floors = build_villages(land, land.rivers, rng)
    town = [
        (compounds[compound_at[f]].code if f in compound_at else "", n, h)
        for f, n, h in zip(built.face.tolist(), numbers, built.houses, strict=True)
    ]
    k, n = len(town), len(shapes)
    data = {
        "building_id": np.arange(1, k + n + 1),
        "compound_code": [t[0] for t in town] + [""] * n,
        "name": [t[1] for t in town] + [""] * n,
        "kind": [t[2].kind for t in town] + ["house"] * n,
        "floors": [t[2].floors for t in town] + floors.tolist(),
        "stairwells": [len(t[2].doors) for t in town] + [1] * n,
        "households": [sum(t[2].doors) for t in town] + [1] * n,
        "leaf_code": [codes.leaf[f] for f in built.face.tolist()] + [codes.leaf[len(land.cells) + v] for v in village.tolist()],
    }
    return gpd.GeoDataFrame(data, geometry=[*built.shape, *shapes], crs=land.divisions.layout["metric_crs"])


def _notes(
    land: Land, of: Membership, codes: Codes, areas: gpd.GeoDataFrame, compounds: list[Compound], addresses: pd.DataFrame
) -> dict[str, Any]:
    gap = to_wgs84(shapely.get_coordinates(shapely.point_on_surface(land.polygons[[of.gap]])), land.divisions.layout["metric_crs"])[0]
    counts = {str(level): int(n) for level, n in areas["level"].value_counts().sort_index().items()}
    return {
        "zh": SYNTHETIC_ZH,
        "en": SYNTHETIC_EN,
        "counts": {
            **counts,
            "villages": len(land.villages),
            "compounds": len(compounds),
            "address_rows": len(addresses),
            "households": int(addresses["households"].sum()),
        },
        "gap_lon": float(gap[0]),
        "gap_lat": float(gap[1]),
        "enclaves": {codes.cell[i][0]: codes.grid[land.cells[i].block] for i in of.enclaves},
        "sharers": {c: owned[0] for owned in codes.cell.values() for c in owned[1:]},
    }
