"""One generation ready to answer: its router, its members, and what an answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boundaries.datum import point_to_wgs84
from boundaries.errors import CoordinateError, IndexFileError
from boundaries.model import AreaVersion, Candidate, Level, Verdict
from boundaries.router.candidates import candidates
from boundaries.router.index import Index
from boundaries.store.leaves import ancestors, leaf_polygons, sharers

__all__ = ["Located", "Location", "Lookup", "build_lookup", "locate", "shared_out"]


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
    """A generation in memory: its router and the areas around each leaf.

    leaves: by position of `index`. by_id: every member. by_code: every member; a code that several levels bear means the coarsest.
    sharers: {position of a face: the leaves without a face of their own that share it}, by code. households: (n,) of each face, such that
    households + 1 is the sum of households + 1 over its owner and sharers.
    """

    generation: int
    index: Index
    leaves: tuple[AreaVersion, ...]
    by_id: Mapping[int, AreaVersion] = field(repr=False)
    by_code: Mapping[str, AreaVersion] = field(repr=False)
    sharers: Mapping[int, tuple[AreaVersion, ...]] = field(repr=False)
    households: NDArray[np.int64] = field(repr=False)

    def chain(self, area: AreaVersion) -> list[AreaVersion]:
        """The area and everything above it, finest first."""
        return [area, *ancestors(area, self.by_id)]


def build_lookup(
    members: Sequence[AreaVersion], metric_crs: str, *, levels: Sequence[Level], generation: int, index: Index | None = None
) -> Lookup:
    """The lookup of a generation's members. index: one saved before for these very leaves, else it is built.

    Raises GeometryError or CodeError where the leaves cannot be routed, IndexFileError when the given index is of other leaves.
    """
    ladder = {level.name for level in levels if level.rank is not None}
    owners = {area.code: area for area in members if area.geometry is not None and area.level in ladder}
    if index is None:
        shaped = leaf_polygons(members, metric_crs, levels=levels)
        index = Index.build(shaped.polygons, shaped.codes, generation=generation)
    elif set(index.codes) != owners.keys():
        raise IndexFileError("index_of_other_areas", en="The saved index is of other areas.", zh="保存的索引属于其他区域。")
    leaves = tuple(owners[code] for code in index.codes)
    position = {leaf.area_id: at for at, leaf in enumerate(leaves)}
    shared = {position[owner]: tuple(sorted(others, key=lambda area: area.code)) for owner, others in sharers(members).items()}
    households = [sum(one.households + 1 for one in (leaf, *shared.get(at, ()))) - 1 for at, leaf in enumerate(leaves)]
    return Lookup(
        generation=generation,
        index=index,
        leaves=leaves,
        by_id={area.area_id: area for area in members},
        by_code={area.code: area for area in reversed(members)},
        sharers=shared,
        households=np.array(households, dtype=np.int64),
    )


def locate(
    lookup: Lookup, *, lon: float, lat: float, datum: str | None, accuracy_m: float | None = None, certain_from: float = 0.8
) -> Location:
    """Where the point is. A leaf whose face others share is never certain: only an address can tell them apart.

    certain_from: the probability from which the likeliest leaf is certain. Raises DatumError for a missing or unknown datum,
    CoordinateError for what is no position on Earth or no accuracy.
    """
    _check_range(lon=lon, lat=lat)
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    verdict, found = candidates(lookup.index, lon=x, lat=y, accuracy_m=accuracy_m, households=lookup.households, certain_from=certain_from)
    position = lookup.index.locate(lon=x, lat=y)
    area = lookup.leaves[position] if position >= 0 else None
    sharing = lookup.sharers.get(position, ())
    rivals = [located for candidate in found for located in shared_out(lookup, candidate)]
    return Location(
        generation=lookup.generation,
        lon=round(x, 9),
        lat=round(y, 9),
        verdict="ask" if sharing and verdict == "certain" else verdict,
        on_border=lookup.index.touches_border(lon=x, lat=y),
        area=area,
        areas={} if area is None else {above.level: above.code for above in lookup.chain(area)},
        sharers=sharing,
        candidates=tuple(sorted(rivals, key=lambda rival: (-(rival.probability or 0.0), rival.area.code))),
        nearest=_nearest(lookup, x, y) if area is None else None,
    )


def shared_out(lookup: Lookup, candidate: Candidate) -> list[Located]:
    """A candidate face as the leaves that share it, its probability divided by their households + 1."""
    areas = [lookup.leaves[candidate.position], *lookup.sharers.get(candidate.position, ())]
    if candidate.probability is None:
        return [Located(area, None, candidate.distance_m) for area in areas]
    total = sum(area.households + 1 for area in areas)
    return [Located(area, candidate.probability * (area.households + 1) / total, candidate.distance_m) for area in areas]


def _nearest(lookup: Lookup, lon: float, lat: float) -> Located | None:
    if not len(lookup.index):
        return None
    position, metres = lookup.index.nearest(lon=lon, lat=lat)
    return Located(lookup.leaves[position], None, metres)


def _check_range(*, lon: float, lat: float) -> None:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise CoordinateError(
            "out_of_range",
            en="lon {lon} / lat {lat} is no position: lon runs from -180 to 180, lat from -90 to 90 (are they swapped?)",
            zh="lon {lon} / lat {lat} 不是有效位置：经度范围 -180 到 180，纬度范围 -90 到 90（是否写反了？）",
            lon=lon,
            lat=lat,
        )
