"""A frame of areas, read and resolved: every row's level, parent and shape, or a refusal that names the row.

This is the gate of the store: what passes has unique codes of the level's pattern, parents that exist and are coarser, and plain 2D
polygons on the 1 mm grid. Whether neighbours fit together is not decided here but by `boundaries.store.proof`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from boundaries.codes import check_codes
from boundaries.errors import CodeError, FileError
from boundaries.model import Level
from boundaries.store.city import level_unknown
from boundaries.store.columns import is_storable
from boundaries.store.kinship import find_face_owners, find_parents
from boundaries.store.shapes import check_shapes

__all__ = ["REQUIRED", "Resolved", "resolve"]

REQUIRED: Final = ("code", "level", "parent_code", "geometry")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rows of a frame as parallel lists; `parents` and `shares` are rows of the same frame, -1 for none.

    shapes: metres, None for parents and sharers. depth order is not implied: a child may stand before its parent. on_ladder: rows of
    levels that nest; has_children: rows that are somebody's parent.
    """

    codes: list[str]
    levels: list[str]
    kinds: list[str]
    names: list[str]
    households: list[int]
    shapes: NDArray[np.object_]
    parents: NDArray[np.int64]
    shares: NDArray[np.int64]
    on_ladder: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def has_children(self) -> NDArray[np.bool_]:
        flags = np.zeros(len(self), dtype=bool)
        flags[self.parents[(self.parents >= 0) & self.on_ladder]] = True
        return flags

    @property
    def leaves(self) -> NDArray[np.int64]:
        """Rows of the ladder that own a shape."""
        return np.flatnonzero(self.on_ladder & ~shapely.is_missing(self.shapes))


def resolve(areas: GeoDataFrame, levels: Sequence[Level]) -> Resolved:
    """The frame's rows with parents and sharers found.

    areas: columns code, level, parent_code, geometry and, where known, kind, name, shares_face_of, households; others are not read.
    A parent_code means the finest coarser area of that code; shares_face_of a leaf of the same level. Raises FileError
    `column_missing`, CodeError (`level_unknown`, `codes_unusable`, `leaf_code_shared`), ParentError (`parents_unusable` with items
    `parent_unknown`, `parent_not_coarser`, `parent_cycle`, `face_owner_unknown`), GeometryError (`shapes_unusable`).
    """
    missing = [name for name in REQUIRED if name not in areas.columns]
    if missing:
        raise FileError(
            "column_missing",
            en="The frame of areas lacks the columns {columns}.",
            zh="区域数据缺少列:{columns}。",
            columns=", ".join(missing),
        )
    by_name = {level.name: level for level in levels}
    row_levels: list[Any] = areas["level"].tolist()
    for row, name in enumerate(row_levels):
        if name not in by_name:
            error = level_unknown(name, levels)
            error.row = row
            raise error
    codes: list[Any] = areas["code"].tolist()
    _check_codes_by_level(codes, row_levels, by_name)
    ranks = [by_name[name].rank for name in row_levels]
    shapes = np.array(areas.geometry.array, dtype=object)
    shares = find_face_owners(codes, row_levels, _texts(areas, "shares_face_of"), shapes)
    on_ladder = np.array([rank is not None for rank in ranks], dtype=bool)
    parents = find_parents(codes, ranks, _texts(areas, "parent_code"))
    check_shapes(codes, shapes, parents[on_ladder])
    _check_leaf_codes(codes, on_ladder & (~shapely.is_missing(shapes) | (shares >= 0)))
    return Resolved(
        codes=codes,
        levels=row_levels,
        kinds=[text or "" for text in _texts(areas, "kind")],
        names=[text or "" for text in _texts(areas, "name")],
        households=_households(areas),
        shapes=shapes,
        parents=parents,
        shares=shares,
        on_ladder=on_ladder,
    )


def _texts(areas: GeoDataFrame, column: str) -> list[str | None]:
    """The column as text or None (what a data frame makes of a missing text is a float NaN)."""
    if column not in areas.columns:
        return [None] * len(areas)
    texts = [value if isinstance(value, str) and value else None for value in areas[column].tolist()]
    for row, text in enumerate(texts):
        if text is not None and not is_storable(text):
            raise FileError(
                "text_unusable",
                en="Row {row}: column {column} holds characters that are no text (NUL or half a surrogate pair).",
                zh="第 {row} 行:列 {column} 含有非法字符(NUL 或不成对的代理项)。",
                row=row,
                column=column,
            )
    return texts


def _households(areas: GeoDataFrame) -> list[int]:
    if "households" not in areas.columns:
        return [0] * len(areas)
    values = np.nan_to_num(areas["households"].to_numpy(dtype=np.float64, na_value=0.0), nan=0.0)
    wrong = np.flatnonzero((values < 0) | (values != np.floor(values)) | (values > 2**31 - 1))
    if wrong.size:
        raise FileError(
            "households_not_counted",
            en="Row {row}: households must be a whole number, 0 or more.",
            zh="第 {row} 行:户数必须是非负整数。",
            row=int(wrong[0]),
        )
    counted: list[int] = values.astype(np.int64).tolist()
    return counted


def _check_codes_by_level(codes: list[Any], row_levels: list[str], by_name: dict[str, Level]) -> None:
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(row_levels):
        rows_of.setdefault(name, []).append(row)
    for name, rows in rows_of.items():
        try:
            check_codes([codes[row] for row in rows], pattern=by_name[name].code_pattern, level=name)
        except CodeError as error:
            raise _with_rows_of_frame(error, rows) from None


def _with_rows_of_frame(error: CodeError, rows: list[int]) -> CodeError:
    """The refusal of codes of one level, its row numbers (within the level) turned into those of the frame."""
    for item in error.items:
        item.row = None if item.row is None else rows[item.row]
        if "rows" in item.params:
            item.params["rows"] = ", ".join(str(rows[int(row)]) for row in item.params["rows"].split(", "))
    first = error.items[0]
    params = {**error.params, "first": first.text("en"), "first_zh": first.text("zh")}
    return CodeError(error.code, en=error.en, zh=error.zh, row=first.row, area=first.area, items=error.items, **params)


def _check_leaf_codes(codes: list[str], leaves: NDArray[np.bool_]) -> None:
    seen: set[str] = set()
    for row in np.flatnonzero(leaves).tolist():
        if codes[row] in seen:
            raise CodeError(
                "leaf_code_shared",
                en="Row {row}: two leaves of different levels have the code {area}; an answer could not tell them apart.",
                zh="第 {row} 行:不同层级的两个末级区域编码同为 {area},无法区分。",
                row=row,
                area=codes[row],
            )
        seen.add(codes[row])
