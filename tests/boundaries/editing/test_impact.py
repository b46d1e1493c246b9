"""impact: who changes area, by name, and what both sides carry before and after; decided as a lookup decides."""

from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.editing import Draft, Located, Merge, PointLayer, Reassign, Recode, Reshape, Split, Workspace
from boundaries.editing.attempts import KINDS, attempt
from boundaries.errors import CoordinateError, EditError
from boundaries.geometry import to_lonlat
from boundaries.router import Index
from tests.city import A1, A2, B, lonlat


def layer_of(name: str, places: dict[str, tuple[float, float]], weights: Any = None) -> PointLayer:
    lons, lats = np.array([lonlat(x, y) for x, y in places.values()]).T
    return PointLayer(name, list(places), lons=lons, lats=lats, weights=weights)


def test_points_that_change_leaf_are_named_with_both_loads(tiny: Workspace, line: Any) -> None:
    west, east = tiny.find(f"{A1}01"), tiny.find(f"{A1}02")
    cases = layer_of("cases", {"stays": (50, 50), "moves": (105, 50), "far": (250, 50)}, weights=[1, 2, 4])
    located = Located(tiny, [cases])
    change = Draft(tiny).preview(Reshape((west.key, east.key), line((100, 0), (120, 50), (100, 100))))
    impact = located.impact(change)
    (move,) = impact.moves
    assert (move.layer, move.point, move.from_leaf, move.to_leaf) == ("cases", "moves", east.key, west.key)
    assert move.levels == {"micro_grid": (f"{A1}02", f"{A1}01")}
    assert {(load.code, load.before, load.after) for load in impact.loads} == {(f"{A1}01", 1, 3), (f"{A1}02", 2, 0)}
    assert impact.counts() == {"cases": 1}


def test_a_new_parent_moves_points_on_its_levels_only(tiny: Workspace) -> None:
    cases = layer_of("cases", {"a": (50, 150), "b": (50, 50)})
    impact = Located(tiny, [cases]).impact(Draft(tiny).preview(Reassign((tiny.find(A2).key,), tiny.find(B).key)))
    (move,) = impact.moves
    assert move.from_leaf == move.to_leaf == tiny.find(f"{A2}01").key
    assert move.levels == {"community": (A2[:-3], B)}


def test_merging_moves_everybody_of_the_ended_leaf(tiny: Workspace) -> None:
    layers = [layer_of("cases", {"a": (50, 150), "b": (50, 50)}), layer_of("posts", {"p": (10, 110)})]
    one, other = tiny.find(f"{A1}01").key, tiny.find(f"{A2}01").key
    impact = Located(tiny, layers).impact(Draft(tiny).preview(Merge((one, other), survivor=one)))
    assert [(move.layer, move.point) for move in impact.moves] == [("cases", "a"), ("posts", "p")]
    assert impact.moves[0].levels.keys() == {"micro_grid", "grid"}


def test_a_point_on_a_border_belongs_to_the_smallest_code(tiny: Workspace) -> None:
    corner = layer_of("cases", {"corner": (100, 100)})
    located = Located(tiny, [corner])
    assert located.owners("cases").tolist() == [tiny.find(f"{A1}01").key]
    impact = located.impact(Draft(tiny).preview(Recode(tiny.find(f"{A1}01").key, f"{A1}88")))
    assert {(move.point, move.to_leaf) for move in impact.moves} == {("corner", tiny.find(f"{A1}02").key)}


def test_advancing_agrees_with_the_router_after_every_kind_of_change(demo_base: Workspace) -> None:
    rng = np.random.default_rng(8)
    _, shapes = demo_base.polygons()
    box = shapely.total_bounds(to_lonlat(shapes, demo_base.metric_crs))
    vertices = shapely.get_coordinates(to_lonlat(shapes, demo_base.metric_crs))
    anywhere = np.concatenate([rng.uniform(box[:2], box[2:], (3000, 2)), vertices[rng.integers(len(vertices), size=3000)]])
    layer = PointLayer("any", range(len(anywhere)), lons=anywhere[:, 0], lats=anywhere[:, 1], weights=rng.integers(1, 9, len(anywhere)))
    draft = Draft(demo_base)
    located = Located(draft.workspace, [layer])
    start = located.owners("any")
    kinds, moved = list(KINDS), 0
    while len(draft.changes) < 60:
        try:
            change = draft.preview(
                attempt(draft.workspace, rng, kinds[int(rng.integers(len(kinds)))], sorted(draft.workspace.leaves.shapes))
            )
        except EditError:
            continue
        moved += len(located.impact(change).moves)
        located.advance(change)
        draft.install(change)
    keys, shapes = draft.workspace.polygons()
    codes = [draft.workspace[int(key)].code for key in keys]
    index = Index.build(to_lonlat(shapes, demo_base.metric_crs), codes)
    positions = index.locate_many(lons=anywhere[:, 0], lats=anywhere[:, 1])
    expected = [index.codes[position] if position >= 0 else "" for position in positions]
    owners = located.owners("any")
    assert [draft.workspace[key].code if key else "" for key in owners.tolist()] == expected
    total = draft.total()
    assert total is not None
    whole = Located(demo_base, [layer]).impact(total)
    assert {move.point for move in whole.moves if move.from_leaf != move.to_leaf} == set(np.flatnonzero(start != owners).tolist())
    fresh = Located(draft.workspace, [layer])
    for load in whole.loads:
        assert load.after == fresh._totals[0].get(load.key, 0)
    assert moved > 50


def test_a_split_shows_the_load_of_the_new_leaf(tiny: Workspace, line: Any) -> None:
    change = Draft(tiny).preview(Split(tiny.find(f"{A1}01").key, line((30, -5), (30, 105))))
    impact = Located(tiny, [layer_of("cases", {"a": (10, 10), "b": (60, 60)})]).impact(change)
    assert {(load.code, load.before, load.after) for load in impact.loads} == {(f"{A1}01", 2, 1), (f"{A1}04", 0, 1)}


def test_a_layer_needs_whole_points() -> None:
    with pytest.raises(CoordinateError):
        PointLayer("x", [1, 2], lons=[113.0], lats=[37.0])
    with pytest.raises(CoordinateError):
        PointLayer("x", [1], lons=[float("nan")], lats=[37.0])
