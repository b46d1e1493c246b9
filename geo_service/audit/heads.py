"""The log's head, written to a file outside the database again and again: what makes a cut tail and a full rewrite visible.

Each line is JSON: at, position, hash, mac. The mac covers the line and the mac before it, with a key where one is set
(HMAC-SHA-256), so lines cannot be taken out of the middle; with a key kept off the machine they cannot be made up either.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

GENESIS = "0" * 64
TAIL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stood at an instant."""

    at: datetime
    position: int
    hash: str
    mac: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The lines of the file that follow from one another; `broken_line` is the first that does not (from 1), None when all do."""

    lines: tuple[Head, ...]
    broken_line: int | None


def write_head(path: Path, *, at: datetime, position: int, digest: str, key: bytes | None) -> bool:
    """Adds a line and sees it safely on disk; False when the log has not grown since the last line.

    A last line that was cut short (power failed while it was written) is left as it is and continued on a new line.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    last = _last(path)
    if last is not None and last.position == position and last.hash == digest:
        return False
    mac = _mac(last.mac if last else GENESIS, at, position, digest, key)
    line = orjson.dumps({"at": at.astimezone(UTC), "position": position, "hash": digest, "mac": mac}, option=orjson.OPT_UTC_Z)
    cut_short = _ends_open(path)
    with path.open("ab") as file:
        file.write((b"\n" if cut_short else b"") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_heads(path: Path, *, key: bytes | None) -> Heads:
    """The heads of the file, oldest first; none when there is no file. A line that is no JSON was cut short and is passed over."""
    if not path.exists():
        return Heads((), None)
    kept: list[Head] = []
    previous = GENESIS
    for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
        head = _parsed(raw)
        if head is None:
            continue
        if not hmac.compare_digest(_mac(previous, head.at, head.position, head.hash, key), head.mac):
            return Heads(tuple(kept), number)
        kept.append(head)
        previous = head.mac
    return Heads(tuple(kept), None)


def _last(path: Path) -> Head | None:
    """The last whole line, read from the file's end: the file grows for years."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        lines = file.read().splitlines()
    return next((head for raw in reversed(lines) if (head := _parsed(raw)) is not None), None)


def _ends_open(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _parsed(raw: bytes) -> Head | None:
    try:
        said = orjson.loads(raw)
        return Head(datetime.fromisoformat(said["at"]), int(said["position"]), str(said["hash"]), str(said["mac"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _mac(previous: str, at: datetime, position: int, digest: str, key: bytes | None) -> str:
    body = "\n".join((previous, at.astimezone(UTC).isoformat(), str(position), digest)).encode()
    return hmac.new(key, body, hashlib.sha256).hexdigest() if key else hashlib.sha256(body).hexdigest()
