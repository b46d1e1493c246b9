"""carve: a new leaf founded on the land inside a drawn polygon."""

from __future__ import annotations

from dataclasses import replace

import shapely

from boundaries.editing.change import Change
from boundaries.editing.founding import found
from boundaries.editing.noding import joined, object_array
from boundaries.editing.operations import Carve
from boundaries.editing.settle import settled
from boundaries.editing.transfer import drawn, inside_and_out
from boundaries.editing.workspace import Workspace

__all__ = ["carve"]


def carve(workspace: Workspace, operation: Carve) -> Change:
    """The change that founds a leaf on drawn land; by default like, and under the parent of, the leaf that gives most of it.

    Raises EditError NO_CHANGE where no leaf lies there, TOO_SMALL for a leaf that would be swallowed, MULTIPART for one that would
    fall apart, OUTLINE where the polygon leaves the city, and what `found` and `settled` raise.
    """
    polygon = drawn(workspace, operation.polygon)
    inside, outside = inside_and_out(workspace, polygon)
    if not inside:
        raise workspace.refusal("NO_CHANGE", place=polygon)
    swallowed = next((key for key in inside if key not in outside), None)
    if swallowed is not None:
        shape = workspace.shape(swallowed)
        least = workspace.policy.min_area_m2
        raise workspace.refusal("TOO_SMALL", place=shape, area=workspace[swallowed].code, size=0.0, least=least)
    giver = max(inside, key=lambda key: (float(shapely.area(inside[key]).sum()), -key))
    new = found(workspace, operation, workspace[giver])
    shapes = {key: joined(object_array(outside[key])) for key in inside}
    shapes[new.key] = joined(object_array([face for faces in inside.values() for face in faces]))
    decided = replace(
        operation,
        new_code=new.code,
        new_name=new.name,
        new_level=new.level,
        new_kind=new.kind,
        new_parent=new.parent,
        new_key=new.key,
    )
    return settled(workspace, decided, shapes, founded={new.key: new})
