"""Layers as areas: the formats, the columns, what is refused by row and place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from shapely import MultiPolygon, Point, box

from boundaries.errors import BoundariesError, CodeError, CrsError, FileError, GeometryError
from boundaries.files import layer_names, read_areas, read_routable

from .conftest import BOWTIE, polygon


def refused(kind: type[BoundariesError], source: Path | str, **options: Any) -> Any:
    with pytest.raises(kind) as refusal:
        read_areas(source, **{"code": "code", **options})
    assert refusal.value.text("zh") != refusal.value.text("en")
    return refusal.value


def test_a_geopackage_gives_the_documented_columns(geopackage: Path) -> None:
    areas = read_areas(f"{geopackage}:grids", code="grid", name="label", parent="up", keep=["label"])
    assert list(areas.columns) == ["code", "name", "parent_code", "label", "geometry"]
    assert areas["code"].tolist() == ["140302001001001", "140302001001002"]
    assert areas["name"].tolist() == ["第一网格", ""]
    assert areas["parent_code"].tolist() == ["140302001001"] * 2
    assert areas.crs.to_epsg() == 4326
    assert areas.attrs["repaired"] == []


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "parquet"])
def test_every_format_gives_the_same_areas(frame: Any, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"grids.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, encoding="UTF-8")
    areas = read_areas(path, code="grid", name="label", parent="up")
    assert areas["code"].tolist() == frame["grid"].tolist()
    assert areas["name"].tolist() == ["第一网格", ""]
    assert shapely.equals(np.asarray(areas.geometry), np.asarray(frame.geometry)).all()
    assert layer_names(path) == ["grids"]


def test_codes_read_as_numbers_lose_no_digit(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"id": [4171602.0, 2.0]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326)
    frame.to_file(tmp_path / "a.gpkg")
    assert read_areas(tmp_path / "a.gpkg", code="id")["code"].tolist() == ["4171602", "2"]


def test_layers_and_columns_are_named_never_guessed(geopackage: Path) -> None:
    error = refused(FileError, geopackage)
    assert error.code == "layer_needed"
    assert "grids, metric" in str(error)
    error = refused(FileError, f"{geopackage}:nope")
    assert error.code == "unknown_layer"
    assert "grids, metric" in str(error)
    for option in ("code", "name", "parent"):
        error = refused(FileError, f"{geopackage}:grids", **{"code": "grid", option: "nope"})
        assert error.code == "unknown_column"
        assert "grid, label, up" in str(error)
    assert refused(FileError, f"{geopackage}:grids", code="geom").code == "unknown_column"


def test_a_shapefile_without_its_encoding(frame: Any, tmp_path: Path) -> None:
    frame.to_file(tmp_path / "utf8.shp", encoding="UTF-8")
    (tmp_path / "utf8.cpg").unlink()
    assert read_areas(tmp_path / "utf8.shp", code="grid", name="label")["name"][0] == "第一网格"
    frame.to_file(tmp_path / "gbk.shp", encoding="GB18030")
    assert read_areas(tmp_path / "gbk.shp", code="grid", name="label")["name"][0] == "第一网格"
    (tmp_path / "gbk.cpg").unlink()
    assert refused(FileError, tmp_path / "gbk.shp", code="grid").code == "encoding_unknown"
    assert read_areas(tmp_path / "gbk.shp", code="grid", name="label", encoding="GB18030")["name"][0] == "第一网格"


def test_an_empty_layer_a_table_without_shapes_and_a_damaged_file(frame: Any, tmp_path: Path) -> None:
    pyogrio.write_dataframe(frame.iloc[:0], tmp_path / "empty.gpkg", driver="GPKG")
    assert refused(FileError, tmp_path / "empty.gpkg", code="grid").code == "layer_empty"
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert refused(FileError, tmp_path / "empty.geojson").code == "layer_empty"
    frame.drop(columns="geometry").to_parquet(tmp_path / "plain.parquet")
    assert refused(FileError, tmp_path / "plain.parquet", code="grid").code == "not_spatial"
    (tmp_path / "table.csv").write_text("code\n1\n")
    assert refused(FileError, tmp_path / "table.csv").code == "not_spatial"
    (tmp_path / "cut.gpkg").write_bytes(b"SQLite format 3\0" + b"x" * 500)
    assert refused(FileError, tmp_path / "cut.gpkg").code == "file_unreadable"
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + b"x" * 500)
    assert refused(FileError, tmp_path / "cut.parquet").code == "file_unreadable"


def test_a_geopackage_may_not_reach_out_of_itself(geopackage: Path) -> None:
    database = sqlite3.connect(geopackage)
    database.execute("PRAGMA writable_schema = ON")
    sql = "CREATE VIRTUAL TABLE away USING VirtualOGR('/etc/passwd')"
    database.execute("INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'away', 'away', 0, ?)", (sql,))
    database.commit()
    database.close()
    error = refused(FileError, f"{geopackage}:grids", code="grid")
    assert error.code == "foreign_table"
    assert "away" in str(error)


def test_codes_missing_and_doubled_are_refused_or_kept(tmp_path: Path) -> None:
    codes = ["a", None, "a", " b"]
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=[box(at, 0, at + 1, 1) for at in range(4)], crs=4326)
    frame.to_file(tmp_path / "a.gpkg")
    error = refused(CodeError, tmp_path / "a.gpkg")
    assert [(item.code, item.row) for item in error.items] == [("code_missing", 1), ("code_malformed", 3), ("code_duplicate", 2)]
    assert read_areas(tmp_path / "a.gpkg", code="code", codes="keep")["code"].tolist() == ["a", "", "a", " b"]


def test_shapes_that_cannot_be_areas_are_refused_by_row_and_place(geojson: Callable[..., Path], square: dict[str, Any]) -> None:
    high = polygon((113.6, 37.8, 900.0), (113.61, 37.8, 900.0), (113.61, 37.81, 900.0))
    path = geojson(
        square,
        None,
        {"type": "Point", "coordinates": [113.7, 37.9]},
        {"type": "Polygon", "coordinates": []},
        high,
        {"type": "GeometryCollection", "geometries": [square]},
    )
    error = refused(GeometryError, path)
    assert error.code == "polygons_refused"
    assert [(item.row, item.area, item.code) for item in error.items] == [
        (1, "b", "polygon_missing"),
        (2, "c", "not_a_polygon"),
        (3, "d", "polygon_empty"),
        (4, "e", "polygon_3d"),
        (5, "f", "not_a_polygon"),
    ]
    assert [item.place is None for item in error.items] == [True, False, True, False, False]
    assert error.items[1].place.equals(Point(113.7, 37.9))
    assert error.items[3].place.equals(Point(113.6, 37.8))
    assert error.row == 1
    assert "113.600000, 37.800000" in error.items[3].text("zh")


def test_vertices_that_are_not_finite_are_refused(frame: Any, tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        frame.loc[1, "geometry"] = shapely.from_wkt("POLYGON ((113.51 37.80, NaN 37.80, 113.52 37.81, 113.51 37.80))")
        frame.to_parquet(tmp_path / "nan.parquet")
    error = refused(GeometryError, tmp_path / "nan.parquet", code="grid")
    assert [(item.row, item.code) for item in error.items] == [(1, "polygon_not_finite")]


def test_curves_are_refused_instead_of_straightened(curved: Path) -> None:
    error = refused(GeometryError, curved, code="grid")
    assert [(item.row, item.area, item.code) for item in error.items] == [(1, "140302001001002", "polygon_curved")]
    assert "CurvePolygon" in str(error.items[0])


def test_invalid_rings_are_refused_with_reason_and_place_repaired_or_kept(frame: Any, tmp_path: Path) -> None:
    frame.loc[0, "geometry"] = BOWTIE
    path = tmp_path / "a.gpkg"
    frame.to_crs("EPSG:4547").to_file(path)
    error = refused(GeometryError, path, code="grid")
    (item,) = error.items
    assert (item.row, item.area, item.code) == (0, "140302001001001", "polygon_invalid")
    assert "Self-intersection" in item.text("en")
    assert "自相交" in item.text("zh")
    assert item.place.distance(Point(113.505, 37.805)) < 1e-4
    assert read_areas(path, code="grid", invalid="keep").geometry[0].is_valid is False
    repaired = read_areas(path, code="grid", invalid="repair")
    assert repaired.attrs["repaired"] == ["140302001001001"]
    assert isinstance(repaired.geometry[0], MultiPolygon)
    assert repaired.geometry.is_valid.all()


def test_routable_polygons_are_lonlat_with_nine_decimals_and_valid_there(geopackage: Path, frame: Any) -> None:
    polygons, codes, repaired = read_routable(f"{geopackage}:metric", code="grid")
    coordinates = shapely.get_coordinates(polygons)
    assert (coordinates == np.round(coordinates, 9)).all()
    assert shapely.hausdorff_distance(polygons, np.asarray(frame.geometry)).max() < 2e-9
    assert (codes, repaired) == (frame["grid"].tolist(), [])


def test_validity_is_judged_in_the_system_that_is_routed(frame: Any, tmp_path: Path) -> None:
    spike = polygon((113.5, 37.8), (113.51, 37.8), (113.51, 37.81), (113.505, 37.80000000005), (113.5, 37.81))
    frame.loc[0, "geometry"] = shapely.from_geojson(json.dumps(spike))
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_areas(tmp_path / "a.parquet", code="grid").geometry.is_valid.all()
    with pytest.raises(GeometryError) as refusal:
        read_routable(tmp_path / "a.parquet", code="grid")
    assert refusal.value.items[0].area == "140302001001001"
    polygons, _, repaired = read_routable(tmp_path / "a.parquet", code="grid", repair=True)
    assert repaired == ["140302001001001"]
    assert shapely.is_valid(polygons).all()


@pytest.mark.parametrize("crs", [None, "EPSG:4547"])
def test_a_layer_without_its_system_needs_to_be_told(frame: Any, tmp_path: Path, crs: str | None) -> None:
    metric = frame.to_crs("EPSG:4547").set_crs(None, allow_override=True)
    metric.to_parquet(tmp_path / "a.parquet")
    if crs is None:
        error = refused(CrsError, tmp_path / "a.parquet", code="grid")
        assert error.code == "crs_missing"
        assert "metres" in str(error)
    else:
        assert read_areas(tmp_path / "a.parquet", code="grid", crs=crs).crs.to_epsg() == 4547
