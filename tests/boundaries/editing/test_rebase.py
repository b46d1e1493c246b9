"""rebase: a draft over a newer base; only what really differs is shown to a planner."""

from dataclasses import replace
from typing import Any

from boundaries.editing import Draft, Merge, Operation, Policy, Rename, Reshape, Split, Workspace, prove_state, rebase
from tests.city import A1, A2, B1, V


def published(base: Workspace, *operations: Operation) -> Workspace:
    """The base after another planner's draft was published: what it founded has area_ids now."""
    later = Draft(base)
    for operation in operations:
        later.apply(operation)
    new = {key: 1000 - key for key in later.workspace if key < 0}
    states = [state.but(key=new.get(state.key, state.key)) for state in later.workspace.members()]
    return Workspace(states, levels=list(base.levels.values()), metric_crs=base.metric_crs)


def test_disjoint_changes_are_carried_verbatim(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    change = draft.apply(Split(tiny.find(V).key, line((350, -5), (350, 255)), new_code="149901001202"))
    newer = published(tiny, Rename(tiny.find(f"{A2}01").key, "别名"))
    done = rebase(draft, newer)
    assert done.verbatim
    assert done.draft.effective == [change]
    assert done.to_decide == []
    assert done.draft.workspace.find(f"{A2}01").name == "别名"
    assert prove_state(done.draft.workspace).holds
    assert tiny.find(f"{A2}01").name != "别名"


def test_what_meets_is_replayed_and_only_differences_are_shown(tiny: Workspace, line: Any) -> None:
    one, two, north, far = (tiny.find(code).key for code in (f"{A1}01", f"{A1}02", f"{A2}01", f"{A2}02"))
    draft = Draft(tiny)
    draft.apply(Rename(far, "不变"))
    draft.apply(Reshape((one, two), line((100, 0), (120, 50), (100, 100))))
    draft.apply(Merge((north, one), survivor=one))
    draft.apply(Rename(tiny.find(f"{B1}01").key, "没了"))
    newer = published(
        tiny,
        Reshape((two, far), line((100, 100), (150, 80), (200, 100))),
        Merge((tiny.find(f"{B1}01").key, tiny.find(V).key), survivor=tiny.find(V).key),
    )
    done = rebase(draft, newer)
    assert not done.verbatim
    assert [step.result for step in done.steps] == ["identical", "different", "identical", "refused"]
    assert done.steps[3].error is not None
    assert done.steps[3].error.code == "GONE"
    reshaped = {key: (then, now) for key, then, now in done.steps[1].differing}
    assert set(reshaped) == {two}
    assert done.steps[3].differing[0][2] is None
    assert prove_state(done.draft.workspace).holds


def test_what_was_undone_is_not_carried(tiny: Workspace) -> None:
    draft = Draft(tiny)
    draft.apply(Rename(tiny.find(V).key, "一"))
    draft.undo()
    draft.apply(Rename(tiny.find(V).key, "二"))
    assert [step.operation.to_json()["name"] for step in rebase(draft, tiny).steps] == ["二"]


def test_a_code_given_meanwhile_is_shown_with_another_one(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    draft.apply(Split(tiny.find(f"{A1}01").key, line((30, -5), (30, 105))))
    newer = published(tiny, Split(tiny.find(f"{A1}02").key, line((150, -5), (150, 105)), new_code=f"{A1}04"))
    (step,) = rebase(draft, newer).steps
    assert step.result == "different"
    assert step.now is not None
    assert step.now.operation.to_json()["new_code"] == f"{A1}05"


def test_locks_of_the_newer_base_count(tiny: Workspace) -> None:
    draft = Draft(tiny)
    draft.apply(Rename(tiny.find(f"{A1}01").key, "一"))
    newer = tiny.copy()
    newer.policy = replace(Policy(), locked=frozenset({tiny.find(A1).key}))
    (step,) = rebase(draft, newer).steps
    assert (step.result, step.error.code if step.error else "") == ("refused", "LOCKED")
