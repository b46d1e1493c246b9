"""Rule `gap`: land inside the city that no leaf covers, a hole in the union of all leaves. A city may want some; so a warning."""

from __future__ import annotations

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import SLIVER_WIDTH_M, Rule, finding, mean_width_m, polygons_in
from boundaries.model import Defect

__all__ = ["RULE"]

_MOST_NEIGHBOURS = 12


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every hole, with the hole as its place, its area as its size and the leaves around it.

    Bays that open to the outside are no holes; they show where a supplied parent shape differs.
    """
    if not len(coverage.faces):
        return []
    parts = polygons_in(coverage.union)
    holes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    if not holes:
        return []
    if len(parts) > 1:  # an island of leaves in a hole fills some of it
        tree = shapely.STRtree(parts)
        holes = [piece for hole in holes for piece in polygons_in(shapely.difference(hole, shapely.union_all(parts[tree.query(hole)])))]
    around = shapely.STRtree(coverage.geoms[coverage.faces])
    found: list[Defect] = []
    for hole in holes:
        near = np.unique(around.query(hole, predicate="intersects"))
        rows = sorted(coverage.faces[near].tolist(), key=coverage.label)[:_MOST_NEIGHBOURS]
        area, width = float(hole.area), mean_width_m(hole)
        sliver = width < SLIVER_WIDTH_M
        found.append(
            finding(
                coverage,
                RULE.name,
                "warning",
                rows,
                hole,
                en=f"No leaf covers {area:.3f} m2 between {coverage.label(rows[0])} and {len(near) - 1} others"
                + (f": a sliver {width:.3f} m wide." if sliver else "."),
                zh=f"{coverage.label(rows[0])} 等 {len(near)} 个区域之间有 {area:.3f} 平方米无人管辖"
                + (f":宽仅 {width:.3f} 米的缝隙。" if sliver else "。"),
                size=area,
                unit="m2",
            )
        )
    return found


RULE = Rule("gap", "land inside the city that no leaf covers", "市域内无区域覆盖的空隙", check)
