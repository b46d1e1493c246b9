"""Files of a real city -> a frame of areas with its findings and its proof, ready for a generation. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame

from boundaries import checks
from boundaries.checks.measures import SLIVER_WIDTH_M
from boundaries.codes import check_codes
from boundaries.model import Defect, Level
from boundaries.store.adoption import adopt
from boundaries.store.layers import LayerSpec, parse_level_option
from boundaries.store.proof import prove
from boundaries.store.reading import read_rows, require_levels
from boundaries.store.repairing import Repaired, add_rest_leaves, repair_rows

__all__ = ["Assembled", "LayerSpec", "check_layers", "parse_level_option", "read_layers"]

_SOURCE_LENGTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Assembled:
    """What an import found. areas: the frame `add_generation` takes, in `metric_crs`. defects: everything to be told; those of
    severity error bar publishing. proof: of these very areas. source: which files, by name. repaired: codes of repaired polygons.
    done: the defects that a repair cured, each with its `repair`. moved: the areas whose shape that changed, with square metres."""

    areas: GeoDataFrame
    defects: list[Defect]
    metric_crs: str
    source: str
    datum: str
    proof: dict[str, Any]
    repaired: tuple[str, ...] = field(default=())
    done: tuple[Defect, ...] = field(default=())
    moved: tuple[checks.Moved, ...] = field(default=())


def read_layers(
    specs: Sequence[LayerSpec],
    *,
    metric_crs: str,
    levels: Sequence[Level],
    datum: str | None = None,
    repair: bool = False,
    rest: bool = False,
    width_m: float = SLIVER_WIDTH_M,
    crs: str | None = None,
    encoding: str | None = None,
    allow_missing: bool = False,
) -> Assembled:
    """The areas of these layers, assembled: leaves keep their shapes, parents become the union of their leaves.

    metric_crs: 'EPSG:n', or 'auto' for one that fits the layers. datum: of layers in degrees; gcj02 and bd09 are converted, None
    trusts the file's reference system. repair: what `boundaries.store.repairing.repair_rows` may put right is, overlaps and gaps
    narrower than width_m among it; without it nothing is changed, and invalid polygons and unusable codes are refused. rest: land
    inside a supplied parent that its children do not fill becomes a rest leaf (a repair does so too); without it it stays a `gap`.
    crs, encoding: for files that do not say theirs. allow_missing: a level without a layer is accepted.

    A parent named by a column is followed; without one the coarser polygon that holds most of the area is the parent (`adopt`).
    Where names, supplied parent shapes and leaves disagree there is a defect (`boundaries.checks`), and the leaves are kept. Areas
    without a code are left out with an error defect. The columns, shapes and codes of a file are refused by FileError, CrsError,
    CodeError or GeometryError, each naming rows; a missing level by FileError `level_missing`.
    """
    read = read_rows(specs, metric_crs=metric_crs, levels=levels, datum=datum, keep_invalid=repair, crs=crs, encoding=encoding)
    if not allow_missing:
        require_levels(specs, levels)
    changed = Repaired(read.frame)
    if repair:
        changed = repair_rows(read, levels=levels, width_m=width_m)
    rows = changed.rows
    _refuse_codes(rows, levels)
    blank = rows["code"].eq("")
    uncoded = rows[blank].assign(leaf=False)
    rows = rows[~blank].reset_index(drop=True)
    if rest and not repair:
        changed = add_rest_leaves(rows, levels=levels)
        rows = changed.rows
    adopted = adopt(rows, levels=levels)
    found = checks.run(pandas.concat([adopted.supplied, uncoded], ignore_index=True), levels=levels)
    proven = prove(adopted.areas, metric_crs=read.metric_crs, levels=levels)
    return Assembled(
        areas=adopted.areas,
        defects=[*proven.defects, *_left_out(read.frame, changed, levels), *found],
        metric_crs=read.metric_crs,
        source="; ".join(dict.fromkeys(spec.title for spec in specs))[:_SOURCE_LENGTH],
        datum=read.datum,
        proof=proven.proof,
        repaired=tuple(defect.areas[0] for defect in changed.done if defect.rule == "invalid_ring"),
        done=changed.done,
        moved=changed.moved,
    )


def check_layers(
    specs: Sequence[LayerSpec],
    *,
    metric_crs: str,
    levels: Sequence[Level],
    datum: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> list[Defect]:
    """Every finding about these layers as they stand, errors first: invalid rings and unusable codes are findings too.

    Arguments as `read_layers`. Only what cannot be read as areas at all is refused, as there.
    """
    read = read_rows(specs, metric_crs=metric_crs, levels=levels, datum=datum, keep_invalid=True, crs=crs, encoding=encoding)
    rows = read.frame
    shapes = np.array(rows.geometry.array, dtype=object)
    shapes[list(read.invalid)] = None  # told already, at the exact place
    usable = shapes.copy()
    usable[~shapely.is_valid(shapes)] = None
    supplied = adopt(rows.set_geometry(usable, crs=rows.crs), levels=levels).supplied
    return [*read.invalid.values(), *checks.run(supplied.set_geometry(shapes, crs=rows.crs), levels=levels)]


def _left_out(read: GeoDataFrame, changed: Repaired, levels: Sequence[Level]) -> list[Defect]:
    """Findings about rows that no repair could save: they are not among the areas."""
    lost = read[~read["source"].isin(changed.rows["source"])]
    rules = [rule for rule in checks.RULES if rule.name in ("invalid_ring", "missing_code")]
    return checks.run(lost, levels=levels, rules=rules) if len(lost) else []


def _refuse_codes(rows: GeoDataFrame, levels: Sequence[Level]) -> None:
    """Malformed and doubled codes cannot be kept. A missing one leaves its area out and becomes a defect."""
    patterns = {level.name: level.code_pattern for level in levels}
    coded = rows[rows["code"].ne("")]
    for level, of_level in coded.groupby("level", sort=False):
        check_codes(of_level["code"].tolist(), pattern=patterns[str(level)], level=str(level))
