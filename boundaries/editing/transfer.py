"""transfer: the land inside a lasso given to one leaf."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.noding import cut_by_ring, joined, object_array
from boundaries.editing.operations import Transfer
from boundaries.editing.settle import settled
from boundaries.editing.workspace import Workspace

__all__ = ["drawn", "inside_and_out", "transfer"]

_NOTHING_M2 = 0.01


def transfer(workspace: Workspace, operation: Transfer) -> Change:
    """The change that gives `target` what the lasso holds of other leaves.

    Raises EditError NO_CHANGE, MULTIPART where a leaf (the target, too) would fall apart, TOO_SMALL for a leaf that the lasso swallows,
    INVALID for a lasso that crosses itself, and what `settled` raises.
    """
    target = workspace.leaf(operation.target)
    lasso = drawn(workspace, operation.lasso)
    inside, outside = inside_and_out(workspace, lasso, also=target.key)
    taken = {key: faces for key, faces in inside.items() if key != target.key}
    if not taken:
        raise workspace.refusal("NO_CHANGE", place=lasso)
    swallowed = next((key for key in taken if key not in outside), None)
    if swallowed is not None:
        shape = workspace.shape(swallowed)
        least = workspace.policy.min_area_m2
        raise workspace.refusal("TOO_SMALL", place=shape, area=workspace[swallowed].code, size=0.0, least=least)
    shapes = {key: joined(object_array(outside[key])) for key in taken}
    won = [face for faces in taken.values() for face in faces]
    shapes[target.key] = joined(object_array([*outside.get(target.key, []), *inside.get(target.key, []), *won]))
    return settled(workspace, operation, shapes)


def drawn(workspace: Workspace, ring: Any) -> Any:
    """A drawn polygon in metres on the grid. Raises EditError INVALID."""
    polygon = workspace.metric(shapely.polygons(ring))
    if not polygon.is_valid or polygon.area == 0:
        reason = shapely.is_valid_reason(polygon).partition("[")[0]
        place = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(polygon)))
        raise workspace.refusal("INVALID", place=place, area="lasso", reason=reason)
    return polygon


def inside_and_out(workspace: Workspace, lasso: Any, *, also: int | None = None) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
    """The faces inside and outside the lasso of every leaf that it cuts or holds, and of `also`, by key."""
    near = workspace.leaves.near(lasso)
    shapes = {key: workspace.leaves.shapes[key] for key in near}
    common = shapely.area(shapely.intersection(object_array(shapes.values()), lasso))
    shapes = {key: shapes[key] for key, size in zip(near, np.atleast_1d(common).tolist(), strict=True) if size > _NOTHING_M2}
    if also is not None:
        shapes[also] = workspace.leaves.shapes[also]
    inside: dict[int, list[Any]] = {}
    outside: dict[int, list[Any]] = {}
    if not shapes:
        return inside, outside
    faces = cut_by_ring(shapes, lasso)
    held = shapely.intersects(lasso, shapely.point_on_surface(faces.polygons))
    for face, owner, within in zip(faces.polygons, faces.owners.tolist(), held.tolist(), strict=True):
        (inside if within else outside).setdefault(owner, []).append(face)
    return inside, outside
