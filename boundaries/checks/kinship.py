"""Rules `orphan`, `parent_circle` and `parent_without_leaves`: who belongs to whom, by the codes alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.proposals import proposal
from boundaries.geometry import point_on_surface
from boundaries.model import Defect

__all__ = ["CIRCLE", "ORPHAN", "WITHOUT_LEAVES"]


def check_orphans(coverage: Coverage) -> list[Defect]:
    """One error for every area that names a parent nobody is, or names none although there is a level above it."""
    nesting = coverage.ranks[coverage.nests]
    top = nesting.min() if nesting.size else 0
    several = nesting.size > 0 and nesting.max() > top
    found: list[Defect] = []
    for row in np.flatnonzero(coverage.nests & (coverage.parents < 0)).tolist():
        named, name = coverage.parent_codes[row], coverage.label(row)
        if named:
            en, zh = f"{name} names the parent {named}, which is not there.", f"{name} 的上级 {named} 不存在。"
        elif several and coverage.ranks[row] > top:
            en, zh = f"{name} names no parent.", f"{name} 没有上级。"
        else:
            continue
        found.append(finding(coverage, ORPHAN.name, "error", [row], _place(coverage, row), en=en, zh=zh, repair=_rehung(coverage, [row])))
    return found


def check_circles(coverage: Coverage) -> list[Defect]:
    """One error for every circle of areas that are each other's parents."""
    found: list[Defect] = []
    seen: set[int] = set()
    for row in range(len(coverage)):
        line = [row]
        while (above := int(coverage.parents[line[-1]])) >= 0 and above not in line and above not in seen:
            line.append(above)
        if above >= 0 and above in line:
            circle = line[line.index(above) :]
            names = [coverage.label(at) for at in circle]
            text = " > ".join([*names, names[0]])
            en, zh = f"These areas are each other's parents: {text}.", f"上级关系成环:{text}。"
            place = next((spot for at in circle if (spot := _place(coverage, at)) is not None), None)
            repair = _rehung(coverage, circle)
            found.append(finding(coverage, CIRCLE.name, "error", circle, place, en=en, zh=zh, size=len(circle), repair=repair))
        seen.update(line)
    return found


def check_childless(coverage: Coverage) -> list[Defect]:
    """One warning for every area that owns no shape and has no leaf below it: nothing can ever be routed to it."""
    found: list[Defect] = []
    have_leaves = {above for row in np.flatnonzero(coverage.leaf).tolist() for above in coverage.line_up(row)}
    for row in np.flatnonzero(~coverage.leaf & coverage.nests).tolist():
        if row not in have_leaves:
            name = coverage.label(row)
            en, zh = f"{name} has no leaves below it.", f"{name} 下没有任何末级区域。"
            repair = proposal("retire", changes=[name], areas=[name])
            found.append(finding(coverage, WITHOUT_LEAVES.name, "warning", [row], _place(coverage, row), en=en, zh=zh, repair=repair))
    return found


def _rehung(coverage: Coverage, rows: list[int]) -> dict[str, Any]:
    """Hung on the finest supplied parent that holds the first of them; on none where that cannot be told."""
    names, spot = [coverage.label(row) for row in rows], _place(coverage, rows[0])
    holder = coverage.holder(spot, above=float(coverage.ranks[rows[0]])) if spot is not None else -1
    return proposal("reassign", changes=names, areas=names, new_parent=coverage.label(holder) if holder >= 0 else None)


def _place(coverage: Coverage, row: int) -> Any:
    return point_on_surface(coverage.geoms[row]) if coverage.valid[row] else None


ORPHAN = Rule("orphan", "an area whose parent is missing", "区域缺少上级", check_orphans)
CIRCLE = Rule("parent_circle", "areas that are each other's parents", "上级关系成环", check_circles)
WITHOUT_LEAVES = Rule("parent_without_leaves", "a parent without leaves", "没有末级区域的上级", check_childless)
