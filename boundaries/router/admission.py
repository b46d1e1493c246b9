"""What an index accepts: valid 2D polygons in lon/lat degrees, each with a code of its own. Everything else is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import BoundariesError, CodeError, CoordinateError, GeometryError

_POLYGON, _MULTIPOLYGON = 3, 6
_PLACE = re.compile(r"\[(\S+) (\S+)\]")
_MOST_ITEMS = 1000


def admitted(polygons: Iterable[Any], codes: Iterable[Any]) -> tuple[npt.NDArray[np.object_], tuple[str, ...]]:
    """The polygons and codes, ordered by code (code-point order of the text).

    Raises CodeError (missing, not text, doubled, not one a polygon), GeometryError (none at all, missing, not a polygon, empty, 3D,
    measured, invalid) or CoordinateError (not finite, beyond lon -180..180 or lat -90..90); `items` has an error for every further culprit.
    """
    names = _codes(list(codes))
    shapes = _as_array(list(polygons))
    if len(shapes) != len(names):
        raise CodeError(
            "codes_mismatch",
            en="There are {polygons} polygons but {codes} codes.",
            zh="有 {polygons} 个多边形，却有 {codes} 个编码。",
            polygons=len(shapes),
            codes=len(names),
        )
    if not len(shapes):
        raise GeometryError("no_polygons", en="There is not a single polygon.", zh="一个多边形也没有。")
    _refuse_shapes(shapes, names)
    _refuse_numbers(shapes, names)
    _refuse_invalid(shapes, names)
    order = sorted(range(len(names)), key=names.__getitem__)
    return shapes[order], tuple(names[i] for i in order)


def _as_array(shapes: list[Any]) -> npt.NDArray[np.object_]:
    array = np.empty(len(shapes), object)
    array[:] = shapes
    return array


def _codes(codes: list[Any]) -> list[str]:
    errors: list[BoundariesError] = []
    first: dict[str, int] = {}
    for row, code in enumerate(codes):
        if not isinstance(code, str) or not code.strip() or not _is_text(code):
            errors.append(
                CodeError("code_missing", en="Row {row}: no code, or not a text.", zh="第 {row} 行：没有编码，或编码不是文本。", row=row)
            )
        elif first.setdefault(code, row) != row:
            en, zh = "Row {row}: the code {area} is taken by row {first}.", "第 {row} 行：编码 {area} 已被第 {first} 行使用。"
            errors.append(CodeError("code_doubled", en=en, zh=zh, row=row, area=code, first=first[code]))
    _raise_all(errors)
    return [str(code) for code in codes]


def _is_text(code: str) -> bool:
    """Whether the text can be written down: no half of a surrogate pair."""
    try:
        code.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_shapes(shapes: npt.NDArray[np.object_], names: Sequence[str]) -> None:
    kinds = np.array([shape.geom_type if isinstance(shape, shapely.Geometry) else type(shape).__name__ for shape in shapes])
    areal = np.isin(kinds, ("Polygon", "MultiPolygon"))
    _refuse(
        ~areal,
        names,
        lambda row: GeometryError(
            "not_a_polygon",
            en="{area} is not a polygon but: {kind}.",
            zh="{area} 不是多边形，而是：{kind}。",
            row=row,
            area=names[row],
            kind=str(kinds[row]),
        ),
    )
    _refuse(
        shapely.is_empty(shapes),
        names,
        lambda row: GeometryError("polygon_empty", en="{area} is empty.", zh="{area} 是空的。", row=row, area=names[row]),
    )
    _refuse(
        shapely.has_z(shapes) | shapely.has_m(shapes),
        names,
        lambda row: GeometryError(
            "polygon_not_2d",
            en="{area} has a third coordinate (Z or M); drop it first.",
            zh="{area} 带有第三维坐标（Z 或 M），请先去除。",
            row=row,
            area=names[row],
        ),
    )


def _refuse_numbers(shapes: npt.NDArray[np.object_], names: Sequence[str]) -> None:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.zeros(len(shapes), bool)
    wrong[owner[~np.isfinite(xy).all(axis=1)]] = True
    _refuse(
        wrong,
        names,
        lambda row: CoordinateError(
            "coordinate_not_finite",
            en="{area} has a coordinate that is no number.",
            zh="{area} 含有不是数的坐标。",
            row=row,
            area=names[row],
        ),
    )
    beyond = np.abs(xy) > [180.0, 90.0]
    wrong[owner[beyond.any(axis=1)]] = True
    _refuse(
        wrong,
        names,
        lambda row: CoordinateError(
            "coordinate_out_of_range",
            en="{area} reaches beyond lon -180..180, lat -90..90: metres taken for degrees, or axes swapped?",
            zh="{area} 超出经度 -180..180、纬度 -90..90 的范围：是否把米当成了度，或经纬度颠倒？",
            row=row,
            area=names[row],
        ),
    )


def _refuse_invalid(shapes: npt.NDArray[np.object_], names: Sequence[str]) -> None:
    def error(row: int) -> GeometryError:
        reason = str(shapely.is_valid_reason(shapes[row]))
        found = _PLACE.search(reason)
        return GeometryError(
            "polygon_invalid",
            en="{area} is invalid: {reason}.",
            zh="{area} 不是有效的多边形：{reason}。",
            row=row,
            area=names[row],
            place=shapely.Point(float(found[1]), float(found[2])) if found else None,
            reason=reason,
        )

    _refuse(~shapely.is_valid(shapes), names, error)


def _refuse(wrong: npt.NDArray[np.bool_], names: Sequence[str], error: Callable[[int], BoundariesError]) -> None:
    _raise_all([error(row) for row in np.flatnonzero(wrong)[:_MOST_ITEMS].tolist()])


def _raise_all(errors: Sequence[BoundariesError]) -> None:
    """Raises the first error, with the others as its items."""
    if errors:
        errors[0].items = tuple(errors[1:])
        raise errors[0]
