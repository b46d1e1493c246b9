"""A file that somebody sent is known by its first bytes, and an archive is opened only as far as it is one Shapefile."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from boundaries.errors import FileError
from boundaries.files import place_received


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def place(folder: Path, content: bytes, most_bytes: int = 1_000_000) -> Path:
    raw = folder / "raw"
    raw.write_bytes(content)
    return place_received(raw, folder, "file-1", most_bytes=most_bytes)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"SQLite format 3\0rest", "file-1.gpkg"),
        (b"PAR1rest", "file-1.parquet"),
        (b' \n{"type"', "file-1.geojson"),
        (b"\xef\xbb\xbf{", "file-1.geojson"),
    ],
)
def test_the_first_bytes_decide(tmp_path: Path, content: bytes, name: str) -> None:
    placed = place(tmp_path, content)
    assert (placed.name, placed.read_bytes()) == (name, content)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_of_an_archive_only_the_parts_of_its_shapefile_come_out(tmp_path: Path) -> None:
    junk = [("__MACOSX/._a.shp", b"j"), ("readme.txt", b"j"), ("a.sbn", b"j"), ("other.dbf", b"j"), ("folder/", b"")]
    parts = [("in/A.SHP", b"1"), ("in/A.DBF", b"2"), ("in/a.prj", b"3"), ("in/A.cpg", b"4"), ("in/A.shx", b"5")]
    placed = place(tmp_path, zipped(*junk, *parts))
    assert placed == tmp_path / "file-1.shp"
    found = {path.suffix: path.read_bytes() for path in tmp_path.glob("file-1.*")}
    assert found == {".shp": b"1", ".dbf": b"2", ".prj": b"3", ".cpg": b"4", ".shx": b"5"}


def link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize("name", ["../a.shp", "x/../../a.shp", "/a.shp", "..\\a.shp", "C:a.shp", link("a.shp")])
def test_nothing_comes_out_of_an_archive_that_reaches_out(tmp_path: Path, name: str | zipfile.ZipInfo) -> None:
    with pytest.raises(FileError) as refused:
        place(tmp_path, zipped(("b.shp", b"1"), (name, b"/etc/passwd")))
    assert refused.value.code == "archive_slip"
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_the_size_is_what_comes_out_not_what_is_said(tmp_path: Path) -> None:
    honest = zipped(("a.shp", bytes(100_000)), ("a.dbf", bytes(100_000)))
    with pytest.raises(FileError) as refused:
        place(tmp_path, honest, most_bytes=150_000)
    assert refused.value.code == "archive_too_large"
    lying = honest.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(FileError) as refused:
        place(tmp_path, lying, most_bytes=150_000)
    assert refused.value.code in ("archive_broken", "archive_too_large")
    assert sum(path.stat().st_size for path in tmp_path.glob("file-1.*")) <= 150_000


def test_a_password_and_damage_are_told(tmp_path: Path) -> None:
    whole = zipped(("a.shp", bytes(range(256)) * 4))
    locked = whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    assert locked != whole
    damaged = whole[:100] + bytes([whole[100] ^ 255]) + whole[101:]
    for content, code in ((locked, "archive_locked"), (whole[:-30], "archive_broken"), (damaged, "archive_broken")):
        with pytest.raises(FileError) as refused:
            place(tmp_path, content)
        assert refused.value.code == code
