"""reassign, rename, recode; parents that fall apart; locks."""

from dataclasses import replace

import pytest
import shapely

from boundaries.editing import Draft, Merge, Policy, Reassign, Recode, Rename, Workspace, apply
from boundaries.errors import EditError
from tests.city import A1, A2, B1, STREET, A, B, V


def test_a_leaf_goes_to_another_grid_with_its_code_and_shape(tiny: Workspace) -> None:
    key, grid = tiny.find(f"{A1}02").key, tiny.find(A2).key
    change = apply(tiny, Reassign((key,), grid))
    after = change.after[key]
    assert after is not None
    assert (after.parent, after.code) == (grid, f"{A1}02")
    assert after.geometry is tiny.shape(key)
    assert change.keys == [key]


def test_a_grid_goes_to_another_community_with_all_below_it(tiny: Workspace) -> None:
    draft = Draft(tiny)
    draft.apply(Reassign((tiny.find(A2).key,), tiny.find(B).key))
    assert tiny.find(f"{A2}01").key in draft.workspace.leaves_below(tiny.find(B).key)
    assert tiny.find(f"{A2}01").key not in draft.workspace.leaves_below(tiny.find(A).key)


def test_a_parent_that_falls_apart_is_told_or_refused(tiny: Workspace) -> None:
    """Grid 001 gets the leaf of grid 002 that only touches it in a point, and loses the one between."""
    draft = Draft(tiny)
    draft.apply(Reassign((tiny.find(f"{A1}02").key,), tiny.find(A2).key))
    torn = Reassign((tiny.find(f"{A2}02").key,), tiny.find(A1).key)
    change = draft.preview(torn)
    assert {(each.rule, each.areas) for each in change.warnings} >= {("parent_not_contiguous", (A1,))}
    draft.workspace.policy = Policy(contiguity="refuse")
    with pytest.raises(EditError) as refused:
        draft.preview(torn)
    assert refused.value.code == "PARENT_NOT_CONTIGUOUS"
    assert isinstance(refused.value.place, shapely.MultiPolygon)


def test_parents_of_a_wrong_level_are_refused(tiny: Workspace) -> None:
    for area, parent, why in (
        (f"{A1}01", A, "PARENT_LEVEL"),
        (f"{A1}01", f"{A1}02", "PARENT_LEVEL"),
        (A2, A1, "PARENT_LEVEL"),
        (A, A, "PARENT_LEVEL"),
        (f"{A1}01", A1, "NO_CHANGE"),
    ):
        with pytest.raises(EditError) as refused:
            apply(tiny, Reassign((tiny.find(area).key,), tiny.find(parent).key))
        assert refused.value.code == why


def test_a_parent_has_one_rest(tiny: Workspace) -> None:
    rest = tiny.find(f"{STREET}99999999")
    other = rest.but(key=-50, code=f"{A}99999", parent=tiny.find(A).key, geometry=None)
    city = Workspace([*tiny.members(), other], levels=list(tiny.levels.values()), metric_crs=tiny.metric_crs)
    with pytest.raises(EditError) as refused:
        apply(city, Reassign((rest.key,), tiny.find(A).key))
    assert refused.value.code == "REST_TWICE"


def test_names_and_codes_change_alone(tiny: Workspace) -> None:
    key = tiny.find(f"{A1}01").key
    draft = Draft(tiny)
    draft.apply(Rename(key, "北门"))
    draft.apply(Recode(key, f"{A1}44"))
    assert draft.workspace.find(f"{A1}44").name == "北门"
    assert draft.workspace.with_code(f"{A1}01") == []
    for operation, why in (
        (Rename(key, "北门"), "NO_CHANGE"),
        (Recode(key, f"{A2}01"), "CODE_TAKEN"),
        (Recode(key, "x"), "CODE_PATTERN"),
        (Recode(tiny.find(A1).key, A2), "CODE_TAKEN"),
    ):
        with pytest.raises(EditError) as refused:
            draft.preview(operation)
        assert refused.value.code == why


def test_a_code_that_was_given_up_is_not_handed_out_again(tiny: Workspace, line: object) -> None:
    draft = Draft(tiny)
    draft.apply(Merge((tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key), survivor=tiny.find(f"{A2}01").key))
    assert draft.workspace.was_code(f"{A1}01")
    assert not draft.workspace.with_code(f"{A1}01")


def test_nothing_under_a_lock_may_change(tiny: Workspace) -> None:
    tiny.policy = replace(tiny.policy, locked=frozenset({tiny.find(A).key}))
    for operation in (
        Rename(tiny.find(f"{A1}01").key, "x"),
        Reassign((tiny.find(B1).key,), tiny.find(A).key),
        Merge((tiny.find(f"{A1}02").key, tiny.find(f"{B1}01").key), survivor=tiny.find(f"{B1}01").key),
        Rename(tiny.find(A).key, "x"),
    ):
        with pytest.raises(EditError) as refused:
            apply(tiny, operation)
        assert refused.value.code == "LOCKED"
    assert apply(tiny, Rename(tiny.find(V).key, "x")).keys == [tiny.find(V).key]
