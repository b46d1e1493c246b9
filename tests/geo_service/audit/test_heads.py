"""The heads outside: lines that follow from one another, whatever happens while one is written."""

import datetime as dt
from pathlib import Path

import pytest

from geo_service.audit import read_heads, write_head

AT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


def written(path: Path, *positions: int, key: bytes | None = None) -> None:
    for n, position in enumerate(positions):
        assert write_head(path, at=AT + dt.timedelta(minutes=5 * n), position=position, digest=f"{position:064x}", key=key)


@pytest.mark.parametrize("key", [None, b"kept elsewhere"])
def test_lines_come_back_and_a_log_that_did_not_grow_adds_none(tmp_path: Path, key: bytes | None) -> None:
    path = tmp_path / "elsewhere" / "heads.jsonl"
    written(path, 3, 7, key=key)
    assert not write_head(path, at=AT, position=7, digest=f"{7:064x}", key=key)
    heads = read_heads(path, key=key)
    assert [head.position for head in heads.lines] == [3, 7]
    assert heads.broken_line is None
    assert read_heads(tmp_path / "none", key=key).lines == ()


@pytest.mark.parametrize("change", ["hash", "position", "removed", "swapped", "other key"])
def test_a_changed_line_breaks_the_file_there(tmp_path: Path, change: str) -> None:
    path = tmp_path / "heads.jsonl"
    written(path, 3, 7, 9, 12, key=b"k")
    lines = path.read_bytes().splitlines(keepends=True)
    if change == "hash":
        lines[1] = lines[1].replace(f"{7:064x}".encode(), f"{8:064x}".encode())
    elif change == "position":
        lines[1] = lines[1].replace(b'"position":7', b'"position":8')
    elif change == "removed":
        del lines[1]
    elif change == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    path.write_bytes(b"".join(lines))
    heads = read_heads(path, key=b"another" if change == "other key" else b"k")
    assert heads.broken_line == (1 if change == "other key" else 2)
    assert [head.position for head in heads.lines] == ([] if change == "other key" else [3])


def test_a_line_cut_short_by_a_power_failure_is_passed_over_and_continued(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    written(path, 3, 7)
    whole = path.read_bytes()
    for cut in (1, 20, len(whole) // 2 - 1):
        path.write_bytes(whole[:-cut])
        assert write_head(path, at=AT, position=9, digest=f"{9:064x}", key=None)
        heads = read_heads(path, key=None)
        assert heads.broken_line is None
        assert [head.position for head in heads.lines] in ([3, 9], [3, 7, 9])
