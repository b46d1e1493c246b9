"""Invalid rings and unusable codes put right, row by row, before anything is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from boundaries.checks import code_texts, rings
from boundaries.checks.coverage import Coverage
from boundaries.checks.new_codes import free_code
from boundaries.checks.proposals import proposal
from boundaries.checks.registry import run
from boundaries.files.repair import repair_polygons
from boundaries.geometry import snap
from boundaries.model import Defect, Level

__all__ = ["recode", "remake_rings"]


def remake_rings(frame: Any, *, levels: Sequence[Level]) -> tuple[Any, list[Defect]]:
    """(the frame with its invalid rings repaired, the defects cured). frame: as `Coverage.of`.

    The work is done in a child process with limits of time and memory; a shape it refuses stays as it is and is told again by `run`.
    Rounding to the grid can break a ring once more, so a second attempt is made on the rounded one. m2 of the repair is what the area
    changed by.
    """
    coverage = Coverage.of(frame, levels=levels)
    rows = np.flatnonzero(~coverage.valid & ~shapely.is_missing(coverage.geoms) & ~shapely.is_empty(coverage.geoms))
    if not len(rows):
        return frame, []
    told = {defect.areas[0]: defect for defect in run(coverage, rules=[rings.RULE])}
    geoms = coverage.geoms.copy()
    done: list[Defect] = []
    for row, made in zip(rows.tolist(), _twice(geoms[rows]), strict=True):
        if made is None:
            continue
        label, m2 = coverage.label(row), abs(float(made.area) - float(geoms[row].area))
        geoms[row] = made
        done.append(replace(told[label], repair=proposal("make_valid", changes=[label], m2=m2, area=label)))
    return frame.set_geometry(geoms, crs=frame.crs), done


def _twice(geoms: Any) -> list[Any]:
    made = np.array([None if outcome.polygon is None else snap(outcome.polygon) for outcome in repair_polygons(geoms)], dtype=object)
    again = np.flatnonzero(~shapely.is_missing(made) & ~shapely.is_valid(made))
    if len(again):
        made[again] = [None if outcome.polygon is None else snap(outcome.polygon) for outcome in repair_polygons(made[again])]
    made[~shapely.is_valid(made)] = None
    listed: list[Any] = made.tolist()
    return listed


def recode(frame: Any, *, levels: Sequence[Level]) -> tuple[Any, list[Defect]]:
    """(the frame with a usable code for every area, the defects cured). frame: as `Coverage.of`.

    Missing and malformed codes are replaced, of doubled ones all but the first; see `free_code` for what they get. Where no free code
    of the level's pattern is found the area stays as it is.
    """
    coverage = Coverage.of(frame, levels=levels)
    codes = coverage.codes.copy()
    taken = set(codes.tolist())
    done: list[Defect] = []
    for defect in run(coverage, rules=[code_texts.MISSING, code_texts.MALFORMED, code_texts.DUPLICATE]):
        for row in _rows(coverage, defect):
            pattern = coverage.patterns.get(coverage.levels[row], "")
            new = free_code(coverage.codes[row], taken=taken, pattern=pattern, parent=coverage.parent_codes[row], row=row)
            if new is None or codes[row] != coverage.codes[row]:
                continue
            codes[row] = new
            taken.add(new)
            label = coverage.label(row)
            done.append(replace(defect, repair=proposal("recode", changes=[new], area=label, new_code=new)))
    return frame.assign(code=codes), done


def _rows(coverage: Coverage, defect: Defect) -> list[int]:
    if defect.rule == code_texts.DUPLICATE.name:
        doubled = (rows for (_, code), rows in coverage.doubled.items() if code == defect.areas[0] and len(rows) == len(defect.areas))
        return [row for rows in doubled for row in rows[1:]]
    return [row for row in range(len(coverage)) if coverage.label(row) == defect.areas[0]]
