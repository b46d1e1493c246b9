"""A file of points routed: the real addresses of Dhaka, every format into every other, and what is refused."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pyarrow
import pytest
import shapely
from pyarrow import parquet

from boundaries.datum import from_wgs84
from boundaries.errors import BoundariesError, CoordinateError, CrsError, DatumError, FileError, GeometryError
from boundaries.files.points import BadRow
from boundaries.router.files import route_file
from boundaries.router.index import Index

from .conftest import BOWTIE

LONS, LATS = [113.505, 113.515, 113.51, 113.6], [37.805, 37.805, 37.805, 37.805]
CODES = ["1", "2", "1", ""]  # the third lies on the common border: the smaller code; the last in neither


@pytest.fixture(scope="module")
def areas() -> Index:
    return Index.build([shapely.box(113.50, 37.80, 113.51, 37.81), shapely.box(113.51, 37.80, 113.52, 37.81)], ["1", "2"])


@pytest.fixture
def points() -> Any:
    """Four reports with columns of several types, one value missing."""
    return geopandas.GeoDataFrame(
        {"text": ['井盖, "坏"', None, "c", "d"], "n": [1, 2, 3, 4], "done": [True, False, True, False]},
        geometry=geopandas.points_from_xy(LONS, LATS),
        crs="EPSG:4326",
    )


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV of the given lines."""

    def write(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
        path = tmp_path / "in.csv"
        path.write_bytes("".join(line + end for line in lines).encode(encoding))
        return path

    return write


def reports(table: Callable[..., Path]) -> Path:
    return table("id,lon,lat", *(f"{at},{lon},{lat}" for at, (lon, lat) in enumerate(zip(LONS, LATS, strict=True))))


def refused(kind: type[BoundariesError], source: Path, target: Path, **options: Any) -> Any:
    with pytest.raises(kind) as refusal:
        route_file(source, target, **{"datum": "wgs84", **options})
    assert refusal.value.text("zh") != refusal.value.text("en")
    assert not target.exists()
    assert [path.name for path in target.parent.iterdir() if ".part" in path.name] == []
    return refusal.value


def test_three_thousand_real_addresses_get_the_ward_that_another_program_gives(repo_root: Path, tmp_path: Path) -> None:
    data = repo_root / "tests" / "data"
    source, target = data / "dhaka_points_oracle3000.csv", tmp_path / "out.csv"
    report = route_file(source, target, areas=data / "dhaka_wards.geojson", code="shapeID", datum="wgs84")
    assert (report.rows, report.routed, report.outside, report.bad, report.areas) == (3000, 3000, 0, 0, 166)
    with target.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert sum(row["area_code"] == row["adm4"] for row in rows) == 3000
    before, after = source.read_text(encoding="utf-8").splitlines(), target.read_text(encoding="utf-8").splitlines()
    assert all(new.rpartition(",")[0] == old for old, new in zip(before, after, strict=True))


def test_cells_stay_the_text_they_were(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    lines = ["编号,lon,lat,note", "007, 113.5050000 ,+37.805,=1+1", '8,1.13515e2,37.805,"a ""b"", \tc"', ",.113510E3,37.805, "]
    path = table(*lines, end="\r\n", encoding="utf-8-sig")
    route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84")
    expected = "".join(f"{line},{code}\r\n" for line, code in zip(lines, ["area_code", "1", "2", "1"], strict=True))
    assert (tmp_path / "out.csv").read_bytes() == expected.encode("utf-8-sig")


def test_other_encodings_are_named(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    path = table("备注,lon,lat", "井盖,113.505,37.805", encoding="gb18030")
    assert refused(FileError, path, tmp_path / "out.csv", areas=areas).code == "not_utf8"
    route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84", encoding="gb18030")
    assert (tmp_path / "out.csv").read_text(encoding="gb18030").splitlines()[1] == "井盖,113.505,37.805,1"


@pytest.mark.parametrize("chunk_rows", [1, 3, 100])
@pytest.mark.parametrize("into", ["csv", "parquet", "gpkg", "geojson"])
@pytest.mark.parametrize("out_of", ["csv", "plain.parquet", "geo.parquet", "gpkg", "geojson"])
def test_every_format_into_every_other(points: Any, tmp_path: Path, areas: Index, out_of: str, into: str, chunk_rows: int) -> None:
    source, target = tmp_path / f"in.{out_of}", tmp_path / f"out.{into}"
    plain = pandas.DataFrame(points.drop(columns="geometry")).assign(lon=LONS, lat=LATS)
    if out_of == "csv":
        plain.to_csv(source, index=False)
    elif out_of == "plain.parquet":
        plain.to_parquet(source, index=False)
    elif out_of == "geo.parquet":
        points.to_parquet(source)
    else:
        points.to_file(source, engine="pyogrio")
    report = route_file(source, target, areas=areas, datum="wgs84", chunk_rows=chunk_rows)
    assert (report.rows, report.routed, report.outside, report.bad) == (4, 3, 1, 0)
    columns = ["text", "n", "done", *(["lon", "lat"] if "geo" not in out_of and out_of != "gpkg" else [])]
    assert_written(target, columns, points)


def assert_written(target: Path, columns: list[str], points: Any) -> None:
    """The columns in order and area_code behind them, four rows with their values, and the points where the format has them."""
    if target.suffix == ".csv":
        back = pandas.read_csv(target, dtype={"area_code": str}, keep_default_na=False)
        columns = columns if "lon" in columns else [*columns, "lon", "lat"]
        assert back["lon"].tolist() == LONS
    elif target.suffix == ".parquet":
        back = parquet.read_table(target).to_pandas()
    else:
        back = geopandas.read_file(target)
        assert back.crs.to_epsg() == 4326
        assert shapely.equals(np.asarray(back.geometry), np.asarray(points.geometry)).all()
    assert [name for name in back.columns if name not in ("geometry", "geom")] == [*columns, "area_code"]
    assert back["area_code"].tolist() == CODES
    assert back["n"].astype(int).tolist() == [1, 2, 3, 4]
    assert back["text"][0] == '井盖, "坏"'


def test_geoparquet_keeps_its_metadata_and_row_groups_bound_the_work(points: Any, tmp_path: Path, areas: Index) -> None:
    points.to_parquet(tmp_path / "in.parquet", row_group_size=2)
    seen: list[tuple[int, int | None]] = []
    route_file(
        tmp_path / "in.parquet",
        tmp_path / "out.parquet",
        areas=areas,
        datum="wgs84",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(2, 4), (4, 4)]
    back = geopandas.read_parquet(tmp_path / "out.parquet")
    assert back.crs.to_epsg() == 4326
    assert back.drop(columns="area_code").equals(points)


def test_geopackage_keeps_ids_and_layer(points: Any, tmp_path: Path, areas: Index) -> None:
    points.index = [5, 7, 90, 11]
    points.to_file(tmp_path / "in.gpkg", layer="reports", engine="pyogrio")
    database = sqlite3.connect(tmp_path / "in.gpkg")
    database.execute("DELETE FROM reports WHERE n = 2")
    database.commit()
    database.close()
    route_file(tmp_path / "in.gpkg", tmp_path / "out.gpkg", areas=areas, datum="wgs84", chunk_rows=2)
    database = sqlite3.connect(tmp_path / "out.gpkg")
    assert database.execute("SELECT fid, n, area_code FROM reports").fetchall() == [(1, 1, "1"), (3, 3, "1"), (4, 4, "")]
    assert database.execute("PRAGMA user_version").fetchone() == (10300,)
    database.close()


def test_geojson_keeps_members_ids_and_nested_properties(tmp_path: Path, areas: Index) -> None:
    feature = {
        "type": "Feature",
        "id": "x",
        "properties": {"a": {"b": [1]}},
        "geometry": {"type": "Point", "coordinates": [113.505, 37.805, 9]},
    }
    bare = {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [113, 37]}}
    (tmp_path / "in.geojson").write_text(json.dumps({"type": "FeatureCollection", "name": "n", "features": [feature, bare]}))
    route_file(tmp_path / "in.geojson", tmp_path / "out.geojson", areas=areas, datum="wgs84")
    out = json.loads((tmp_path / "out.geojson").read_text())
    assert out["name"] == "n"
    assert out["features"] == [
        {**feature, "properties": {"a": {"b": [1]}, "area_code": "1"}},
        {**bare, "properties": {"area_code": ""}},
    ]


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000"])
def test_the_datum_is_applied_and_made_points_are_wgs84(table: Callable[..., Path], tmp_path: Path, areas: Index, datum: str) -> None:
    lons, lats = from_wgs84(lons=LONS, lats=LATS, datum=datum)
    lons[2] += 1e-7  # a border is not hit exactly through a formula
    path = table("lon,lat", *(f"{lon!r},{lat!r}" for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)))
    route_file(path, tmp_path / "out.geojson", areas=areas, datum=datum)
    back = geopandas.read_file(tmp_path / "out.geojson")
    assert back["area_code"].tolist() == ["1", "2", "2", ""]
    assert back["lon"].tolist() == lons.tolist()
    assert shapely.distance(np.asarray(back.geometry), shapely.points(LONS, LATS)).max() < 2e-7


@pytest.mark.parametrize(("datum", "code"), [(None, "datum_missing"), ("", "datum_missing"), ("wgs-84", "datum_unknown")])
def test_without_a_datum_nothing_is_even_opened(tmp_path: Path, areas: Index, datum: str | None, code: str) -> None:
    assert refused(DatumError, tmp_path / "missing.csv", tmp_path / "out.csv", areas=areas, datum=datum).code == code


def test_rows_without_a_position_are_refused_by_row_or_counted(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    cells = ["113.505,37.805", "x,37.8", "113.505,", "nan,37.8", "113.5,1e999", "1_1,37.8", "１１３,37.8", "200,37.8", "113.515,37.805"]
    path = table("lon,lat", *cells)
    error = refused(CoordinateError, path, tmp_path / "out.csv", areas=areas)
    assert error.code == "positions_unusable"
    assert [item.row for item in error.items] == [1, 2, 3, 4, 5, 6, 7]
    report = route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84", skip_bad=True, chunk_rows=2)
    assert (report.rows, report.routed, report.outside, report.bad) == (9, 2, 0, 7)
    reasons = ["not_a_number", "no_position", "not_finite", "not_finite", "not_a_number", "not_a_number", "out_of_range"]
    assert report.bad_rows == [BadRow(row, reason) for row, reason in zip(range(1, 8), reasons, strict=True)]
    assert [line.rpartition(",")[2] for line in (tmp_path / "out.csv").read_text().split()[1:]] == ["1", *[""] * 7, "2"]


def test_only_the_first_hundred_bad_rows_are_told(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    path = table("lon,lat", *["x,y"] * 250)
    report = route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84", skip_bad=True, chunk_rows=30)
    assert report.bad == 250
    assert [bad.row for bad in report.bad_rows] == list(range(100))


def test_shapes_that_are_no_points_are_bad_rows(points: Any, tmp_path: Path, areas: Index) -> None:
    points.loc[1, "geometry"] = None
    points.loc[2, "geometry"] = shapely.Point()
    points.loc[3, "geometry"] = shapely.LineString([(0, 0), (1, 1)])
    for suffix in ("parquet", "geojson", "gpkg"):
        source = tmp_path / f"in.{suffix}"
        _ = points.to_parquet(source) if suffix == "parquet" else points.to_file(source)
        report = route_file(source, tmp_path / f"out.{suffix}", areas=areas, datum="wgs84", skip_bad=True)
        assert [bad.reason for bad in report.bad_rows] == ["no_position", "no_position", "not_a_point"], suffix


def test_swapped_axes_are_found_and_nothing_is_written(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    inside, outside = "37.805,113.505", "50.0,10.0"
    path = table("lon,lat", *[inside] * 6, *[outside] * 5)
    error = refused(CoordinateError, path, tmp_path / "out.csv", areas=areas, chunk_rows=4)
    assert error.code == "swapped_axes"
    assert error.params == {"swapped": 6, "rows": 11}
    path = table("lon,lat", *["113.505,37.805"] * 5, *[inside] * 5)
    assert refused(CoordinateError, path, tmp_path / "out.csv", areas=areas).code == "positions_unusable"  # half is not more than half
    route_file(table("lat,lon", *[inside] * 6), tmp_path / "out.csv", areas=areas, datum="wgs84")


def test_swapped_axes_where_both_orders_are_possible_positions(table: Callable[..., Path], tmp_path: Path) -> None:
    dhaka = Index.build([shapely.box(90.0, 23.0, 91.0, 24.0)], ["d"])
    path = table("lon,lat", *["23.5,85.0"] * 2, *["23.5,90.0"] * 3)  # 90 degrees of latitude: a legal number
    assert refused(CoordinateError, path, tmp_path / "out.csv", areas=dhaka).code == "swapped_axes"


def test_columns_that_are_missing_there_already_or_doubled(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    path = table("x,y,area_code,z", "113.505,37.805,old,1")
    error = refused(FileError, path, tmp_path / "out.csv", areas=areas)
    assert error.code == "unknown_column"
    assert "x, y, area_code, z" in str(error)
    assert refused(FileError, path, tmp_path / "out.csv", areas=areas, lon="x", lat="y").code == "column_exists"
    route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84", lon="x", lat="y", overwrite_column=True)
    assert (tmp_path / "out.csv").read_text() == "x,y,area_code,z\n113.505,37.805,1,1\n"
    (tmp_path / "out.csv").unlink()
    assert refused(FileError, table("lon,lon,lat", "1,2,3"), tmp_path / "out.csv", areas=areas).code == "column_doubled"


@pytest.mark.parametrize("lines", [["lon,lat", "1,2,3"], ["lon,lat", "1"], ["lon,lat", '"1,2'], ["lon,lat", '"1"x,2']])
def test_ragged_and_broken_tables(table: Callable[..., Path], tmp_path: Path, areas: Index, lines: list[str]) -> None:
    error = refused(FileError, table(*lines), tmp_path / "out.csv", areas=areas)
    assert (error.code, error.row) == ("csv_broken", 0)


def test_parquet_columns_must_be_float64(tmp_path: Path, areas: Index) -> None:
    for values, code in ((pyarrow.array([1.0], pyarrow.float32()), "float32"), (pyarrow.array(["1"]), "not_numbers")):
        parquet.write_table(pyarrow.table({"lon": values, "lat": values}), tmp_path / "in.parquet")
        assert refused(CoordinateError, tmp_path / "in.parquet", tmp_path / "out.parquet", areas=areas).code == code
    parquet.write_table(pyarrow.table({"lon": [113.505, None], "lat": [37.805, 37.8]}), tmp_path / "in.parquet")
    report = route_file(tmp_path / "in.parquet", tmp_path / "out.parquet", areas=areas, datum="wgs84", skip_bad=True)
    assert report.bad_rows == [BadRow(1, "no_position")]


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
def test_points_in_metres_are_not_reprojected_behind_the_callers_back(points: Any, tmp_path: Path, areas: Index, suffix: str) -> None:
    source = tmp_path / f"in.{suffix}"
    metric = points.to_crs("EPSG:4547")
    metric.to_parquet(source) if suffix == "parquet" else metric.to_file(source)
    assert refused(CrsError, source, tmp_path / "out.csv", areas=areas).code == "not_lonlat"


@pytest.mark.parametrize("into", ["csv", "parquet", "gpkg", "geojson"])
def test_a_file_with_a_header_only(table: Callable[..., Path], tmp_path: Path, areas: Index, into: str) -> None:
    report = route_file(table("id,lon,lat"), tmp_path / f"out.{into}", areas=areas, datum="wgs84")
    assert report.rows == 0
    assert (tmp_path / f"out.{into}").stat().st_size > 0


def test_areas_from_a_file_are_refused_or_repaired(table: Callable[..., Path], frame: Any, tmp_path: Path) -> None:
    frame.loc[0, "geometry"] = BOWTIE
    frame.to_file(tmp_path / "areas.gpkg", layer="grids")
    source, target, grids = table("lon,lat", "113.502,37.805", "113.505,37.802"), tmp_path / "out.csv", f"{tmp_path}/areas.gpkg:grids"
    assert refused(FileError, source, target, areas=grids).code == "code_column_needed"
    error = refused(GeometryError, source, target, areas=grids, code="grid")
    assert error.items[0].place.equals(shapely.Point(113.505, 37.805))
    report = route_file(source, target, areas=grids, code="grid", datum="wgs84", repair=True)
    assert report.repaired == ["140302001001001"]
    assert (report.routed, report.outside) == (1, 1)


def test_targets_that_cannot_be(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    source = reports(table)
    for name in ("out.xlsx", "out.shp"):
        assert refused(FileError, source, tmp_path / name, areas=areas).code == "format_unknown"
    with pytest.raises(FileError) as refusal:
        route_file(source, source, areas=areas, datum="wgs84")
    assert refusal.value.code == "same_file"
    assert source.read_text().startswith("id,lon,lat\n")
    with pytest.raises(FileError) as refusal:
        route_file(source, tmp_path / "nowhere" / "out.csv", areas=areas, datum="wgs84")
    assert refusal.value.code == "write_failed"


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import shapely
from boundaries.errors import FileError
from boundaries.router.files import route_file
from boundaries.router.index import Index
index = Index.build([shapely.box(113, 37, 114, 38)], ["1"])
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    route_file(sys.argv[1], sys.argv[2], areas=index, datum="wgs84", chunk_rows=500)
except FileError as error:
    print(error.code, end="")
"""


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg", "geojson"])
def test_a_full_disk_leaves_the_target_untouched(table: Callable[..., Path], tmp_path: Path, repo_root: Path, suffix: str) -> None:
    random = np.random.default_rng(1)
    source = table("lon,lat", *(f"{lon!r},37.5" for lon in random.uniform(113, 114, 20_000).tolist()))
    target = tmp_path / f"out.{suffix}"
    target.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, source, target], capture_output=True, text=True, cwd=repo_root, timeout=60, check=False
    )
    assert done.stdout == "write_failed", done.stderr
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", target.name]


def test_memory_does_not_grow_with_the_file(table: Callable[..., Path], tmp_path: Path, areas: Index) -> None:
    def peak(rows: int) -> int:
        path = table("id,lon,lat,text", *(f"{at},113.505,37.805,some words that take their place" for at in range(rows)))
        tracemalloc.start()
        route_file(path, tmp_path / "out.csv", areas=areas, datum="wgs84", chunk_rows=1000)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1000)  # what is loaded once
    assert peak(20_000) < 1.5 * peak(4_000)
