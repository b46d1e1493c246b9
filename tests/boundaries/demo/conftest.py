"""Small and full model cities, built once for all tests of this folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from boundaries.demo import DemoCity, build_city


@pytest.fixture(scope="session")
def small_city() -> DemoCity:
    return build_city(seed=1, scale=0.1)


@pytest.fixture(scope="session")
def full_city() -> DemoCity:
    return build_city(seed=1, scale=1.0)


class Ladder:
    """Leaves of a city and the unions of its parents, level by level."""

    def __init__(self, city: DemoCity) -> None:
        self.leaves = city.areas[city.areas.geometry.notna()]
        self.shapes: NDArray[Any] = self.leaves.geometry.to_numpy()
        self.parent = dict(zip(city.areas["code"], city.areas["parent_code"], strict=True))
        self.level = dict(zip(city.areas["code"], city.areas["level"], strict=True))

    def above(self, code: str, level: str) -> str:
        while code and self.level[code] != level:
            code = self.parent[code]
        return code

    def unions(self, level: str) -> dict[str, Any]:
        members: dict[str, list[int]] = {}
        for i, code in enumerate(self.leaves["code"]):
            top = self.above(code, level)
            if top:
                members.setdefault(top, []).append(i)
        return {code: shapely.coverage_union_all(self.shapes[index]) for code, index in sorted(members.items())}


@pytest.fixture(scope="session")
def small_ladder(small_city: DemoCity) -> Ladder:
    return Ladder(small_city)


@pytest.fixture(scope="session")
def full_ladder(full_city: DemoCity) -> Ladder:
    return Ladder(full_city)


def edge_lengths(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """Lengths of all edges of polygons, in the unit of their coordinates."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shapes)), return_index=True)
    step = np.hypot(*np.diff(xy, axis=0).T)
    return np.asarray(step[ring[1:] == ring[:-1]])


@pytest.fixture(scope="session")
def lengths_of() -> Any:
    return edge_lengths
