"""Defects cured in memory: shapes in, shapes out, with a list of what was done. Nothing is cured that is not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.measures import SLIVER_WIDTH_M, mean_width_m, polygons_in
from boundaries.checks.overlaps import keeper
from boundaries.checks.patching import retiled
from boundaries.checks.registry import run
from boundaries.checks.retile import Award
from boundaries.checks.small import MIN_AREA_M2
from boundaries.checks.spikes import without_vertex
from boundaries.geometry import to_metric
from boundaries.model import Defect, Level

__all__ = ["Mended", "Moved", "mend", "moved"]

CURED: Final = ("overlap", "unmatched_vertex", "gap", "hole", "sliver", "multipart", "spike", "uncovered_outline")
"""The rules whose proposals `mend` carries out, within its width."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one area: its square metres before and after, and how many it lost and won together; 0.0 for vertices alone."""

    code: str
    before_m2: float
    after_m2: float
    moved_m2: float


@dataclass(slots=True)
class Mended:
    """frame: the areas after repair, with rest leaves behind them. done: the defects cured, each with its `repair`. moved: area by area."""

    frame: Any
    done: list[Defect] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)


def mend(frame: Any, *, levels: Sequence[Level], width_m: float = SLIVER_WIDTH_M) -> Mended:
    """The frame with its geometric defects cured where a cure is safe; what is left, `run` tells again.

    frame: as `Coverage.of`, with levels, kinds, parents and the supplied shapes of parents. width_m: overlaps, gaps and slivers
    narrower than this (on average) are settled: an overlap goes to the smaller leaf, a gap to the neighbour with the longest border
    to it. Vertices that a neighbour lacks are inserted; spikes lose their tip; a detached piece below MIN_AREA_M2 goes to its
    neighbour. Wider overlaps and gaps are decisions, not slips: they stay. Only the leaves around a defect are touched, every vertex
    stays on the 1 mm grid, and where the outcome would be worse than the input the input is kept.
    """
    coverage = Coverage.of(frame, levels=levels)
    found = [defect for defect in run(coverage) if defect.rule in CURED]
    shapes: dict[int, Any] = {int(row): coverage.geoms[row] for row in coverage.faces}
    done = [defect for defect in found if defect.rule == "spike" and _blunt(coverage, shapes, defect)]
    geoms = coverage.geoms.copy()
    for row, shape in shapes.items():
        geoms[row] = shape
    blunted = Coverage.of(frame.set_geometry(geoms, crs=frame.crs), levels=levels) if done else coverage
    found = found if not done else [defect for defect in run(blunted) if defect.rule in CURED]
    awards, cured, rows = _awards(blunted, found, width_m)
    if cured:
        made = retiled(blunted, awards, rows)
        if made is not None:
            for row, shape in made.items():
                geoms[row] = shape
            done += cured
    return Mended(frame.set_geometry(geoms, crs=frame.crs), done, moved(coverage, geoms) if done else [])


def moved(coverage: Coverage, geoms: Any) -> list[Moved]:
    """What became of the areas whose shape is no longer the same. geoms: the new shapes, row by row."""
    same = shapely.equals_exact(shapely.normalize(geoms), shapely.normalize(coverage.geoms), 0.0)
    same |= shapely.is_missing(geoms) & shapely.is_missing(coverage.geoms)
    found: list[Moved] = []
    for row in np.flatnonzero(~same).tolist():
        before, after = coverage.geoms[row], geoms[row]
        if coverage.valid[row]:
            area, change = float(before.area), float(shapely.symmetric_difference(before, after).area)
        else:
            area = 0.0 if before is None else float(before.area)
            change = abs(float(after.area) - area)
        found.append(Moved(coverage.label(row), round(area, 3), round(float(after.area), 3), round(change, 3)))
    return found


def _blunt(coverage: Coverage, shapes: dict[int, Any], defect: Defect) -> bool:
    """Takes the tip of a spike out of every leaf that has it; False where a third border ends there or nothing valid is left."""
    tip = shapely.get_coordinates(to_metric(defect.place, coverage.metric_crs))[0]
    near = [int(row) for row in coverage.faces[coverage.tree.query(shapely.Point(tip), predicate="dwithin", distance=0.0005)]]
    having = [row for row in near if (shapely.get_coordinates(shapes[row]) == tip).all(axis=1).any()]
    blunt = {row: without_vertex(shapes[row], tip) for row in having}
    if len(having) > 2 or not having or any(shape is None for shape in blunt.values()):
        return False
    shapes.update(blunt)
    return True


def _awards(coverage: Coverage, found: Sequence[Defect], width_m: float) -> tuple[list[Award], list[Defect], set[int]]:
    """(who gets which land, the defects that settles, the rows concerned)."""
    by_label = {coverage.label(row): row for row in reversed(range(len(coverage)))}
    awards: list[Award] = []
    cured: list[Defect] = []
    rows: set[int] = set()
    keepers = {_pair(coverage, c.left, c.right): int(coverage.faces[keeper(coverage, c)]) for c in coverage.crossings}
    for crossing in coverage.crossings:
        if crossing.thin:
            keeps = keepers[_pair(coverage, crossing.left, crossing.right)]
            awards += [Award(piece, keeps) for piece in crossing.pieces]
    for defect in found:
        involved = {by_label[name] for name in defect.areas if name in by_label}
        lassos = polygons_in(to_metric(defect.place, coverage.metric_crs))
        narrow = all(mean_width_m(piece) < width_m for piece in lassos)
        winner: int | None = None
        if defect.rule == "overlap":
            winner = keepers.get(frozenset(involved))
        elif defect.rule in ("gap", "hole", "sliver"):
            winner = by_label.get((defect.repair or {})["params"].get("into"))
        elif defect.rule == "multipart":
            winner = by_label.get((defect.repair or {})["params"].get("target"))
            narrow = narrow or float(shapely.area(lassos).sum()) < MIN_AREA_M2
        if defect.rule != "unmatched_vertex":
            if winner is None or not narrow:
                continue
            awards += [Award(piece, winner) for piece in lassos]
            involved.add(winner)
        cured.append(defect)
        rows |= involved
    return awards, cured, rows


def _pair(coverage: Coverage, left: int, right: int) -> frozenset[int]:
    return frozenset((int(coverage.faces[left]), int(coverage.faces[right])))
