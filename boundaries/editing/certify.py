"""The proof of one operation, taken on the patch it changed: if the patch fits and its rim is as it was, nothing farther can break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import shapely

from boundaries.editing.certificate import count_edges
from boundaries.editing.noding import object_array
from boundaries.editing.vertices import on_grid, with_vertices
from boundaries.editing.workspace import Workspace
from boundaries.geometry import GRID_M, to_lonlat

__all__ = ["Certificate", "certify", "propagate"]

_NEAR_M: Final = 0.002
Edge = tuple[int, int, int, int]


class Certificate(NamedTuple):
    """outline_drift_m2: land between the old and the new rim of the patch."""

    outline_drift_m2: float


def propagate(workspace: Workspace, shapes: Mapping[int, Any], old: Mapping[int, Any]) -> dict[int, Any]:
    """The new shapes, with those neighbours added that must receive a vertex. old: the shapes of the patch before."""
    before = {pair for shape in old.values() for pair in map(tuple, shapely.get_coordinates(shape).tolist())}
    after = {pair for shape in shapes.values() for pair in map(tuple, shapely.get_coordinates(shape).tolist())}
    points = np.array(sorted(after - before), dtype=np.float64).reshape(-1, 2)
    result = dict(shapes)
    if not len(points):
        return result
    rims = shapely.boundary(object_array(old.values()))
    on_rim = np.zeros(len(points), dtype=bool)
    for rim in rims:
        shapely.prepare(rim)
        on_rim |= shapely.dwithin(rim, shapely.points(points), _NEAR_M)
    points = points[on_rim]
    if not len(points):
        return result
    for key in workspace.leaves.near(shapely.multipoints(points), _NEAR_M):
        shape = result.get(key, None if key in old else workspace.leaves.shapes[key])
        if shape is not None and (grown := with_vertices(shape, points)) is not shape:
            result[key] = grown
    return result


def certify(
    workspace: Workspace, shapes: Mapping[int, Any], *, gone: Iterable[int] = (), may_be_parts: Iterable[int] = (), outline: bool = False
) -> Certificate:
    """Nothing but a certificate, when the new shapes fit into the map.

    shapes: all new shapes by key, touched neighbours included. gone: keys that end. may_be_parts: keys whose shape may be multipart.
    outline: the operation is to change the rim. Raises EditError MULTIPART, INVALID, TOO_SMALL, TOPOLOGY, OUTLINE with the place.
    """
    leaves = workspace.leaves.shapes
    old = {key: leaves[key] for key in {*shapes, *gone} if key in leaves}
    _check_each(workspace, shapes, old, set(may_be_parts))
    changed = _changed_edges(workspace, old, shapes)
    if not changed.all:
        return Certificate(0.0)
    near = shapely.multilinestrings((np.array(changed.all, dtype=np.float64) * GRID_M).reshape(-1, 2, 2))
    ring = {key: leaves[key] for key in workspace.leaves.near(near, _NEAR_M) if key not in old and key not in shapes}
    patch = object_array([*shapes.values(), *ring.values()])
    if not shapely.coverage_is_valid(patch) or (changed.rim and not count_edges(patch).holds):
        wrong = shapely.coverage_invalid_edges(patch)
        raise workspace.refusal("TOPOLOGY", place=shapely.union_all(wrong), area=_names(workspace, shapes))
    drift = _drift(changed.rim)
    policy = workspace.policy
    if not outline and (drift > policy.outline_drift_m2 or workspace.outline_drift_m2 + drift > policy.draft_drift_m2):
        rim = shapely.multilinestrings((np.array(changed.rim, dtype=np.float64) * GRID_M).reshape(-1, 2, 2))
        raise workspace.refusal("OUTLINE", place=rim, size=drift, area=_names(workspace, shapes))
    degrees = to_lonlat(patch, workspace.metric_crs)
    if not (shapely.is_valid(degrees).all() and shapely.coverage_is_valid(degrees)):
        raise workspace.refusal("TOPOLOGY", place=near, area=_names(workspace, shapes))
    return Certificate(0.0 if outline else drift)


def _check_each(workspace: Workspace, shapes: Mapping[int, Any], old: Mapping[int, Any], may_be_parts: set[int]) -> None:
    for key, shape in shapes.items():
        name = _name(workspace, key)
        if shape is None or shape.is_empty:
            raise workspace.refusal("TOO_SMALL", place=old.get(key), area=name, size=0.0, least=workspace.policy.min_area_m2)
        if shape.geom_type != "Polygon" and not (shape.geom_type == "MultiPolygon" and key in may_be_parts):
            parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
            raise workspace.refusal("MULTIPART", place=shapely.multipolygons(parts[1:] or parts), area=name, count=len(parts))
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            raise workspace.refusal("INVALID", place=_spot(reason, shape), area=name, reason=reason.partition("[")[0])
        xy = shapely.get_coordinates(shape)
        if not np.array_equal(xy, on_grid(xy)):
            raise workspace.refusal("INVALID", place=shape, area=name, reason="off the grid")
        size = shape.area
        if size < workspace.policy.min_area_m2 and (key not in old or size < old[key].area - workspace.policy.material_m2):
            raise workspace.refusal("TOO_SMALL", place=shape, area=name, size=size, least=workspace.policy.min_area_m2)


class _Changed(NamedTuple):
    """all: edges that only the old or only the new patch has. rim: those of them that bound the patch as a whole."""

    all: list[Edge]
    rim: list[Edge]


def _changed_edges(workspace: Workspace, old: Mapping[int, Any], shapes: Mapping[int, Any]) -> _Changed:
    before, after = _edges(old.values()), _edges(shapes.values())
    new = set(after)
    if len(new) != len(after):
        raise workspace.refusal("TOPOLOGY", place=shapely.union_all(list(shapes.values())).boundary, area=_names(workspace, shapes))
    removed, added = set(before) - new, new - set(before)
    net: dict[Edge, int] = {}
    for edges, sign in ((added, 1), (removed, -1)):
        for edge in edges:
            back = (edge[2], edge[3], edge[0], edge[1])
            if edge > back:
                net[back] = net.get(back, 0) - sign
            else:
                net[edge] = net.get(edge, 0) + sign
    return _Changed(sorted(removed | added), sorted(edge for edge, count in net.items() if count))


def _edges(shapes: Iterable[Any]) -> list[Edge]:
    """Directed edges, land on the left, in millimetres."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(object_array(shapes))))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    mm = np.round(xy / GRID_M).astype(np.int64)
    same = ring[1:] == ring[:-1]
    edges: list[Edge] = list(map(tuple, np.hstack((mm[:-1], mm[1:]))[same].tolist()))
    return edges


def _drift(rim: list[Edge]) -> float:
    """Land between the old and the new rim, m2: what the edges of only one of them enclose (a hole in it is left out)."""
    if not rim:
        return 0.0
    lines = shapely.linestrings((np.array(rim, dtype=np.float64) * GRID_M).reshape(-1, 2, 2))
    return float(shapely.area(shapely.build_area(shapely.union_all(lines))))


def _spot(reason: str, shape: Any) -> Any:
    """The point that GEOS names in brackets, else the whole shape."""
    try:
        x, y = map(float, reason.partition("[")[2].rstrip("]").split()[:2])
    except ValueError:
        return shape
    return shapely.Point(x, y)


def _name(workspace: Workspace, key: int) -> str:
    state = workspace.get(key)
    return state.code if state is not None else f"#{key}"


def _names(workspace: Workspace, keys: Iterable[int]) -> str:
    return ", ".join(sorted(_name(workspace, key) for key in keys)[:5])
