"""Rule `datum_shift`: shapes that lie beside where they should, all by the same way: a file in a shifted datum read as WGS-84."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.proposals import proposal
from boundaries.datum import from_wgs84
from boundaries.geometry import to_lonlat, to_metric
from boundaries.model import Defect

__all__ = ["RULE", "Shift", "find_shift"]

LEAST_SHIFT_M: Final = 20.0
"""Smaller ones are told by the rules about land."""
_NAMED_WITHIN_M: Final = 25.0
_MOST_COMPARED: Final = 60
_GEOD: Final = pyproj.Geod(ellps="WGS84")
_NAMES: Final = {
    ("gcj02", 1): ("looks like GCJ-02", "像是 GCJ-02"),
    ("bd09", 1): ("looks like BD-09", "像是 BD-09"),
    ("gcj02", -1): ("looks like a GCJ-02 correction applied to true coordinates", "像是对真实坐标误做了 GCJ-02 纠偏"),
    ("bd09", -1): ("looks like a BD-09 correction applied to true coordinates", "像是对真实坐标误做了 BD-09 纠偏"),
}


class Shift(NamedTuple):
    """east_m, north_m: how far the shapes lie beside the reference, by true north. way: the same in metres of the grid. datum: whose
    shift that is, '' where it is nobody's. en, zh: what to call it."""

    east_m: float
    north_m: float
    datum: str
    way: tuple[float, float]
    en: str
    zh: str


def find_shift(shapes: NDArray[np.object_], reference: NDArray[np.object_], metric_crs: str) -> Shift | None:
    """The shift that the shapes have in common against the reference, None where there is none.

    shapes, reference: valid polygons pair by pair, in metres of metric_crs. There is a shift when most centroids moved alike by more
    than LEAST_SHIFT_M and moving the shapes back makes them fit at least twice as well.
    """
    usable = ~(shapely.is_missing(shapes) | shapely.is_missing(reference) | shapely.is_empty(shapes) | shapely.is_empty(reference))
    shapes, reference = shapes[usable], reference[usable]
    if not len(shapes):
        return None
    centres = shapely.get_coordinates(shapely.centroid(reference))
    moved = shapely.get_coordinates(shapely.centroid(shapes)) - centres
    way = np.median(moved, axis=0)
    length = float(np.hypot(*way))
    spread = float(np.median(np.hypot(*(moved - way).T)))
    if length < LEAST_SHIFT_M or spread > max(0.25 * length, 5.0):
        return None
    some = np.linspace(0, len(shapes) - 1, min(len(shapes), _MOST_COMPARED)).astype(int)
    back = shapely.transform(shapes[some], lambda xy: xy - way)
    before = shapely.area(shapely.symmetric_difference(shapes[some], reference[some])).sum()
    after = shapely.area(shapely.symmetric_difference(back, reference[some])).sum()
    return _named(way, np.median(centres, axis=0), metric_crs) if after < before / 2 else None


def _named(way: NDArray[np.float64], centre: NDArray[np.float64], metric_crs: str) -> Shift:
    spot, there = to_lonlat(shapely.points([centre, centre + way]), metric_crs)
    azimuth, _, length = _GEOD.inv(spot.x, spot.y, there.x, there.y)
    east, north = float(length * np.sin(np.radians(azimuth))), float(length * np.cos(np.radians(azimuth)))
    grid = float(way[0]), float(way[1])
    said = f"shifted by {east:.0f} m E, {north:.0f} m N", f"整体偏移:东 {east:.0f} 米,北 {north:.0f} 米"
    for (datum, sign), (en, zh) in _NAMES.items():
        lons, lats = from_wgs84(lons=[spot.x], lats=[spot.y], datum=datum)
        expected = sign * (shapely.get_coordinates(to_metric(shapely.Point(lons[0], lats[0]), metric_crs))[0] - centre)
        if np.hypot(*(way - expected)) <= _NAMED_WITHIN_M:
            return Shift(east, north, datum if sign > 0 else "", grid, f"{en}: {said[0]}", f"{zh}:{said[1]}")
    return Shift(east, north, "", grid, said[0], said[1])


def check(coverage: Coverage) -> list[Defect]:
    """One error when the leaves lie beside their supplied parents, all by the same way; its length is the size, the way the place."""
    rows = [row for row in coverage.supplied.tolist() if row in coverage.members]
    if not rows:
        return []
    finest = coverage.ranks[rows].max()
    rows = [row for row in rows if coverage.ranks[row] == finest]
    derived = np.empty(len(rows), dtype=object)
    derived[:] = [coverage.union_of(coverage.members[row]) for row in rows]
    shift = find_shift(derived, coverage.geoms[rows], coverage.metric_crs)
    if shift is None:
        return []
    centre = shapely.get_coordinates(shapely.centroid(coverage.geoms[rows[0]]))[0]
    way: Any = shapely.LineString([centre, np.add(centre, shift.way)])
    return [
        finding(
            coverage,
            RULE.name,
            "error",
            rows[:12],
            way,
            en=f"The leaves lie beside their supplied parents: {shift.en}.",
            zh=f"末级区域与所给上级错位:{shift.zh}。",
            size=float(np.hypot(shift.east_m, shift.north_m)),
            unit="m",
            repair=proposal("shift", datum=shift.datum or None, east_m=round(shift.east_m, 1), north_m=round(shift.north_m, 1)),
        )
    ]


RULE = Rule("datum_shift", "shapes that all lie beside where they should", "图形整体偏移", check)
