"""Defects cured in memory: shapes in, shapes out, with a list of what was done. Nothing is cured that is not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from boundaries.checks import gaps, multipart, overlaps, spikes, unmatched
from boundaries.checks.coverage import Coverage
from boundaries.checks.measures import SLIVER_WIDTH_M, mean_width_m, polygons_in
from boundaries.checks.overlaps import keeper
from boundaries.checks.patching import retiled
from boundaries.checks.portions import portions
from boundaries.checks.registry import run
from boundaries.checks.retile import Award
from boundaries.checks.small import MIN_AREA_M2
from boundaries.checks.spikes import without_vertex
from boundaries.geometry import to_metric
from boundaries.model import Defect, Level

__all__ = ["Moved", "mend", "moved"]

_SETTLED: Final = (overlaps.RULE, unmatched.RULE, gaps.GAP, gaps.HOLE, gaps.SLIVER, multipart.RULE)
_MOST_PASSES: Final = 5
"""A repair may uncover what was hidden under the defect; more passes than this would be a quarrel."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one area: its square metres before and after, and how many it lost and won together; 0.0 for vertices alone."""

    code: str
    before_m2: float
    after_m2: float
    moved_m2: float


def mend(frame: Any, *, levels: Sequence[Level], width_m: float = SLIVER_WIDTH_M) -> tuple[Any, list[Defect]]:
    """(the frame with its geometric defects cured where a cure is safe, the defects cured); what is left, `run` tells again.

    frame: as `Coverage.of`, with levels, kinds, parents and the supplied shapes of parents. width_m: overlaps, gaps and slivers
    narrower than this (on average) are settled: an overlap goes to the smaller leaf, a gap to the neighbour with the longest border
    to it. Vertices that a neighbour lacks are inserted; spikes lose their tip; a detached piece below MIN_AREA_M2 goes to its
    neighbour. Wider overlaps and gaps are decisions, not slips: they stay. Only the leaves around a defect are touched, every vertex
    stays on the 1 mm grid, and where the outcome would be worse than the input the input is kept.
    """
    done: list[Defect] = []
    for _ in range(_MOST_PASSES):
        frame, blunted = _blunted(frame, levels)
        frame, settled = _settled(frame, levels, width_m)
        if not blunted and not settled:
            break
        done += blunted + settled
    left = {defect.defect_id for defect in run(frame, levels=levels, rules=[spikes.RULE, *_SETTLED])} if done else set()
    cured = {defect.defect_id: defect for defect in done if defect.defect_id not in left}
    return frame, list(cured.values())


def _blunted(frame: Any, levels: Sequence[Level]) -> tuple[Any, list[Defect]]:
    coverage = Coverage.of(frame, levels=levels)
    shapes: dict[int, Any] = {int(row): coverage.geoms[row] for row in coverage.faces}
    done = [defect for defect in run(coverage, rules=[spikes.RULE]) if _blunt(coverage, shapes, defect)]
    return (_with_shapes(frame, coverage, shapes), done) if done else (frame, [])


def _settled(frame: Any, levels: Sequence[Level], width_m: float) -> tuple[Any, list[Defect]]:
    coverage = Coverage.of(frame, levels=levels)
    awards, cured, rows = _awards(coverage, run(coverage, rules=_SETTLED), width_m)
    made = retiled(coverage, awards, rows) if cured else None
    return (frame, []) if made is None else (_with_shapes(frame, coverage, made), cured)


def _with_shapes(frame: Any, coverage: Coverage, shapes: dict[int, Any]) -> Any:
    geoms = coverage.geoms.copy()
    for row, shape in shapes.items():
        geoms[row] = shape
    return frame.set_geometry(geoms, crs=frame.crs)


def moved(before: Any, after: Any) -> list[Moved]:
    """What became of the areas whose shape is no longer the same. Frames as `Coverage.of`, rows alike; rows behind are new areas."""
    old = np.concatenate((np.asarray(before.geometry, dtype=object), np.full(len(after) - len(before), None, dtype=object)))
    new = np.asarray(after.geometry, dtype=object)
    same = shapely.equals_exact(shapely.normalize(new), shapely.normalize(old), 0.0)
    same |= shapely.is_missing(new) & shapely.is_missing(old)
    found: list[Moved] = []
    for row in np.flatnonzero(~same).tolist():
        areas = [0.0 if shape is None else float(shape.area) for shape in (old[row], new[row])]
        if old[row] is not None and new[row] is not None and shapely.is_valid([old[row], new[row]]).all():
            change = float(shapely.symmetric_difference(old[row], new[row]).area)
        else:  # of rings that cross, no land can be told before they are repaired
            change = abs(areas[1] - areas[0])
        found.append(Moved(str(after["code"].iloc[row]), round(areas[0], 3), round(areas[1], 3), round(change, 3)))
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
    geoms = coverage.geoms[coverage.faces]
    for void in coverage.voids:
        if void.width_m < width_m and len(void.neighbours):
            awards += [Award(part, int(coverage.faces[at])) for part, at in portions(void, geoms)]
    for defect in found:
        involved = {by_label[name] for name in defect.areas if name in by_label}
        lassos = polygons_in(to_metric(defect.place, coverage.metric_crs))
        narrow = all(mean_width_m(piece) < width_m for piece in lassos)
        winner: int | None = None
        if defect.rule == "overlap":
            winner = keepers.get(frozenset(involved))
        elif defect.rule in ("gap", "hole", "sliver"):
            winner = min(involved, default=None)
        elif defect.rule == "multipart":
            winner = by_label.get((defect.repair or {})["params"].get("target"))
            narrow = narrow or float(shapely.area(lassos).sum()) < MIN_AREA_M2
        if defect.rule != "unmatched_vertex":
            if winner is None or not narrow:
                continue
            if defect.rule in ("overlap", "multipart"):
                awards += [Award(piece, winner) for piece in lassos]
            involved.add(winner)
        cured.append(defect)
        rows |= involved
    return awards, cured, rows


def _pair(coverage: Coverage, left: int, right: int) -> frozenset[int]:
    return frozenset((int(coverage.faces[left]), int(coverage.faces[right])))
