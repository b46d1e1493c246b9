"""GeoJSON feature by feature: any layout, any chunk border, nothing lost, nothing fetched, damage named."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from boundaries.errors import CrsError, FileError
from boundaries.files import geojson as module
from boundaries.files.geojson import FeatureReader, FeatureWriter, geometry_member

POINT = {"type": "Point", "coordinates": [113.5, 37.8]}


def feature(at: int) -> dict[str, Any]:
    return {"type": "Feature", "id": at, "properties": {"n": at, "深": {"list": [1, "二", None, 1e-9]}}, "geometry": POINT}


def read(text: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / "x.geojson"
    path.write_text(text, encoding="utf-8")
    return list(FeatureReader(path))


@pytest.mark.parametrize("chunk", [1, 2, 7, 64, 1 << 20])
@pytest.mark.parametrize("indent", [None, 2])
def test_features_come_out_as_they_went_in_whatever_the_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chunk: int, indent: int | None
) -> None:
    monkeypatch.setattr(module, "_CHUNK", chunk)
    features = [feature(at) for at in range(20)]
    collection = {"bbox": [1, 2, 3, 4], "features": features, "type": "FeatureCollection", "name": "末", "n": 12}
    path = tmp_path / "x.geojson"
    path.write_text("\ufeff  " + json.dumps(collection, ensure_ascii=False, indent=indent) + "\n ", encoding="utf-8")
    reader = FeatureReader(path)
    assert list(reader) == features
    assert reader.members == {"bbox": [1, 2, 3, 4], "type": "FeatureCollection", "name": "末", "n": 12}


def test_a_single_feature_and_an_empty_collection(tmp_path: Path) -> None:
    assert read(json.dumps(feature(1)), tmp_path) == [feature(1)]
    assert read('{"type": "FeatureCollection", "features": []}', tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        "{}",
        '{"type": "Topology", "objects": {}}',
        '{"type": "FeatureCollection", "features": [',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": [], "geometry": 5}]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": null},]}',
        '{"type": "FeatureCollection", "features": []} {}',
        '{"type": "FeatureCollection" "features": []}',
        '{1: "FeatureCollection"}',
        '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}',
        "[" * 200_000,
    ],
)
def test_what_is_no_feature_collection_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(FileError) as refusal:
        read(text, tmp_path)
    assert refusal.value.code == "geojson_broken"


def test_damage_is_told_with_the_feature_it_is_at(tmp_path: Path) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [feature(0), feature(1), feature(2)]})
    with pytest.raises(FileError) as refusal:
        read(text[: text.rindex('"geometry"')], tmp_path)
    assert refusal.value.row == 2
    path = tmp_path / "latin.geojson"
    path.write_bytes(b'{"type": "FeatureCollection", "name": "\xb9\xfa", "features": []}')
    with pytest.raises(FileError, match="UTF-8"):
        list(FeatureReader(path))


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}},
        {"type": "url", "properties": {"url": "http://127.0.0.1:9/crs"}},
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}},
        {"type": "name", "properties": {"name": "EPSG:43261"}},
        {"type": "EPSG", "properties": {"code": 4547}},
        "EPSG:4326",
    ],
)
def test_other_reference_systems_are_refused_and_links_not_followed(tmp_path: Path, crs: Any) -> None:
    with pytest.raises(CrsError) as refusal:
        read(json.dumps({"type": "FeatureCollection", "crs": crs, "features": []}), tmp_path)
    assert refusal.value.code == "geojson_crs"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "EPSG:4490"])
def test_the_old_names_of_lonlat_pass(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert read(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature(1)]}), tmp_path) == [feature(1)]
    assert read(json.dumps({"type": "FeatureCollection", "crs": None, "features": []}), tmp_path) == []


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    text = io.StringIO()
    writer = FeatureWriter(text, {"name": "x", "crs": "gone", "bbox": "gone", "features": "gone", "type": "gone"})
    writer.write(feature(1))
    writer.write({"type": "Feature", "properties": {"bad": [float("nan"), {"x": float("inf")}]}, "geometry": None})
    writer.close()
    loaded = json.loads(text.getvalue())
    assert list(loaded) == ["type", "name", "features"]
    assert loaded["features"] == [feature(1), {"type": "Feature", "properties": {"bad": [None, {"x": None}]}, "geometry": None}]


@pytest.mark.parametrize("geometry", [{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, {"type": "Nonsense"}, {"coordinates": []}])
def test_geometries_that_cannot_be_built(geometry: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        geometry_member({"geometry": geometry})
    assert geometry_member({"geometry": None}) is None
