"""Many points at once: columns in, columns out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boundaries.datum import to_wgs84
from boundaries.router.shares import own_shares
from geo_service.errors import RequestError
from geo_service.published import Published


@dataclass(frozen=True, slots=True)
class Batch:
    """One entry a point. positions: into the generation's leaves, -1 in none. probabilities: of that leaf, NaN when not known."""

    positions: npt.NDArray[np.int32]
    verdicts: npt.NDArray[np.object_]
    probabilities: npt.NDArray[np.float64]


def locate_batch(
    published: Published,
    *,
    lons: npt.NDArray[np.float64],
    lats: npt.NDArray[np.float64],
    datum: str | None,
    accuracy_m: float | None,
    certain_from: float,
) -> Batch:
    """The leaf of every point and how sure it is. RequestError for unequal columns or a number that is no position (row named)."""
    _check(lons, lats)
    x, y = to_wgs84(lons=lons, lats=lats, datum=datum)
    index = published.index
    positions = index.locate_many(lons=x, lats=y)
    verdicts = np.full(len(x), "certain", dtype=object)
    probabilities = np.full(len(x), np.nan)
    inside = positions >= 0
    for row in np.flatnonzero(~inside):
        verdicts[row] = "gap" if index.inside_outline(lon=float(x[row]), lat=float(y[row])) else "outside"
    if published.lookup.sharers:
        verdicts[inside & np.isin(positions, list(published.lookup.sharers))] = "ask"
    if accuracy_m is not None and inside.any():
        probabilities = own_shares(index, lons=x, lats=y, accuracy_m=accuracy_m, households=published.lookup.households)
        for position in published.lookup.sharers:  # the owner's part of a shared face
            here = positions == position
            probabilities[here] *= (published.leaves[position].households + 1) / (published.lookup.households[position] + 1)
        verdicts[probabilities < certain_from] = "ask"
    return Batch(positions, verdicts, probabilities)


def _check(lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]) -> None:
    if len(lons) != len(lats):
        raise RequestError(
            "unequal_columns",
            en="lons has {n} values, lats {m}",
            zh="lons 有 {n} 个值，lats 有 {m} 个值",
            n=len(lons),
            m=len(lats),
            field="lats",
        )
    bad = np.flatnonzero(~((np.abs(lons) <= 180) & (np.abs(lats) <= 90)))
    if len(bad):
        raise RequestError(
            "out_of_range",
            en="row {row} is no position: lon runs from -180 to 180, lat from -90 to 90 (are they swapped?)",
            zh="第 {row} 行不是有效位置：经度范围 -180 到 180，纬度范围 -90 到 90（是否写反了？）",
            row=int(bad[0]),
        )
