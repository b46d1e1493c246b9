"""Rule `too_small`: a leaf so small or narrow that nobody can live in it; a scrap left behind by drawing."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import SLIVER_WIDTH_M
from boundaries.checks.multipart import neighbour
from boundaries.checks.proposals import proposal
from boundaries.model import Defect

__all__ = ["MIN_AREA_M2", "RULE"]

MIN_AREA_M2: Final = 25.0


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every leaf below `MIN_AREA_M2`, or narrower on average than `SLIVER_WIDTH_M`, with its area as its size."""
    faces = coverage.geoms[coverage.faces]
    areas, lengths = shapely.area(faces), shapely.length(faces)
    widths = np.divide(2 * areas, lengths, out=np.zeros_like(areas), where=lengths > 0)
    return [
        finding(
            coverage,
            RULE.name,
            "warning",
            [row],
            coverage.geoms[row],
            en=f"{coverage.label(row)} has only {area:.3f} m2 and is {width:.3f} m wide on average.",
            zh=f"{coverage.label(row)} 仅 {area:.3f} 平方米,平均宽 {width:.3f} 米。",
            size=area,
            unit="m2",
            repair=_merged(coverage, row, area),
        )
        for row, area, width in zip(coverage.faces.tolist(), areas.tolist(), widths.tolist(), strict=True)
        if area < MIN_AREA_M2 or width < SLIVER_WIDTH_M
    ]


def _merged(coverage: Coverage, row: int, area: float) -> dict[str, Any]:
    name, target = coverage.label(row), neighbour(coverage, coverage.geoms[row], but=row)
    if target < 0:
        return proposal("retire", changes=[name], m2=area, areas=[name])
    survivor = coverage.label(target)
    return proposal("merge", changes=[name, survivor], m2=area, areas=[name, survivor], survivor=survivor)


RULE = Rule("too_small", "a leaf too small or narrow to be meant", "面积过小或过窄的区域", check)
