"""Rules `outside_parent`, `wrong_parent` and `parent_differs`: supplied shapes of parents against the union of their leaves.

A parent's shape is by definition the union of its leaves. What a file supplies is compared and reported, never stored as truth.
"""

from __future__ import annotations

from typing import Final

import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import joined, polygons_in
from boundaries.checks.proposals import proposal
from boundaries.geometry import point_on_surface
from boundaries.model import Defect

__all__ = ["DIFFERS", "MIN_DIFFERENCE_M2", "OUTSIDE", "WRONG"]

MIN_DIFFERENCE_M2: Final = 1.0
"""Smaller differences are not told: rounding along a long border comes to as much."""


def check_outside(coverage: Coverage) -> list[Defect]:
    """One warning for every leaf of which some lies outside the supplied shape of a parent, with that part as place and size.

    The nearest parent is told, not those above it. A leaf that lies mostly elsewhere is `wrong_parent`'s.
    """
    found: list[Defect] = []
    for row in coverage.faces.tolist():
        parent = _supplied_parent(coverage, row)
        if parent < 0 or shapely.covers(coverage.geoms[parent], coverage.geoms[row]):
            continue
        if not shapely.intersects(coverage.geoms[parent], point_on_surface(coverage.geoms[row])):
            continue
        parts = polygons_in(shapely.difference(coverage.geoms[row], coverage.geoms[parent]))
        area = float(shapely.area(parts).sum())
        if area < MIN_DIFFERENCE_M2:
            continue
        names = coverage.label(row), coverage.label(parent)
        found.append(
            finding(
                coverage,
                OUTSIDE.name,
                "warning",
                [row, parent],
                joined(parts),
                en=f"{area:.1f} m2 of {names[0]} lie outside the supplied shape of {names[1]}.",
                zh=f"{names[0]} 有 {area:.1f} 平方米超出所给 {names[1]} 的范围。",
                size=area,
                unit="m2",
                repair=proposal("derive_parent", changes=[names[1]], m2=area, area=names[1]),
            )
        )
    return found


def check_wrong(coverage: Coverage) -> list[Defect]:
    """One warning for every leaf whose interior point lies in another supplied parent of that level than the one it names."""
    rows = coverage.supplied
    if not len(rows):
        return []
    tree = shapely.STRtree(coverage.geoms[rows])
    points = point_on_surface(coverage.geoms[coverage.faces])
    position, hit = tree.query(points, predicate="intersects")
    holders: dict[int, list[int]] = {}
    for at, parent in zip(position.tolist(), rows[hit].tolist(), strict=True):
        holders.setdefault(at, []).append(parent)
    found: list[Defect] = []
    for at, row in enumerate(coverage.faces.tolist()):
        named = _supplied_parent(coverage, row)
        same_level = [other for other in holders.get(at, ()) if named >= 0 and coverage.levels[other] == coverage.levels[named]]
        if named < 0 or named in same_level:
            continue
        name, said = coverage.label(row), coverage.label(named)
        lies = ", ".join(sorted(coverage.label(other) for other in same_level))
        found.append(
            finding(
                coverage,
                WRONG.name,
                "warning",
                [row, named, *same_level],
                points[at],
                en=f"{name} names the parent {said} but lies in {lies or 'none'}.",
                zh=f"{name} 的上级为 {said},但位于 {lies or '任何上级之外'}。",
                repair=proposal("reassign", changes=[name], areas=[name], new_parent=coverage.label(same_level[0]) if same_level else None),
            )
        )
    return found


def check_differs(coverage: Coverage) -> list[Defect]:
    """One warning for every parent whose supplied shape holds land that none of its leaves covers, with that land as place and size."""
    found: list[Defect] = []
    for row, positions in sorted(coverage.members.items()):
        supplied = coverage.geoms[row]
        if not coverage.valid[row]:
            continue
        derived = coverage.union_of(positions)
        if shapely.equals_exact(shapely.normalize(derived), shapely.normalize(supplied)):
            continue
        parts = polygons_in(shapely.difference(supplied, derived))
        area = float(shapely.area(parts).sum())
        if area < MIN_DIFFERENCE_M2:
            continue
        name = coverage.label(row)
        found.append(
            finding(
                coverage,
                DIFFERS.name,
                "warning",
                [row],
                joined(parts),
                en=f"The supplied shape of {name} holds {area:.1f} m2 that none of its leaves covers.",
                zh=f"所给 {name} 的范围内有 {area:.1f} 平方米不属于其任何末级区域。",
                size=area,
                unit="m2",
                repair=proposal("derive_parent", changes=[name], m2=area, area=name),
            )
        )
    return found


def _supplied_parent(coverage: Coverage, row: int) -> int:
    """The nearest row above with a usable supplied shape, -1 for none."""
    return next((above for above in coverage.line_up(row) if coverage.valid[above] and not coverage.leaf[above]), -1)


OUTSIDE = Rule("outside_parent", "a leaf that lies partly outside its supplied parent", "区域部分超出所给上级范围", check_outside)
WRONG = Rule("wrong_parent", "a leaf that lies in another supplied parent", "区域位于其他上级范围内", check_wrong)
DIFFERS = Rule("parent_differs", "a supplied parent that is more than its leaves", "所给上级范围大于其末级区域之和", check_differs)
