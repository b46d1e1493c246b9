"""Names of sources: layers behind colons, drive letters, and everything that is no plain local file."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.errors import FileError
from boundaries.files import as_source, layer_names, parse_source
from boundaries.files.sources import Source, readable


@pytest.mark.parametrize(
    ("text", "path", "layer"),
    [
        ("algeria.gpkg", "algeria.gpkg", None),
        ("algeria.gpkg:communes", "algeria.gpkg", "communes"),
        ("data/a.GPKG:社区:1", "data/a.GPKG", "社区:1"),
        (r"C:\city\a.gpkg", r"C:\city\a.gpkg", None),
        (r"C:\city\a.gpkg:grids", r"C:\city\a.gpkg", "grids"),
        ("c:a.shp", "c:a.shp", None),
        ("x.gpkg.parquet:y", "x.gpkg.parquet", "y"),
        ("no-ending:layer", "no-ending:layer", None),
    ],
)
def test_file_and_layer_are_told_apart(text: str, path: str, layer: str | None) -> None:
    assert parse_source(text) == Source(Path(path), layer)
    assert as_source(parse_source(text)) == Source(Path(path), layer)


def test_a_name_that_exists_as_written_is_taken_as_written(tmp_path: Path) -> None:
    odd = tmp_path / "a.gpkg:b"
    odd.write_bytes(b"x")
    assert parse_source(str(odd)) == Source(odd)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/a.gpkg",
        "https://example.org/a.geojson:x",
        "s3://bucket/a.parquet",
        "file:///etc/passwd.gpkg",
        "/vsicurl/http://example.org/a.gpkg",
        "/vsizip/a.zip/a.shp",
        "\\vsimem\\a.gpkg",
        "//vsis3/a.gpkg",
    ],
)
def test_nothing_remote_or_virtual_is_opened(text: str) -> None:
    with pytest.raises(FileError) as refusal:
        parse_source(text)
    assert refusal.value.code == "remote_source"
    with pytest.raises(FileError):
        as_source(Source(Path(text.replace("//", "/"))) if text.startswith("/vsi") else text)


def test_an_empty_layer_name_is_refused() -> None:
    with pytest.raises(FileError) as refusal:
        parse_source("a.gpkg:")
    assert refusal.value.code == "layer_needed"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.gpkg", None, "file_missing"),
        ("a.gpkg", b"", "file_empty"),
        ("a.csv", b"", "file_empty"),
        ("a.vrt", b"<OGRVRTDataSource/>", "format_unknown"),
        ("a.gpkg", b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "format_mismatch"),
        ("a.shp", b"<OGRVRTDataSource/>", "format_mismatch"),
        ("a.parquet", b"PK\x03\x04 a zip", "format_mismatch"),
        ("a.zip", b"PK\x03\x04", "archive_refused"),
        ("a", b"x", "format_unknown"),
    ],
)
def test_files_must_be_what_their_ending_says(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError) as refusal:
        layer_names(path)
    assert refusal.value.code == code
    assert name in refusal.value.text("zh")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "a.gpkg"
    folder.mkdir()
    with pytest.raises(FileError) as refusal:
        readable(folder)
    assert refusal.value.code == "file_missing"
