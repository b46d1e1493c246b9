"""merge, retire, absorb_gap: areas that end, and land that finds an owner."""

from typing import Any

import pytest
import shapely

from boundaries.editing import AbsorbGap, Draft, Merge, Retire, Workspace, apply, prove_state
from boundaries.errors import EditError
from boundaries.geometry import to_lonlat
from tests.city import A1, A2, B1, STREET, V, lonlat


def test_merge_keeps_the_survivor_and_all_households(tiny: Workspace, box_of: Any) -> None:
    one, other = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    draft = Draft(tiny)
    change = draft.apply(Merge((one, other), survivor=one))
    survivor = draft.workspace[one]
    assert box_of(survivor.geometry) == (0, 0, 100, 200)
    assert survivor.households == 85
    assert change.retired == [other]
    (entry,) = change.lineage
    assert (entry.kind, entry.from_key, entry.to_key, entry.area_share) == ("merge", other, one, 1.0)
    assert prove_state(draft.workspace).holds


def test_the_survivor_is_by_default_the_one_with_most_households(tiny: Workspace) -> None:
    one, other = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    assert apply(tiny, Merge((one, other))).retired == [one]


def test_leaves_that_do_not_hang_together_by_edges_are_not_merged(tiny: Workspace) -> None:
    for other in (f"{A2}02", V):
        with pytest.raises(EditError) as refused:
            apply(tiny, Merge((tiny.find(f"{A1}01").key, tiny.find(other).key)))
        assert refused.value.code == "NOT_ADJACENT"


def test_a_retired_leaf_goes_to_the_neighbour_named(tiny: Workspace, box_of: Any) -> None:
    ended, heir = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    draft = Draft(tiny)
    draft.apply(Retire(ended, (heir,)))
    assert box_of(draft.workspace.shape(heir)) == (0, 0, 100, 200)
    assert draft.workspace[heir].households == 85
    assert ended not in draft.workspace


def test_of_several_neighbours_each_place_goes_to_the_nearest(tiny: Workspace) -> None:
    ended, east, north = (tiny.find(code).key for code in (f"{A1}01", f"{A1}02", f"{A2}01"))
    draft = Draft(tiny)
    draft.apply(Retire(ended, (east, north)))
    for key in (east, north):
        assert draft.workspace.shape(key).area == pytest.approx(15_000, rel=0.02)
    assert sum(draft.workspace[key].households for key in (east, north)) == 40 + 30 + 45
    assert shapely.area(draft.workspace.union([east, north])) == pytest.approx(30_000)
    assert prove_state(draft.workspace).holds


def test_a_leaf_retires_only_into_neighbours(tiny: Workspace) -> None:
    ended = tiny.find(f"{A1}01").key
    for into, why in (((tiny.find(V).key,), "NOT_ADJACENT"), ((), "NO_CHANGE"), ((ended,), "NO_CHANGE")):
        with pytest.raises(EditError) as refused:
            apply(tiny, Retire(ended, into))
        assert refused.value.code == why


def test_a_parent_retires_when_nothing_hangs_on_it(tiny: Workspace) -> None:
    with pytest.raises(EditError) as refused:
        apply(tiny, Retire(tiny.find(A1).key))
    assert refused.value.code == "LEVEL"
    draft = Draft(tiny)
    draft.apply(Merge((tiny.find(f"{B1}01").key, tiny.find(f"{A1}02").key), survivor=tiny.find(f"{A1}02").key))
    change = draft.apply(Retire(tiny.find(B1).key))
    assert change.retired == [tiny.find(B1).key]


def test_a_parent_left_without_areas_is_told(tiny: Workspace) -> None:
    change = apply(tiny, Merge((tiny.find(f"{B1}01").key, tiny.find(f"{A1}02").key), survivor=tiny.find(f"{A1}02").key))
    assert {(each.rule, each.areas[0]) for each in change.warnings} == {("parent_empty", B1)}


def test_a_gap_goes_to_the_leaf_around_it(tiny: Workspace) -> None:
    ring = tiny.find(f"{B1}01").key
    draft = Draft(tiny)
    change = draft.apply(AbsorbGap(lonlat(250, 100), ring))
    assert draft.workspace.shape(ring).area == pytest.approx(20_000)
    assert not draft.workspace.shape(ring).interiors
    (entry,) = change.lineage
    assert (entry.kind, entry.from_key, entry.area_m2) == ("absorb", None, 400.0)
    assert change.material[ring]
    assert prove_state(draft.workspace).holds


def test_land_with_an_owner_and_land_outside_is_no_gap(tiny: Workspace) -> None:
    for place in (lonlat(50, 50), lonlat(900, 900)):
        with pytest.raises(EditError) as refused:
            apply(tiny, AbsorbGap(place, tiny.find(f"{B1}01").key))
        assert refused.value.code == "NO_GAP"
    with pytest.raises(EditError) as refused:
        apply(tiny, AbsorbGap(lonlat(250, 100), tiny.find(f"{A1}01").key))
    assert refused.value.code == "NOT_ADJACENT"


def test_the_gap_of_the_model_city_is_found(demo_base: Workspace) -> None:
    union = demo_base.union(demo_base.leaves.shapes)
    hole = max((shapely.polygons(ring) for part in shapely.get_parts(union) for ring in shapely.get_rings(part)[1:]), key=shapely.area)
    place = shapely.point_on_surface(hole)
    beside = demo_base.leaves.near(hole)
    into = next(key for key in beside if shapely.relate_pattern(hole, demo_base.shape(key), "****1****"))
    draft = Draft(demo_base)
    lon, lat = shapely.get_coordinates(to_lonlat(place, demo_base.metric_crs))[0].tolist()
    change = draft.apply(AbsorbGap((lon, lat), into))
    assert change.lineage[0].area_m2 == pytest.approx(hole.area, abs=1e-3)
    assert prove_state(draft.workspace).holds


def test_merging_across_parents_hangs_the_land_on_the_survivors_parent(tiny: Workspace) -> None:
    one, other = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    draft = Draft(tiny)
    draft.apply(Merge((one, other), survivor=other))
    assert draft.workspace.leaves_below(tiny.find(A2).key) == sorted([other, tiny.find(f"{A2}02").key])
    assert draft.workspace.leaves_below(tiny.find(A1).key) == [tiny.find(f"{A1}02").key]
    assert tiny.find(STREET).key in draft.workspace.ancestors(other)
