"""A draft: a base and the operations on it, with undo and redo as appended changes; history is never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from boundaries.editing.apply import apply
from boundaries.editing.change import Change
from boundaries.editing.hashing import content_hash
from boundaries.editing.operations import Operation, Redo, Undo
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["Draft", "squash"]


class Draft:
    """base: untouched. workspace: the present state. changes: everything that was done, in order, undo and redo included."""

    def __init__(self, base: Workspace, changes: Iterable[Change] = ()) -> None:
        """changes: of a stored draft; they are put in place as they are, after a check that each fits the state before it."""
        self.base = base
        self.workspace = base.copy()
        self.changes: list[Change] = []
        self._done: list[Change] = []
        self._undone: list[Change] = []
        for change in changes:
            self.install(change)

    def preview(self, operation: Operation) -> Change:
        """The change that an operation would make. Raises EditError."""
        if isinstance(operation, Undo):
            if not self._done:
                raise self.workspace.refusal("NOTHING_TO_UNDO")
            return replace(self._done[-1].inverse(), operation=operation)
        if isinstance(operation, Redo):
            if not self._undone:
                raise self.workspace.refusal("NOTHING_TO_REDO")
            return replace(self._undone[-1], operation=operation)
        return apply(self.workspace, operation)

    def apply(self, operation: Operation) -> Change:
        """Does it, and returns what changed. Raises EditError; then nothing changed."""
        return self.install(self.preview(operation))

    def undo(self) -> Change:
        """Takes back the last operation. Raises EditError NOTHING_TO_UNDO."""
        return self.apply(Undo())

    def redo(self) -> Change:
        """Does again what was taken back last. Raises EditError NOTHING_TO_REDO."""
        return self.apply(Redo())

    def install(self, change: Change) -> Change:
        """Puts a change in place that was previewed or stored. Raises EditError STALE where the state before it is another one."""
        for key, state in change.before.items():
            if self.workspace.get(key) != state:
                known = self.workspace.get(key) or state
                raise self.workspace.refusal("STALE", area=known.code if known else str(key))
        self.workspace.install(change.after, outline_drift_m2=change.outline_drift_m2)
        self.changes.append(change)
        if isinstance(change.operation, Undo):
            self._undone.append(self._done.pop())
        elif isinstance(change.operation, Redo):
            self._done.append(self._undone.pop())
        else:
            self._done.append(change)
            self._undone.clear()
        return change

    @property
    def effective(self) -> list[Change]:
        """The changes that are in force: without what was taken back."""
        return list(self._done)

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def total(self) -> Change | None:
        """All changes as one, from the base to the present state; None where nothing differs."""
        return squash(self.effective)

    def content_hash(self) -> str:
        """Of the present state, by the formula of a generation."""
        return content_hash(self.workspace.members())

    @classmethod
    def replay(cls, base: Workspace, operations: Iterable[Operation]) -> Draft:
        """The draft that these operations, as decided in its changes, make from a base: the same states again."""
        draft = cls(base)
        for operation in operations:
            draft.apply(operation)
        return draft


def squash(changes: Iterable[Change]) -> Change | None:
    """Several changes in order as one; areas that end up as they began are left out. None where nothing is left.

    The lineage of the parts is kept in order. The operation is the last one.
    """
    listed = list(changes)
    before: dict[int, AreaState | None] = {}
    after: dict[int, AreaState | None] = {}
    material: dict[int, bool] = {}
    for change in listed:
        for key in change.keys:
            before.setdefault(key, change.before[key])
            after[key] = change.after[key]
            material[key] = material.get(key, False) or change.material[key]
    kept = [key for key in after if before[key] != after[key]]
    if not kept:
        return None
    return Change(
        operation=listed[-1].operation,
        before={key: before[key] for key in kept},
        after={key: after[key] for key in kept},
        material={key: material[key] for key in kept},
        lineage=tuple(entry for change in listed for entry in change.lineage),
        warnings=tuple(each for change in listed for each in change.warnings),
        outline_drift_m2=sum(change.outline_drift_m2 for change in listed),
    )
