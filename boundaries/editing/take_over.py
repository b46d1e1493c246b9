"""adopt: leaves taken over as a file has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.founding import check_code, check_parent
from boundaries.editing.noding import object_array
from boundaries.editing.operations import Adopt
from boundaries.editing.settle import settled
from boundaries.editing.state import AreaState
from boundaries.editing.vertices import with_vertices
from boundaries.editing.workspace import Workspace

__all__ = ["take_over"]


def take_over(workspace: Workspace, operation: Adopt) -> Change:
    """The change that gives leaves the shapes of a file. Vertices that one of them lacks where another has them are put in first.

    Raises EditError as `settled`: TOPOLOGY for overlaps, OUTLINE for gaps and land outside.
    """
    shapes: dict[int, Any] = {}
    founded: dict[int, AreaState] = {}
    parts = {key for key in operation.ended if workspace.shape(key).geom_type == "MultiPolygon"}
    for area in operation.areas:
        shapes[area.key] = workspace.metric(area.shape)
        if area.key < 0 and area.key not in workspace:
            state = AreaState(area.key, area.level, area.code, area.name or area.code, area.kind, area.parent, None, 0, None)
            if area.level not in workspace.levels:
                raise workspace.refusal("LEVEL", area=area.code, reason="no such level on the ladder", reason_zh="没有该层级")
            check_code(workspace, state, state.code)
            check_parent(workspace, state, state.parent)
            founded[area.key] = state
        else:
            workspace.leaf(area.key)
    invalid = next((key for key, shape in shapes.items() if not shape.is_valid), None)
    if invalid is not None:
        code = founded[invalid].code if invalid in founded else workspace[invalid].code
        reason = shapely.is_valid_reason(shapes[invalid])
        x, y = map(float, reason.partition("[")[2].rstrip("]").split()[:2])
        raise workspace.refusal("INVALID", place=shapely.Point(x, y), area=code, reason=reason.partition("[")[0])
    vertices = np.unique(shapely.get_coordinates(object_array(shapes.values())), axis=0)
    tree = shapely.STRtree(shapely.points(vertices))
    for key, shape in shapes.items():
        near = tree.query(shape.boundary, predicate="dwithin", distance=0.002)
        shapes[key] = with_vertices(shape, vertices[near])
    return settled(workspace, operation, shapes, founded=founded, gone=operation.ended, may_be_parts=set(shapes) if parts else ())
