"""What is written between the tags: JSON that cannot end its script, and a compressed block of data.

A page carries two blocks of type application/json, which browsers never execute: a small readable one (headings, legend, texts) and a
large one, gzip in base64. Nothing a caller wrote stands anywhere else in the page.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def to_json(value: Any) -> str:
    """Compact JSON; `<`, `>`, `&` and the two line separators of JavaScript stand as \\u escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)


def pack(value: Any) -> str:
    """A JSON block that holds `value` as gzip in base64: the same bytes for the same value."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    zipped = gzip.compress(raw, compresslevel=9, mtime=0)
    return to_json({"encoding": "gzip+base64", "payload": base64.b64encode(zipped).decode("ascii")})


def unpack(block: str) -> Any:
    """What `pack` was given (for tests and tools)."""
    return json.loads(gzip.decompress(base64.b64decode(json.loads(block)["payload"])))


def deltas(numbers: NDArray[np.int64]) -> list[int]:
    """Each number as its difference from the one before (the first from 0): small numbers compress well."""
    return _as_list(numbers - np.concatenate(([0], numbers[:-1])) if len(numbers) else numbers)


def path_deltas(paths: Iterable[NDArray[np.int64]]) -> dict[str, list[int]]:
    """Paths of (n, 2) whole numbers as {sizes, xy}: vertex counts, and lon/lat differences running on from path to path."""
    kept = list(paths)
    if not kept:
        return {"sizes": [], "xy": []}
    corners = np.concatenate(kept)
    before = np.concatenate((np.zeros((1, 2), dtype="int64"), corners[:-1]))
    return {"sizes": [len(path) for path in kept], "xy": _as_list((corners - before).ravel())}


def _as_list(numbers: NDArray[np.int64]) -> list[int]:
    listed: list[int] = numbers.tolist()
    return listed


def ring_deltas(rings: Iterable[Iterable[Iterable[int]]]) -> list[list[list[int]]]:
    """Rings of signed arc numbers as differences of 2 * arc + backward, running on from ring to ring: arcs are mostly met in order."""
    before, packed = 0, []
    for shape in rings:
        packed_shape = []
        for ring in shape:
            marks = [2 * arc if arc >= 0 else 2 * ~arc + 1 for arc in ring]
            packed_shape.append([mark - last for mark, last in zip(marks, [before, *marks[:-1]], strict=True)])
            before = marks[-1]
        packed.append(packed_shape)
    return packed


def column(texts: Iterable[str]) -> dict[str, list[Any]]:
    """A column of texts: {values, index} where texts repeat, else {list}."""
    cells = list(texts)
    values = list(dict.fromkeys(cells))
    if len(values) * 2 > len(cells):
        return {"list": cells}
    place = {value: number for number, value in enumerate(values)}
    return {"values": values, "index": [place[cell] for cell in cells]}
