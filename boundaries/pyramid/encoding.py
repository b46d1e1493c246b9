"""Layers of a vector tile as protocol buffer bytes (Mapbox Vector Tile 2.1): few message kinds, so written out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from boundaries.model import AreaVersion
from boundaries.pyramid.plan import EXTENT

__all__ = ["POINT", "POLYGON", "Feature", "feature_of", "layer_bytes"]

POINT: Final = b"\x18\x01"
POLYGON: Final = b"\x18\x03"

_KEYS: Final = ("code", "name", "level", "kind", "rest")
_SMALL: Final = tuple(bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7]) for n in range(1 << 14))


@dataclass(frozen=True, slots=True)
class Feature:
    """An area as every tile writes it: the field with its id, and its values ready to be listed, in the order of the keys."""

    id_field: bytes
    values: tuple[bytes, ...]


def feature_of(area: AreaVersion, *, rest: bool) -> Feature:
    """The area's id, code, name, level and kind; a rest leaf also has rest = true."""
    texts = [_text_value(text) for text in (area.code, area.name, area.level, area.kind)]
    return Feature(b"\x08" + _varint(area.area_id), (*texts, b"\x38\x01") if rest else tuple(texts))


def layer_bytes(name: str, features: Iterable[tuple[Feature, bytes]], kind: bytes) -> bytes:
    """The layer of one tile, empty without features. features: with the command integers of each; kind: POINT or POLYGON."""
    places: dict[bytes, int] = {}
    written: list[bytes] = []
    for feature, commands in features:
        tags = b"".join([_SMALL[key] + _varint(places.setdefault(value, len(places))) for key, value in enumerate(feature.values)])
        body = feature.id_field + b"\x12" + _sized(tags) + kind + b"\x22" + _sized(commands)
        written.append(b"\x12" + _sized(body))
    if not written:
        return b""
    keys = b"".join(b"\x1a" + _sized(key.encode()) for key in _KEYS)
    values = b"".join(b"\x22" + _sized(value) for value in places)
    head = b"\x78\x02\x0a" + _sized(name.encode())
    return b"\x1a" + _sized(head + b"".join(written) + keys + values + b"\x28" + _varint(EXTENT))


def _text_value(text: str) -> bytes:
    return b"\x0a" + _sized(text.encode())


def _sized(body: bytes) -> bytes:
    return _varint(len(body)) + body


def _varint(number: int) -> bytes:
    if number < len(_SMALL):
        return _SMALL[number]
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
