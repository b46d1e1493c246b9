"""Polygons as drawing commands of a vector tile, all polygons of a layer at once (Mapbox Vector Tile 2.1, section 4.3)."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.pyramid.plan import EXTENT
from boundaries.pyramid.tiling import Pieces

__all__ = ["point_commands", "polygon_commands", "varints"]

Ints = NDArray[np.int64]

_MOVE_TO_ONE: Final = 9
_CLOSE: Final = 15


def polygon_commands(pieces: Pieces) -> list[bytes]:
    """The packed command integers of each piece, empty where nothing of it is as large as the tile's units.

    Every vertex is rounded to whole units for itself, so what was one vertex stays one. Rings without extent are left out; outer
    rings run clockwise on the screen, holes the other way, as the format wants.
    """
    parts, piece_of_part = shapely.get_parts(pieces.shapes, return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    parts, piece_of_part = parts[polygons], piece_of_part[polygons]
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    piece_of_ring = piece_of_part[part_of_ring]
    origin = np.column_stack((pieces.x, pieces.y))[piece_of_ring] * EXTENT
    xy = np.rint(coordinates).astype(np.int64) - origin[ring]
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = part_of_ring[1:] != part_of_ring[:-1]
    xy, ring = _without_repeats(xy, ring)
    count, area2 = _measured(xy, ring, len(rings))
    good = (count >= 3) & (area2 != 0)
    outer_good = np.zeros(len(parts), dtype=bool)
    outer_good[part_of_ring[outer]] = good[outer]
    good &= outer_good[part_of_ring]
    xy, count = xy[good[ring]], count[good]
    turned = (area2 > 0) != outer
    stream, first = _stream(_oriented(xy, count, turned[good]), count, piece_of_ring[good])
    return _cut_up(stream, first, piece_of_ring[good], len(pieces.shapes))


def point_commands(x: Ints, y: Ints) -> list[bytes]:
    """The packed command integers of single points, in units of their tiles."""
    stream = np.column_stack((np.full(len(x), _MOVE_TO_ONE), _zigzag(x), _zigzag(y))).ravel()
    return _cut_up(stream, np.arange(len(x)) * 3, np.arange(len(x)), len(x))


def varints(values: Ints) -> tuple[bytes, Ints]:
    """(the values as base-128 varints, where each begins and the last ends). values: 0 ... 2**35."""
    width = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28):
        width += values >= 1 << bits
    ends = np.concatenate(([0], np.cumsum(width)))
    out = np.zeros(int(ends[-1]), np.uint8)
    for place in range(int(width.max(initial=0))):
        there = width > place
        more = np.where(width[there] > place + 1, 128, 0)
        out[ends[:-1][there] + place] = ((values[there] >> (7 * place)) & 127) | more
    return out.tobytes(), ends


def _without_repeats(xy: Ints, ring: Ints) -> tuple[Ints, Ints]:
    """The vertices without the closing one of each ring and without those that equal the one after them."""
    if not len(ring):
        return xy, ring
    closing = np.ones(len(ring), dtype=bool)
    closing[:-1] = ring[1:] != ring[:-1]
    xy, ring = xy[~closing], ring[~closing]
    differs = (xy != xy[_following(ring)]).any(axis=1)
    return xy[differs], ring[differs]


def _following(ring: Ints) -> Ints:
    """The position of the next vertex around the ring."""
    after = np.arange(1, len(ring) + 1)
    last = np.ones(len(ring), dtype=bool)
    last[:-1] = ring[1:] != ring[:-1]
    first = np.flatnonzero(np.concatenate(([True], last[:-1])))
    after[last] = first
    return after


def _measured(xy: Ints, ring: Ints, rings: int) -> tuple[Ints, Ints]:
    """(vertices, twice the area) of each ring; positive: clockwise on a screen, whose y runs down."""
    count = np.bincount(ring, minlength=rings)
    if not len(ring):
        return count, np.zeros(rings, np.int64)
    ahead = xy[_following(ring)]
    cross = xy[:, 0] * ahead[:, 1] - ahead[:, 0] * xy[:, 1]
    total = np.concatenate(([0], np.cumsum(cross)))
    ends = np.cumsum(count)
    return count, total[ends] - total[ends - count]


def _oriented(xy: Ints, count: Ints, turned: NDArray[np.bool_]) -> Ints:
    """The vertices, those of turned rings in the opposite order."""
    start = np.repeat(np.cumsum(count) - count, count)
    within = np.arange(len(xy)) - start
    size = np.repeat(count, count)
    ordered: Ints = xy[start + np.where(np.repeat(turned, count), size - 1 - within, within)]
    return ordered


def _stream(xy: Ints, count: Ints, piece: Ints) -> tuple[Ints, Ints]:
    """(command integers of all rings one after the other, where each ring begins)."""
    before = np.zeros_like(xy)
    before[1:] = xy[:-1]
    starts = np.cumsum(count) - count
    new_piece = np.ones(len(piece), dtype=bool)
    new_piece[1:] = piece[1:] != piece[:-1]
    before[starts[new_piece]] = 0
    delta = _zigzag(xy - before)
    length = 2 * count + 3
    first = np.cumsum(length) - length
    stream = np.zeros(int(length.sum()), np.int64)
    stream[first] = _MOVE_TO_ONE
    stream[first + 3] = ((count - 1) << 3) | 2
    stream[first + length - 1] = _CLOSE
    within = np.arange(len(xy)) - np.repeat(starts, count)
    at = np.repeat(first, count) + np.where(within == 0, 1, 2 * within + 2)
    stream[at], stream[at + 1] = delta[:, 0], delta[:, 1]
    return stream, first


def _cut_up(stream: Ints, first: Ints, piece: Ints, pieces: int) -> list[bytes]:
    packed, ends = varints(stream)
    starts = np.full(pieces + 1, len(stream), dtype=np.int64)
    np.minimum.at(starts, piece, first)
    starts = np.minimum.accumulate(starts[::-1])[::-1]  # a piece without rings begins, and ends, where the next one begins
    cuts = ends[starts].tolist()
    return [packed[a:b] for a, b in pairwise(cuts)]


def _zigzag(values: Ints) -> Ints:
    return (values << 1) ^ (values >> 63)
