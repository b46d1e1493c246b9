"""Tiles as answers: what is outside the pyramid, which bytes go out, how long they may be kept."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from boundaries.pyramid import Pyramid
from geo_service.errors import NotFoundError
from geo_service.published import Drawn

MVT: Final = "application/vnd.mapbox-vector-tile"
_FOR_EVER: Final = "max-age=31536000, immutable"


def require_in_pyramid(pyramid: Pyramid, *, z: int, x: int, y: int) -> None:
    """Nothing, when the tile may exist. NotFoundError names the number that is out of its range."""
    if not pyramid.min_zoom <= z <= pyramid.max_zoom:
        raise _outside("z", z, pyramid.min_zoom, pyramid.max_zoom)
    for name, value in (("x", x), ("y", y)):
        if not 0 <= value < 1 << z:
            raise _outside(name, value, 0, (1 << z) - 1)


@dataclass(frozen=True, slots=True)
class TileAnswer:
    """What goes out for a tile: status, headers, content."""

    status: int
    headers: dict[str, str]
    content: bytes = b""


def tile_answer(drawn: Drawn, place: tuple[int, int, int], *, accepts: str, known: str) -> TileAnswer:
    """The tile as it is stored, or unpacked for who takes no gzip; 204 where nothing lies, 304 for who has it already.

    accepts, known: the caller's Accept-Encoding and If-None-Match. A generation never changes, so its tiles are kept for ever; those
    of a draft only by the caller's own browser.
    """
    packed = takes_gzip(accepts)
    tag = f'"{drawn.digest[:16]}-{"-".join(map(str, place))}{"" if packed else "-plain"}"'
    keep = f"{'public' if drawn.published else 'private'}, {_FOR_EVER}"
    headers = {"ETag": tag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
    if known and (known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known.split(","))):
        return TileAnswer(304, headers)
    content = drawn.pyramid.tiles.get(place)
    if content is None:
        return TileAnswer(204, headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    headers |= {"Content-Type": MVT, "Content-Length": str(len(content))}
    return TileAnswer(200, headers, content)


@lru_cache(maxsize=256)
def takes_gzip(accepts: str) -> bool:
    """Whether an Accept-Encoding allows gzip."""
    weights: dict[str, bool] = {}
    for part in accepts.split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip().lower()] = parameter.replace(" ", "").rstrip("0.") != "q="
    return weights.get("gzip", weights.get("*", False))


def tilejson(drawn: Drawn, *, base: str) -> dict[str, Any]:
    """A TileJSON 3.0.0 document. base: the address of this service as the caller reaches it."""
    pyramid = drawn.pyramid
    west, south, east, north = pyramid.bounds
    return {
        "tilejson": "3.0.0",
        "name": f"boundaries {drawn.number}",
        "version": f"{drawn.number}.0.0",
        "generation": drawn.number,
        "tiles": [f"{base}/tiles/boundaries/{drawn.number}/{{z}}/{{x}}/{{y}}.pbf"],
        "minzoom": pyramid.min_zoom,
        "maxzoom": pyramid.max_zoom,
        "bounds": [west, south, east, north],
        "center": [round((west + east) / 2, 7), round((south + north) / 2, 7), min(pyramid.min_zoom + 4, pyramid.max_zoom)],
        "vector_layers": list(pyramid.layers),
    }


def _outside(name: str, value: int, low: int, high: int) -> NotFoundError:
    return NotFoundError(
        "tile_outside_range",
        en="there is no tile with {field} = {value}: it runs from {low} to {high}",
        zh="没有 {field} = {value} 的瓦片：取值范围为 {low} 至 {high}",
        field=name,
        value=str(value)[:30],
        low=low,
        high=high,
    )
