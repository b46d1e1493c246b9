"""A shift that all shapes share is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries import checks
from boundaries.checks.shift import find_shift
from boundaries.datum import from_wgs84, to_wgs84
from boundaries.geometry import to_lonlat, to_metric
from boundaries.model import Level

from .conftest import EAST, NORTH, areas_of, lattice

CRS = "EPSG:4547"


def placed() -> Any:
    return shapely.transform(np.array(lattice(8), dtype=object), lambda c: np.add(c, (EAST, NORTH)))


def through(convert: Callable[..., Any], datum: str) -> Any:
    def turned(xy: Any) -> Any:
        return np.column_stack(convert(lons=xy[:, 0].copy(), lats=xy[:, 1].copy(), datum=datum))

    return to_metric(shapely.transform(to_lonlat(placed(), CRS), turned), CRS)


@pytest.mark.parametrize(
    ("convert", "datum", "named", "en", "zh"),
    [
        (from_wgs84, "gcj02", "gcj02", "looks like GCJ-02: shifted by 563 m E, 55 m N", "GCJ-02"),
        (from_wgs84, "bd09", "bd09", "looks like BD-09", "BD-09"),
        (to_wgs84, "gcj02", "", "GCJ-02 correction applied to true coordinates", "误做了 GCJ-02 纠偏"),
    ],
)
def test_shifted_datums_are_named(convert: Callable[..., Any], datum: str, named: str, en: str, zh: str) -> None:
    found = find_shift(through(convert, datum), placed(), CRS)
    assert found is not None
    assert found.datum == named
    assert en in found.en
    assert zh in found.zh


def test_another_shift_is_measured() -> None:
    found = find_shift(shapely.transform(placed(), lambda c: np.add(c, (100, -40))), placed(), CRS)
    assert found is not None
    assert (round(found.way[0], 6), round(found.way[1], 6), found.datum) == (100, -40, "")
    assert found.en == "shifted by 100 m E, -40 m N"


def test_redrawn_cities_are_not_shifted() -> None:
    cells = placed()
    assert find_shift(cells, cells, CRS) is None
    assert find_shift(shapely.transform(cells, lambda c: np.add(c, (3, 2))), cells, CRS) is None
    grown = shapely.buffer(cells, 30)
    assert find_shift(grown, cells, CRS) is None
    assert find_shift(np.random.default_rng(1).permutation(cells), cells, CRS) is None
    assert find_shift(cells[:0], cells[:0], CRS) is None


def test_leaves_beside_their_supplied_parents() -> None:
    cells = through(from_wgs84, "gcj02")
    frame = areas_of([None] * 65, code=["p", *(f"g{at}" for at in range(64))]).assign(
        level=["part"] + ["grid"] * 64, parent_code=[""] + ["p"] * 64
    )
    frame = frame.set_geometry(np.array([shapely.union_all(placed()), *cells], dtype=object), crs=CRS)
    levels = (Level("part", 0, "", "", False), Level("grid", 1, "", "", True))
    (defect,) = [defect for defect in checks.run(frame, levels=levels) if defect.rule == "datum_shift"]
    assert defect.severity == "error"
    assert defect.size == pytest.approx(566, abs=1)
    assert defect.repair == {
        "operation": "shift",
        "params": {"datum": "gcj02", "east_m": pytest.approx(563.4, abs=1), "north_m": pytest.approx(56, abs=1)},
        "changes": {"areas": [], "m2": 0.0},
    }
