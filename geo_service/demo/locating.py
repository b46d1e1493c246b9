"""Routing thousands of reports at once, with the very rules a single one meets (`locate`, `decide`).

Only the sum over the error's distribution is coarser where its result is clear: 48 or 256 points a report instead of 1,024.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry import to_metric
from boundaries.model import Candidate, Verdict
from boundaries.router.candidates import SIGMAS_PER_ACCURACY, candidates, normal_nodes
from boundaries.router.distance import metres_per_degree
from boundaries.store.lookup import Location, shared_out
from geo_service.demo.places import Fixes
from geo_service.published import Published

FEW, MANY, ALL = 48, 256, 1024
"""Points a report: few tell that only one leaf is meant, many tell the shares of several, all are those of `candidates`."""
CHUNK = 4_000
MARGIN = 0.03
"""How near to the limit a share of that many points is not trusted."""


def locate_all(published: Published, fixes: Fixes, *, certain_from: float) -> list[Location]:
    """For each fix what `locate` finds, but for `nearest` and small differences in the probabilities."""
    index, households = published.index, published.lookup.households
    positions = index.locate_many(lons=fixes.lons, lats=fixes.lats).tolist()
    ranked = _ranked(published, fixes, certain_from)
    metres = _metres(published, fixes, ranked)
    found = []
    for i, here in enumerate(positions):
        lon, lat = float(fixes.lons[i]), float(fixes.lats[i])
        top = ranked[i][0][1] if ranked[i] else 0.0
        rivals = [(position, share, metres[i, position]) for position, share in ranked[i]]
        verdict: Verdict = "certain" if top >= certain_from else "ask"
        if here < 0:
            accuracy_m = float(fixes.accuracy_m[i])
            verdict, exact = candidates(index, lon=lon, lat=lat, accuracy_m=accuracy_m, households=households, certain_from=certain_from)
            rivals = [(one.position, one.probability or 0.0, one.distance_m) for one in exact]
        found.append(_found(published, here, verdict, rivals, lon=lon, lat=lat))
    return found


def _found(
    published: Published, here: int, verdict: Verdict, rivals: list[tuple[int, float, float]], *, lon: float, lat: float
) -> Location:
    if verdict == "certain" and here in published.lookup.sharers:
        verdict = "ask"
    area = published.leaves[here] if here >= 0 else None
    return Location(
        generation=published.number,
        lon=round(lon, 9),
        lat=round(lat, 9),
        verdict=verdict,
        on_border=False,  # a shared edge has no width: none of these points lies on one
        area=area,
        areas={above.level: above.code for above in published.chain(area)} if area else {},
        candidates=tuple(located for rival in rivals for located in shared_out(published.lookup, Candidate(*rival))),
    )


def _metres(published: Published, fixes: Fixes, ranked: list[list[tuple[int, float]]]) -> dict[tuple[int, int], float]:
    """(fix, position) -> metres from the fix to that leaf, 0 inside it."""
    pairs = [(i, position) for i, rivals in enumerate(ranked) for position, _ in rivals]
    if not pairs:
        return {}
    row, position = np.array(pairs).T
    points = to_metric(shapely.points(fixes.lons, fixes.lats), published.city.metric_crs)
    shapes = np.array([leaf.geometry for leaf in published.leaves], dtype=object)
    return dict(zip(pairs, shapely.distance(points[row], shapes[position]).tolist(), strict=True))


def _ranked(published: Published, fixes: Fixes, certain_from: float) -> list[list[tuple[int, float]]]:
    """For each fix (position, probability) of the leaves within its error, most probable first, then by position."""
    weight, count = published.lookup.households.astype(np.float64) + 1.0, len(fixes.lons)
    ranked: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    unclear = np.arange(count)
    for nodes in (FEW, MANY, ALL):
        for start in range(0, len(unclear), CHUNK):
            rows = unclear[start : start + CHUNK]
            for row, hits in zip(rows.tolist(), _hits(published, fixes, rows, nodes), strict=True):
                ranked[row] = _shares(hits, weight)
        near = 1.0 if nodes == FEW else MARGIN
        unclear = np.array([row for row in unclear.tolist() if _unclear(ranked[row], certain_from, near)], dtype=np.int64)
    return ranked


def _unclear(ranked: list[tuple[int, float]], certain_from: float, near: float) -> bool:
    return len(ranked) > 1 and abs(ranked[0][1] - certain_from) < near


def _hits(published: Published, fixes: Fixes, rows: NDArray[np.int64], nodes: int) -> NDArray[np.int32]:
    """(len(rows), nodes): the leaf at each of the points that stand for a fix's error."""
    east, north = normal_nodes(nodes)
    lons, lats, sigma_m = fixes.lons[rows], fixes.lats[rows], fixes.accuracy_m[rows] * SIGMAS_PER_ACCURACY
    mx, my = metres_per_degree(float(np.median(lats)))
    x = lons[:, None] + east * (sigma_m / mx)[:, None]
    y = lats[:, None] + north * (sigma_m / my)[:, None]
    return published.index.locate_many(lons=x.ravel(), lats=y.ravel()).reshape(x.shape)


def _shares(hits: NDArray[np.int32], weight: NDArray[np.float64]) -> list[tuple[int, float]]:
    first = int(hits[0])
    if first >= 0 and bool((hits == first).all()):
        return [(first, 1.0)]
    positions, counts = np.unique(hits[hits >= 0], return_counts=True)
    if not positions.size:
        return []
    weights = counts * weight[positions]
    shares = weights / weights.sum()
    order = np.lexsort((positions, -shares))
    return [(int(positions[k]), float(shares[k])) for k in order]
