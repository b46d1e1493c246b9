"""A draft over a newer base: what does not touch what changed meanwhile is carried over verbatim, else operation by operation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import shapely

from boundaries.editing.apply import apply
from boundaries.editing.change import Change
from boundaries.editing.draft import Draft
from boundaries.editing.operations import Carve, Operation, Split
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace
from boundaries.errors import EditError

__all__ = ["Rebased", "Step", "rebase"]


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one operation.

    identical: it writes the same states as before. different: it was done, with another result: `then` what it wrote in the old draft,
    `now` what it writes over the newer base, both by key. refused: `error` says why; it is left out of the new draft.
    """

    operation: Operation
    result: Literal["identical", "different", "refused"]
    then: Change
    now: Change | None = None
    error: EditError | None = None

    @property
    def differing(self) -> list[tuple[int, AreaState | None, AreaState | None]]:
        """(key, state then, state now) of every area on which the two results differ materially."""
        if self.now is None:
            return [(key, self.then.after[key], None) for key in self.then.keys if self.then.material[key]]
        keys = sorted({*self.then.keys, *self.now.keys})
        return [
            (key, self.then.after.get(key), self.now.after.get(key))
            for key in keys
            if _written(self.then, key) != _written(self.now, key)
            and (self.then.material.get(key, False) or self.now.material.get(key, False))
        ]


@dataclass(frozen=True, slots=True)
class Rebased:
    """draft: over the newer base. verbatim: the write sets were disjoint, nothing was computed again. steps: one an operation in force."""

    draft: Draft
    verbatim: bool
    steps: tuple[Step, ...]

    @property
    def to_decide(self) -> list[Step]:
        """The operations that a planner must look at."""
        return [step for step in self.steps if step.result != "identical"]


def rebase(draft: Draft, newer: Workspace) -> Rebased:
    """The draft's operations in force over a newer base; what was undone is not carried over. `newer` and the draft stay as they are.

    newer: the same city later, with the same area_ids (positive: only the draft founds areas, with negative keys); its policy (locks)
    is the one that counts. Write sets are disjoint when no area that the draft writes, nor one on which a written area hangs, differs
    between the draft's base and the newer one, and no code that the draft gives was given meanwhile. Then the shapes around each of
    its changes are as they were: the certificates still hold.
    """
    effective = draft.effective
    if not newer.policy.locked and _disjoint(draft, newer):
        carried = Draft(newer, effective)
        return Rebased(carried, True, tuple(Step(change.operation, "identical", change, change) for change in effective))
    result = Draft(newer)
    steps: list[Step] = []
    for change in effective:
        try:
            now = result.install(_again(result.workspace, change.operation))
        except EditError as error:
            steps.append(Step(change.operation, "refused", change, error=error))
            continue
        steps.append(Step(change.operation, "identical" if _same(change, now) else "different", change, now))
    return Rebased(result, False, tuple(steps))


def _again(workspace: Workspace, operation: Operation) -> Change:
    """The change once more; where the code that it gave was given to another area meanwhile, with the next free one."""
    try:
        return apply(workspace, operation)
    except EditError as error:
        if error.code != "CODE_TAKEN" or not isinstance(operation, Split | Carve):
            raise
        name = None if operation.new_name == operation.new_code else operation.new_name
        return apply(workspace, replace(operation, new_code=None, new_name=name))


def _disjoint(draft: Draft, newer: Workspace) -> bool:
    written = {key for change in draft.effective for key in change.keys}
    given: set[str] = set()
    for change in draft.effective:
        for key in change.keys:
            after, before = change.after[key], change.before[key]
            if after is not None:
                written.update(draft.workspace.ancestors(after.parent))
                if before is None or before.code != after.code:
                    given.add(after.code)
    known = [key for key in written if key in draft.base or key in newer]
    if any(draft.base.get(key) != newer.get(key) for key in known):
        return False
    return not any(newer.with_code(code) and not draft.base.with_code(code) for code in given)


def _same(then: Change, now: Change) -> bool:
    """Whether both write the same. What they left alone may differ (a renamed leaf may have been reshaped meanwhile)."""
    keys = {key for change in (then, now) for key in change.keys if change.material[key]}
    return all(_written(then, key) == _written(now, key) for key in keys)


def _written(change: Change, key: int) -> dict[str, Any] | None:
    """What a change writes to an area: None for its end, all it says for a new one, else the fields that differ.

    Households are left out: they follow from the land, and may have been others before.
    """
    if key not in change.after:
        return {}
    before, after = change.before[key], change.after[key]
    if after is None:
        return None
    said = {name: getattr(after, name) for name in ("level", "code", "name", "kind", "parent", "shares_face_of")}
    shape = None if after.geometry is None else shapely.normalize(after.geometry)
    if before is None:
        return {**said, "shape": shape}
    written = {name: value for name, value in said.items() if value != getattr(before, name)}
    old = None if before.geometry is None else shapely.normalize(before.geometry)
    return written if shape == old else {**written, "shape": shape}
