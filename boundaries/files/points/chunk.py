"""A piece of a point file: positions as given, the rows that have none, and the rest of the columns, untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pyarrow
import shapely
from numpy.typing import NDArray

from boundaries.errors import FileError

__all__ = ["REASONS", "BadRow", "Chunk", "PointReader", "PointSink", "judged", "point_positions", "refuse_column"]

Floats = NDArray[np.float64]

REASONS: Final = {
    "no_position": ("has no position", "没有位置"),
    "not_a_number": ("has a position that is not a number", "位置不是数值"),
    "not_finite": ("has a position that is not finite", "位置不是有限数值"),
    "out_of_range": ("has a position beyond 180 or 90 degrees", "位置超出经纬度范围"),
    "not_a_point": ("has a shape that is not a point", "图形不是点"),
}
"""Why a row cannot be routed, in English and Chinese."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row (0-based, headers not counted) that has no usable position, and why: a key of `REASONS`."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a file.

    start: row of the first. lons, lats: float64 degrees as given, NaN in rows without numbers. bad: rows that cannot be routed.
    native: the rows in the form their own format's writer takes. table: makes an Arrow table of all columns (geometry included where
    the format has one) for writers of other formats.
    """

    start: int
    lons: Floats
    lats: Floats
    bad: tuple[BadRow, ...]
    native: Any
    table: Callable[[], pyarrow.Table]


class PointReader(Protocol):
    """A file of points, read chunk by chunk; may be iterated more than once."""

    columns: tuple[str, ...]
    """Names of the columns a user sees, without geometry and feature ids."""
    geometry: str | None
    """The geometry column of its tables, WKB; None for a format without."""
    total: int | None
    """Rows in the file, where the format says it."""

    def __iter__(self) -> Iterator[Chunk]: ...


class PointSink(Protocol):
    """Takes chunks with their area codes and writes them; `close` finishes the file."""

    def write(self, chunk: Chunk, codes: NDArray[np.object_], *, lons: Floats, lats: Floats) -> None:
        """codes: one a row, '' for none; lons, lats: the rows' WGS-84 positions, for formats that must make points of them."""

    def close(self) -> None: ...


def judged(start: int, reasons: dict[int, str], *, lons: Floats, lats: Floats) -> tuple[BadRow, ...]:
    """The bad rows of a chunk: those with a reason already (by place in the chunk), then not finite and out-of-range ones."""
    finite = np.isfinite(lons) & np.isfinite(lats)
    outside = finite & ((np.abs(lons) > 180) | (np.abs(lats) > 90))
    every = {int(at): "not_finite" for at in np.flatnonzero(~finite)}
    every.update({int(at): "out_of_range" for at in np.flatnonzero(outside)})
    every.update(reasons)
    return tuple(BadRow(start + at, every[at]) for at in sorted(every))


def point_positions(wkb: Any) -> tuple[Floats, Floats, dict[int, str]]:
    """(lons, lats, reasons by place) of WKB points; missing, empty and unreadable ones have no position, other shapes are no points."""
    with np.errstate(invalid="ignore"):  # an empty point is written as NaN NaN
        geoms = shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore")
    kinds, empty = shapely.get_type_id(geoms), shapely.is_empty(geoms)
    reasons = {int(at): "no_position" for at in np.flatnonzero((kinds < 0) | empty)}
    reasons.update({int(at): "not_a_point" for at in np.flatnonzero((kinds > 0) & ~empty)})
    lons, lats = np.full(len(geoms), np.nan), np.full(len(geoms), np.nan)
    points = (kinds == 0) & ~empty
    lons[points], lats[points] = shapely.get_x(geoms[points]), shapely.get_y(geoms[points])
    return lons, lats, reasons


def refuse_column(column: str, name: str) -> FileError:
    """The error for a file that already has the column that is to be added."""
    return FileError(
        "column_exists",
        en="{name} already has a column {column}: allow it to be replaced, or rename it.",
        zh="{name} 已有列 {column}:请允许覆盖,或先改名。",
        name=name,
        column=column,
    )
