"""The leaves an inaccurate point may mean, with probabilities."""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from boundaries.errors import CodeError, CoordinateError
from boundaries.model import Candidate, Verdict
from boundaries.router.distance import metres_per_degree
from boundaries.router.index import Index
from boundaries.router.layer import Float64
from boundaries.router.points import coordinate, finite_coordinate

SIGMAS_PER_ACCURACY = 1 / sqrt(-2 * log(1 - 0.68))
"""`accuracy_m` is the radius that holds the true point with 68 %; of a 2-D normal that is sigma * sqrt(-2 ln 0.32) = 1.5096 sigma."""

MOST_ACCURACY_M = 50_000.0


def candidates(
    index: Index,
    *,
    lon: float,
    lat: float,
    accuracy_m: float | None,
    households: npt.NDArray[Any],
    certain_from: float = 0.8,
    nodes: int = 1024,
) -> tuple[Verdict, tuple[Candidate, ...]]:
    """The verdict and the leaves that may hold the true point, most probable first, then by code.

    The error is a 2-D normal round the point. A leaf's weight is its share of that distribution times (its households + 1);
    probabilities are the weights over their sum, so they add up to 1 over the candidates and say nothing of the part outside all leaves.
    The share is the part of `nodes` equally weighted points (the point itself and a spiral that fills the distribution evenly, always the
    same) that `locate_many` puts into the leaf: right to about 1 / sqrt(nodes), and leaves with less than about 1 / nodes may be missing.

    accuracy_m: radius in metres that holds the true point with 68 %, above 0 and at most 50,000; None: the leaf alone, probability None.
    households: one number of at least 0 for each of `index.codes`.
    Verdict: `outside` or `gap` where no leaf covers the point itself (candidates within the accuracy are listed all the same), else
    `certain` where the first candidate has `certain_from` or more, or the accuracy is None, else `ask`.
    Raises CoordinateError (numbers that are none, not finite, accuracy out of range), CodeError (households do not fit the codes).
    """
    x, y = finite_coordinate(lon, "lon"), finite_coordinate(lat, "lat")
    here = index.locate(lon=x, lat=y)
    homes = _households(households, len(index.codes))
    found: tuple[Candidate, ...]
    if accuracy_m is None:
        found = (Candidate(here, None, 0.0),) if here >= 0 else ()
    else:
        found = _weighted(index, x, y, accuracy_of(accuracy_m), homes, nodes)
    if here < 0:
        return ("gap" if index.inside_outline(lon=x, lat=y) else "outside"), found
    first = found[0].probability
    return ("certain" if first is None or first >= certain_from else "ask"), found


def _weighted(index: Index, lon: float, lat: float, accuracy_m: float, homes: Float64, nodes: int) -> tuple[Candidate, ...]:
    east, north = normal_nodes(nodes)
    sigma_m = accuracy_m * SIGMAS_PER_ACCURACY
    mx, my = metres_per_degree(lat)
    hits = index.locate_many(lons=lon + east * (sigma_m / mx), lats=lat + north * (sigma_m / my))
    positions, counts = np.unique(hits[hits >= 0], return_counts=True)
    weights = counts * (homes[positions] + 1.0)
    shares = weights / weights.sum()
    order = np.lexsort((positions, -shares))
    ranked = positions[order].tolist()
    metres = index.distances_m(ranked, lon=lon, lat=lat)
    return tuple(Candidate(*each) for each in zip(ranked, shares[order].tolist(), metres, strict=True))


def normal_nodes(count: int) -> tuple[Float64, Float64]:
    """`count` points (x, y) that stand for a 2-D normal with sigma 1: the middle, then a spiral of equal shares by the golden angle."""
    k = np.arange(count)
    radius = np.sqrt(-2.0 * np.log1p(-np.where(k == 0, 0.0, (k + 0.5) / count)))
    turn = k * (pi * (3.0 - sqrt(5.0)))
    return radius * np.cos(turn), radius * np.sin(turn)


def accuracy_of(accuracy_m: Any) -> float:
    """The accuracy as a float. Raises CoordinateError `accuracy_out_of_range`."""
    value = coordinate(accuracy_m, "accuracy_m")
    if 0.0 < value <= MOST_ACCURACY_M:
        return value
    raise CoordinateError(
        "accuracy_out_of_range",
        en="accuracy_m must be above 0 and at most {most} metres, not {value}.",
        zh="accuracy_m 必须大于 0 且不超过 {most} 米，而不是 {value}。",
        most=int(MOST_ACCURACY_M),
        value=value,
    )


def _households(households: Any, count: int) -> Float64:
    numbers = np.asarray(households)
    if numbers.shape == (count,) and numbers.dtype.kind in "iuf" and bool((numbers >= 0).all()) and bool(np.isfinite(numbers).all()):
        return numbers.astype(np.float64)
    raise CodeError(
        "households_mismatch",
        en="households must be one number of at least 0 for each of the {count} leaves.",
        zh="households 必须为 {count} 个叶区各给出一个不小于 0 的数。",
        count=count,
    )
