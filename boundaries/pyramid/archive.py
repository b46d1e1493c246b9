"""A pyramid as one PMTiles file (version 3), and such a file in memory."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from boundaries.errors import IndexFileError

__all__ = ["Pyramid", "pack"]

Tile = tuple[int, int, int]

_DEGREES: Final = 10_000_000  # the file keeps positions in 1e-7 degrees
_NOTHING: Final = gzip.compress(b"", mtime=0)  # stands in an archive of no tiles, which the format does not know


@dataclass(frozen=True)
class Pyramid:
    """The tiles of one generation in memory. tiles: {(zoom, x, y): gzip of a vector tile}; bounds: west, south, east, north.

    layers: {id, minzoom, maxzoom, fields} of each, as TileJSON lists them.
    """

    tiles: Mapping[Tile, bytes]
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    layers: tuple[dict[str, Any], ...]

    @classmethod
    def unpack(cls, content: bytes) -> Pyramid:
        """The pyramid in a file's content. Raises IndexFileError `pyramid_damaged` when it is none."""
        try:
            source = MemorySource(content)
            header, described = Reader(source).header(), Reader(source).metadata()
            found: dict[Tile, bytes] = dict(all_tiles(source))
            edges = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
            west, south, east, north = (header[name] / _DEGREES for name in edges)
            zooms = described["zooms"]
            if header["tile_data_offset"] + header["tile_data_length"] != len(content):
                raise ValueError("the file is cut short")
            if len(found) != header["addressed_tiles_count"] or not all(tile[:2] == b"\x1f\x8b" for tile in found.values()):
                raise ValueError("tiles are missing")
            found = {key: tile for key, tile in found.items() if tile != _NOTHING}
            return cls(found, zooms[0], zooms[1], (west, south, east, north), tuple(described["vector_layers"]))
        except Exception as error:  # whatever a reader meets in bytes that are no archive, the answer is the same: build it again
            raise IndexFileError(
                "pyramid_damaged", en="The tile pyramid is damaged: {why}.", zh="瓦片金字塔已损坏：{why}。", why=str(error)[:200]
            ) from error


def pack(pyramid: Pyramid) -> bytes:
    """The file's content; equal pyramids give equal bytes."""
    out = io.BytesIO()
    writer = Writer(out)
    tiles = pyramid.tiles or {(pyramid.min_zoom, 0, 0): _NOTHING}
    for number, tile in sorted((zxy_to_tileid(*key), tile) for key, tile in tiles.items()):
        writer.write_tile(number, tile)
    west, south, east, north = (round(edge * _DEGREES) for edge in pyramid.bounds)
    header = {
        "version": 3,
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": pyramid.min_zoom,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    described = {"format": "pbf", "zooms": [pyramid.min_zoom, pyramid.max_zoom], "vector_layers": list(pyramid.layers)}
    writer.finalize(header, described)
    return out.getvalue()
