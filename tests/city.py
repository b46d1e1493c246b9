"""A tiny city whose answers are worked out by hand.

Squares of 100 m in EPSG:4547, south-west corner at (463000, 4191500). Columns run east, rows north:

    rest of the street:  y 200..250, x 0..300
    community A (149901001001)            community B (149901001002)
      grid 002: (0,1) (1,1)                 grid 001: one micro-grid x 200..300, y 0..200
      grid 001: (0,0) (1,0)                 with a hole x 240..260, y 90..110 that no leaf fills
    village V (149901001201): x 300..500, y 0..250, a leaf of its own

(1,0) is one tower of two micro-grids: 02 owns the face, 03 shares it. Codes and names are invented.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import geopandas as gpd
import pyproj
import shapely
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.model import Level
from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.repository import add_generation, write_city
from geo_service.demo.bulk import insert_rows
from geo_service.flows.dispatch.rules import seed_rules
from geo_service.geocoding.tables import address
from geo_service.workers.tables import absence, agency, holding, person, post

CRS = "EPSG:4547"
EAST, NORTH = 463_000.0, 4_191_500.0
FOUNDED_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
STREET, A, B, V = "149901001", "149901001001", "149901001002", "149901001201"
A1, A2, B1 = f"{A}001", f"{A}002", f"{B}001"
LEVELS = (
    Level("city", 0, "市", "city", False, r"\d{6}"),
    Level("district", 1, "区县", "district", False, r"\d{6}"),
    Level("street", 2, "街道", "street", False, r"\d{9}"),
    Level("community", 3, "社区", "community", False, r"\d{12}"),
    Level("grid", 4, "网格", "grid", False, r"\d{15}"),
    Level("micro_grid", 5, "微网格", "micro-grid", True, r"\d{17}"),
    Level("rest", 6, "其余", "rest", True, r"\d{17}"),
)


def square(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A rectangle in metres from the city's corner."""
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


@functools.cache
def _to_wgs84() -> pyproj.Transformer:
    """Made once: that takes a tenth of a second."""
    return pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """WGS-84 lon, lat of metres from the city's corner."""
    lon, lat = _to_wgs84().transform(EAST + x, NORTH + y)
    return round(lon, 9), round(lat, 9)


def noded(shape: shapely.Polygon) -> shapely.Polygon:
    """The shape with a vertex wherever a corner of the city lies on its border, as in a true coverage."""
    corners = shapely.points([(EAST + x, NORTH + y) for x in (0, 100, 200, 300, 500) for y in (0, 100, 200, 250)])
    ring = [*shape.exterior.coords[:-1]]
    extra = [(p.x, p.y) for p in corners if shape.exterior.distance(p) == 0 and (p.x, p.y) not in ring]
    along = sorted({*ring, *extra}, key=lambda c: shape.exterior.project(shapely.Point(c)))
    return shapely.Polygon(along, [hole.coords for hole in shape.interiors])


def areas() -> gpd.GeoDataFrame:
    """The areas of the tiny city, as `add_generation` takes them."""
    rows: list[tuple[Any, ...]] = [
        ("149900", "city", "city", "测试市", None, None, 0, None),
        ("149901", "district", "district", "测试区", "149900", None, 0, None),
        (STREET, "street", "subdistrict", "测试街道", "149901", None, 0, None),
        (A, "community", "community", "甲社区", STREET, None, 0, None),
        (B, "community", "community", "乙社区", STREET, None, 0, None),
        (V, "community", "village", "丙村", STREET, None, 120, square(300, 0, 500, 250)),
        (A1, "grid", "grid", "甲社区第1网格", A, None, 0, None),
        (A2, "grid", "grid", "甲社区第2网格", A, None, 0, None),
        (B1, "grid", "grid", "乙社区第1网格", B, None, 0, None),
        (f"{A1}01", "micro_grid", "micro_grid", "甲1-01", A1, None, 40, square(0, 0, 100, 100)),
        (f"{A1}02", "micro_grid", "micro_grid", "甲1-02", A1, None, 30, square(100, 0, 200, 100)),
        (f"{A1}03", "micro_grid", "micro_grid", "甲1-03", A1, f"{A1}02", 32, None),
        (f"{A2}01", "micro_grid", "micro_grid", "甲2-01", A2, None, 45, square(0, 100, 100, 200)),
        (f"{A2}02", "micro_grid", "micro_grid", "甲2-02", A2, None, 35, square(100, 100, 200, 200)),
        (f"{B1}01", "micro_grid", "micro_grid", "乙1-01", B1, None, 50, square(200, 0, 300, 200) - square(240, 90, 260, 110)),
        (f"{STREET}99999999", "rest", "rest", "测试街道其余地块", STREET, None, 0, square(0, 200, 300, 250)),
    ]
    columns = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "geometry"]
    shaped = [(*row[:-1], noded(row[-1]) if row[-1] is not None else None) for row in rows]
    return gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in shaped], geometry="geometry", crs=CRS)


def found(connection: Connection, frame: gpd.GeoDataFrame | None = None) -> None:
    """Founds the tiny city, publishes its first generation, and fills posts and addresses."""
    write_city(connection, name="测试市", division_code="149900", metric_crs=CRS, timezone="Asia/Shanghai", levels=LEVELS, at=FOUNDED_AT)
    put_in_force(connection, areas() if frame is None else frame, at=FOUNDED_AT)
    connection.execute(
        sa.insert(agency), [{"agency_id": 1, "code": "S1", "name": "测试街道办事处", "level": "street", "area_code": STREET}]
    )
    posts = [
        (1, "micro_grid_leader", "micro_grid", f"{A1}01", None, "8001"),
        (2, "grid_worker", "grid", A1, None, None),
        (3, "community_secretary", "community", A, None, None),
        (4, "street_office", "street", STREET, 1, None),
        (5, "micro_grid_leader", "micro_grid", f"{A1}02", None, "8002"),
        (6, "village_committee", "community", V, None, None),
        (7, "grid_worker", "grid", B1, None, None),
        (8, "micro_grid_leader", "micro_grid", f"{A1}03", None, "8003"),
    ]
    names = ("post_id", "role", "area_level", "area_code", "agency_id", "duty_phone")
    insert_rows(connection, post, [dict(zip(names, row, strict=True)) for row in posts], key="post_id")
    people = ["王一", "李二", "张三", "赵四", "钱五", "孙六", "周七", "吴八", "郑九"]
    persons = [{"person_id": i, "name": name, "party_member": i % 2 == 0} for i, name in enumerate(people, start=1)]
    insert_rows(connection, person, persons, key="person_id")
    held = [{"holding_id": n, "post_id": n, "person_id": n, "from_at": FOUNDED_AT, "until_at": None} for n in range(1, 9)]
    insert_rows(connection, holding, held, key="holding_id")
    away = {"absence_id": 1, "person_id": 7, "from_at": FOUNDED_AT, "until_at": None, "reason": "sick", "stand_in_person_id": 9}
    insert_rows(connection, absence, [{**away, "actor": "test"}], key="absence_id")
    connection.execute(sa.insert(address), addresses())
    seed_rules(connection, agency_codes=["S1"], city="149900", districts=["149901"], actor="test", at=FOUNDED_AT)


def put_in_force(connection: Connection, frame: gpd.GeoDataFrame, *, at: dt.datetime, parent: int | None = None) -> int:
    """Imports a frame as a generation on top of `parent` and publishes it; returns its number."""
    proven = prove(frame, metric_crs=CRS, levels=LEVELS)
    made = add_generation(
        connection,
        areas=frame,
        source="test",
        datum="cgcs2000",
        metric_crs=CRS,
        actor="test",
        at=at,
        parent=parent,
        proof=proven.proof,
        defects=[],
    )
    publish(connection, number=made.number, actor="test", at=at)
    return made.number


def addresses() -> list[dict[str, Any]]:
    """Buildings 1 and 2 of 阳光小区: 1号楼 in A1-01, 2号楼 a tower shared by A1-02 (stairwell 1) and A1-03 (stairwell 2)."""
    rows = [
        (1, A, "C1", "阳光小区", "光明路", "12", "1号楼", "1单元", 40, (50, 50), f"{A1}01"),
        (2, A, "C1", "阳光小区", "光明路", "14", "2号楼", "1单元", 30, (150, 50), f"{A1}02"),
        (3, A, "C1", "阳光小区", "光明路", "14", "2号楼", "2单元", 32, (152, 50), f"{A1}03"),
        (4, B, "C2", "月华苑", "光明路", "20", "3号楼", "1单元", 50, (280, 50), f"{B1}01"),
    ]
    out = []
    for address_id, community, code, name, road, number, building, stairwell, households, at, leaf in rows:
        lon, lat = lonlat(*at)
        out.append(
            {
                "address_id": address_id,
                "community_code": community,
                "compound_code": code,
                "compound_name": name,
                "road": road,
                "road_number": number,
                "building": building,
                "stairwell": stairwell,
                "floor_from": 1,
                "floor_to": 6,
                "households": households,
                "lon": lon,
                "lat": lat,
                "micro_grid_code": leaf,
            }
        )
    return out
