"""split: two parts, one of which stays the old area; neighbours get the vertex and are told apart from what changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.editing import Draft, PointLayer, Policy, Split, Workspace, apply, prove_state
from boundaries.errors import EditError
from tests.city import A1, A2, B1, LEVELS, STREET, A, V, areas, lonlat, square

FIRST = f"{A1}01"


def test_a_line_makes_two_leaves_and_the_larger_stays(tiny: Workspace, line: Any, box_of: Any) -> None:
    old = tiny.find(FIRST)
    change = apply(tiny, Split(old.key, line((30, -5), (30, 105))))
    kept, new = change.after[old.key], change.after[change.founded[0]]
    assert kept is not None
    assert new is not None
    assert box_of(kept.geometry) == (30, 0, 100, 100)
    assert box_of(new.geometry) == (0, 0, 30, 100)
    assert (new.level, new.kind, new.parent, new.code) == ("micro_grid", "micro_grid", old.parent, f"{A1}04")
    assert tiny.find(FIRST) == old, "the workspace itself is as it was"


def test_households_follow_the_land_and_none_is_lost(tiny: Workspace, line: Any) -> None:
    old = tiny.find(FIRST)
    change = apply(tiny, Split(old.key, line((30, -5), (30, 105))))
    counts = {key: state.households for key, state in change.after.items() if state is not None and change.material[key]}
    assert counts == {old.key: 28, change.founded[0]: 12}
    (entry,) = change.lineage
    assert (entry.kind, entry.from_key, entry.to_key) == ("split", old.key, change.founded[0])
    assert entry.area_share == pytest.approx(0.3, abs=1e-6)


def test_households_follow_the_addresses_where_there_are_any(tiny: Workspace, line: Any) -> None:
    lons, lats = np.array([lonlat(10, 50), lonlat(12, 50), lonlat(80, 50)]).T
    tiny.households = PointLayer("addresses", [1, 2, 3], lons=lons, lats=lats, weights=[20, 10, 10])
    old = tiny.find(FIRST)
    change = apply(tiny, Split(old.key, line((30, -5), (30, 105))))
    new = change.after[change.founded[0]]
    assert new is not None
    assert new.households == 30
    assert change.lineage[0].household_share == pytest.approx(0.75)


def test_neighbours_get_the_vertex_and_are_only_touched(tiny: Workspace, line: Any, corners_of: Callable[[Any], Any]) -> None:
    old, above = tiny.find(FIRST), tiny.find(f"{A2}01")
    change = apply(tiny, Split(old.key, line((30, -5), (30, 105))))
    touched = change.after[above.key]
    assert touched is not None
    assert (30, 100) in corners_of(touched.geometry)
    assert change.material == {old.key: True, change.founded[0]: True, above.key: False}


@pytest.mark.parametrize(
    ("keep", "box"), [("smaller", (0, 0, 30, 100)), (lonlat(10, 10), (0, 0, 30, 100)), (lonlat(90, 9), (30, 0, 100, 100))]
)
def test_the_caller_says_which_part_stays(tiny: Workspace, line: Any, box_of: Any, keep: Any, box: Any) -> None:
    old = tiny.find(FIRST)
    change = apply(tiny, Split(old.key, line((30, -5), (30, 105)), keep=keep))
    kept = change.after[old.key]
    assert kept is not None
    assert box_of(kept.geometry) == box


def test_an_end_near_the_border_reaches_it_and_one_near_a_vertex_means_it(tiny: Workspace, line: Any, corners_of: Any) -> None:
    old = tiny.find(FIRST)
    change = apply(tiny, Split(old.key, line((0.3, 0.3), (60, 98.5))))
    new = change.after[change.founded[0]]
    assert new is not None
    assert (0, 0) in corners_of(new.geometry)
    assert {y for _, y in corners_of(new.geometry)} == {0, 100}


@pytest.mark.parametrize(
    ("positions", "code"),
    [
        (((30, 10), (30, 60)), "NO_SPLIT"),
        (((500, 500), (600, 600)), "NO_SPLIT"),
        (((30, -5), (30, 105), (60, 105), (60, -5)), "MANY_PARTS"),
        (((0.3, -5), (0.3, 105)), "TOO_SMALL"),
    ],
)
def test_what_is_no_split_is_refused_with_the_place(tiny: Workspace, line: Any, positions: Any, code: str) -> None:
    with pytest.raises(EditError) as refused:
        apply(tiny, Split(tiny.find(FIRST).key, line(*positions)))
    assert refused.value.code == code
    assert refused.value.place is not None
    assert FIRST in refused.value.text("zh") or code == "TOO_SMALL"


def test_a_ring_is_cut_in_two_by_a_line_through_its_hole(tiny: Workspace, line: Any) -> None:
    ring = tiny.find(f"{B1}01")
    draft = Draft(tiny)
    change = draft.apply(Split(ring.key, line((195, 100), (305, 100))))
    parts = [change.after[key] for key in (ring.key, change.founded[0])]
    assert [len(state.geometry.interiors) for state in parts if state] == [0, 0]
    assert prove_state(draft.workspace).holds


def test_the_rim_of_the_city_stays_where_it_was_wherever_a_line_ends_on_it(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    before = tiny.union(tiny.leaves.shapes)
    draft.apply(Split(tiny.find(V).key, line((297, 33.3333), (505, 77.7777)), new_code=f"{STREET}202"))
    after = draft.workspace.union(draft.workspace.leaves.shapes)
    assert shapely.area(shapely.symmetric_difference(before, after)) < 1e-3
    assert draft.workspace.outline_drift_m2 < 1e-3


def test_a_multipart_rest_keeps_its_other_parts(tiny: Workspace, line: Any) -> None:
    rest = tiny.find(f"{STREET}99999999")
    bridge = square(100, 200, 200, 250)
    states = [s if s.key != rest.key else s.but(geometry=s.geometry - bridge) for s in tiny.members()]
    draft = Draft(Workspace(states, levels=list(tiny.levels.values()), metric_crs=tiny.metric_crs))
    assert draft.workspace.shape(rest.key).geom_type == "MultiPolygon"
    change = draft.apply(Split(rest.key, line((60, 195), (60, 255)), new_level="community", new_kind="village", new_code=f"{STREET}202"))
    kept, new = change.after[rest.key], change.after[change.founded[0]]
    assert kept is not None
    assert new is not None
    assert sorted(round(part.area) for part in kept.geometry.geoms) == [3000, 5000]
    assert round(new.geometry.area) == 2000
    assert (new.level, new.kind) == ("community", "village")


def test_codes_are_checked(tiny: Workspace, line: Any) -> None:
    old, cut = tiny.find(FIRST), line((30, -5), (30, 105))
    for code, why in ((f"{A2}01", "CODE_TAKEN"), ("12", "CODE_PATTERN"), (f"{STREET}99999999", "CODE_TAKEN")):
        with pytest.raises(EditError, match=code) as refused:
            apply(tiny, Split(old.key, cut, new_code=code))
        assert refused.value.code == why
    with pytest.raises(EditError) as refused:
        apply(tiny, Split(old.key, cut, new_parent=tiny.find(A).key))
    assert refused.value.code == "PARENT_LEVEL"


def test_a_small_leaf_is_allowed_where_the_policy_says_so(tiny: Workspace, line: Any) -> None:
    tiny.policy = Policy(min_area_m2=10)
    change = apply(tiny, Split(tiny.find(FIRST).key, line((0.3, -5), (0.3, 105))))
    assert len(change.founded) == 1


def test_what_is_gone_or_owns_no_shape_is_refused(tiny: Workspace, line: Any) -> None:
    cut = line((30, -5), (30, 105))
    for key, why in ((9999, "GONE"), (tiny.find(A1).key, "LEVEL"), (tiny.find(f"{A1}03").key, "LEVEL")):
        with pytest.raises(EditError) as refused:
            apply(tiny, Split(key, cut))
        assert refused.value.code == why


def test_where_no_code_follows_one_must_be_named(line: Any) -> None:
    taken = "|".join(code for code in areas()["code"] if len(code) == 17)
    levels = tuple(replace(level, code_pattern=taken) if level.name == "micro_grid" else level for level in LEVELS)
    workspace = Workspace.from_frame(areas(), levels)
    with pytest.raises(EditError) as refused:
        apply(workspace, Split(workspace.find(f"{A2}01").key, line((40, 90), (40, 210))))
    assert (refused.value.code, refused.value.area) == ("CODE_NEEDED", f"{A2}01")
