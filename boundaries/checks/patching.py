"""Awards of land carried out in the leaves around them, and kept only where no border fits worse than before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.retile import Award, retile

__all__ = ["retiled"]


def retiled(coverage: Coverage, awards: Sequence[Award], rows: set[int]) -> dict[int, Any] | None:
    """{row: new shape} of the leaves around some rows; None where every outcome would break a border that fitted.

    awards: winners are rows, those from len(coverage) on being new leaves. First only the leaves that touch the rows and the awarded
    land are cut anew, then those whose edges do not match as well, then all.
    """
    faces = set(coverage.faces.tolist())
    core = np.array([*coverage.geoms[sorted(rows & faces)], *(award.lasso for award in awards)], dtype=object)
    around = {int(row) for row in coverage.faces[np.unique(coverage.tree.query(core, predicate="dwithin", distance=0.01)[1])]}
    loose = set(coverage.faces[~coverage.matched].tolist())
    fresh = {award.winner for award in awards if award.winner >= len(coverage)}
    for patch in (around, around | loose, faces):
        made = retile({row: coverage.geoms[row] for row in sorted(patch)}, awards)
        if set(made) == patch | fresh and shapely.is_valid(list(made.values())).all() and _fits(coverage, made):
            return made
    return None


def _fits(coverage: Coverage, made: dict[int, Any]) -> bool:
    geoms = coverage.geoms.copy()
    for row, shape in made.items():
        if row < len(geoms):
            geoms[row] = shape
    extra = [shape for row, shape in made.items() if row >= len(geoms)]
    left = shapely.coverage_invalid_edges(np.array([*geoms[coverage.faces], *extra], dtype=object))
    loose = set(np.flatnonzero(~shapely.is_empty(left)).tolist())
    return loose <= set(np.flatnonzero(~shapely.is_empty(coverage.loose_edges)).tolist())
