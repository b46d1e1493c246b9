"""move_vertices: vertices moved for all leaves that own them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.operations import MoveVertices
from boundaries.editing.settle import settled
from boundaries.editing.vertices import Floats
from boundaries.editing.workspace import Workspace

__all__ = ["move_vertices"]

_MEANT_M = 0.002


def move_vertices(workspace: Workspace, operation: MoveVertices) -> Change:
    """The change that moves each vertex (found within 2 mm) with all its owners at once.

    Raises EditError NO_VERTEX, NO_CHANGE, OUTLINE for a vertex on the rim, INVALID and TOPOLOGY where borders would cross.
    """
    ends = workspace.metric(shapely.multipoints([position for pair in operation.moves for position in pair]))
    pairs = _ends(workspace, operation, ends)
    shapes: dict[int, Any] = {}
    found: set[tuple[float, float]] = set()
    for key in workspace.leaves.near(shapely.multipoints(list(pairs)), _MEANT_M):
        moved, hit = _moved(workspace.leaves.shapes[key], pairs)
        if hit:
            shapes[key], found = moved, found | hit
    missing = sorted(set(pairs) - found)
    if missing:
        raise workspace.refusal("NO_VERTEX", place=shapely.multipoints(missing))
    return settled(workspace, operation, shapes, outline=workspace.policy.allow_outline)


def _ends(workspace: Workspace, operation: MoveVertices, ends: Any) -> dict[tuple[float, float], Floats]:
    xy = shapely.get_coordinates(ends)
    if len(xy) != 2 * len(operation.moves):  # positions that fell together were dropped on the way in
        xy = shapely.get_coordinates([workspace.metric(shapely.points(p)) for pair in operation.moves for p in pair])
    pairs = {(float(start[0]), float(start[1])): end for start, end in zip(xy[::2], xy[1::2], strict=True)}
    if all(np.array_equal(start, end) for start, end in pairs.items()):
        raise workspace.refusal("NO_CHANGE", place=ends)
    return pairs


def _moved(shape: Any, pairs: dict[tuple[float, float], Floats]) -> tuple[Any, set[tuple[float, float]]]:
    found = set()
    xy = shapely.get_coordinates(shape)
    moved = xy.copy()
    for start, end in pairs.items():
        here = np.hypot(*(xy - start).T) <= _MEANT_M
        if here.any():
            moved[here] = end
            found.add(start)
    if not found:
        return shape, found
    return shapely.transform(shape, lambda _: moved), found
