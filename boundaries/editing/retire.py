"""retire: an area ends, and its land goes to the neighbours named."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.noding import cut_by_lines, joined, object_array
from boundaries.editing.operations import Retire
from boundaries.editing.settle import settled, without_land
from boundaries.editing.state import AreaState
from boundaries.editing.vertices import with_vertices
from boundaries.editing.workspace import Workspace

__all__ = ["retire"]

_SHARE_AN_EDGE = "****1****"
_STEP_M = 10.0


def retire(workspace: Workspace, operation: Retire) -> Change:
    """The change that ends an area.

    A leaf's land goes to the neighbours named; of several each place to the nearest. A leaf that shares a face just ends; if it owns
    the face, the sharer with the smallest code owns it then. A parent ends when nothing hangs on it. Raises EditError NOT_ADJACENT,
    LEVEL for a parent with children, NO_CHANGE where a leaf's land is given to nobody, and what `settled` raises.
    """
    state = workspace[operation.area]
    sharers = workspace.sharers(state.key)
    if state.shares_face_of is not None:
        return without_land(workspace, operation, {state.key: None})
    if sharers and not operation.into:
        heir = sharers[0]
        after: dict[int, AreaState | None] = {state.key: None, heir.key: heir.but(geometry=state.geometry, shares_face_of=None)}
        after.update({other.key: other.but(shares_face_of=heir.key) for other in sharers[1:]})
        return without_land(workspace, operation, after)
    if workspace.children(state.key):
        raise workspace.refusal("LEVEL", area=state.code, reason="areas still hang on it", reason_zh="其下仍有区域")
    if state.key not in workspace.leaves:
        return without_land(workspace, operation, {state.key: None})
    return _with_land(workspace, operation, state, sharers)


def _with_land(workspace: Workspace, operation: Retire, state: AreaState, sharers: list[AreaState]) -> Change:
    if not operation.into or state.key in operation.into:
        raise workspace.refusal("NO_CHANGE", place=state.geometry)
    if sharers:
        raise workspace.refusal("LEVEL", area=state.code, reason="others share its face", reason_zh="其图形由其他区域共用")
    takers = {key: workspace.shape(key) for key in dict.fromkeys(operation.into)}
    for key, shape in takers.items():
        if not shapely.relate_pattern(state.geometry, shape, _SHARE_AN_EDGE):
            raise workspace.refusal("NOT_ADJACENT", place=shape, area=state.code, other=workspace[key].code)
    given = _given(workspace, state.geometry, takers)
    cuts = np.unique(shapely.get_coordinates([face for faces in given.values() for face in faces]), axis=0)
    shapes = {key: joined(object_array([with_vertices(takers[key], cuts), *faces])) for key, faces in given.items() if faces}
    return settled(workspace, operation, shapes, gone={state.key})


def _given(workspace: Workspace, land: Any, takers: dict[int, Any]) -> dict[int, list[Any]]:
    """The faces of the land by the taker whose border is nearest."""
    if len(takers) == 1:
        return {key: [land] for key in takers}
    samples, owners = [], []
    for key, shape in takers.items():
        shared = shapely.segmentize(shapely.intersection(land.boundary, shape.boundary), _STEP_M)
        for part in shapely.get_parts(shared):
            if part.geom_type == "LineString":
                xy = shapely.get_coordinates(shapely.segmentize(part, _STEP_M))
                middle = (xy[:-1] + xy[1:]) / 2  # ends belong to two takers
                samples.append(middle)
                owners += [key] * len(middle)
    points = np.concatenate(samples)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land, ordered=True))
    owned = np.array(owners)
    regions = {key: shapely.union_all(cells[owned == key]) for key in takers}
    borders = shapely.union_all([shapely.intersection(region.boundary, land) for region in regions.values()])
    lines = [part for part in shapely.get_parts(shapely.line_merge(borders)) if part.geom_type == "LineString"]
    faces = cut_by_lines({0: land}, lines, workspace.policy).polygons
    inside = shapely.point_on_surface(faces)
    given: dict[int, list[Any]] = {key: [] for key in takers}
    keys = list(takers)
    for face, point in zip(faces, inside, strict=True):
        apart = [shapely.distance(regions[key], point) for key in keys]
        given[keys[int(np.argmin(apart))]].append(face)
    return given
