"""The tiny city worked out by hand, and a small model city, as workspaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from boundaries.demo import build_city
from boundaries.demo import levels as demo_levels
from boundaries.editing import Change, Workspace
from boundaries.errors import EditError
from boundaries.geometry import to_metric
from tests.city import CRS, EAST, LEVELS, NORTH, areas, lonlat

Line = tuple[tuple[float, float], ...]


@pytest.fixture
def tiny() -> Workspace:
    return Workspace.from_frame(areas(), LEVELS)


@pytest.fixture(scope="session")
def demo_areas() -> Any:
    return build_city(seed=1, scale=0.1).areas


@pytest.fixture(scope="session")
def demo_base(demo_areas: Any) -> Workspace:
    """Shared by all tests: draft on it, never install in it."""
    return Workspace.from_frame(demo_areas, demo_levels())


@pytest.fixture(scope="session")
def line() -> Callable[..., Line]:
    """A line in lon/lat through positions in metres from the tiny city's corner."""
    return lambda *positions: tuple(lonlat(x, y) for x, y in positions)


@pytest.fixture(scope="session")
def box_of() -> Callable[[Any], tuple[float, ...]]:
    """Bounds of a shape in metres from the tiny city's corner."""

    def bounds(shape: Any) -> tuple[float, ...]:
        x0, y0, x1, y1 = shape.bounds
        return tuple(round(v, 3) for v in (x0 - EAST, y0 - NORTH, x1 - EAST, y1 - NORTH))

    return bounds


@pytest.fixture(scope="session")
def corners_of() -> Callable[[Any], set[tuple[float, float]]]:
    """Vertices of a shape in metres from the tiny city's corner."""
    return lambda shape: {(round(x - EAST, 3), round(y - NORTH, 3)) for x, y in shapely.get_coordinates(shape).tolist()}


@pytest.fixture(scope="session")
def place_of() -> Callable[[EditError], Any]:
    """Where a refusal points to, in metres from the tiny city's corner."""

    def place(error: EditError) -> Any:
        assert error.place is not None
        return shapely.transform(to_metric(error.place, CRS), lambda xy: xy - (EAST, NORTH))

    return place


@pytest.fixture(scope="session")
def codes_of() -> Callable[[Workspace, Change], set[str]]:
    """The codes that a change concerns materially."""

    def codes(workspace: Workspace, change: Change) -> set[str]:
        states = [change.after[key] or workspace[key] for key in change.keys if change.material[key]]
        return {state.code for state in states}

    return codes
