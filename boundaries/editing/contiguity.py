"""Parents that an operation would tear apart, or leave without land."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from boundaries.editing.noding import object_array
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace
from boundaries.geometry import to_lonlat
from boundaries.model import Defect

__all__ = ["torn_parents"]


def torn_parents(
    workspace: Workspace, after: Mapping[int, AreaState | None], moves: Iterable[tuple[int | None, int | None]]
) -> list[Defect]:
    """Defects of rule `parent_not_contiguous` and `parent_empty`, of severity warning.

    after: the states that a change writes. moves: pairs (old parent, new parent) between which land moves. A parent that was in
    several pieces before is only reported when it gets more. Raises EditError PARENT_NOT_CONTIGUOUS where the policy refuses.
    """
    touched: set[int] = set()
    for old, new in moves:
        above, below = _chain(workspace, after, old), _chain(workspace, after, new)
        touched |= set(above) ^ set(below)
    defects = []
    for key in sorted(touched):
        state = after.get(key, workspace.get(key))
        if state is None:
            continue
        shapes = _land(workspace, after, key)
        if not shapes and not _children(workspace, after, key):
            defects.append(_empty(state))
            continue
        pieces = _pieces(shapes)
        if len(pieces) <= 1 or len(pieces) <= len(_pieces(_land(workspace, {}, key))):
            continue
        smaller = shapely.multipolygons(sorted(pieces, key=lambda piece: -piece.area)[1:])
        if workspace.policy.contiguity == "refuse":
            raise workspace.refusal("PARENT_NOT_CONTIGUOUS", place=smaller, area=state.code)
        defects.append(_torn(workspace, state, smaller))
    return defects


def _chain(workspace: Workspace, after: Mapping[int, AreaState | None], key: int | None) -> list[int]:
    chain: list[int] = []
    while key is not None and key not in chain and (state := after.get(key, workspace.get(key))) is not None:
        chain.append(key)
        key = state.parent
    return chain


def _children(workspace: Workspace, after: Mapping[int, AreaState | None], key: int) -> set[int]:
    kept = {child for child in workspace.children(key) if child not in after}
    return kept | {child for child, state in after.items() if state is not None and state.parent == key}


def _land(workspace: Workspace, after: Mapping[int, AreaState | None], key: int) -> list[Any]:
    shapes, open_keys = [], [key]
    while open_keys:
        current = open_keys.pop()
        state = after.get(current, workspace.get(current))
        if state is not None and state.geometry is not None and workspace.rank(state) >= 0:
            shapes.append(state.geometry)
        open_keys.extend(_children(workspace, after, current))
    return shapes


def _pieces(shapes: list[Any]) -> list[Any]:
    return list(shapely.get_parts(shapely.coverage_union_all(object_array(shapes)))) if shapes else []


def _torn(workspace: Workspace, state: AreaState, place: Any) -> Defect:
    return Defect(
        rule="parent_not_contiguous",
        severity="warning",
        areas=(state.code,),
        place=to_lonlat(place, workspace.metric_crs),
        message=f"{state.code} is no longer in one piece.",
        message_zh=f"{state.code} 不再连成一片。",
        size=round(float(place.area), 1),
        unit="m2",
    )


def _empty(state: AreaState) -> Defect:
    return Defect(
        rule="parent_empty",
        severity="warning",
        areas=(state.code,),
        place=None,
        message=f"{state.code} is left without any area below it.",
        message_zh=f"{state.code} 不再有任何下级区域。",
    )
