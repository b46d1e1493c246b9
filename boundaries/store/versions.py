"""Rows of areas and their versions: what a resolved frame becomes in the tables, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, insert

from boundaries.store.frame import Resolved
from boundaries.store.proof import shape_bytes

__all__ = ["insert_many", "version_hashes", "version_rows"]

_CHUNK: Final = 2_000


def version_hashes(rows: Resolved, area_ids: NDArray[np.int64]) -> list[str]:
    """SHA-256 of everything an area version says, with its parent and face owner by identity: equal means the same state."""
    hashes = []
    for row, shape in enumerate(shape_bytes(rows.shapes)):
        said = (
            rows.levels[row],
            rows.codes[row],
            rows.names[row],
            rows.kinds[row],
            str(_id_of(area_ids, rows.parents[row])),
            str(rows.households[row]),
            str(_id_of(area_ids, rows.shares[row])),
        )
        hashes.append(hashlib.sha256("\x1e".join(said).encode() + b"\x1d" + shape).hexdigest())
    return hashes


def version_rows(
    rows: Resolved,
    *,
    chosen: Sequence[int],
    area_ids: NDArray[np.int64],
    version_ids: Sequence[int],
    hashes: Sequence[str],
    srid: int,
) -> Iterator[dict[str, Any]]:
    """The table rows of new versions: `chosen` rows of the frame, in the order of `version_ids`."""
    picked = np.asarray(chosen, dtype=np.int64)
    shapes = shapely.set_srid(rows.shapes[picked], srid)
    bounds = shapely.bounds(shapes)
    for row, version_id, shape, box in zip(chosen, version_ids, shapes, bounds.tolist(), strict=True):
        min_x, min_y, max_x, max_y = box if shape is not None else (None, None, None, None)
        yield {
            "version_id": version_id,
            "area_id": int(area_ids[row]),
            "level": rows.levels[row],
            "code": rows.codes[row],
            "name": rows.names[row],
            "kind": rows.kinds[row],
            "parent_id": _id_of(area_ids, rows.parents[row]),
            "geometry": shape,
            "min_x": min_x,
            "min_y": min_y,
            "max_x": max_x,
            "max_y": max_y,
            "households": rows.households[row],
            "shares_face_of": _id_of(area_ids, rows.shares[row]),
            "content_hash": hashes[row],
        }


def insert_many(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts the rows in chunks; none is fine."""
    for start in range(0, len(rows), _CHUNK):
        connection.execute(insert(table), rows[start : start + _CHUNK])


def _id_of(area_ids: NDArray[np.int64], row: int) -> int | None:
    return None if row < 0 else int(area_ids[row])
