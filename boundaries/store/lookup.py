"""One generation ready to answer: its router, its members, and what an answer says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boundaries.datum import point_to_wgs84
from boundaries.model import AreaVersion, Candidate, Level, Verdict
from boundaries.router.candidates import candidates
from boundaries.router.index import Index
from boundaries.store.leaves import LeafPolygons, ancestors, leaf_polygons, sharers

__all__ = ["Located", "Location", "Lookup", "build_lookup", "locate"]


@dataclass(frozen=True, slots=True)
class Located:
    """A leaf that may hold the point. probability: 0..1 over all, None where the accuracy is not known. distance_m: 0 inside."""

    area: AreaVersion
    probability: float | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class Location:
    """Where a point is, in one generation.

    area: the leaf that covers it (on a border: the one with the smallest code), None outside. areas: {level: code} of the leaf and
    everything above it. sharers: leaves that share the leaf's face; only an address tells them apart. candidates: likely leaves, the
    likeliest first. nearest: the nearest leaf for a point that no leaf covers.
    """

    generation: int
    lon: float
    lat: float
    verdict: Verdict
    on_border: bool
    area: AreaVersion | None
    areas: dict[str, str]
    sharers: tuple[AreaVersion, ...] = ()
    candidates: tuple[Located, ...] = ()
    nearest: Located | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A generation in memory. Positions of `index` are positions of `leaves`.

    by_id: every member. shared: {area_id of a face's owner: the other leaves of that face}. households: of each face, sharers included.
    """

    index: Index
    members: list[AreaVersion]
    leaves: LeafPolygons
    by_id: dict[int, AreaVersion] = field(repr=False)
    shared: dict[int, list[AreaVersion]] = field(repr=False)
    households: NDArray[np.int64] = field(repr=False)


def build_lookup(members: list[AreaVersion], metric_crs: str, *, levels: Sequence[Level], generation: int) -> Lookup:
    """The lookup of a generation's members. Raises GeometryError or CodeError where they cannot be routed."""
    leaves = leaf_polygons(members, metric_crs, levels=levels)
    shared = sharers(members)
    households = [sum(one.households for one in (area, *shared.get(area.area_id, ()))) for area in leaves.areas]
    return Lookup(
        index=Index.build(leaves.polygons, leaves.codes, generation=generation),
        members=members,
        leaves=leaves,
        by_id={area.area_id: area for area in members},
        shared=shared,
        households=np.array(households, dtype=np.int64),
    )


def locate(lookup: Lookup, *, lon: float, lat: float, datum: str | None, accuracy_m: float | None = None) -> Location:
    """Where the point is. A leaf whose face others share is never certain: only an address can tell them apart.

    Raises DatumError for a missing or unknown datum, CoordinateError for what is no position or no accuracy.
    """
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    verdict, found = candidates(lookup.index, lon=x, lat=y, accuracy_m=accuracy_m, households=lookup.households)
    position = lookup.index.locate(lon=x, lat=y)
    area = lookup.leaves.areas[position] if position >= 0 else None
    sharing = tuple(lookup.shared.get(area.area_id, ())) if area is not None else ()
    return Location(
        generation=lookup.index.generation,
        lon=x,
        lat=y,
        verdict="ask" if sharing and verdict == "certain" else verdict,
        on_border=lookup.index.touches_border(lon=x, lat=y),
        area=area,
        areas={} if area is None else {above.level: above.code for above in (area, *ancestors(area, lookup.by_id))},
        sharers=sharing,
        candidates=tuple(located for candidate in found for located in _sharing(lookup, candidate)),
        nearest=_nearest(lookup, x, y) if area is None else None,
    )


def _sharing(lookup: Lookup, candidate: Candidate) -> list[Located]:
    """A candidate face as the leaves that share it, its probability divided by their households + 1."""
    owner = lookup.leaves.areas[candidate.position]
    areas = [owner, *lookup.shared.get(owner.area_id, ())]
    if candidate.probability is None:
        return [Located(area, None, candidate.distance_m) for area in areas]
    total = sum(area.households + 1 for area in areas)
    return [Located(area, candidate.probability * (area.households + 1) / total, candidate.distance_m) for area in areas]


def _nearest(lookup: Lookup, lon: float, lat: float) -> Located | None:
    if not len(lookup.index):
        return None
    position, metres = lookup.index.nearest(lon=lon, lat=lat)
    return Located(lookup.leaves.areas[position], None, metres)
