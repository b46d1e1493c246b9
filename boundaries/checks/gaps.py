"""Rules `gap`, `hole` and `sliver`: land inside the city that no leaf covers. A city may want some; so they are warnings."""

from __future__ import annotations

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import SLIVER_WIDTH_M
from boundaries.checks.proposals import positions, proposal, rings
from boundaries.checks.voids import Void
from boundaries.geometry import point_on_surface
from boundaries.model import Defect

__all__ = ["GAP", "HOLE", "SLIVER"]

_MOST_NEIGHBOURS = 12


def check_gaps(coverage: Coverage) -> list[Defect]:
    """One warning for every piece of land between several leaves that none covers, with the land as place and its area as size.

    Bays that open to the outside are no gaps; `uncovered_outline` tells them where the outline is known.
    """
    return [_told(coverage, void, GAP.name) for void in coverage.voids if not _narrow(void) and len(void.neighbours) > 1]


def check_holes(coverage: Coverage) -> list[Defect]:
    """One warning for every hole in a single leaf that no leaf fills, with the hole as place and its area as size."""
    return [_told(coverage, void, HOLE.name) for void in coverage.voids if not _narrow(void) and len(void.neighbours) <= 1]


def check_slivers(coverage: Coverage) -> list[Defect]:
    """One warning for every gap or hole, or slit open to the outside, narrower on average than SLIVER_WIDTH_M.

    What is no wider than two steps of the grid is rounding beside a missing vertex: `unmatched_vertex`'s.
    """
    return [_told(coverage, void, SLIVER.name) for void in coverage.voids if _narrow(void) and not void.thin]


def _narrow(void: Void) -> bool:
    return void.width_m < SLIVER_WIDTH_M


def _told(coverage: Coverage, void: Void, rule: str) -> Defect:
    rows = sorted(coverage.faces[void.neighbours].tolist(), key=coverage.label)[:_MOST_NEIGHBOURS]
    area, width = float(void.polygon.area), void.width_m
    first, count = coverage.label(rows[0]) if rows else "-", len(void.neighbours)
    en = f"No leaf covers {area:.3f} m2 between {first} and {count - 1} others"
    zh = f"{first} 等 {count} 个区域之间有 {area:.3f} 平方米无人管辖"
    if rule == "hole":
        en, zh = f"No leaf fills a hole of {area:.3f} m2 in {first}", f"{first} 内有 {area:.3f} 平方米的空洞无人管辖"
    if rule == "sliver":
        en, zh = f"{en}: a sliver {width:.3f} m wide", f"{zh}:宽仅 {width:.3f} 米的缝隙"
    inside = point_on_surface(void.polygon)
    parent = coverage.holder(inside)
    into = coverage.label(int(coverage.faces[void.neighbours[0]])) if count else None
    if rule != "sliver" and parent >= 0:
        name = coverage.label(parent)
        repair = proposal("add_rest", changes=[name], m2=area, parent=name, lasso=rings([void.polygon], coverage.metric_crs)[0])
    else:
        place = positions(inside, coverage.metric_crs)[0]
        repair = proposal("absorb_gap", changes=[into] if into else [], m2=area, place=place, into=into)
    return finding(coverage, rule, "warning", rows, void.polygon, en=f"{en}.", zh=f"{zh}。", size=area, unit="m2", repair=repair)


GAP = Rule("gap", "land between leaves that none covers", "区域之间无人管辖的空隙", check_gaps)
HOLE = Rule("hole", "a hole in a leaf that no leaf fills", "区域内无人管辖的空洞", check_holes)
SLIVER = Rule("sliver", "a gap too narrow to be meant", "过窄的缝隙", check_slivers)
