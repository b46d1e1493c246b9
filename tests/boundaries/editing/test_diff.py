"""diff: what differs between two states, in the words of a planner."""

from typing import Any

import pytest

from boundaries.editing import Carve, Draft, Merge, Reassign, Recode, Rename, Reshape, Split, Workspace, diff
from boundaries.model import AreaVersion
from tests.city import A1, A2, B1


def changed(draft: Draft) -> dict[str, tuple[str, ...]]:
    return {area.state.code: area.how for area in diff(draft.base.members(), draft.workspace.members()).areas}


def test_equal_states_do_not_differ(tiny: Workspace) -> None:
    assert diff(tiny.members(), tiny.copy().members()).areas == ()


def test_every_way_to_differ_has_its_name(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    draft.apply(Split(tiny.find(f"{A1}01").key, line((30, -5), (30, 105))))
    draft.apply(Merge((tiny.find(f"{A1}02").key, tiny.find(f"{B1}01").key), survivor=tiny.find(f"{B1}01").key))
    draft.apply(Reassign((tiny.find(f"{A2}02").key,), tiny.find(A1).key))
    draft.apply(Rename(tiny.find(f"{A2}02").key, "新"))
    draft.apply(Recode(tiny.find(A2).key, f"{A2[:-1]}7"))
    found = changed(draft)
    assert found[f"{A1}04"] == ("added",)
    assert found[f"{A1}01"] == ("reshaped", "recounted")
    assert found[f"{A2}01"] == ("touched",)
    assert found[f"{A1}02"] == ("retired",)
    assert found[f"{A2}02"] == ("reparented", "renamed")
    assert found[f"{A2[:-1]}7"] == ("recoded",)


def test_lineage_says_whose_land_became_whose(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    one, two, above = (tiny.find(code).key for code in (f"{A1}01", f"{A1}02", f"{A2}01"))
    new = draft.apply(Carve(line((80, 20), (80, 60), (100, 60), (100, 20)))).founded[0]
    draft.apply(Merge((one, above), survivor=above))
    draft.apply(Reshape((two, tiny.find(f"{A2}02").key), line((100, 100), (150, 80), (200, 100))))
    found = diff(tiny.members(), draft.workspace.members())
    entries = {(entry.kind, entry.from_key, entry.to_key): entry for entry in found.lineage}
    assert set(entries) == {("merge", one, new), ("merge", one, above), ("transfer", two, tiny.find(f"{A2}02").key)}
    assert entries["merge", one, above].area_m2 == pytest.approx(9_200)
    assert entries["transfer", two, tiny.find(f"{A2}02").key].area_share == pytest.approx(0.1)
    assert found.keys("retired") == [one]


def test_members_of_stored_generations_are_compared_by_identity_and_hash(tiny: Workspace) -> None:
    def version(state: Any, number: int) -> AreaVersion:
        fields = {name: getattr(state, name) for name in ("level", "code", "name", "kind", "geometry", "households", "shares_face_of")}
        return AreaVersion(version_id=number, area_id=state.key, parent_id=state.parent, content_hash=state.content_hash, **fields)

    draft = Draft(tiny)
    draft.apply(Rename(tiny.find(f"{A1}01").key, "新"))
    old = [version(state, n) for n, state in enumerate(tiny.members())]
    new = [version(state, 100 + n) for n, state in enumerate(draft.workspace.members())]
    assert [(area.state.name, area.how, area.material) for area in diff(old, new).areas] == [("新", ("renamed",), True)]
    assert Workspace.of(new, list(tiny.levels.values()), tiny.metric_crs).states == draft.workspace.states
