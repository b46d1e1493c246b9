"""One generation ready to answer: its router, its members, and what an answer says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from boundaries.datum import point_to_wgs84
from boundaries.model import AreaVersion, Level, Verdict
from boundaries.router import Index
from boundaries.store.leaves import LeafPolygons, ancestors, leaf_polygons, sharers

__all__ = ["Located", "Location", "Lookup", "build_lookup"]


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
    """A generation in memory. Positions of `index` are positions of `leaves`."""

    index: Index
    members: list[AreaVersion]
    leaves: LeafPolygons
    by_id: dict[int, AreaVersion] = field(repr=False)
    shared: dict[int, list[AreaVersion]] = field(repr=False)


def build_lookup(members: list[AreaVersion], metric_crs: str, *, levels: tuple[Level, ...], generation: int) -> Lookup:
    """The lookup of a generation's members. Raises GeometryError or CodeError where they cannot be routed."""
    leaves = leaf_polygons(members, metric_crs, levels=levels)
    index = Index.build(leaves.polygons, leaves.codes, generation=generation)
    return Lookup(index, members, leaves, {area.area_id: area for area in members}, sharers(members))


def locate(lookup: Lookup, *, lon: float, lat: float, datum: str | None, accuracy_m: float | None = None) -> Location:
    """Where the point is. Raises DatumError for a missing or unknown datum, CoordinateError for what is no position."""
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    position = lookup.index.locate(lon=x, lat=y)
    if position < 0:
        return _uncovered(lookup, x, y)
    area = lookup.leaves.areas[position]
    sharing = tuple(lookup.shared.get(area.area_id, ()))
    return Location(
        generation=lookup.index.generation,
        lon=x,
        lat=y,
        verdict="ask" if sharing else "certain",
        on_border=lookup.index.touches_border(lon=x, lat=y),
        area=area,
        areas={above.level: above.code for above in (area, *ancestors(area, lookup.by_id))},
        sharers=sharing,
        candidates=tuple(Located(one, None, 0.0) for one in (area, *sharing)),
    )


def _uncovered(lookup: Lookup, lon: float, lat: float) -> Location:
    inside = lookup.index.inside_outline(lon=lon, lat=lat)
    nearest = None
    if np.isfinite((lon, lat)).all() and len(lookup.index):
        position, metres = lookup.index.nearest(lon=lon, lat=lat)
        nearest = Located(lookup.leaves.areas[position], None, metres)
    return Location(
        generation=lookup.index.generation,
        lon=lon,
        lat=lat,
        verdict="gap" if inside else "outside",
        on_border=False,
        area=None,
        areas={},
        nearest=nearest,
    )
