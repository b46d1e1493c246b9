"""Rule `narrow_neck`: a leaf that hangs together only by a strip too narrow to walk along."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import mean_width_m, polygons_in
from boundaries.checks.proposals import positions, proposal
from boundaries.checks.small import MIN_AREA_M2
from boundaries.model import Defect

__all__ = ["NECK_WIDTH_M", "RULE"]

NECK_WIDTH_M: Final = 2.0
"""A narrower strip between two parts of at least `small.MIN_AREA_M2` each is a neck."""


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every strip that joins two parts of a leaf, with the strip as its place and its mean width as its size."""
    half = NECK_WIDTH_M / 2
    geoms = coverage.geoms[coverage.faces]
    eroded = shapely.buffer(geoms, -half, join_style="mitre")
    split = np.flatnonzero(shapely.get_num_geometries(eroded) > 1)
    found: list[Defect] = []
    for position in split.tolist():
        row = int(coverage.faces[position])
        for whole in polygons_in(geoms[position]):
            found += _necks(coverage, row, whole)
    return found


def _necks(coverage: Coverage, row: int, polygon: Any) -> list[Defect]:
    half = NECK_WIDTH_M / 2
    cores = polygons_in(shapely.buffer(polygon, -half, join_style="mitre"))
    if len(cores) < 2:
        return []
    parts = shapely.buffer(cores, half * 1.001, join_style="mitre")
    parts = parts[shapely.area(shapely.intersection(parts, polygon)) >= MIN_AREA_M2]
    if len(parts) < 2:
        return []
    found: list[Defect] = []
    for strip in polygons_in(shapely.difference(polygon, shapely.union_all(parts))):
        ends = parts[shapely.dwithin(parts, strip, 0.01)]
        if len(ends) > 1:
            found.append(_told(coverage, row, strip, ends))
    return found


def _told(coverage: Coverage, row: int, strip: Any, ends: Any) -> Defect:
    name, width = coverage.label(row), mean_width_m(strip)
    along = shapely.get_coordinates(shapely.shortest_line(ends[0], ends[1]))
    middle, (east, north) = along.mean(axis=0), along[1] - along[0]
    across = np.array([-north, east]) / max(float(np.hypot(east, north)), 1e-9) * NECK_WIDTH_M
    line = positions(shapely.LineString([middle - across, middle + across]), coverage.metric_crs)
    return finding(
        coverage,
        RULE.name,
        "warning",
        [row],
        strip,
        en=f"{name} hangs together by a neck {width:.2f} m wide.",
        zh=f"{name} 仅由宽 {width:.2f} 米的窄颈相连。",
        size=width,
        unit="m",
        repair=proposal("split", changes=[name], m2=float(min(shapely.area(ends))), area=name, line=line),
    )


RULE = Rule("narrow_neck", "a leaf that hangs together by a narrow strip", "区域仅由窄颈相连", check)
