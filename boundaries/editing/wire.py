"""Reading the fields of an operation from JSON: each field name means one thing, and has one reader."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely

from boundaries.codes import is_code
from boundaries.editing.refusals import refusal
from boundaries.errors import EditError
from boundaries.geometry import LONLAT_DECIMALS

__all__ = ["MISSING", "MOST_POSITIONS", "READERS", "AdoptedArea", "Line", "Position", "malformed"]

Position = tuple[float, float]
"""lon, lat in degrees."""
Line = tuple[Position, ...]

MISSING: Final = dataclasses.MISSING
MOST_POSITIONS: Final = 5_000
"""A line or a lasso has no more positions than this: a hand draws hundreds."""
_MOST_TEXT: Final = 200
_MOST_KEYS: Final = 20_000


def malformed(reason: str, reason_zh: str) -> EditError:
    """EditError MALFORMED."""
    error = refusal("MALFORMED", reason=reason)
    error.zh = error.zh.replace("{reason}", "{reason_zh}")
    error.params["reason_zh"] = reason_zh
    return error


def _key(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise malformed(f"{name} must be the key of an area", f"{name} 必须是区域标识")
    return value


def _keys(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > _MOST_KEYS:
        raise malformed(f"{name} must be a list of keys", f"{name} 必须是区域标识列表")
    return tuple(_key(name, item) for item in value)


def _key_or_keys(name: str, value: Any) -> int | tuple[int, ...]:
    return _keys(name, value) if isinstance(value, list | tuple) else _key(name, value)


def _keys_or_adopted(name: str, value: Any) -> tuple[int, ...] | tuple[AdoptedArea, ...]:
    with_shapes = isinstance(value, list | tuple) and any(isinstance(item, dict | AdoptedArea) for item in value)
    return _adopted(name, value) if with_shapes else _keys(name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT or not is_code(value):
        raise malformed(f"{name} must be a short text without blanks around it", f"{name} 必须是首尾无空格的短文本")
    return value


def _position(name: str, value: Any) -> Position:
    numbers = isinstance(value, list | tuple) and len(value) == 2 and all(_is_number(item) for item in value)
    if not numbers or not (abs(value[0]) <= 180 and abs(value[1]) <= 90):
        raise malformed(f"{name} must hold [lon, lat] in degrees", f"{name} 必须由 [经度, 纬度] 组成")
    return round(float(value[0]), LONLAT_DECIMALS), round(float(value[1]), LONLAT_DECIMALS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _line(name: str, value: Any) -> Line:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_POSITIONS:
        raise malformed(f"{name} must have 2 to {MOST_POSITIONS} positions", f"{name} 必须有 2 至 {MOST_POSITIONS} 个点")
    return tuple(_position(name, item) for item in value)


def _ring(name: str, value: Any) -> Line:
    line = _line(name, value)
    ring = line[:-1] if line[0] == line[-1] else line
    if len(set(ring)) < 3:
        raise malformed(f"{name} must have 3 different positions", f"{name} 至少需要 3 个不同的点")
    return ring


@dataclasses.dataclass(frozen=True, slots=True)
class AdoptedArea:
    """A leaf as a file has it. shape: a polygon or multipolygon in lon/lat. For an area that exists only key and shape count."""

    key: int
    shape: Any
    code: str = ""
    name: str = ""
    level: str = ""
    kind: str = ""
    parent: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON document, the shape as GeoJSON."""
        said = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        said["shape"] = json.loads(shapely.to_geojson(self.shape))
        return {name: value for name, value in said.items() if value not in ("", None)}


def _adopted(name: str, value: Any) -> tuple[AdoptedArea, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MOST_KEYS:
        raise malformed(f"{name} must be a list of areas with shapes", f"{name} 必须是带图形的区域列表")
    return tuple(item if isinstance(item, AdoptedArea) else _adopted_area(name, item) for item in value)


def _adopted_area(name: str, item: Any) -> AdoptedArea:
    known = {"key", "shape", "code", "name", "level", "kind", "parent"}
    if not isinstance(item, dict) or not {"key", "shape"} <= set(item) <= known:
        raise malformed(f"{name} must have key and shape, and no more than {sorted(known)}", f"{name} 须含 key 和 shape")
    try:
        shape = shapely.from_geojson(json.dumps(item["shape"]))
    except (shapely.GEOSException, TypeError, ValueError):
        shape = None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise malformed(f"{name}: the shape must be a GeoJSON polygon", f"{name} 的图形必须是 GeoJSON 多边形")
    texts = {field: _text(field, item[field]) for field in ("code", "name", "level", "kind") if field in item}
    parent = _key("parent", item["parent"]) if item.get("parent") is not None else None
    parts = shapely.get_parts(shapely.force_2d(shape))  # desktop programs write every polygon as one of a multipolygon
    whole = parts[0] if len(parts) == 1 else shapely.force_2d(shape)
    return AdoptedArea(_key("key", item["key"]), whole, parent=parent, **texts)


def _moves(name: str, value: Any) -> tuple[tuple[Position, Position], ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_POSITIONS:
        raise malformed(f"{name} must be a list of [from, to]", f"{name} 必须是 [原位置, 新位置] 列表")
    pairs = []
    for item in value:
        if not isinstance(item, list | tuple) or len(item) != 2:
            raise malformed(f"{name} must be a list of [from, to]", f"{name} 必须是 [原位置, 新位置] 列表")
        pairs.append((_position(name, item[0]), _position(name, item[1])))
    return tuple(pairs)


def _keep(name: str, value: Any) -> Any:
    return value if isinstance(value, str) and value in ("larger", "smaller") else _position(name, value)


def _sharers(name: str, value: Any) -> dict[int, str]:
    if not isinstance(value, dict) or not all(item in ("kept", "new") for item in value.values()):
        raise malformed(f"{name} must say kept or new for each key", f"{name} 必须为每个标识指定 kept 或 new")
    try:
        return {int(key): item for key, item in value.items()}
    except ValueError:
        raise malformed(f"{name} must be named by keys", f"{name} 的键必须是区域标识") from None


READERS: Final[dict[str, Callable[[str, Any], Any]]] = {
    **dict.fromkeys(("area", "target", "survivor", "parent", "new_parent", "new_key"), _key),
    "areas": _keys_or_adopted,
    "ended": _keys,
    "into": _key_or_keys,
    **dict.fromkeys(("name", "code", "new_code", "new_name", "new_level", "new_kind"), _text),
    "line": _line,
    **dict.fromkeys(("lasso", "polygon"), _ring),
    "place": _position,
    "moves": _moves,
    "keep": _keep,
    "sharers": _sharers,
}
"""By field name. `areas` are keys, in an adoption areas with shapes; `into` is one leaf for a gap, a list for a retirement."""
