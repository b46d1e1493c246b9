"""Rule `multipart`: a leaf in several pieces. Allowed (an island in a river), but often a slip, so a warning."""

from __future__ import annotations

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding, polygons_in
from boundaries.model import Defect

__all__ = ["RULE"]


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every leaf in pieces, with the smallest piece as its place and their number as its size."""
    found: list[Defect] = []
    several = coverage.leaf & coverage.valid & (shapely.get_num_geometries(coverage.geoms) > 1)
    for row in np.flatnonzero(several).tolist():
        pieces = polygons_in(coverage.geoms[row])
        if len(pieces) < 2:
            continue
        smallest = pieces[int(np.argmin(shapely.area(pieces)))]
        name, area = coverage.label(row), float(smallest.area)
        found.append(
            finding(
                coverage,
                RULE.name,
                "warning",
                [row],
                smallest,
                en=f"{name} is in {len(pieces)} pieces; the smallest has {area:.1f} m2.",
                zh=f"{name} 由 {len(pieces)} 块组成;最小的一块为 {area:.1f} 平方米。",
                size=len(pieces),
            )
        )
    return found


RULE = Rule("multipart", "a leaf in several pieces", "区域由多块组成", check)
