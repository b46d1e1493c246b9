"""The certificate of one operation refuses what its drawing step should never produce, and new vertices lie on the border they join."""

from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.editing import Draft, Split, Workspace
from boundaries.editing.certify import certify
from boundaries.editing.vertices import best_on_edge, on_grid, with_vertices
from boundaries.errors import EditError
from tests.city import A1, A2, B1, EAST, NORTH, square

FIRST, SECOND = f"{A1}01", f"{A1}02"


def test_shapes_as_they_are_need_no_change_of_the_rim(tiny: Workspace) -> None:
    keys = [tiny.find(code).key for code in (FIRST, SECOND)]
    assert certify(tiny, {key: tiny.shape(key) for key in keys}).outline_drift_m2 == 0


def test_a_vertex_that_the_neighbour_lacks_is_refused(tiny: Workspace) -> None:
    """It lies exactly on the border: no land moves, and only the comparison vertex by vertex can see it."""
    key = tiny.find(FIRST).key
    grown = with_vertices(tiny.shape(key), np.array([[EAST + 100, NORTH + 50]]))
    assert len(grown.exterior.coords) == len(tiny.shape(key).exterior.coords) + 1
    with pytest.raises(EditError) as refused:
        certify(tiny, {key: grown})
    assert refused.value.code == "TOPOLOGY"
    assert refused.value.place is not None


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (square(0, 0, 120, 100), "TOPOLOGY"),  # over the neighbour
        (shapely.MultiPolygon([square(0, 0, 50, 100), square(60, 0, 100, 100)]), "MULTIPART"),
        (square(0, 0, 4, 4), "TOO_SMALL"),
        (shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]), "INVALID"),
        (shapely.transform(square(0, 0, 100, 100), lambda xy: xy + 0.0004), "INVALID"),  # off the grid
    ],
)
def test_what_does_not_fit_is_refused(tiny: Workspace, shape: Any, code: str) -> None:
    with pytest.raises(EditError) as refused:
        certify(tiny, {tiny.find(FIRST).key: shape})
    assert refused.value.code == code


def test_an_open_gap_is_refused_as_a_new_rim(tiny: Workspace) -> None:
    ring = tiny.find(f"{B1}01")
    wider = with_vertices(ring.geometry, np.empty((0, 2))) - square(230, 80, 270, 120)
    with pytest.raises(EditError) as refused:
        certify(tiny, {ring.key: wider})
    assert refused.value.code == "OUTLINE"
    assert refused.value.params["size"] == pytest.approx(1_200)


def test_a_new_vertex_lies_on_the_edge_far_better_than_a_rounded_one() -> None:
    rng = np.random.default_rng(3)
    chosen, rounded = [], []
    for start, end in on_grid(rng.uniform(0, 200, (300, 2, 2))):
        hit = start + rng.uniform(0.3, 0.7) * (end - start)
        edge = shapely.linestrings([start, end])
        point = best_on_edge(start, end, hit)
        assert np.array_equal(point, on_grid(point))
        assert np.hypot(*(point - hit)) < 0.08
        chosen.append(shapely.distance(edge, shapely.points(point)))
        rounded.append(shapely.distance(edge, shapely.points(on_grid(hit))))
    assert np.quantile(chosen, 0.95) < 0.0001  # an edge almost along an axis passes near few grid points
    assert np.mean(chosen) < 0.1 * np.mean(rounded)


def test_an_edge_too_short_for_a_vertex_gives_its_nearer_end() -> None:
    start, end = np.array([0.0, 0.0]), np.array([0.001, 0.0])
    assert best_on_edge(start, end, np.array([0.0008, 0.0])).tolist() == end.tolist()


def test_lines_use_such_vertices_on_a_slanted_rim(tiny: Workspace, line: Any) -> None:
    corners = [(0, 0), (100, 0), (100, 100), (0, 100), (-37.123, 51.377)]
    slanted = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    key = tiny.find(FIRST).key
    states = [state if state.key != key else state.but(geometry=slanted) for state in tiny.members()]
    draft = Draft(Workspace(states, levels=list(tiny.levels.values()), metric_crs=tiny.metric_crs))
    draft.apply(Split(key, line((-60, 33.3), (105, 61.7))))
    assert draft.workspace.outline_drift_m2 < 0.0005
    assert tiny.find(f"{A2}01").key in draft.workspace
