"""Which shapes of a layer can be areas at all: polygons, present, not empty, flat, straight, finite, and valid rings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.errors import CrsError, GeometryError
from boundaries.geometry import LONLAT, to_lonlat

__all__ = ["REASONS_ZH", "invalid_polygons", "reason_and_place", "refuse", "unusable_polygons"]

_MOST_ITEMS: Final = 1000
_POLYGON_TYPES: Final = (3, 6)

REASONS_ZH: Final = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环嵌套",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外环嵌套",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "顶点过少",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环未闭合",
}
"""What GEOS calls a reason, and its Chinese."""


def reason_and_place(geom: Any) -> tuple[str, Any]:
    """(reason, point) of an invalid polygon, as GEOS gives them, in the polygon's own system; the point is None where it has none."""
    text = str(shapely.is_valid_reason(geom))
    match = re.fullmatch(r"(?P<reason>[^\[]*)\[(?P<x>\S+) (?P<y>\S+?)(?: \S+)?\]", text)
    if match is None:
        return text, None
    point = shapely.Point(float(match["x"]), float(match["y"]))
    return match["reason"], point if np.isfinite(shapely.get_coordinates(point)).all() else None


def unusable_polygons(
    geoms: NDArray[np.object_], codes: Sequence[str], *, crs: str, curved: dict[int, str] | None = None
) -> list[GeometryError]:
    """Why rows cannot be areas, one error a row: missing, empty, not a polygon, 3D, curved, not finite.

    geoms: shapes in `crs`, None allowed. codes: one a row, for the messages. curved: rows whose curve was straightened in reading,
    with its type. Each error carries row, area and, where there is a shape, a place in lon/lat. Codes: `polygon_missing`,
    `polygon_empty`, `not_a_polygon`, `polygon_3d`, `polygon_curved`, `polygon_not_finite`.
    """
    curved = curved or {}
    kinds = shapely.get_type_id(geoms)
    empty = shapely.is_empty(geoms)
    flat = ~(shapely.has_z(geoms) | shapely.has_m(geoms))
    coordinates, owner = shapely.get_coordinates(geoms, return_index=True)
    endless = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    finite = np.ones(len(geoms), dtype=bool)
    finite[endless] = False
    found: list[GeometryError] = []
    for row in np.flatnonzero((kinds < 0) | empty | ~flat | ~np.isin(kinds, _POLYGON_TYPES) | ~finite).tolist():
        name = "" if geoms[row] is None else geoms[row].geom_type
        if geoms[row] is None:
            trouble = ("polygon_missing", "has no shape", "没有图形")
        elif not np.isin(kinds[row], _POLYGON_TYPES):
            trouble = ("not_a_polygon", f"is a {name}, not a polygon", f"是 {name},不是面")
        elif empty[row]:
            trouble = ("polygon_empty", "is empty", "图形为空")
        elif not finite[row]:
            trouble = ("polygon_not_finite", "has vertices that are not numbers", "含有非数值顶点")
        else:
            trouble = ("polygon_3d", "has heights: save it without Z and M", "带有高程:请去除 Z 与 M 后保存")
        found.append(_error(row, codes[row], *trouble, place=_vertex(geoms[row], crs)))
    for row, kind in curved.items():
        words = (f"is curved ({kind}): save it with straight edges", f"为曲线图形({kind}):请转换为折线后保存")
        found.append(_error(row, codes[row], "polygon_curved", *words, place=_vertex(geoms[row], crs)))
    return sorted(found, key=lambda error: error.row or 0)


def invalid_polygons(geoms: NDArray[np.object_], codes: Sequence[str], *, crs: str) -> list[GeometryError]:
    """Why polygons are not valid, one error a row (`polygon_invalid`): the reason and the place in lon/lat. None is passed over.

    A polygon can be valid in one system and invalid in another: ask in the one that counts.
    """
    found: list[GeometryError] = []
    for row in np.flatnonzero(~shapely.is_valid(geoms) & ~shapely.is_missing(geoms)).tolist():
        reason, point = reason_and_place(geoms[row])
        place = _lonlat(point, crs) if point is not None else _vertex(geoms[row], crs)
        found.append(_error(row, codes[row], "polygon_invalid", f"is invalid: {reason}", f"无效:{REASONS_ZH.get(reason, reason)}", place))
    return found


def refuse(errors: Sequence[GeometryError], *, name: str) -> None:
    """Nothing for an empty list; else one GeometryError `polygons_refused` for the layer `name`, the errors being its items."""
    if not errors:
        return
    raise GeometryError(
        "polygons_refused",
        en="{name}: {count} polygons cannot be used; the first: {first}",
        zh="{name}:{count} 个多边形不可用;第一个:{first_zh}",
        row=errors[0].row,
        area=errors[0].area,
        place=errors[0].place,
        items=errors[:_MOST_ITEMS],
        name=name,
        count=len(errors),
        first=errors[0].text("en"),
        first_zh=errors[0].text("zh"),
    )


def _error(row: int, code: str, kind: str, en: str, zh: str, place: Any) -> GeometryError:
    where = "" if place is None else f" at {place.x:.6f}, {place.y:.6f}"
    where_zh = "" if place is None else f"(位于 {place.x:.6f}, {place.y:.6f})"
    return GeometryError(
        kind,
        en="Polygon {area} (row {row}) {trouble}{where}.",
        zh="多边形 {area}(第 {row} 行){trouble_zh}{where_zh}。",
        row=row,
        area=code or "-",
        place=place,
        trouble=en,
        trouble_zh=zh,
        where=where,
        where_zh=where_zh,
    )


def _vertex(geom: Any, crs: str) -> Any:
    """The first finite vertex in lon/lat: somewhere to look, for shapes too broken for an interior point."""
    coordinates = shapely.get_coordinates(geom)
    finite = coordinates[np.isfinite(coordinates).all(axis=1)]
    return _lonlat(shapely.Point(finite[0]), crs) if len(finite) else None


def _lonlat(point: Any, crs: str) -> Any:
    try:
        return to_lonlat(point, crs or LONLAT)
    except CrsError:
        return None
