"""merge: several leaves made one."""

from __future__ import annotations

from dataclasses import replace

import shapely

from boundaries.editing.change import Change
from boundaries.editing.operations import Merge
from boundaries.editing.settle import settled, without_land
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["merge"]


def merge(workspace: Workspace, operation: Merge) -> Change:
    """The change that makes several leaves one, under the survivor's identity, code and parent.

    Leaves that share one face may be merged among themselves (no land moves) or with others; sharers that are not named share the
    merged face. Raises EditError NOT_ADJACENT for leaves that do not hang together by edges.
    """
    keys = tuple(dict.fromkeys(operation.areas))
    if len(keys) < 2:
        raise workspace.refusal("NO_CHANGE")
    states = [workspace[key] for key in keys]
    for state in states:
        if state.key not in workspace.leaves and state.shares_face_of is None:
            workspace.leaf(state.key)
    survivor = _survivor(workspace, operation, states)
    decided = replace(operation, areas=keys, survivor=survivor.key)
    faces = list(dict.fromkeys(state.shares_face_of or state.key for state in states))
    ended = [state for state in states if state.key != survivor.key]
    households = sum(state.households for state in states)
    if len(faces) == 1:
        return _within_a_face(workspace, decided, survivor, ended, faces[0], households)
    return _across_faces(workspace, decided, survivor, ended, faces, households)


def _survivor(workspace: Workspace, operation: Merge, states: list[AreaState]) -> AreaState:
    if operation.survivor is None:
        area = {state.key: 0.0 if state.geometry is None else state.geometry.area for state in states}
        return max(states, key=lambda state: (state.kind != "rest", state.households, area[state.key], -state.key))
    for state in states:
        if state.key == operation.survivor:
            return state
    raise workspace.refusal("GONE", area=str(operation.survivor))


def _within_a_face(
    workspace: Workspace, operation: Merge, survivor: AreaState, ended: list[AreaState], face: int, households: int
) -> Change:
    after: dict[int, AreaState | None] = {state.key: None for state in ended}
    holder = workspace[face]
    if holder.key == survivor.key or face not in after:
        after[survivor.key] = survivor.but(households=households)
        return without_land(workspace, operation, after)
    after[survivor.key] = survivor.but(households=households, geometry=holder.geometry, shares_face_of=None)
    for state in workspace.sharers(face):
        if state.key not in after:
            after[state.key] = state.but(shares_face_of=survivor.key)
    return without_land(workspace, operation, after)


def _across_faces(
    workspace: Workspace, operation: Merge, survivor: AreaState, ended: list[AreaState], faces: list[int], households: int
) -> Change:
    """The survivor takes the union of all faces; what else shared one of them shares it."""
    shapes = [workspace.shape(face) for face in faces]
    union = shapely.coverage_union_all(shapes)
    pieces, before = shapely.get_num_geometries(union), sum(shapely.get_num_geometries(shape) - 1 for shape in shapes)
    if pieces > 1 + before:
        other = next(state for state in ended)
        raise workspace.refusal("NOT_ADJACENT", place=union, area=survivor.code, other=other.code)
    gone = {state.key for state in ended}
    restated: dict[int, AreaState] = {}
    for face in faces:
        for state in [workspace[face], *workspace.sharers(face)]:
            if state.key not in gone and state.key != survivor.key:
                restated[state.key] = state.but(geometry=None, shares_face_of=survivor.key)
    return settled(
        workspace,
        operation,
        {survivor.key: union},
        founded={survivor.key: survivor.but(shares_face_of=None)},
        households={survivor.key: households},
        gone={*gone, *(face for face in faces if face != survivor.key)},
        restated=restated,
        may_be_parts={survivor.key} if before else (),
    )
