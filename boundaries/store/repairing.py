"""Rows of areas repaired as far as a repair is safe, and what that changed. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from geopandas import GeoDataFrame

from boundaries import checks
from boundaries.checks.measures import SLIVER_WIDTH_M
from boundaries.model import Defect, Level
from boundaries.store.adoption import adopt
from boundaries.store.reading import Rows

__all__ = ["Repaired", "add_rest_leaves", "repair_rows"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """rows: as read, with parents found, and rest leaves behind them. done: the defects cured, each with its `repair`. moved: what
    became of each area whose shape is another now."""

    rows: GeoDataFrame
    done: tuple[Defect, ...] = ()
    moved: tuple[checks.Moved, ...] = ()


def repair_rows(read: Rows, *, levels: Sequence[Level], width_m: float = SLIVER_WIDTH_M, rest: bool = True) -> Repaired:
    """Rings, codes, parents and borders put right, in this order; with `rest`, land that children do not fill becomes rest leaves.

    read: with invalid polygons kept. What a repair may do and what it leaves alone: `boundaries.checks.mending`.
    """
    rows = read.frame
    ringed, made = checks.remake_rings(rows, levels=levels)
    exact = {defect.areas: defect for defect in read.invalid.values()}
    done = [replace(exact.get(defect.areas, defect), repair=defect.repair) for defect in made]
    coded, more = checks.recode(ringed, levels=levels)
    done += more
    usable = coded[coded["code"].ne("") & shapely.is_valid(np.asarray(coded.geometry, dtype=object))].reset_index(drop=True)
    adopted = adopt(usable, levels=levels)
    parents = adopted.areas["parent_code"].fillna("")
    lost = checks.run(adopted.supplied, levels=levels, rules=[rule for rule in checks.RULES if rule.name in ("orphan", "parent_circle")])
    known = set(usable["code"][parents.ne("")])
    done += [defect for defect in lost if known.issuperset(defect.areas)]
    mended, more = checks.mend(adopted.supplied.assign(parent_code=parents), levels=levels, width_m=width_m)
    done += more
    if rest:
        mended, more = checks.add_rests(mended, levels=levels)
        done += more
    original = rows.set_index("source")
    before = usable.set_geometry(original.geometry.reindex(usable["source"]).to_numpy(), crs=rows.crs)
    return Repaired(mended.drop(columns="leaf"), tuple(done), tuple(checks.moved(before, mended)))


def add_rest_leaves(rows: GeoDataFrame, *, levels: Sequence[Level]) -> Repaired:
    """Only the rest leaves: nothing else is changed but vertices that neighbours of a rest receive."""
    adopted = adopt(rows, levels=levels)
    filled, done = checks.add_rests(adopted.supplied, levels=levels)
    return Repaired(filled.drop(columns="leaf"), tuple(done), tuple(checks.moved(rows, filled)))
