"""Building frames of areas for the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from boundaries import checks
from boundaries.geometry import snap
from boundaries.model import Defect, Level

EAST, NORTH = 463_040.0, 4_192_041.0
LEVELS = (
    Level("street", 0, "街道", "street", False),
    Level("community", 1, "社区", "community", False),
    Level("grid", 2, "网格", "grid", True, r"[a-z][0-9]*"),
    Level("compound", None, "小区", "compound", True),
)


def areas_of(shapes: Sequence[Any], **columns: Sequence[Any]) -> Any:
    """A frame in the model city's system; shapes given in metres from a corner of the city; codes a, b, c ... unless given."""
    moved = [None if shape is None else shapely.transform(shape, lambda c: np.add(c, (EAST, NORTH))) for shape in shapes]
    geometry = np.empty(len(moved), dtype=object)
    geometry[:] = moved
    return geopandas.GeoDataFrame(
        {"code": [chr(97 + at) for at in range(len(shapes))], **columns}, geometry=snap(geometry), crs="EPSG:4547"
    )


@pytest.fixture
def found() -> Callable[..., list[Defect]]:
    """Runs all rules over shapes and columns; `levels` as keyword."""

    def run(*shapes: Any, levels: Sequence[Level] = (), **columns: Sequence[Any]) -> list[Defect]:
        return checks.run(areas_of(shapes, **columns), levels=levels)

    return run


def lattice(size: int = 12, step_m: float = 80.0) -> list[Any]:
    """A clean coverage of size x size crooked cells, row by row from the south west, every shared edge with a vertex in its middle."""
    random = np.random.default_rng(7)
    fine = np.stack(np.meshgrid(np.arange(2 * size + 1), np.arange(2 * size + 1)), axis=-1) * step_m / 2
    fine = np.round(fine + random.uniform(-8, 8, fine.shape), 3)
    cells = []
    for y in range(0, 2 * size, 2):
        for x in range(0, 2 * size, 2):
            around = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
            cells.append(shapely.Polygon([fine[y + dy, x + dx] for dx, dy in around]))
    return cells
