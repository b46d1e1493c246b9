"""Where things happen: at addresses, in streets, villages and on the land between, and what a phone makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.datum import from_wgs84, to_wgs84
from boundaries.geometry import to_lonlat
from boundaries.router.candidates import SIGMAS_PER_ACCURACY
from boundaries.router.distance import metres_per_degree
from geo_service.demo.chance import pick
from geo_service.demo.registry import Registry
from geo_service.demo.topics import topics
from geo_service.published import Published

TOWN, VILLAGE, REST, OUTSIDE = range(4)
VILLAGE_SHARE, REST_SHARE = 0.10, 0.05
"""Of the reports that can come from outside the towns."""
OUTSIDE_SHARE, RECENT_SHARE = 0.0012, 0.04
"""Of all reports; of the latest ones four times as many, so that some wait in the queue `unassigned`."""
HOT_SHARE, HOT_FACTOR = 0.05, (5.0, 10.0)
"""How many compounds report far more than their size says, and how much more."""
OFFSET_M = {"home": 5.0, "street": 20.0}
RURAL_OFFSET_M = 35.0

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """kind: TOWN | VILLAGE | REST | OUTSIDE. address: row of the registry, -1 without one. lons, lats: where it really is (WGS-84)."""

    kind: Rows
    address: Rows
    lons: Floats
    lats: Floats


@dataclass(frozen=True, slots=True)
class Fixes:
    """What was sent: raw position in `datum` with 6 decimals, the accuracy it claims, and the same in WGS-84 (not rounded)."""

    raw_lons: Floats
    raw_lats: Floats
    datums: NDArray[np.object_]
    accuracy_m: Floats
    lons: Floats
    lats: Floats


def draw_places(rng: np.random.Generator, registry: Registry, published: Published, chosen: Rows) -> Places:
    """A place for each case, by its topic."""
    count = len(chosen)
    rural = np.array([topic.rural for topic in topics()])[chosen]
    draw = rng.random(count)
    rests = [leaf for leaf in published.leaves if leaf.level == "rest"]
    kind = np.full(count, TOWN, dtype=np.int64)
    kind[rural & (draw < VILLAGE_SHARE)] = VILLAGE
    kind[rural & (draw >= VILLAGE_SHARE) & (draw < VILLAGE_SHARE + REST_SHARE)] = REST
    town, villages = np.flatnonzero(registry.in_town), np.flatnonzero(~registry.in_town)
    kind[(kind == VILLAGE) & (len(villages) == 0) | (kind == REST) & (len(rests) == 0)] = TOWN
    recent = int(count * (1 - RECENT_SHARE))
    far = np.flatnonzero(rng.random(count) < np.where(np.arange(count) < recent, OUTSIDE_SHARE, 4 * OUTSIDE_SHARE))
    far = np.union1d(far, [count - 1])
    kind[far] = OUTSIDE  # the latest report among them: there is always one that waits to be assigned
    lons, lats, address = np.zeros(count), np.zeros(count), np.full(count, -1, dtype=np.int64)
    for of_kind, rows, weights in (
        (TOWN, town, (registry.households * _heat(rng, registry))[town]),
        (VILLAGE, villages, registry.households[villages]),
    ):
        here = np.flatnonzero(kind == of_kind)
        if len(here):
            address[here] = rows[pick(rng, weights, len(here))]
    placed = address >= 0
    lons[placed], lats[placed] = registry.lons[address[placed]], registry.lats[address[placed]]
    here = np.flatnonzero(kind == REST)
    if len(here):
        inner = shapely.point_on_surface(np.array([leaf.geometry for leaf in rests], dtype=object))
        spots = shapely.get_coordinates(to_lonlat(inner, published.city.metric_crs))
        lons[here], lats[here] = spots[rng.integers(0, len(rests), len(here))].T
    lons[far], lats[far] = _outside(rng, published, len(far))
    sigma_m = np.where(kind == TOWN, np.array([OFFSET_M[topic.where] for topic in topics()])[chosen], RURAL_OFFSET_M)
    lons, lats = _moved(rng, sigma_m, lons=lons, lats=lats)
    return Places(kind, address, lons, lats)


def draw_fixes(rng: np.random.Generator, places: Places, shifted: NDArray[np.bool_]) -> Fixes:
    """What devices send from these places: 4 to 15 m of normal error, and GCJ-02 where `shifted`."""
    sigma_m = np.clip(rng.lognormal(np.log(7.0), 0.4, len(shifted)), 4.0, 15.0)
    accuracy_m = np.round(sigma_m / SIGMAS_PER_ACCURACY, 1)
    lons, lats = _moved(rng, accuracy_m * SIGMAS_PER_ACCURACY, lons=places.lons, lats=places.lats)
    datums = np.where(shifted, "gcj02", "wgs84").astype(object)
    raw_lons, raw_lats, wgs_lons, wgs_lats = (np.zeros(len(shifted)) for _ in range(4))
    for datum in ("gcj02", "wgs84"):
        rows = datums == datum
        x, y = from_wgs84(lons=lons[rows], lats=lats[rows], datum=datum)
        raw_lons[rows], raw_lats[rows] = np.round(x, 6), np.round(y, 6)
        wgs_lons[rows], wgs_lats[rows] = to_wgs84(lons=raw_lons[rows], lats=raw_lats[rows], datum=datum)
    return Fixes(raw_lons, raw_lats, datums, accuracy_m, wgs_lons, wgs_lats)


def _moved(rng: np.random.Generator, sigma_m: Floats, *, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    east, north = rng.normal(size=(2, len(lons))) * sigma_m
    metres_lon, metres_lat = metres_per_degree(float(np.mean(lats)))
    return lons + east / metres_lon, lats + north / metres_lat


def _heat(rng: np.random.Generator, registry: Registry) -> Floats:
    """A factor for each address row: that of its compound; a few compounds are hot spots."""
    names, index = np.unique(registry.compounds, return_inverse=True)
    factor = rng.lognormal(0.0, 0.5, len(names))
    hot = rng.choice(len(names), size=min(len(names), max(1, round(len(names) * HOT_SHARE))), replace=False)
    factor[hot] *= rng.uniform(*HOT_FACTOR, len(hot))
    return np.asarray(factor[index], dtype=np.float64)


def _outside(rng: np.random.Generator, published: Published, count: int) -> tuple[Floats, Floats]:
    """Points on a ring round the city's bounding box, so surely outside."""
    shapes = np.array([leaf.geometry for leaf in published.leaves], dtype=object)
    min_x, min_y, max_x, max_y = shapely.total_bounds(shapes)
    radius = np.hypot(max_x - min_x, max_y - min_y) / 2 * rng.uniform(1.05, 1.4, count) + 500.0
    angle = rng.uniform(0, 2 * np.pi, count)
    points = shapely.points((min_x + max_x) / 2 + radius * np.cos(angle), (min_y + max_y) / 2 + radius * np.sin(angle))
    lons, lats = shapely.get_coordinates(to_lonlat(points, published.city.metric_crs)).T
    return lons, lats
