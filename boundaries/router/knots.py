"""Cells that several edges touch: the face of a point from a reference point and the edges crossed on the way to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.router.faces import Edges
from boundaries.router.layer import Float64, Int32
from boundaries.router.orientation import orientations
from boundaries.router.raster import Int64, spread

_MOST_LINKS = 1 << 19  # looked at in one go: bounds the scratch memory


@dataclass(frozen=True, slots=True)
class Knots:
    """points: (m, 2) reference points; faces: theirs; starts: (m + 1,) into links; links: edge * 2 + (1: reference left of the edge)."""

    points: Float64
    faces: Int32
    starts: npt.NDArray[np.integer]
    links: npt.NDArray[np.integer]


def faces_in_knots(edges: Edges, exact: bool, knots: Knots, which: Int64, x: Float64, y: Float64, *, ties: bool) -> Int64:
    """The face of each point (x, y), given the knot it lies in.

    ties: a point on an edge gets the smallest face among all edges that hold it; otherwise it stands for the point just above it and,
    far less, to the west, as a reference point does.
    """
    counts = knots.starts[which + 1] - knots.starts[which]
    ends = np.cumsum(counts, dtype=np.int64)
    answers = knots.faces[which].astype(np.int64)
    start = 0
    while start < len(which):
        done = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, done + _MOST_LINKS, "right")), start + 1)
        part = slice(start, stop)
        _walk(edges, exact, knots, which[part], counts[part], x[part], y[part], answers[part], ties)
        start = stop
    return answers


def _walk(
    edges: Edges,
    exact: bool,
    knots: Knots,
    which: Int64,
    counts: npt.NDArray[np.integer],
    x: Float64,
    y: Float64,
    answers: Int64,
    ties: bool,
) -> None:
    """Turns `answers`, the reference faces, into the points' own: q -> (rx, qy) -> (rx, ry), each edge crossed flips left ^ right."""
    point, step = spread(counts)
    links = knots.links[knots.starts[which][point] + step]
    edge, reference_left = links >> 1, (links & 1).astype(bool)
    ax, ay, bx, by = edges.xy[edge].T
    qx, qy, rx = x[point], y[point], knots.points[which, 0][point]
    a, b = (ax, ay), (bx, by)
    side = orientations(a, b, (qx, qy), exact_differences=exact)
    corner_left = orientations(a, b, (rx, qy), exact_differences=exact) >= 0.0
    left = side > 0.0 if ties else side >= 0.0
    flips = ((ay > qy) != (by > qy)) & (left != corner_left)
    flips ^= (ax < rx) & (bx >= rx) & (corner_left != reference_left)
    sides = edges.sides[edge]
    change = np.where(flips, sides[:, 0] ^ sides[:, 1], 0)
    answers ^= np.bitwise_xor.reduceat(change, np.cumsum(counts) - counts)
    if not ties:
        return
    held = np.flatnonzero(side == 0.0)
    held = held[_in_box(ax[held], ay[held], bx[held], by[held], qx[held], qy[held])]
    if held.size:
        best = np.full(len(answers), np.iinfo(np.int32).max, np.int64)
        np.minimum.at(best, point[held], smallest_face(sides[held]))
        tied = best < np.iinfo(np.int32).max
        answers[tied] = best[tied]


def smallest_face(sides: Int32) -> Int32:
    """The smaller of two faces, where 0 (no polygon) loses against any polygon; (n, 2) -> (n,)."""
    low, high = np.minimum(sides[:, 0], sides[:, 1]), np.maximum(sides[:, 0], sides[:, 1])
    smallest: Int32 = np.where(low == 0, high, low)
    return smallest


def _in_box(ax: Float64, ay: Float64, bx: Float64, by: Float64, x: Float64, y: Float64) -> npt.NDArray[np.bool_]:
    """Whether points on an edge's line lie on the edge (ax <= bx)."""
    inside: npt.NDArray[np.bool_] = (x >= ax) & (x <= bx) & (y >= np.minimum(ay, by)) & (y <= np.maximum(ay, by))
    return inside
