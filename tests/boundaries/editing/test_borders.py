"""reshape, move_vertices, transfer, carve: borders between leaves that stay."""

from typing import Any

import pytest
import shapely

from boundaries.editing import Carve, Draft, MoveVertices, Policy, Reshape, Transfer, Workspace, apply, prove_state
from boundaries.errors import EditError
from tests.city import A1, A2, B1, STREET, V, lonlat

WEST, EAST_OF_IT, NORTH_OF_IT = f"{A1}01", f"{A1}02", f"{A2}01"


def test_reshape_moves_land_to_the_other_side_of_the_line(tiny: Workspace, line: Any) -> None:
    a, b = tiny.find(WEST).key, tiny.find(EAST_OF_IT).key
    draft = Draft(tiny)
    change = draft.apply(Reshape((a, b), line((100, 0), (120, 50), (100, 100))))
    assert draft.workspace.shape(a).area == pytest.approx(11_000)
    assert draft.workspace.shape(b).area == pytest.approx(9_000)
    (entry,) = change.lineage
    assert (entry.kind, entry.from_key, entry.to_key, entry.area_m2) == ("transfer", b, a, 1000.0)
    assert entry.area_share == pytest.approx(0.1)
    assert (draft.workspace[a].households, draft.workspace[b].households) == (43, 27)
    assert prove_state(draft.workspace).holds


def test_reshape_swaps_land_both_ways(tiny: Workspace, line: Any) -> None:
    a, b = tiny.find(WEST).key, tiny.find(EAST_OF_IT).key
    change = apply(tiny, Reshape((a, b), line((100, 0), (120, 25), (80, 75), (100, 100))))
    assert {(entry.from_key, entry.to_key) for entry in change.lineage} == {(a, b), (b, a)}


@pytest.mark.parametrize(
    ("codes", "positions", "why"),
    [
        ((WEST, f"{A2}02"), ((100, 0), (120, 50), (100, 100)), "NOT_ADJACENT"),  # they meet in a point only
        ((WEST, V), ((100, 0), (120, 50), (100, 100)), "NOT_ADJACENT"),
        ((WEST, EAST_OF_IT), ((20, 20), (40, 60), (60, 20)), "NO_CHANGE"),
        ((WEST, EAST_OF_IT), ((100, 0), (100, 100)), "NO_CHANGE"),
    ],
)
def test_reshape_is_refused_with_a_reason(tiny: Workspace, line: Any, codes: tuple[str, str], positions: Any, why: str) -> None:
    keys = tuple(tiny.find(code).key for code in codes)
    with pytest.raises(EditError) as refused:
        apply(tiny, Reshape(keys, line(*positions)))
    assert refused.value.code == why


def test_a_vertex_moves_for_all_its_owners(tiny: Workspace, corners_of: Any) -> None:
    draft = Draft(tiny)
    change = draft.apply(MoveVertices(((lonlat(100, 100), lonlat(104, 103)),)))
    codes = {draft.workspace[key].code for key in change.keys}
    assert codes == {WEST, EAST_OF_IT, NORTH_OF_IT, f"{A2}02"}
    for key in change.keys:
        assert (104, 103) in corners_of(draft.workspace.shape(key))
        assert (100, 100) not in corners_of(draft.workspace.shape(key))
    assert prove_state(draft.workspace).holds


def test_moving_vertices_is_refused_where_it_would_break_the_map(tiny: Workspace, place_of: Any) -> None:
    for moves, why in (
        (((lonlat(50, 50), lonlat(51, 50)),), "NO_VERTEX"),
        (((lonlat(100, 100), lonlat(100, 100)),), "NO_CHANGE"),
        (((lonlat(0, 0), lonlat(5, 5)),), "OUTLINE"),
        (((lonlat(100, 100), lonlat(350, 300)),), "TOPOLOGY"),
    ):
        with pytest.raises(EditError) as refused:
            apply(tiny, MoveVertices(moves))
        assert refused.value.code in {why, "INVALID"} if why == "TOPOLOGY" else refused.value.code == why
        if why == "OUTLINE":
            assert shapely.dwithin(place_of(refused.value), shapely.Point(0, 0), 0.01)


def test_the_outline_moves_where_the_policy_allows_it(tiny: Workspace, corners_of: Any) -> None:
    tiny.policy = Policy(allow_outline=True)
    draft = Draft(tiny)
    draft.apply(MoveVertices(((lonlat(0, 0), lonlat(-5, -5)),)))
    assert (-5, -5) in corners_of(draft.workspace.shape(tiny.find(WEST).key))
    assert prove_state(draft.workspace).holds


def test_transfer_gives_the_land_in_the_lasso_to_the_target(tiny: Workspace, line: Any) -> None:
    target = tiny.find(WEST).key
    draft = Draft(tiny)
    draft.apply(Transfer(target, line((90, 90), (90, 130), (130, 130), (130, 90))))
    sizes = {code: draft.workspace.find(code).geometry.area for code in (WEST, EAST_OF_IT, NORTH_OF_IT, f"{A2}02")}
    assert sizes == pytest.approx({WEST: 11_500, EAST_OF_IT: 9_700, NORTH_OF_IT: 9_700, f"{A2}02": 9_100})
    assert prove_state(draft.workspace).holds


def test_transfer_is_refused_where_a_leaf_would_fall_apart_or_vanish(tiny: Workspace, line: Any) -> None:
    target = tiny.find(WEST).key
    for lasso, why in (
        (((140, -10), (140, 110), (150, 110), (150, -10)), "MULTIPART"),
        (((99, -1), (99, 101), (201, 101), (201, -1)), "TOO_SMALL"),
        (((10, 10), (10, 50), (50, 50), (50, 10)), "NO_CHANGE"),
        (((90, 10), (150, 50), (150, 10), (90, 50)), "INVALID"),
    ):
        with pytest.raises(EditError) as refused:
            apply(tiny, Transfer(target, line(*lasso)))
        assert refused.value.code == why
        assert refused.value.place is not None


def test_carve_founds_an_island(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    change = draft.apply(Carve(line((40, 40), (40, 60), (60, 60), (60, 40)), new_name="学校"))
    around, island = draft.workspace.find(WEST), draft.workspace[change.founded[0]]
    assert island.geometry.area == pytest.approx(400)
    assert len(around.geometry.interiors) == 1
    assert (island.name, island.parent) == ("学校", around.parent)
    assert prove_state(draft.workspace).holds


def test_carve_outside_the_city_is_refused(tiny: Workspace, line: Any) -> None:
    with pytest.raises(EditError) as refused:
        apply(tiny, Carve(line((900, 40), (900, 60), (960, 60))))
    assert refused.value.code == "NO_CHANGE"


def test_carve_across_the_rim_takes_only_land(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    change = draft.apply(Carve(line((-20, 20), (-20, 60), (20, 60), (20, 20))))
    assert draft.workspace.shape(change.founded[0]).area == pytest.approx(800)
    assert prove_state(draft.workspace).holds


def test_carving_a_rest_gives_no_second_rest(tiny: Workspace, line: Any) -> None:
    change = apply(tiny, Carve(line((40, 210), (40, 240), (90, 240), (90, 210))))
    new = change.after[change.founded[0]]
    assert new is not None
    assert (new.level, new.kind, new.code) == ("community", "village", f"{STREET}003")
    assert new.parent == tiny.find(STREET).key


def test_a_carved_piece_of_a_ring_keeps_the_hole(tiny: Workspace, line: Any) -> None:
    draft = Draft(tiny)
    draft.apply(Carve(line((205, 20), (205, 50), (295, 50), (295, 20))))
    ring = draft.workspace.find(f"{B1}01").geometry
    assert len(ring.interiors) == 2
    assert prove_state(draft.workspace).holds
