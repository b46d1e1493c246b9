"""Whether single shapes may be stored at all: plain valid polygons on the 1 mm grid, owned by leaves."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.errors import GeometryError

__all__ = ["check_shapes"]

_MOST_ITEMS: Final = 100

_REASONS: Final = (
    ("", ""),
    ("it is not a plain 2D polygon", "不是普通二维多边形"),
    ("its vertices are not on the 1 mm grid (boundaries.geometry.snap puts them there)", "顶点不在 1 毫米格网上"),
    ("it is not valid", "图形无效"),
    ("areas of the ladder hang on it, so its shape is their union", "它有下级区域,其图形由下级合并而成"),
)


def check_shapes(codes: list[str], shapes: NDArray[np.object_], parents: NDArray[np.int64]) -> None:
    """Nothing, when every shape may be stored. parents: the rows on which areas of the ladder hang (-1 is not looked at).

    Raises GeometryError `shapes_unusable` with one item `shape_unusable` a row.
    """
    present = np.flatnonzero(~shapely.is_missing(shapes))
    given = shapes[present]
    plain = np.isin(shapely.get_type_id(given), (3, 6)) & ~shapely.has_z(given) & ~shapely.has_m(given) & ~shapely.is_empty(given)
    coordinates, owner = shapely.get_coordinates(given, return_index=True)
    off_grid = (np.round(coordinates, 3) != coordinates).any(axis=1)
    exact = np.bincount(owner[off_grid], minlength=len(given)) == 0
    is_parent = np.zeros(len(codes), dtype=bool)
    is_parent[parents[parents >= 0]] = True
    wrong = [~plain, ~exact, ~shapely.is_valid(given), is_parent[present]]
    reasons = np.select(wrong, [1, 2, 3, 4], default=0)
    if reasons.any():
        raise _unusable(codes, shapes, present, reasons)


def _unusable(codes: list[str], shapes: NDArray[np.object_], present: NDArray[np.int64], reasons: NDArray[np.int64]) -> GeometryError:
    items = []
    for position in np.flatnonzero(reasons).tolist():
        row, (en, zh) = int(present[position]), _REASONS[int(reasons[position])]
        why = f" ({shapely.is_valid_reason(shapes[row])})" if reasons[position] == 3 else ""
        items.append(
            GeometryError(
                "shape_unusable",
                en="Row {row}: the shape of {area} cannot be used: {reason}{why}.",
                zh="第 {row} 行:区域 {area} 的图形不可用:{reason_zh}{why}。",
                row=row,
                area=codes[row],
                reason=en,
                reason_zh=zh,
                why=why,
            )
        )
    return GeometryError(
        "shapes_unusable",
        en="{count} shapes cannot be used; the first: {first}",
        zh="有 {count} 个图形不可用;第一个:{first_zh}",
        row=items[0].row,
        area=items[0].area,
        items=items[:_MOST_ITEMS],
        count=len(items),
        first=items[0].text("en"),
        first_zh=items[0].text("zh"),
    )
