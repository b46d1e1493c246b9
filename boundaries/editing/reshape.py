"""reshape: the common border of two leaves redrawn along a line."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.noding import Faces, cut, joined, object_array
from boundaries.editing.operations import Reshape
from boundaries.editing.settle import settled
from boundaries.editing.workspace import Workspace

__all__ = ["reshape"]

_SHARE_AN_EDGE = "****1****"


def reshape(workspace: Workspace, operation: Reshape) -> Change:
    """The change that moves the border of two neighbours onto a line.

    Of each leaf the largest piece stays; every other piece that touches the other leaf along an edge goes over to it. Of a multipart
    rest the parts that the line leaves alone stay. Raises EditError NOT_ADJACENT, NO_CHANGE and what `settled` raises.
    """
    if len(operation.areas) != 2 or operation.areas[0] == operation.areas[1]:
        raise workspace.refusal("LEVEL", area="reshape", reason="it takes two different leaves", reason_zh="需要两个不同的末级区域")
    one, other = operation.areas
    shapes = {key: workspace.shape(key) for key in (one, other)}
    if not shapely.relate_pattern(shapes[one], shapes[other], _SHARE_AN_EDGE):
        raise workspace.refusal("NOT_ADJACENT", area=workspace[one].code, other=workspace[other].code)
    line = workspace.metric(shapely.linestrings(operation.line))
    faces = cut(shapes, line, workspace.policy)
    pieces = _handed_over(faces, one, other)
    if pieces is None:
        raise workspace.refusal("NO_CHANGE", place=line)
    return settled(workspace, operation, {key: joined(object_array(pieces[key])) for key in (one, other)})


def _handed_over(faces: Faces, one: int, other: int) -> dict[int, list[Any]] | None:
    """The faces by new owner; None where none changes hands."""
    stays: dict[int, list[Any]] = {}
    loose: list[tuple[Any, int]] = []
    for key in (one, other):
        mine = np.flatnonzero(faces.owners == key)
        if not len(mine):
            return None
        largest = mine[np.argmax(shapely.area(faces.polygons[mine]))]
        stays[key] = [faces.polygons[largest]]
        loose += [(faces.polygons[position], key) for position in mine.tolist() if position != largest]
    moved = False
    cores = {key: stays[key][0] for key in stays}
    for face, owner in loose:
        taker = other if owner == one else one
        if shapely.relate_pattern(face, cores[taker], _SHARE_AN_EDGE) and shapely.relate_pattern(face, cores[owner], _SHARE_AN_EDGE):
            stays[taker].append(face)
            moved = True
        else:
            stays[owner].append(face)
    return stays if moved else None
