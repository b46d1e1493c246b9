"""Layers that are too large are refused before their shapes are in memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.errors import FileError
from boundaries.files import read_areas
from boundaries.files.limits import MOST_VERTICES, refuse_too_large
from boundaries.files.sources import format_of


def circles(count: int, vertices: int) -> Any:
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    ring = np.column_stack((np.cos(angles), np.sin(angles))) * 0.001
    shapes = [shapely.Polygon(np.add(ring, (113.5 + 0.01 * at, 37.8))) for at in range(count)]
    return geopandas.GeoDataFrame({"code": [str(at) for at in range(count)]}, geometry=shapes, crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet"])
def test_each_format_tells_its_size(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    frame = circles(20, 500)
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)
    kind = format_of(path)
    refuse_too_large(path, kind, "a", most=11_000)
    with pytest.raises(FileError) as refusal:
        refuse_too_large(path, kind, "a", most=9_900)
    assert refusal.value.code == "layer_too_large"
    assert "9,900" in refusal.value.text("zh")


def test_ten_million_vertices_are_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    vertices = "[113.5,37.8]," * 100_000
    with path.open("w") as handle:
        handle.write('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1"},"geometry":')
        handle.write('{"type":"Polygon","coordinates":[[')
        for _ in range(100):
            handle.write(vertices)
        handle.write("[113.5,37.8]]]}}]}")
    tracemalloc.start()
    with pytest.raises(FileError) as refusal:
        read_areas(path, code="code")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refusal.value.code == "layer_too_large"
    assert f"{MOST_VERTICES:,}" in str(refusal.value)
    assert peak < 64 << 20


def test_a_short_parquet_file_with_a_long_run_of_one_shape_is_refused(tmp_path: Path) -> None:
    one = circles(1, 20_000).geometry[0]
    frame = geopandas.GeoDataFrame({"code": [str(at) for at in range(300)]}, geometry=[one] * 300, crs="EPSG:4326")
    path = tmp_path / "bomb.parquet"
    frame.to_parquet(path)
    assert path.stat().st_size < 2_000_000  # a dictionary of one
    with pytest.raises(FileError) as refusal:
        read_areas(path, code="code")
    assert refusal.value.code == "layer_too_large"
