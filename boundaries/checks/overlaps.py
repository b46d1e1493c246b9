"""Rule `overlap`: two leaves claim the same land. Rule `stray_vertex` when all that overlaps is the rounding beside a missing vertex."""

from __future__ import annotations

import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding, mean_width_m, polygons_in
from boundaries.geometry import GRID_M
from boundaries.model import Defect

__all__ = ["RULE"]


def check(coverage: Coverage) -> list[Defect]:
    """One finding for each pair of leaves that overlap, with the overlap as its place and its area as its size.

    Only leaves whose edges do not match their neighbours' are tried. An overlap no wider than two steps of the grid is what rounding
    leaves where one neighbour has a vertex the other lacks: a warning `stray_vertex`.
    """
    loose = coverage.faces[~coverage.matched]
    if not len(loose):
        return []
    geoms = coverage.geoms[loose]
    left, right = shapely.STRtree(geoms).query(geoms, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    found: list[Defect] = []
    for a, b, shared in zip(left.tolist(), right.tolist(), shapely.intersection(geoms[left], geoms[right]), strict=True):
        parts = polygons_in(shared)
        if not len(parts):
            continue
        area = float(shapely.area(parts).sum())
        thin = max(mean_width_m(part) for part in parts) <= 2 * GRID_M
        rows = sorted((int(loose[a]), int(loose[b])), key=coverage.label)
        names = [coverage.label(row) for row in rows]
        found.append(
            finding(
                coverage,
                "stray_vertex" if thin else RULE.name,
                "warning" if thin else "error",
                rows,
                parts[0] if len(parts) == 1 else shapely.MultiPolygon(list(parts)),
                en=f"{names[0]} and {names[1]} overlap by {area:.3f} m2"
                + (": one border has a vertex that the other lacks." if thin else f" in {len(parts)} places."),
                zh=f"{names[0]} 与 {names[1]} 重叠 {area:.3f} 平方米" + (":一侧边界缺少顶点。" if thin else f",共 {len(parts)} 处。"),
                size=area,
                unit="m2",
            )
        )
    return found


RULE = Rule("overlap", "two leaves claim the same land", "两个区域重叠", check)
