"""rename and recode: what an area is called."""

from __future__ import annotations

from boundaries.editing.change import Change
from boundaries.editing.founding import check_code
from boundaries.editing.operations import Recode, Rename
from boundaries.editing.settle import without_land
from boundaries.editing.workspace import Workspace

__all__ = ["recode", "rename"]


def rename(workspace: Workspace, operation: Rename) -> Change:
    """The change that gives an area another name. Raises EditError GONE, NO_CHANGE."""
    return without_land(workspace, operation, {operation.area: workspace[operation.area].but(name=operation.name)})


def recode(workspace: Workspace, operation: Recode) -> Change:
    """The change that gives an area another code. Raises EditError GONE, NO_CHANGE, CODE_PATTERN, CODE_TAKEN."""
    state = workspace[operation.area]
    check_code(workspace, state, operation.code)
    return without_land(workspace, operation, {state.key: state.but(code=operation.code)})
