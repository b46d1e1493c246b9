"""GeoJSON read feature by feature and written the same way: bounded memory, nothing of a feature lost, nothing fetched.

Own code instead of GDAL's for two reasons: properties (nested ones too) come out as they went in, and a `crs` member that links to
an address is refused instead of being followed. Coordinates are WGS-84 lon/lat as RFC 7946 has it; an old `crs` member is accepted
only when it says just that (CRS84, EPSG:4326, or EPSG:4490, which is the same here).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import shapely

from boundaries.errors import CrsError, FileError

__all__ = ["FeatureReader", "FeatureWriter", "geometry_member"]

_CHUNK: Final = 1 << 20
_LARGEST_VALUE: Final = 1 << 28
_BLANK: Final = " \t\r\n"
_SAME_AS_WGS84: Final = re.compile(r"CRS84|EPSG:(?:[0-9.]*:)?(?:4326|4490)$", re.IGNORECASE)


class FeatureReader:
    """The features of a FeatureCollection (or the one of a Feature), as dictionaries, one after another.

    Iterate once. `members` holds the collection's other members met so far (`name`, `bbox` ...). Raises FileError `geojson_broken`
    (row of the feature) and CrsError `geojson_crs`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.members: dict[str, Any] = {}
        self._rows = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            with self.path.open(encoding="utf-8-sig") as handle:
                yield from self._collection(_Text(handle))
        except UnicodeDecodeError as error:
            self._broken("it is not UTF-8 text", "不是 UTF-8 文本", error)
        except (JSONDecodeError, RecursionError, _EndedError) as error:
            self._broken("it is not well-formed JSON", "JSON 格式错误", error)

    def _collection(self, text: _Text) -> Iterator[dict[str, Any]]:
        text.expect("{")
        lone = False
        more = text.peek() != "}"
        while more:
            key = text.value()
            if not isinstance(key, str):
                self._broken("a member has no name", "成员缺少名称", None)
            text.expect(":")
            if key == "features" and text.peek() == "[":
                yield from self._features(text)
            else:
                self.members[key] = text.value()
                if key == "crs":
                    _check_crs(self.members[key], self.path)
                lone = lone or (key == "type" and self.members[key] == "Feature")
            more = text.separator("}")
        if text.peek(required=False):
            self._broken("something follows its end", "结尾之后还有内容", None)
        if lone:
            yield self._feature({name: self.members[name] for name in self.members if name != "crs"})
        elif self.members.get("type") != "FeatureCollection":
            self._broken("it is neither a FeatureCollection nor a Feature", "既不是 FeatureCollection 也不是 Feature", None)

    def _features(self, text: _Text) -> Iterator[dict[str, Any]]:
        text.expect("[")
        more = text.peek() != "]"
        if not more:
            text.expect("]")
        while more:
            yield self._feature(text.value())
            more = text.separator("]")

    def _feature(self, value: Any) -> dict[str, Any]:
        sound = isinstance(value, dict) and value.get("type") == "Feature"
        if not sound or not isinstance(value.get("properties") or {}, dict) or not isinstance(value.get("geometry") or {}, dict):
            self._broken("this is not a feature", "不是要素", None)
        self._rows += 1
        return value  # type: ignore[no-any-return]  # a dict by the test above

    def _broken(self, en: str, zh: str, cause: BaseException | None) -> NoReturn:
        raise FileError(
            "geojson_broken",
            en="{path} cannot be read at feature {row}: {reason}.",
            zh="{path} 在第 {row} 个要素处无法读取:{reason_zh}。",
            row=self._rows,
            path=self.path.name,
            reason=en,
            reason_zh=zh,
        ) from cause


class FeatureWriter:
    """Writes features into an open text file as one FeatureCollection; call `close` to finish it."""

    def __init__(self, handle: IO[str], members: dict[str, Any] | None = None) -> None:
        self._handle = handle
        extra = {key: value for key, value in (members or {}).items() if key not in ("type", "features", "crs", "bbox")}
        head = json.dumps({"type": "FeatureCollection", **extra}, ensure_ascii=False)
        handle.write(head[:-1] + ', "features": [')
        self._before = "\n"

    def write(self, feature: dict[str, Any]) -> None:
        """Adds one feature. Numbers that are not finite become null: JSON has no word for them."""
        try:
            line = json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except ValueError:
            line = json.dumps(_finite(feature), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self._handle.write(self._before + line)
        self._before = ",\n"

    def close(self) -> None:
        """Ends the collection. The file itself stays open."""
        self._handle.write("\n]}\n")


def geometry_member(feature: dict[str, Any]) -> Any:
    """The feature's geometry as a shapely object, None where it has none. Raises ValueError for one that cannot be built."""
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry, allow_nan=False))
    except shapely.GEOSException as error:
        raise ValueError(str(error)) from error


class _EndedError(Exception):
    """The text ended inside a value."""


class _Text:
    """A window on a long JSON text: values are decoded as soon as they are complete."""

    def __init__(self, handle: IO[str]) -> None:
        self._handle = handle
        self._decoder = JSONDecoder()
        self._buffer = ""
        self._at = 0

    def peek(self, *, required: bool = True) -> str:
        """The next character that is not blank, '' at the end unless one is required."""
        while True:
            while self._at < len(self._buffer):
                character = self._buffer[self._at]
                if character not in _BLANK:
                    return character
                self._at += 1
            if not self._more(_CHUNK):
                if required:
                    raise _EndedError
                return ""

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise JSONDecodeError(f"expected {character}", "", 0)
        self._at += 1

    def separator(self, end: str) -> bool:
        """Passes a comma (True) or the closing bracket (False)."""
        if self.peek() == ",":
            self._at += 1
            return True
        self.expect(end)
        return False

    def value(self) -> Any:
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                if end < len(self._buffer):  # else a number might go on behind the window
                    self._at = end
                    return value
            except JSONDecodeError:
                if len(self._buffer) - self._at > _LARGEST_VALUE:
                    raise
            if not self._more(size):
                value, self._at = self._decoder.raw_decode(self._buffer, self._at)
                return value
            size *= 2

    def _more(self, size: int) -> bool:
        text = self._handle.read(size)
        self._buffer = self._buffer[self._at :] + text
        self._at = 0
        return bool(text)


def _check_crs(member: Any, path: Path) -> None:
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if member is None or (isinstance(name, str) and _SAME_AS_WGS84.search(name)):
        return
    raise CrsError(
        "geojson_crs",
        en="{path} names the reference system {crs}: GeoJSON is WGS-84 lon/lat; re-project it or use GeoPackage.",
        zh="{path} 声明了坐标系 {crs}:GeoJSON 须为 WGS-84 经纬度;请重投影或改用 GeoPackage。",
        path=path.name,
        crs=str(name or member)[:100],
    )


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
