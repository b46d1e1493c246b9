"""reassign: areas hung on another parent."""

from __future__ import annotations

from boundaries.editing.change import Change
from boundaries.editing.founding import check_parent
from boundaries.editing.operations import Reassign
from boundaries.editing.settle import without_land
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["reassign"]


def reassign(workspace: Workspace, operation: Reassign) -> Change:
    """The change that hangs leaves, or parents with all that is below them, on another parent.

    Raises EditError NO_CHANGE, PARENT_LEVEL, REST_TWICE, GONE, and PARENT_NOT_CONTIGUOUS where the policy refuses.
    """
    after: dict[int, AreaState | None] = {}
    for key in dict.fromkeys(operation.areas):
        state = workspace[key]
        check_parent(workspace, state, operation.parent, usual=state.parent)
        after[key] = state.but(parent=operation.parent)
    return without_land(workspace, operation, after)
