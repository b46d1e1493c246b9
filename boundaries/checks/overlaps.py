"""Rule `overlap`: two leaves claim the same land."""

from __future__ import annotations

import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.crossings import Crossing
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import SLIVER_WIDTH_M, joined
from boundaries.checks.proposals import proposal, rings
from boundaries.model import Defect

__all__ = ["RULE", "keeper"]


def check(coverage: Coverage) -> list[Defect]:
    """One error for each pair of leaves that overlap, with the overlap as its place and its area as its size.

    An overlap no wider than two steps of the grid is what rounding leaves where one neighbour has a vertex that the other lacks: that
    is `unmatched_vertex`'s. The proposal gives the land to the smaller leaf, for it may be an enclave that the larger one forgot.
    """
    found: list[Defect] = []
    for crossing in coverage.crossings:
        if crossing.thin:
            continue
        rows = sorted((int(coverage.faces[crossing.left]), int(coverage.faces[crossing.right])), key=coverage.label)
        names = [coverage.label(row) for row in rows]
        area, count = crossing.area_m2, len(crossing.pieces)
        keeps = coverage.label(int(coverage.faces[keeper(coverage, crossing)]))
        loses = next((name for name in names if name != keeps), keeps)
        lasso = rings(crossing.pieces, coverage.metric_crs)
        sliver = crossing.width_m < SLIVER_WIDTH_M
        found.append(
            finding(
                coverage,
                RULE.name,
                "error",
                rows,
                joined(crossing.pieces),
                en=f"{names[0]} and {names[1]} overlap by {area:.3f} m2 in {count} places"
                + (f": a sliver {crossing.width_m:.3f} m wide." if sliver else "."),
                zh=f"{names[0]} 与 {names[1]} 重叠 {area:.3f} 平方米,共 {count} 处"
                + (f":宽仅 {crossing.width_m:.3f} 米。" if sliver else "。"),
                size=area,
                unit="m2",
                repair=proposal("transfer", changes=[loses], m2=area, target=keeps, lasso=lasso[0] if count == 1 else lasso),
            )
        )
    return found


def keeper(coverage: Coverage, crossing: Crossing) -> int:
    """The position of the face that keeps the land of an overlap: the smaller one; of equals the one with the smaller code."""
    pair = (crossing.left, crossing.right)
    faces = [coverage.faces[at] for at in pair]
    return min(zip(shapely.area(coverage.geoms[faces]).round(3).tolist(), map(coverage.label, faces), pair, strict=True))[2]


RULE = Rule("overlap", "two leaves claim the same land", "两个区域重叠", check)
