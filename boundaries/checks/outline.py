"""Rule `uncovered_outline`: land at the rim of the supplied outline of the city that no leaf covers."""

from __future__ import annotations

from typing import Any

import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import mean_width_m, polygons_in
from boundaries.checks.proposals import proposal, rings
from boundaries.checks.supplied import MIN_DIFFERENCE_M2
from boundaries.geometry import point_on_surface
from boundaries.model import Defect

__all__ = ["RULE"]

_MOST_NEIGHBOURS = 12


def check(coverage: Coverage) -> list[Defect]:
    """One warning for every piece of the outline that no leaf covers, with the piece as its place and its area as its size.

    The outline is the union of the supplied shapes of the coarsest level. Holes inside the leaves are told by `gap`, `hole` and
    `sliver`, pieces below a square metre not at all.
    """
    if not len(coverage.supplied) or not len(coverage.faces):
        return []
    ranks = coverage.ranks[coverage.supplied]
    outline = shapely.union_all(coverage.geoms[coverage.supplied[ranks == ranks.min()]])
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in polygons_in(coverage.union)])
    return [
        _told(coverage, piece)
        for piece in polygons_in(shapely.difference(outline, filled))
        if piece.area >= MIN_DIFFERENCE_M2 and mean_width_m(piece) > 0
    ]


def _told(coverage: Coverage, piece: Any) -> Defect:
    holder = coverage.holder(point_on_surface(piece))
    touching = sorted({int(row) for row in coverage.faces[coverage.tree.query(piece, predicate="intersects")]}, key=coverage.label)
    rows = [*([holder] if holder >= 0 else []), *touching[:_MOST_NEIGHBOURS]]
    area = float(piece.area)
    name = coverage.label(holder) if holder >= 0 else None
    return finding(
        coverage,
        RULE.name,
        "warning",
        rows,
        piece,
        en=f"No leaf covers {area:.1f} m2 at the outline{f', in {name}' if name else ''}.",
        zh=f"外轮廓处{f'({name} 内)' if name else ''}有 {area:.1f} 平方米无人管辖。",
        size=area,
        unit="m2",
        repair=proposal("add_rest", changes=[name] if name else [], m2=area, parent=name, lasso=rings([piece], coverage.metric_crs)[0]),
    )


RULE = Rule("uncovered_outline", "land at the outline that no leaf covers", "外轮廓处无人管辖", check)
