"""Rule `multipart`: a leaf in several pieces. Allowed (an island in a river), but often a slip, so a warning."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import polygons_in
from boundaries.checks.proposals import proposal, rings
from boundaries.model import Defect

__all__ = ["RULE"]


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every leaf in pieces, with the smallest piece as its place and their number as its size.

    The proposal gives that piece to the neighbour with the longest border to it; a piece without one may stay.
    """
    found: list[Defect] = []
    several = coverage.leaf & coverage.valid & (shapely.get_num_geometries(coverage.geoms) > 1)
    for row in np.flatnonzero(several).tolist():
        pieces = polygons_in(coverage.geoms[row])
        if len(pieces) < 2:
            continue
        smallest = pieces[int(np.argmin(shapely.area(pieces)))]
        name, area = coverage.label(row), float(smallest.area)
        target = neighbour(coverage, smallest, but=row)
        repair = proposal("accept", areas=[name])
        if target >= 0:
            taker = coverage.label(target)
            lasso = rings([smallest], coverage.metric_crs)[0]
            repair = proposal("transfer", changes=[name, taker], m2=area, target=taker, lasso=lasso)
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
                repair=repair,
            )
        )
    return found


def neighbour(coverage: Coverage, piece: Any, *, but: int) -> int:
    """The row of the face with the longest border to a polygon in metres, -1 for none."""
    near = [int(row) for row in coverage.faces[coverage.tree.query(piece, predicate="intersects")] if row != but]
    if not near:
        return -1
    lengths = shapely.length(shapely.intersection(coverage.geoms[near], shapely.boundary(piece)))
    best = int(np.argmax(lengths))
    return near[best] if lengths[best] > 0 else -1


RULE = Rule("multipart", "a leaf in several pieces", "区域由多块组成", check)
