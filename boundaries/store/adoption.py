"""Supplied layers made into one ladder: who hangs on whom, and who keeps a shape of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from boundaries.checks.coverage import LEAF_KINDS
from boundaries.model import Level
from boundaries.store.kinship import match_parents
from boundaries.store.parentage import cover

__all__ = ["Adopted", "adopt"]

_MOST: Final = 0.5


class Adopted(NamedTuple):
    """areas: the frame of a generation: shapes of leaves only, every parent an area of the frame. supplied: the same rows as they
    came, with all supplied shapes, the parents they name and a column `leaf`: what the checks compare."""

    areas: GeoDataFrame
    supplied: GeoDataFrame


def adopt(rows: GeoDataFrame, *, levels: Sequence[Level]) -> Adopted:
    """The rows with a parent each, and shapes left to leaves.

    rows: level, code, kind, parent_code ('' where none is named) and the supplied shape of every area, in metres. A named parent is
    followed. Where none is named, or the named one is not there or not coarser, the parent is the finest coarser area that holds
    most of the area; the checks tell of names that cannot be. Leaves are the areas of a leaf level, and those of a kind that owns
    its shape on any level (village, rest) when nothing hangs on them. What stands beside the ladder keeps its shape and gets no
    parent unless it names one.
    """
    by_name = {level.name: level for level in levels}
    of_row = [by_name[name] for name in rows["level"]]
    ranks = [level.rank for level in of_row]
    codes: list[str] = rows["code"].tolist()
    named: list[str] = rows["parent_code"].tolist()
    shapes = np.asarray(rows.geometry, dtype=object)
    on_ladder = np.array([rank is not None for rank in ranks], dtype=bool)

    parents, troubles = match_parents(codes, ranks, named)
    orphans = np.flatnonzero((parents < 0) & on_ladder & ~shapely.is_missing(shapes))
    parents[orphans] = _covering(orphans, shapes, ranks)
    childless = np.ones(len(rows), dtype=bool)
    childless[parents[on_ladder & (parents >= 0)]] = False
    owes = np.array([level.leaf for level in of_row], dtype=bool) | rows["kind"].isin(LEAF_KINDS).to_numpy()
    leaf = owes & childless & on_ladder

    found = [codes[parent] if parent >= 0 else None for parent in parents.tolist()]
    own = shapes.copy()
    own[~leaf & on_ladder] = None
    areas = rows.assign(parent_code=pandas.Series(found, dtype=object), shares_face_of=None).set_geometry(own, crs=rows.crs)
    told = [named[row] if row in troubles else parent or "" for row, parent in enumerate(found)]
    return Adopted(areas, rows.assign(parent_code=told, leaf=leaf | ~on_ladder))


def _covering(rows: NDArray[np.int64], shapes: NDArray[np.object_], ranks: list[int | None]) -> NDArray[np.int64]:
    """For each of these rows the row of the finest coarser area that holds more than half of it, -1 for none."""
    rows_of_rank: dict[int, list[int]] = {}
    for row, rank in enumerate(ranks):
        if rank is not None:
            rows_of_rank.setdefault(rank, []).append(row)
    found = np.full(len(ranks), -1, dtype=np.int64)
    own_ranks = np.array([ranks[row] for row in rows.tolist()], dtype=np.int64)
    for rank in sorted(rows_of_rank, reverse=True):
        candidates = np.array(rows_of_rank[rank], dtype=np.int64)
        open_rows = rows[(own_ranks > rank) & (found[rows] < 0)]
        parents, shares = cover(shapes[open_rows], shapes[candidates])
        most = shares > _MOST
        found[open_rows[most]] = candidates[parents[most]]
    return found[rows]
