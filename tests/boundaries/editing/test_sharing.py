"""Leaves that share one face: the smallest code owns it, and no operation loses one of them."""

from typing import Any

import pytest

from boundaries.editing import Draft, Merge, Recode, Retire, Split, Workspace, apply, prove_state
from boundaries.errors import EditError
from tests.city import A1

OWNER, SHARER = f"{A1}02", f"{A1}03"


@pytest.mark.parametrize(("said", "where"), [({}, "kept"), ("kept", "kept"), ("new", "new")])
def test_a_split_face_takes_its_sharers_where_the_caller_says(tiny: Workspace, line: Any, said: Any, where: str) -> None:
    owner, sharer = tiny.find(OWNER).key, tiny.find(SHARER).key
    draft = Draft(tiny)
    change = draft.apply(Split(owner, line((130, -5), (130, 105)), sharers={sharer: said} if said else {}))
    new = change.founded[0]
    state = draft.workspace[sharer]
    if where == "kept":
        assert state.shares_face_of == owner
    else:  # 03 is smaller than the new area's 04, so it owns the new face
        assert draft.workspace[new].shares_face_of == sharer
        assert state.geometry.area == pytest.approx(3_000)
    assert prove_state(draft.workspace).holds


def test_recoding_the_owner_hands_the_face_to_the_smallest_code(tiny: Workspace) -> None:
    owner, sharer = tiny.find(OWNER).key, tiny.find(SHARER).key
    draft = Draft(tiny)
    draft.apply(Recode(owner, f"{A1}77"))
    assert draft.workspace[sharer].geometry is not None
    assert draft.workspace[sharer].shares_face_of is None
    assert draft.workspace[owner].shares_face_of == sharer
    assert owner not in draft.workspace.leaves
    draft.undo()
    assert draft.workspace[owner] == tiny[owner]
    assert owner in draft.workspace.leaves


def test_sharers_merge_without_moving_land(tiny: Workspace) -> None:
    owner, sharer = tiny.find(OWNER).key, tiny.find(SHARER).key
    for survivor in (owner, sharer):
        draft = Draft(tiny)
        draft.apply(Merge((owner, sharer), survivor=survivor))
        state = draft.workspace[survivor]
        assert (state.households, state.shares_face_of, state.geometry.area) == (62, None, 10_000)
        assert len(draft.workspace.leaves.shapes) == len(tiny.leaves.shapes)


def test_merging_the_owner_away_leaves_the_sharer_on_the_merged_face(tiny: Workspace) -> None:
    owner, sharer, other = (tiny.find(code).key for code in (OWNER, SHARER, f"{A1}01"))
    draft = Draft(tiny)
    draft.apply(Merge((owner, other), survivor=other))
    assert draft.workspace[sharer].shares_face_of == other
    assert draft.workspace[other].households == 70


def test_merging_a_sharer_alone_with_a_neighbour_merges_the_faces(tiny: Workspace) -> None:
    owner, sharer, other = (tiny.find(code).key for code in (OWNER, SHARER, f"{A1}01"))
    draft = Draft(tiny)
    draft.apply(Merge((sharer, other), survivor=other))
    assert draft.workspace[owner].shares_face_of == other
    assert draft.workspace.shape(other).area == pytest.approx(20_000)
    assert (draft.workspace[other].households, draft.workspace[owner].households) == (72, 30)
    assert prove_state(draft.workspace).holds


def test_a_sharer_retires_without_land_and_an_owner_leaves_the_face_to_it(tiny: Workspace) -> None:
    owner, sharer = tiny.find(OWNER).key, tiny.find(SHARER).key
    assert apply(tiny, Retire(sharer)).keys == [sharer]
    draft = Draft(tiny)
    draft.apply(Retire(owner))
    assert draft.workspace.shape(sharer).area == pytest.approx(10_000)
    assert owner not in draft.workspace


def test_a_stranger_cannot_be_told_where_to_go(tiny: Workspace, line: Any) -> None:
    with pytest.raises(EditError) as refused:
        apply(tiny, Split(tiny.find(OWNER).key, line((130, -5), (130, 105)), sharers={tiny.find(f"{A1}01").key: "new"}))
    assert refused.value.code == "GONE"
