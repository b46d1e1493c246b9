"""Undo and redo are exact, history only grows, and a replay or a stored draft ends in the same state."""

import json
from typing import Any

import numpy as np
import pytest

from boundaries.editing import Change, Draft, Merge, Redo, Rename, Split, Undo, Workspace, from_json, squash
from boundaries.editing.attempts import KINDS, attempt
from boundaries.errors import EditError
from tests.city import A1, A2


def busy(base: Workspace, *, seed: int, operations: int) -> Draft:
    """A draft with many changes of all kinds, undone and redone by chance."""
    draft, rng, kinds = Draft(base), np.random.default_rng(seed), list(KINDS)
    while len(draft.changes) < operations:
        keys = sorted(draft.workspace.leaves.shapes)
        try:
            draft.apply(attempt(draft.workspace, rng, kinds[int(rng.integers(len(kinds)))], keys))
            if rng.random() < 0.2:
                draft.undo()
            if rng.random() < 0.5 and draft.can_redo:
                draft.redo()
        except EditError:
            continue
    return draft


@pytest.fixture(scope="module")
def draft(demo_base: Workspace) -> Draft:
    return busy(demo_base, seed=4, operations=60)


def test_all_undone_is_the_base_again(demo_base: Workspace, draft: Draft) -> None:
    twin = Draft(demo_base, draft.changes)
    while twin.can_undo:
        twin.undo()
    assert twin.workspace.states == demo_base.states
    assert twin.content_hash() == Draft(demo_base).content_hash()
    assert sorted(twin.workspace.leaves.shapes) == sorted(demo_base.leaves.shapes)
    assert twin.total() is None
    while twin.can_redo:
        twin.redo()
    assert len(twin.changes) > len(draft.changes), "history only grows"


def test_a_replay_of_the_operations_gives_the_same_states(demo_base: Workspace, draft: Draft) -> None:
    operations = [from_json(json.loads(json.dumps(change.operation.to_json()))) for change in draft.changes]
    assert {Undo.kind, Redo.kind} < {operation.kind for operation in operations}
    again = Draft.replay(demo_base, operations)
    assert again.content_hash() == draft.content_hash()
    assert again.workspace.states == draft.workspace.states
    assert draft.content_hash() != Draft(demo_base).content_hash()


def test_a_stored_draft_comes_back(demo_base: Workspace, draft: Draft) -> None:
    stored = [(change.operation.to_json(), change.to_rows(), change.outline_drift_m2) for change in draft.changes]
    back = Draft(demo_base, [Change.from_rows(said, rows, outline_drift_m2=drift) for said, rows, drift in stored])
    assert back.workspace.states == draft.workspace.states
    assert [change.operation for change in back.effective] == [change.operation for change in draft.effective]


def test_the_base_of_a_draft_is_never_touched(demo_areas: Any, demo_base: Workspace, draft: Draft) -> None:
    fresh = Workspace.from_frame(demo_areas, list(demo_base.levels.values()))
    assert fresh.states == demo_base.states
    assert draft.base is demo_base


def test_a_new_operation_ends_redo(tiny: Workspace) -> None:
    draft = Draft(tiny)
    key = tiny.find(f"{A1}01").key
    with pytest.raises(EditError, match="nothing to undo"):
        draft.undo()
    draft.apply(Rename(key, "一"))
    draft.undo()
    assert draft.can_redo
    draft.apply(Rename(key, "二"))
    with pytest.raises(EditError, match="nothing to redo"):
        draft.redo()
    assert [change.operation.kind for change in draft.changes] == ["rename", "undo", "rename"]


def test_keys_of_founded_areas_are_never_used_twice(tiny: Workspace, line: Any) -> None:
    draft, cut = Draft(tiny), line((30, -5), (30, 105))
    first = draft.apply(Split(tiny.find(f"{A1}01").key, cut)).founded
    draft.undo()
    second = draft.apply(Split(tiny.find(f"{A1}01").key, cut)).founded
    assert first != second


def test_a_change_that_does_not_fit_the_state_is_refused(tiny: Workspace) -> None:
    draft = Draft(tiny)
    key = tiny.find(f"{A1}01").key
    early = draft.preview(Rename(key, "一"))
    draft.apply(Rename(key, "二"))
    with pytest.raises(EditError) as refused:
        draft.install(early)
    assert refused.value.code == "STALE"
    assert len(draft.changes) == 1


def test_a_squashed_draft_leaves_out_what_came_back(tiny: Workspace) -> None:
    draft = Draft(tiny)
    one, other = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    draft.apply(Rename(one, "一"))
    draft.apply(Rename(one, tiny[one].name))
    draft.apply(Merge((one, other), survivor=other))
    total = draft.total()
    assert total is not None
    assert set(total.keys) == {one, other}
    assert total.before == {one: tiny[one], other: tiny[other]}
    assert squash([]) is None


def test_there_is_nothing_to_undo_or_redo_in_an_empty_draft(tiny: Workspace) -> None:
    draft = Draft(tiny)
    for step, code in ((draft.undo, "NOTHING_TO_UNDO"), (draft.redo, "NOTHING_TO_REDO")):
        with pytest.raises(EditError) as refused:
            step()
        assert refused.value.code == code
