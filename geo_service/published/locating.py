"""From a point to the leaf that holds it, in one published generation: the answer every story starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from boundaries.datum import point_to_wgs84
from boundaries.errors import CoordinateError
from boundaries.model import AreaVersion, Verdict
from boundaries.router import candidates
from geo_service.published.generation import Published


@dataclass(frozen=True, slots=True)
class Choice:
    """A leaf that may hold the true point. probability: None where the accuracy was not told."""

    area: AreaVersion
    probability: float | None
    distance_m: float

    def values(self) -> dict[str, Any]:
        """As the wire and the case record have it."""
        a = self.area
        probability = None if self.probability is None else round(self.probability, 4)
        return {"code": a.code, "level": a.level, "name": a.name, "probability": probability, "distance_m": round(self.distance_m, 2)}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a point lies. area: the leaf whose face holds it (None outside and in a gap); lon, lat: WGS-84."""

    verdict: Verdict
    on_border: bool
    area: AreaVersion | None
    choices: tuple[Choice, ...]
    nearest: tuple[AreaVersion, float] | None
    lon: float
    lat: float
    chain: list[AreaVersion] = field(default_factory=list)


def locate_point(
    published: Published, *, lon: float, lat: float, datum: str | None, accuracy_m: float | None, certain_from: float
) -> Found:
    """Finds the leaf of a point given in `datum`, its rivals within the stated accuracy, and how sure the answer is.

    Raises DatumError without a known datum, CoordinateError for numbers that are no position on Earth or an accuracy that is none.
    """
    _check_range(lon=lon, lat=lat)
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    index = published.index
    verdict, ranked = candidates(index, lon=x, lat=y, accuracy_m=accuracy_m, households=published.households, certain_from=certain_from)
    position = index.locate(lon=x, lat=y)
    choices = [choice for rival in ranked for choice in _shared(published, rival.position, rival.probability, rival.distance_m)]
    choices.sort(key=lambda c: (-(c.probability or 0.0), c.area.code))
    area = published.leaves[position] if position >= 0 else None
    if area is not None and verdict == "certain" and position in published.sharers:
        verdict = "ask"  # a tower of several micro-grids: only the address can tell them apart
    nearest = None
    if area is None:
        near, distance_m = index.nearest(lon=x, lat=y)
        nearest = (published.leaves[near], distance_m) if near >= 0 else None
    return Found(
        verdict=verdict,
        on_border=bool(index.touches_border(lon=x, lat=y)),
        area=area,
        choices=tuple(choices),
        nearest=nearest,
        lon=round(x, 9),
        lat=round(y, 9),
        chain=published.chain(area) if area else [],
    )


def _shared(published: Published, position: int, probability: float | None, distance_m: float) -> list[Choice]:
    """A face's probability, divided among its owner and sharers by households + 1 each."""
    owner, others = published.leaves[position], published.sharers.get(position, ())
    whole = published.households[position] + 1
    return [
        Choice(area, None if probability is None else probability * (area.households + 1) / whole, distance_m) for area in (owner, *others)
    ]


def _check_range(*, lon: float, lat: float) -> None:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise CoordinateError(
            "out_of_range",
            en="lon {lon} / lat {lat} is no position: lon runs from -180 to 180, lat from -90 to 90 (are they swapped?)",
            zh="lon {lon} / lat {lat} 不是有效位置：经度范围 -180 到 180，纬度范围 -90 到 90（是否写反了？）",
            lon=lon,
            lat=lat,
        )
