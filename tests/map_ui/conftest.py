"""Small made-up frames for the views: a jigsaw of areas with wavy shared borders, cases, facilities, a strip of ground."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Polygon, box

from map_ui import Heading

WEST, SOUTH, STEP = 113.55, 37.85, 0.001

Generations = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]


class Jigsaw:
    """columns x rows leaves with wavy borders, `points` vertices a side; blocks of 3 x 3 leaves are grids, all of it is one district."""

    def __init__(self, columns: int, rows: int, points: int) -> None:
        self.columns, self.rows, self.points = columns, rows, points
        noise = np.random.default_rng(7)
        self.across = noise.normal(0, STEP * 0.04, (columns, rows + 1, points))
        self.up = noise.normal(0, STEP * 0.04, (columns + 1, rows, points))

    def horizontal(self, x: int, y: int) -> list[tuple[float, float]]:
        """The border from corner (x, y) to (x + 1, y), without its last point."""
        t = np.arange(self.points) / self.points
        wave = np.where(t == 0, 0, self.across[x, y])
        return list(zip(WEST + (x + t) * STEP, SOUTH + y * STEP + wave, strict=True))

    def vertical(self, x: int, y: int) -> list[tuple[float, float]]:
        t = np.arange(self.points) / self.points
        wave = np.where(t == 0, 0, self.up[x, y])
        return list(zip(WEST + x * STEP + wave, SOUTH + (y + t) * STEP, strict=True))

    def block(self, x: int, y: int, width: int, height: int) -> Polygon:
        """The polygon of a block of leaves: the same vertices as its leaves have on its border."""
        bottom = [p for i in range(width) for p in self.horizontal(x + i, y)]
        right = [p for j in range(height) for p in self.vertical(x + width, y + j)]
        top = [p for i in range(width) for p in self.horizontal(x + i, y + height)]
        left = [p for j in range(height) for p in self.vertical(x, y + j)]
        corner = (WEST + (x + width) * STEP, SOUTH + (y + height) * STEP)
        ring = [*bottom, *right, corner, *reversed(top[1:]), (WEST + x * STEP, SOUTH + (y + height) * STEP), *reversed(left[1:])]
        return Polygon(ring)


def area(code: str, level: str, parent: str, geometry: Any, **more: Any) -> dict[str, Any]:
    row = {"code": code, "level": level, "kind": level, "name": f"第{code}片", "parent_code": parent, "households": 40, "worker": "张三"}
    return {**row, "post": "专职网格员", "open_cases": 1, "geometry": geometry, **more}


@pytest.fixture
def jigsaw() -> Callable[..., gpd.GeoDataFrame]:
    def make(columns: int = 6, rows: int = 6, points: int = 5) -> gpd.GeoDataFrame:
        puzzle = Jigsaw(columns, rows, points)
        listed = [area("D", "district", "", puzzle.block(0, 0, columns, rows))]
        for x in range(0, columns, 3):
            for y in range(0, rows, 3):
                listed.append(area(f"G{x:03}{y:03}", "grid", "D", puzzle.block(x, y, min(3, columns - x), min(3, rows - y))))
        for x in range(columns):
            for y in range(rows):
                code, parent = f"M{x:03}{y:03}", f"G{x - x % 3:03}{y - y % 3:03}"
                listed.append(
                    area(code, "micro_grid", parent, puzzle.block(x, y, 1, 1), households=30 + (x * 7 + y) % 21, open_cases=y % 4)
                )
        return gpd.GeoDataFrame(listed, crs="EPSG:4326")

    return make


@pytest.fixture
def some_cases() -> Callable[..., pd.DataFrame]:
    def make(count: int = 40) -> pd.DataFrame:
        noise = np.random.default_rng(3)
        states, lights = ["received", "handling", "closed"], ["green", "yellow", "red", "none"]
        rows = [
            {
                "tracking_number": f"20261101-{n:06}",
                "lon": WEST + noise.uniform(0, 6 * STEP),
                "lat": SOUTH + noise.uniform(0, 6 * STEP),
                "state": states[n % 3],
                "light": lights[n % 4],
                "category": "占道经营",
                "title": f"第{n}号井盖松动",
                "description": "路口井盖松动，夜间有声响，请尽快处理。",
                "received_at": "2026-11-01 08:30",
                "area_name": f"第M{n % 6:03}000片",
                "worker": "李四",
            }
            for n in range(count)
        ]
        return pd.DataFrame(rows)

    return make


@pytest.fixture
def some_facilities() -> pd.DataFrame:
    rows = [
        {
            "facility_id": f"F{n}",
            "kind": kind,
            "level": level,
            "name": f"{n}号站",
            "address": "桃北东街1号",
            "phone": "0353-0000000",
            "opening_hours": "08:00–18:00",
            "demonstration": n == 1,
            "five_star": n == 2,
            "services": ["议事", "调解"],
            "lon": WEST + n * STEP,
            "lat": SOUTH + n * STEP,
        }
        for n, (kind, level) in enumerate([("service_centre", "street"), ("station", "compound"), ("compound", "compound")])
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def ground() -> dict[str, gpd.GeoDataFrame]:
    west, south = WEST, SOUTH
    line = LineString([(west, south), (west + 0.003, south + 0.002), (west + 0.006, south + 0.002)])
    return {
        "landuse": gpd.GeoDataFrame({"kind": ["park"], "geometry": [box(west, south, west + 0.002, south + 0.002)]}, crs="EPSG:4490"),
        "rivers": gpd.GeoDataFrame({"geometry": [line.buffer(0.0002)]}, crs="EPSG:4326"),
        "buildings": gpd.GeoDataFrame({"geometry": [box(west + 0.001, south + 0.001, west + 0.0012, south + 0.0012)]}, crs="EPSG:4326"),
        "roads": gpd.GeoDataFrame({"class": ["primary"], "name": ["桃北街"], "geometry": [line]}, crs="EPSG:4326"),
        "railways": gpd.GeoDataFrame({"geometry": [line]}, crs="EPSG:4326"),
    }


def change(code: str, kind: str, *, level: str = "micro_grid", **more: Any) -> dict[str, Any]:
    row = {"code": code, "level": level, "name": f"第{code}片", "change": kind, "from_code": "", "to_code": ""}
    parents = {"from_parent": "G000000", "to_parent": "G000000"}
    sizes = {"area_m2_before": 9_800.0, "area_m2_after": 9_800.0, "households_before": 40, "households_after": 40}
    return {**row, **parents, **sizes, **more}


@pytest.fixture
def two_generations(jigsaw: Callable[..., gpd.GeoDataFrame]) -> Callable[..., Generations]:
    """(before, after, changes): in a corner of the jigsaw leaves are merged, split, moved to another grid, renamed and recoded."""

    def make(columns: int = 6, rows: int = 6, points: int = 5) -> Generations:
        before = jigsaw(columns, rows, points)
        after = before.copy()
        place = {code: row for row, code in enumerate(before["code"])}
        at = after.geometry.to_list()
        at[place["M000000"]] = at[place["M000000"]].union(at[place["M001000"]])
        west, south, east, north = at[place["M002002"]].bounds
        half = box(west - STEP, south - STEP, (west + east) / 2, north + STEP)
        other, at[place["M002002"]] = at[place["M002002"]].difference(half), at[place["M002002"]].intersection(half)
        after = after.set_geometry(gpd.GeoSeries(at, crs=after.crs))
        after.loc[len(after)] = {**after.iloc[place["M002002"]], "code": "M900000", "name": "第M900000片", "geometry": other}
        after.loc[place["M002001"], "parent_code"] = "G003000"
        after.loc[place["M001001"], "name"] = "新片"
        after.loc[place["M001002"], "code"] = "N001002"
        after = after.drop(index=place["M001000"]).reset_index(drop=True)
        changes = [
            change("M002000", "touched"),
            change("M900000", "added", from_code="M002002", from_parent="", area_m2_before=None),
            change("M001000", "retired", to_code="M000000", to_parent="", area_m2_after=float("nan"), households_after=None),
            change("M000000", "reshaped", area_m2_after=19_600.0, households_after=80),
            change("M002002", "reshaped", area_m2_after=4_900.0),
            change("M002001", "reparented", to_parent="G003000"),
            change("G000000", "households", level="grid", from_parent="D", to_parent="D", households_after=355),
            change("M001001", "renamed", name="新片"),
            change("N001002", "recoded", from_code="M001002"),
        ]
        return before, after, pd.DataFrame(changes)

    return make


@pytest.fixture
def heading() -> Heading:
    return Heading(
        city={"zh-CN": "示例市", "en": "Sampleton"}, as_of=date(2026, 11, 24), generation=3, source={"zh-CN": "示例", "en": "sample"}
    )


@pytest.fixture
def repo_scripts() -> dict[str, str]:
    """Our own scripts, by file name."""
    static = resources.files("map_ui") / "static"
    return {file.name: file.read_text(encoding="utf-8") for file in static.iterdir() if file.name.endswith(".js")}
