"""An operation applied to a workspace: the one door, with locks checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from boundaries.editing.absorb_gap import absorb_gap
from boundaries.editing.carve import carve
from boundaries.editing.change import Change
from boundaries.editing.merge import merge
from boundaries.editing.move_vertices import move_vertices
from boundaries.editing.naming import recode, rename
from boundaries.editing.operations import Operation
from boundaries.editing.reassign import reassign
from boundaries.editing.reshape import reshape
from boundaries.editing.retire import retire
from boundaries.editing.split import split
from boundaries.editing.take_over import take_over
from boundaries.editing.transfer import transfer
from boundaries.editing.workspace import Workspace

__all__ = ["apply"]

_ACTIONS: Final[dict[str, Callable[[Workspace, Any], Change]]] = {
    "absorb_gap": absorb_gap,
    "adopt": take_over,
    "carve": carve,
    "merge": merge,
    "move_vertices": move_vertices,
    "reassign": reassign,
    "recode": recode,
    "rename": rename,
    "reshape": reshape,
    "retire": retire,
    "split": split,
    "transfer": transfer,
}


def apply(workspace: Workspace, operation: Operation) -> Change:
    """The change that an operation makes; the workspace itself stays as it is (a dry run is this alone).

    Every change is certified: valid shapes on the 1 mm grid that fit their neighbours vertex by vertex, in metres and in lon/lat, and
    the rim of the city where it was. Raises EditError with a code of REFUSALS and the place; `undo` and `redo` need a `Draft`.
    """
    action = _ACTIONS.get(operation.kind)
    if action is None:
        raise workspace.refusal("NOTHING_TO_UNDO" if operation.kind == "undo" else "NOTHING_TO_REDO")
    change = action(workspace, operation)
    _check_locks(workspace, change)
    return change


def _check_locks(workspace: Workspace, change: Change) -> None:
    """Raises EditError LOCKED where a material change lies under a locked area, before or after it."""
    locked = workspace.policy.locked
    if not locked:
        return
    for key in change.keys:
        for state in (change.before[key], change.after[key]):
            if state is None or not change.material[key]:
                continue
            over = next((above for above in [key, *workspace.ancestors(state.parent)] if above in locked), None)
            if over is not None:
                lock = workspace.get(over)
                raise workspace.refusal("LOCKED", place=state.geometry, area=state.code, other=lock.code if lock else str(over))
