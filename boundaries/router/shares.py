"""How sure the answer is, for many points at once: the probability of the leaf that holds each."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from boundaries.router.candidates import MOST_ACCURACY_M, SIGMAS_PER_ACCURACY, accuracy_of, normal_nodes
from boundaries.router.distance import metres_per_degree
from boundaries.router.index import Index
from boundaries.router.layer import Float64

__all__ = ["MOST_ACCURACY_M", "own_shares"]

_CHUNK = 2_000


def own_shares(
    index: Index,
    *,
    lons: npt.NDArray[np.float64],
    lats: npt.NDArray[np.float64],
    accuracy_m: float,
    households: npt.NDArray[Any],
    nodes: int = 1024,
) -> Float64:
    """The probability that `candidates` gives the leaf that holds each point; NaN for points in no leaf.

    lons, lats: WGS-84 degrees, (n,) float64. accuracy_m, households, nodes: as in `candidates`, one accuracy for all points. Costs
    `nodes` look-ups a point, in chunks of bounded memory. Errors as `Index.locate_many` and `candidates`.
    """
    sigma_m = accuracy_of(accuracy_m) * SIGMAS_PER_ACCURACY
    weights = np.asarray(households, dtype=np.float64) + 1.0
    here = index.locate_many(lons=lons, lats=lats)
    shares = np.full(len(here), np.nan)
    east, north = normal_nodes(nodes)
    inside = np.flatnonzero(here >= 0)
    for start in range(0, len(inside), _CHUNK):
        rows = inside[start : start + _CHUNK]
        metres = np.array([metres_per_degree(float(lat)) for lat in lats[rows]])
        x = lons[rows, None] + east * (sigma_m / metres[:, 0:1])
        y = lats[rows, None] + north * (sigma_m / metres[:, 1:2])
        hits = index.locate_many(lons=x.ravel(), lats=y.ravel()).reshape(x.shape)
        weight = np.where(hits >= 0, weights[hits], 0.0)
        own = np.where(hits == here[rows, None], weight, 0.0)
        shares[rows] = own.sum(axis=1) / weight.sum(axis=1)
    return shares
