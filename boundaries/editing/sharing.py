"""Leaves that share one face: the smallest code owns it, whatever an operation does to the others."""

from __future__ import annotations

from collections.abc import Mapping

from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["with_rightful_owners"]


def with_rightful_owners(workspace: Workspace, after: Mapping[int, AreaState | None]) -> dict[int, AreaState | None]:
    """The same states, with the face handed to the smallest code wherever one of its sharers changed.

    A sharer whose face is gone with its owner is not rescued here: operations say first where sharers go.
    """
    final = dict(after)
    owners = {state.shares_face_of or key for key, state in after.items() if state is not None and _shares(workspace, key, state)}
    for owner in sorted(owners):
        holder = final.get(owner, workspace.get(owner))
        if holder is None or holder.geometry is None:
            continue
        group = [holder, *_sharers(workspace, final, owner)]
        rightful = min(group, key=lambda state: state.code)
        if rightful is holder:
            continue
        for state in group:
            is_owner = state is rightful
            final[state.key] = state.but(geometry=holder.geometry if is_owner else None, shares_face_of=None if is_owner else rightful.key)
    return final


def _shares(workspace: Workspace, key: int, state: AreaState) -> bool:
    return state.shares_face_of is not None or bool(workspace.sharers(key)) or state.geometry is not None


def _sharers(workspace: Workspace, after: Mapping[int, AreaState | None], owner: int) -> list[AreaState]:
    kept = [state for state in workspace.sharers(owner) if state.key not in after]
    return kept + [state for state in after.values() if state is not None and state.shares_face_of == owner]
