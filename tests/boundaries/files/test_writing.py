"""Files written whole or not at all, in the versions and with the decimals that others can read."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from shapely import Polygon

from boundaries.errors import CrsError, FileError
from boundaries.files import replacing, write_frame
from boundaries.geometry import to_lonlat, to_metric

FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import geopandas, shapely
from boundaries.errors import FileError
from boundaries.files import write_frame
cells = [shapely.box(n / 1e4, 0, (n + 1) / 1e4, 1) for n in range(5000)]
frame = geopandas.GeoDataFrame({"code": [str(n) for n in range(5000)]}, geometry=cells, crs=4326)
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
try:
    write_frame(frame, sys.argv[1])
except FileError as error:
    print(error.code, end="")
"""


def test_geojson_has_nine_decimals_and_outer_rings_against_the_clock(frame: Any, tmp_path: Path) -> None:
    with_hole = Polygon([(0, 0), (0, 3), (3, 3), (3, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    frame.geometry = [with_hole, shapely.transform(frame.geometry[1], lambda c: c + 1 / 3e9)]
    loaded = json.loads(write_frame(frame, tmp_path / "a.geojson").read_text())
    rings = [Polygon(ring).exterior.is_ccw for ring in loaded["features"][0]["geometry"]["coordinates"]]
    assert rings == [True, False]
    numbers = [value for vertex in loaded["features"][1]["geometry"]["coordinates"][0] for value in vertex]
    assert numbers == np.round(numbers, 9).tolist()
    assert loaded["features"][1]["properties"] == {"grid": "140302001001002", "label": None, "up": 140302001001}
    assert "crs" not in loaded


def test_properties_keep_their_types_and_exact_numbers(frame: Any, tmp_path: Path) -> None:
    frame["exact"] = [0.1 + 0.2, float("nan")]
    frame["large"] = [2**60 + 1, 0]
    frame["flag"] = [True, False]
    frame["maybe"] = pandas.array([1, None], dtype="Int64")
    frame["at"] = pandas.to_datetime(["2026-11-24T04:00:00+08:00", None])
    loaded = json.loads(write_frame(frame, tmp_path / "a.geojson").read_text())
    first, second = (feature["properties"] for feature in loaded["features"])
    assert list(first.items())[3:] == [
        ("exact", 0.1 + 0.2),
        ("large", 2**60 + 1),
        ("flag", True),
        ("maybe", 1),
        ("at", "2026-11-24T04:00:00+08:00"),
    ]
    assert [second[name] for name in ("exact", "large", "flag", "maybe", "at")] == [None, 0, False, None, None]
    with write_frame(frame, tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert [row["maybe"] for row in csv.DictReader(handle)] == ["1", ""]


def test_nine_decimals_are_enough_to_come_back_to_the_same_millimetre(frame: Any, tmp_path: Path) -> None:
    master = to_metric(np.asarray(frame.geometry), "EPSG:4547")
    outward = frame.set_geometry(to_lonlat(master, "EPSG:4547"), crs=4326)
    back = geopandas.read_file(write_frame(outward, tmp_path / "a.geojson"))
    assert shapely.equals(to_metric(np.asarray(back.geometry), "EPSG:4547"), master).all()


def test_a_geopackage_is_of_version_1_3_and_reads_back(frame: Any, tmp_path: Path) -> None:
    path = write_frame(frame.to_crs("EPSG:4547"), tmp_path / "城.gpkg", layer="网格")
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (10300,)
    database.close()
    back = geopandas.read_file(path, layer="网格")
    assert back.crs.to_epsg() == 4547
    assert back["label"][0] == "第一网格"


def test_geoparquet_and_csv_read_back(frame: Any, tmp_path: Path) -> None:
    back = geopandas.read_parquet(write_frame(frame, tmp_path / "a.parquet"))
    assert back.geometry.geom_equals(frame.geometry).all()
    with write_frame(frame, tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ["grid", "label", "up", "geometry"]
    assert (rows[0]["up"], rows[1]["label"]) == ("140302001001", "")
    assert shapely.from_wkt(rows[1]["geometry"]).equals(frame.geometry[1])


def test_what_a_format_cannot_hold_is_refused(frame: Any, tmp_path: Path) -> None:
    with pytest.raises(CrsError) as refusal:
        write_frame(frame.to_crs("EPSG:4547"), tmp_path / "a.geojson")
    assert refusal.value.code == "not_lonlat"
    for name in ("a.shp", "a.xlsx"):
        with pytest.raises(FileError) as unknown:
            write_frame(frame, tmp_path / name)
        assert unknown.value.code == "format_unknown"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "csv"])
def test_no_such_folder(frame: Any, tmp_path: Path, suffix: str) -> None:
    with pytest.raises(FileError) as refusal:
        write_frame(frame, tmp_path / "nowhere" / f"a.{suffix}")
    assert refusal.value.code == "write_failed"


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "csv"])
def test_a_full_disk_leaves_the_old_file_untouched(tmp_path: Path, suffix: str, repo_root: Path) -> None:
    target = tmp_path / f"a.{suffix}"
    target.write_bytes(b"what was there before")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, target], capture_output=True, text=True, cwd=repo_root, timeout=60, check=False)
    assert done.stdout == "write_failed", done.stderr
    assert target.read_bytes() == b"what was there before"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_an_exception_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as temporary:
        temporary.write_text(str(1 / (temporary.write_text("half") - 4)))
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with replacing(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"
