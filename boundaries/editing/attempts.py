"""Operations as a careless or a malicious hand would draw them: random ones, and those that hit every weak spot of a noding engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely

from boundaries.editing.operations import (
    AbsorbGap,
    Carve,
    Merge,
    MoveVertices,
    Operation,
    Reassign,
    Recode,
    Rename,
    Reshape,
    Retire,
    Split,
    Transfer,
)
from boundaries.editing.vertices import Floats
from boundaries.editing.workspace import Workspace
from boundaries.geometry import to_lonlat

__all__ = ["KINDS", "attempt"]

Rng = np.random.Generator
_OFF_M: Final = (1e-4, 5e-4, 1e-3, 3e-3)
_SHARE_AN_EDGE: Final = "****1****"


def attempt(workspace: Workspace, rng: Rng, kind: str, keys: list[int]) -> Operation:
    """An operation of one of KINDS on a leaf drawn by chance. keys: the leaves to draw from."""
    key = keys[int(rng.integers(len(keys)))]
    return KINDS[kind](workspace, rng, key)


def _drawn(workspace: Workspace, xy: Any) -> tuple[tuple[float, float], ...]:
    line = to_lonlat(shapely.linestrings(np.asarray(xy, dtype=np.float64)), workspace.metric_crs)
    return tuple((float(lon), float(lat)) for lon, lat in shapely.get_coordinates(line))


def _ring(workspace: Workspace, key: int) -> Floats:
    """The vertices of the outer ring of a leaf's largest part."""
    largest = max(shapely.get_parts(workspace.shape(key)), key=lambda part: part.area)
    return np.asarray(shapely.get_coordinates(largest.exterior)[:-1])


def _neighbour(workspace: Workspace, rng: Rng, key: int) -> int:
    shape = workspace.shape(key)
    near = [other for other in workspace.leaves.near(shape) if other != key]
    near = [other for other in near if shapely.relate_pattern(shape, workspace.shape(other), _SHARE_AN_EDGE)]
    return near[int(rng.integers(len(near)))] if near else key


def _border(workspace: Workspace, key: int, other: int) -> Floats:
    shared = shapely.line_merge(shapely.intersection(workspace.shape(key).boundary, workspace.shape(other).boundary))
    lines = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    return np.asarray(shapely.get_coordinates(max(lines, key=lambda line: line.length))) if lines else _ring(workspace, key)[:3]


def _split_across(workspace: Workspace, rng: Rng, key: int) -> Operation:
    x0, y0, x1, y1 = workspace.shape(key).bounds
    tilt = rng.uniform(-0.5, 0.5) * (y1 - y0)
    middle = (y0 + y1) / 2
    return Split(key, _drawn(workspace, [(x0 - 9, middle - tilt), (x1 + 9, middle + tilt)]))


def _split_through_vertices(workspace: Workspace, rng: Rng, key: int) -> Operation:
    ring = _ring(workspace, key)
    start = int(rng.integers(len(ring)))
    return Split(key, _drawn(workspace, [ring[start], ring[(start + len(ring) // 2) % len(ring)]]))


def _split_along_border(workspace: Workspace, rng: Rng, key: int) -> Operation:
    ring = _ring(workspace, key)
    at = int(rng.integers(len(ring)))
    picked = [ring[(at + step) % len(ring)] for step in (0, 1, 2, len(ring) // 2)]
    return Split(key, _drawn(workspace, picked))


def _split_ends_off(workspace: Workspace, rng: Rng, key: int) -> Operation:
    """Ends a tenth of a millimetre to 3 mm beside the border, on either side of it."""
    ring = _ring(workspace, key)
    half = len(ring) // 2
    ends = [(ring[0] + ring[1]) / 2, (ring[half] + ring[(half + 1) % len(ring)]) / 2]
    off = rng.choice(_OFF_M, (2, 2)) * rng.choice((-1, 1), (2, 2))
    return Split(key, _drawn(workspace, ends + off))


def _split_scribble(workspace: Workspace, rng: Rng, key: int) -> Operation:
    x0, y0, x1, y1 = workspace.shape(key).bounds
    return Split(key, _drawn(workspace, rng.uniform((x0 - 5, y0 - 5), (x1 + 5, y1 + 5), (int(rng.integers(2, 9)), 2))))


def _reshape(workspace: Workspace, rng: Rng, key: int) -> Operation:
    other = _neighbour(workspace, rng, key)
    border = _border(workspace, key, other)
    a, b = border[len(border) // 10], border[-1 - len(border) // 10]
    middle = (a + b) / 2 + rng.normal(0, 0.2 * max(float(np.hypot(*(b - a))), 1.0), 2)
    return Reshape((key, other), _drawn(workspace, [a, middle, b]))


def _reshape_reusing_border(workspace: Workspace, rng: Rng, key: int) -> Operation:
    other = _neighbour(workspace, rng, key)
    border = _border(workspace, key, other)
    half = len(border) // 2
    return Reshape((key, other), _drawn(workspace, [*border[:half], border[half] + rng.normal(0, 3, 2), *border[half + 1 :]]))


def _reshape_beside_border(workspace: Workspace, rng: Rng, key: int) -> Operation:
    """The border itself, a millimetre aside: nothing but slivers."""
    other = _neighbour(workspace, rng, key)
    return Reshape((key, other), _drawn(workspace, _border(workspace, key, other) + rng.choice(_OFF_M) * rng.choice((-1, 1))))


def _move_vertex(workspace: Workspace, rng: Rng, key: int) -> Operation:
    ring = _ring(workspace, key)
    vertex = ring[int(rng.integers(len(ring)))]
    start, end = _drawn(workspace, [vertex, vertex + rng.normal(0, rng.choice((0.002, 2.0, 30.0)), 2)])
    return MoveVertices(((start, end),))


def _around(rng: Rng, centre: Floats, radius: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, int(rng.integers(4, 12)), endpoint=False)
    spokes = np.column_stack((np.cos(angle), np.sin(angle)))
    return np.asarray(centre + radius * rng.uniform(0.5, 1.0, (len(angle), 1)) * spokes)


def _transfer(workspace: Workspace, rng: Rng, key: int) -> Operation:
    border = _border(workspace, key, _neighbour(workspace, rng, key))
    return Transfer(key, _drawn(workspace, _around(rng, border[len(border) // 2], float(rng.uniform(3, 60)))))


def _carve_island(workspace: Workspace, rng: Rng, key: int) -> Operation:
    shape = workspace.shape(key)
    centre = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    return Carve(_drawn(workspace, _around(rng, centre, min(18.0, float(np.sqrt(shape.area)) / 6))))


def _carve_on_border(workspace: Workspace, rng: Rng, key: int) -> Operation:
    ring = _ring(workspace, key)
    return Carve(_drawn(workspace, _around(rng, ring[int(rng.integers(len(ring)))], float(rng.uniform(8, 25)))))


def _carve_through_vertices(workspace: Workspace, rng: Rng, key: int) -> Operation:
    """A lasso whose corners are vertices of the leaf: every edge along or across its border."""
    ring = _ring(workspace, key)
    picked = np.sort(rng.choice(len(ring), min(len(ring), 5), replace=False))
    return Carve(_drawn(workspace, ring[picked]))


def _merge(workspace: Workspace, rng: Rng, key: int) -> Operation:
    return Merge((key, _neighbour(workspace, rng, key)))


def _retire(workspace: Workspace, rng: Rng, key: int) -> Operation:
    into = {_neighbour(workspace, rng, key) for _ in range(int(rng.integers(1, 3)))}
    return Retire(key, tuple(sorted(into)))


def _reassign(workspace: Workspace, rng: Rng, key: int) -> Operation:
    other = workspace[_neighbour(workspace, rng, key)].parent
    return Reassign((key,), other if other is not None else key)


def _recode(workspace: Workspace, rng: Rng, key: int) -> Operation:
    code = workspace[key].code
    return Recode(key, code[:-2] + f"{int(rng.integers(100)):02d}")


def _rename(workspace: Workspace, rng: Rng, key: int) -> Operation:
    return Rename(key, f"area {int(rng.integers(1000))}")


def _absorb(workspace: Workspace, rng: Rng, key: int) -> Operation:
    ring = _ring(workspace, key)
    vertex = ring[int(rng.integers(len(ring)))] + rng.normal(0, 2, 2)
    return AbsorbGap(_drawn(workspace, [vertex, vertex + 1])[0], key)


KINDS: Final[dict[str, Callable[[Workspace, Rng, int], Operation]]] = {
    "split_across": _split_across,
    "split_through_vertices": _split_through_vertices,
    "split_along_border": _split_along_border,
    "split_ends_off": _split_ends_off,
    "split_scribble": _split_scribble,
    "reshape": _reshape,
    "reshape_reusing_border": _reshape_reusing_border,
    "reshape_beside_border": _reshape_beside_border,
    "move_vertex": _move_vertex,
    "transfer": _transfer,
    "carve_island": _carve_island,
    "carve_on_border": _carve_on_border,
    "carve_through_vertices": _carve_through_vertices,
    "merge": _merge,
    "retire": _retire,
    "reassign": _reassign,
    "recode": _recode,
    "rename": _rename,
    "absorb": _absorb,
}
