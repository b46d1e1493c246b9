"""An index in a file: what comes back is what went in, and what is damaged is not used."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.errors import IndexFileError
from boundaries.router import Index


@pytest.fixture(scope="module")
def polygons(patchwork: Callable[..., Any]) -> Any:
    shapes = patchwork(60, seed=2)
    shapes[5] = shapely.buffer(shapes[5], 0.002)
    return shapes


@pytest.fixture(scope="module")
def built(polygons: Any) -> Index:
    return Index.build(polygons, [f"网格{n:03d}" for n in range(len(polygons))], generation=7)


@pytest.fixture
def path(built: Index, tmp_path: Path) -> Path:
    file = tmp_path / "city.index"
    built.save(file)
    return file


def test_a_loaded_index_answers_like_the_built_one(built: Index, path: Path, polygons: Any, nasty: Callable[..., Any]) -> None:
    loaded = Index.load(path, digest=built.digest)
    assert (loaded.codes, loaded.generation, loaded.digest) == (built.codes, 7, built.digest)
    points = nasty(polygons, 500)
    lons, lats = points.T
    np.testing.assert_array_equal(loaded.locate_many(lons=lons, lats=lats), built.locate_many(lons=lons, lats=lats))
    for lon, lat in points[::40].tolist():
        for method in ("locate", "on_border", "touches_border", "nearest", "inside_outline"):
            assert getattr(loaded, method)(lon=lon, lat=lat) == getattr(built, method)(lon=lon, lat=lat)


def test_a_loaded_index_saves_again(built: Index, path: Path, tmp_path: Path) -> None:
    Index.load(path).save(tmp_path / "again.index")
    assert (tmp_path / "again.index").read_bytes() == path.read_bytes()


def test_a_mapped_file_may_be_replaced(built: Index, path: Path) -> None:
    mapped = Index.load(path)
    Index.build([shapely.box(0, 0, 1, 1)], ["new"]).save(path)
    lon, lat = 113.55, 37.85
    assert mapped.locate(lon=lon, lat=lat) == built.locate(lon=lon, lat=lat)
    assert Index.load(path).codes == ("new",)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_shape_or_code_is_another_digest(built: Index, polygons: Any) -> None:
    codes = list(built.codes)
    assert Index.build(polygons, codes).digest == built.digest
    assert Index.build(polygons, [*codes[:-1], "x"]).digest != built.digest
    assert Index.build(polygons[::-1], codes).digest != built.digest


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(IndexFileError) as caught:
        Index.load(path, **options)
    assert str(path) in caught.value.text("zh")
    assert caught.value.text("en") != caught.value.text("zh")
    return caught.value.code


def test_every_cut_is_found(path: Path) -> None:
    whole = path.read_bytes()
    for length in [0, 1, 15, 16, 40, 56, 200, 3000, len(whole) // 2, len(whole) - 64, len(whole) - 1]:
        path.write_bytes(whole[:length])
        for verify in (True, False):
            assert refusal(path, verify=verify) == ("index_not_an_index" if length < 16 else "index_damaged")
    path.write_bytes(whole + b"\0")
    assert refusal(path) == "index_damaged"


def test_every_flipped_byte_is_found(path: Path) -> None:
    whole = path.read_bytes()
    for at in [*range(0, 56, 5), *range(56, len(whole), len(whole) // 40)]:
        damaged = bytearray(whole)
        damaged[at] ^= 0x40
        path.write_bytes(damaged)
        assert refusal(path) == ("index_not_an_index" if at < 16 else "index_other_version" if at < 20 else "index_damaged")


def test_what_is_no_index(path: Path, built: Index, tmp_path: Path) -> None:
    assert refusal(path, digest="0" * 64) == "index_of_other_areas"
    assert refusal(tmp_path / "nowhere") == "index_not_read"
    assert refusal(tmp_path) == "index_not_read"
    path.write_text('{"type": "FeatureCollection"}')
    assert refusal(path) == "index_not_an_index"


def test_a_failed_save_leaves_the_old_file(built: Index, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(IndexFileError) as caught:
        Index.build([shapely.box(0, 0, 1, 1)], ["new"]).save(path)
    assert caught.value.code == "index_not_written"
    assert "No space left" in caught.value.text("en")
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with pytest.raises(IndexFileError):
        built.save(path.parent / "no" / "folder.index")
