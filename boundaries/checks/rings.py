"""Rule `invalid_ring`: a leaf or supplied shape whose rings cross, touch or nest wrongly; the reason and the place as GEOS gives them."""

from __future__ import annotations

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.proposals import proposal
from boundaries.files.polygons import REASONS_ZH, reason_and_place
from boundaries.model import Defect

__all__ = ["RULE"]


def check(coverage: Coverage) -> list[Defect]:
    """One error for every shape that is not valid, and one for every shape without any area."""
    found: list[Defect] = []
    for row in np.flatnonzero(~coverage.valid & ~shapely.is_missing(coverage.geoms)).tolist():
        geom = coverage.geoms[row]
        if shapely.is_empty(geom):
            reason, place = "it is empty", None
        else:
            reason, place = reason_and_place(geom)
        found.append(
            finding(
                coverage,
                RULE.name,
                "error",
                [row],
                place,
                en=f"The shape of {coverage.label(row)} is invalid: {reason}.",
                zh=f"{coverage.label(row)} 的图形无效:{'图形为空' if shapely.is_empty(geom) else REASONS_ZH.get(reason, reason)}。",
                repair=proposal("make_valid", changes=[coverage.label(row)], area=coverage.label(row)),
            )
        )
    return found


RULE = Rule("invalid_ring", "rings that cross, touch or nest wrongly", "环自相交、接触或嵌套错误", check)
