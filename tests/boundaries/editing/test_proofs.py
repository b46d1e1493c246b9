"""Two proofs of a whole state, each of which finds what the other is blind to; hashes that the store would agree with."""

from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.editing import AreaState, Workspace, content_hash, count_edges, prove_state
from boundaries.store import proof as stored
from boundaries.store.frame import resolve
from boundaries.store.versions import version_hashes
from tests.city import LEVELS, areas, square


def test_the_model_city_is_proven(demo_base: Workspace) -> None:
    proof = prove_state(demo_base)
    assert proof.holds
    assert proof.edges.edges == proof.edges.shared + proof.edges.outline
    assert proof.to_json()["holds"] is True


def grid() -> list[Any]:
    """Four squares of 100 m with all their vertices."""
    return [square(x, y, x + 100, y + 100) for x in (0, 100) for y in (0, 100)]


def moved(shape: Any, vertex: int, *, by: tuple[float, float]) -> Any:
    xy = shapely.get_coordinates(shape)[:-1].copy()
    xy[vertex] += by
    return shapely.Polygon(np.round(xy, 3))


def test_edges_are_counted_once_on_each_side() -> None:
    found = count_edges(grid())
    assert (found.edges, found.shared, found.outline, found.holds) == (12, 4, 8, True)


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (lambda shapes: [*shapes[:3], moved(shapes[3], 0, by=(0.0004, 0))], None),  # rounds back to the same millimetre
        (lambda shapes: [*shapes, shapes[0]], "wrong"),
        (lambda shapes: [shapes[0], shapely.segmentize(shapes[1], 60), *shapes[2:]], "unmatched"),
        (lambda shapes: [shapely.transform(shapes[0], lambda xy: xy + 0.0003), *shapes[1:]], "off_grid"),
    ],
)
def test_the_integer_certificate_finds(broken: Any, what: str | None) -> None:
    found = count_edges(broken(grid()))
    assert found.holds is (what is None)
    if what is not None:
        assert getattr(found, what) > 0


def test_hashes_are_those_of_the_store(tiny: Workspace) -> None:
    rows = resolve(areas(), LEVELS)
    assert content_hash(tiny.members()) == stored.content_hash(rows)
    keys = np.arange(1, len(rows) + 1)
    assert [state.content_hash for state in tiny.members()] == version_hashes(rows, keys)


def test_a_state_is_known_by_its_content_whatever_its_first_vertex(tiny: Workspace) -> None:
    state = next(state for state in tiny.members() if state.geometry is not None)
    rolled = shapely.Polygon(np.roll(shapely.get_coordinates(state.geometry)[:-1], 1, axis=0))
    assert state.but(geometry=rolled) == state
    assert state.but(name="x") != state
    assert AreaState.from_row(state.to_row()) == state
