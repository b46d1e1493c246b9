"""Cutting leaves along a drawn line: the line fitted to their borders, everything noded on the 1 mm grid, faces labelled by owner."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.editing.policy import Policy
from boundaries.editing.vertices import Floats, best_on_edge, edges_of, on_grid, with_vertices
from boundaries.geometry import GRID_M

__all__ = ["Faces", "cut", "cut_by_lines", "cut_by_ring", "joined", "object_array"]

_MEANS_VERTEX_M: Final = 0.05


class Faces(NamedTuple):
    """polygons: the faces that a cut makes. owners: the key of the leaf that each came from."""

    polygons: NDArray[np.object_]
    owners: NDArray[np.int64]


def cut(shapes: Mapping[int, Any], line: Any, policy: Policy) -> Faces:
    """The faces of these leaves after a cut along an open line. shapes: by key, metres."""
    pieces, anchors = _fitted(shapes, _reaching(shapes, shapely.get_coordinates(line), policy))
    return _faces(shapes, pieces, anchors)


def cut_by_ring(shapes: Mapping[int, Any], ring: Any) -> Faces:
    """The faces of these leaves after a cut along a closed ring. ring: a polygon, metres."""
    pieces, anchors = _fitted(shapes, on_grid(shapely.get_coordinates(shapely.get_exterior_ring(ring))))
    return _faces(shapes, pieces, anchors)


def cut_by_lines(shapes: Mapping[int, Any], lines: Any, policy: Policy) -> Faces:
    """The faces of these leaves after a cut along several open lines."""
    fitted = [_fitted(shapes, _reaching(shapes, shapely.get_coordinates(line), policy)) for line in lines]
    anchors = np.concatenate([np.empty((0, 2)), *(points for _, points in fitted)])
    return _faces(shapes, [piece for pieces, _ in fitted for piece in pieces], anchors)


def joined(polygons: Any) -> Any:
    """The union of faces of one cut; every vertex of the rim is kept."""
    return shapely.coverage_union_all(polygons) if len(polygons) > 1 else polygons[0]


def object_array(items: Any) -> NDArray[np.object_]:
    """Geometries as an array, whatever their number."""
    listed = list(items)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _faces(shapes: Mapping[int, Any], pieces: list[Any], anchors: Floats) -> Faces:
    keys = list(shapes)
    prepared = object_array(with_vertices(shapes[key], anchors) for key in keys)
    linework = shapely.union_all([*shapely.boundary(prepared), *pieces], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    inside = shapely.point_on_surface(faces)
    owners = np.zeros(len(faces), dtype=np.int64)
    owned = np.zeros(len(faces), dtype=bool)
    for key, shape in zip(keys, prepared, strict=True):
        shapely.prepare(shape)
        hit = shapely.intersects(shape, inside)
        owners[hit], owned = key, owned | hit
    return Faces(faces[owned], owners[owned])


def _reaching(shapes: Mapping[int, Any], xy: Floats, policy: Policy) -> Floats:
    """The line with its ends on the vertex they mean, or pulled across the border they almost reach."""
    xy = on_grid(xy)
    xy = xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]]
    if len(xy) < 2:
        return xy
    vertices = shapely.get_coordinates(list(shapes.values()))
    rim = shapely.multilinestrings([ring for shape in shapes.values() for ring in shapely.get_rings(shapely.get_parts(shape))])
    for end, inner in ((0, 1), (-1, -2)):
        apart = np.hypot(*(vertices - xy[end]).T)
        nearest = int(apart.argmin())
        if apart[nearest] <= policy.snap_m:
            xy[end] = vertices[nearest]
        elif shapely.dwithin(rim, shapely.points(xy[end]), policy.reach_m):
            direction = xy[end] - xy[inner]
            xy[end] = on_grid(xy[end] + direction / max(float(np.hypot(*direction)), GRID_M) * policy.reach_m)
    return xy


def _fitted(shapes: Mapping[int, Any], xy: Floats) -> tuple[list[Any], Floats]:
    """The pieces of a line that lie in the leaves, crossing borders only in grid points that lie on them, and those points."""
    if len(xy) < 2 or (xy == xy[0]).all():
        return [], np.empty((0, 2))
    rings = [ring for shape in shapes.values() for ring in shapely.get_rings(shapely.get_parts(shape))]
    line = shapely.linestrings(xy)
    hits = shapely.get_coordinates([part for ring in rings for part in shapely.get_parts(shapely.intersection(line, ring))])
    if not len(hits):
        return [line] if shapely.intersects(object_array(shapes.values()), shapely.points(xy[0])).any() else [], np.empty((0, 2))
    start, end = edges_of(list(shapes.values()))
    hits = np.unique(np.round(hits, 4), axis=0)
    anchors = np.array([_anchor(start, end, hit) for hit in hits])
    where = shapely.line_locate_point(line, shapely.points(hits))
    steps = np.hypot(*np.diff(xy, axis=0).T)
    corners = np.r_[0.0, np.cumsum(steps)]
    free = np.abs(corners[:, None] - where[None, :]).min(axis=1) > _MEANS_VERTEX_M
    order = np.argsort(np.r_[corners[free], where], kind="stable")
    path = np.concatenate([xy[free], anchors])[order]
    stops = np.flatnonzero(np.r_[np.zeros(int(free.sum()), dtype=bool), np.ones(len(anchors), dtype=bool)][order])
    bounds = sorted({0, *stops.tolist(), len(path) - 1})
    pieces = [path[a : b + 1] for a, b in pairwise(bounds)]
    lines = [shapely.linestrings(piece) for piece in pieces if (piece != piece[0]).any()]
    middle = shapely.line_interpolate_point(object_array(lines), 0.5, normalized=True)
    inside = np.zeros(len(lines), dtype=bool)
    for shape in shapes.values():
        inside |= shapely.intersects(shape, middle)
    return [piece for piece, within in zip(lines, inside, strict=True) if within], np.unique(anchors, axis=0)


def _anchor(start: Floats, end: Floats, hit: Floats) -> Floats:
    step = end - start
    along = np.clip(((hit - start) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12), 0, 1)
    edge = int(np.hypot(*(start + along[:, None] * step - hit).T).argmin())
    for vertex in (start[edge], end[edge]):
        if np.hypot(*(vertex - hit)) <= _MEANS_VERTEX_M:
            return np.asarray(vertex)
    return best_on_edge(start[edge], end[edge], hit)
