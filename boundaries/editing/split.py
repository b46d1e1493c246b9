"""split: one leaf cut in two along a line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import shapely

from boundaries.editing.change import Change
from boundaries.editing.founding import found
from boundaries.editing.noding import cut, joined, object_array
from boundaries.editing.operations import Split
from boundaries.editing.settle import settled
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace
from boundaries.geometry import to_lonlat

__all__ = ["split"]


class _Parts(NamedTuple):
    kept: Any
    new: Any


def split(workspace: Workspace, operation: Split) -> Change:
    """The change that cuts a leaf in two; of a multipart rest the part that the line crosses.

    Raises EditError NO_SPLIT, MANY_PARTS, TOO_SMALL, TOPOLOGY, OUTLINE and what `found` raises.
    """
    old = workspace.leaf(operation.area)
    line = workspace.metric(shapely.linestrings(operation.line))
    parts = _parts(workspace, old, line, operation)
    new = found(workspace, operation, old)
    moving = _moving_sharers(workspace, operation, parts)
    decided = replace(
        operation,
        keep=_inside(workspace, parts.kept),
        new_code=new.code,
        new_name=new.name,
        new_level=new.level,
        new_kind=new.kind,
        new_parent=new.parent,
        new_key=new.key,
        sharers={state.key: "new" if state in moving else "kept" for state in workspace.sharers(old.key)},
    )
    return settled(
        workspace,
        decided,
        {old.key: parts.kept, new.key: parts.new},
        founded={new.key: new},
        restated={state.key: state.but(shares_face_of=new.key) for state in moving},
    )


def _parts(workspace: Workspace, old: AreaState, line: Any, operation: Split) -> _Parts:
    whole = shapely.get_parts(old.geometry)
    crossed = [part for part in whole if shapely.intersects(part, line)]
    faces = cut({old.key: old.geometry}, line, workspace.policy).polygons
    uncut: list[Any] = []
    pieces: list[Any] = []
    for face in faces:
        is_whole = any(abs(face.area - part.area) < 1e-3 and shapely.intersects(part, shapely.point_on_surface(face)) for part in whole)
        (uncut if is_whole else pieces).append(face)
    if len(pieces) < 2 or not crossed:
        raise workspace.refusal("NO_SPLIT", place=line, area=old.code)
    if len(pieces) > 2:
        smallest = sorted(pieces, key=lambda piece: piece.area)[:-2]
        raise workspace.refusal("MANY_PARTS", place=shapely.multipolygons(smallest), area=old.code, count=len(pieces))
    larger, smaller = sorted(pieces, key=lambda piece: -piece.area)
    kept, new = (larger, smaller) if _keeps_larger(workspace, operation, smaller) else (smaller, larger)
    return _Parts(joined(object_array([kept, *uncut])), new)


def _keeps_larger(workspace: Workspace, operation: Split, smaller: Any) -> bool:
    if isinstance(operation.keep, str):
        return operation.keep == "larger"
    return not shapely.intersects(smaller, workspace.metric(shapely.points(operation.keep)))


def _inside(workspace: Workspace, shape: Any) -> tuple[float, float]:
    """A position inside the kept part, in lon/lat: decides the same again."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    lon, lat = shapely.get_coordinates(to_lonlat(shapely.point_on_surface(largest), workspace.metric_crs))[0].tolist()
    return lon, lat


def _moving_sharers(workspace: Workspace, operation: Split, parts: _Parts) -> list[AreaState]:
    sharers = workspace.sharers(operation.area)
    if not sharers:
        return []
    strange = sorted(set(operation.sharers) - {state.key for state in sharers})
    if strange:
        raise workspace.refusal("GONE", area=str(strange[0]))
    sizes = np.array([shapely.area(parts.kept), shapely.area(parts.new)])
    if workspace.households is not None:
        homes = np.array([workspace.households.weight_in(part, workspace.metric_crs) for part in parts])
        sizes = homes if homes[0] != homes[1] else sizes
    default = "new" if sizes[1] > sizes[0] else "kept"
    return [state for state in sharers if operation.sharers.get(state.key, default) == "new"]
