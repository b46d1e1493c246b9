"""Which parcel of the countryside belongs to which town and village."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array
from boundaries.demo.divisions import Divisions, Place
from boundaries.demo.growth import components, grow_balanced, grow_nearest
from boundaries.demo.parcels import Parcels
from boundaries.demo.rivers import River
from boundaries.demo.town import not_drawn


@dataclass(frozen=True, slots=True)
class Village:
    """A village: its place in the list of divisions, its town, and where its houses stand."""

    place: Place
    street: str
    seat: tuple[float, float]


def city_outline(rng: np.random.Generator, divisions: Divisions, stretch: float, origin: Array) -> Any:
    """A body of land around all towns, each with room for its villages."""
    disks = []
    for code, s in sorted(divisions.streets.items()):
        if code not in divisions.layout["towns"]:
            continue
        place = origin + 1000 * stretch * np.array(divisions.layout["towns"][code])
        full = _villages_in_full(divisions, code)
        radius = 1000 * stretch * 1.0 * math.sqrt(divisions.layout["km2_per_village"][s.district] * full / math.pi)
        disks.append(shapely.Point(*place).buffer(radius * float(rng.uniform(0.95, 1.1)) + 1200 * stretch))
    union = shapely.union_all(disks)
    body = union.buffer(9000 * stretch).buffer(-9000 * stretch)
    phase = rng.uniform(0, 6.28, 12)  # the waves are too flat to fold the line over
    return shapely.transform(body, lambda c: c + _waves(phase, c, stretch)).buffer(0)


def _waves(phase: Array, points: Array, stretch: float) -> Array:
    """A gentle displacement that makes a border of circles look like one of hills."""
    out = np.zeros_like(points)
    for k, (wave, size) in enumerate(((17000, 700), (9000, 300), (5200, 120))):
        for axis in (0, 1):
            a, p = phase[4 * k + 2 * axis : 4 * k + 2 * axis + 2]
            out[:, axis] += size * stretch * np.sin((points @ [np.cos(a), np.sin(a)]) * 2 * np.pi / (wave * stretch) + p)
    return out


def _villages_in_full(divisions: Divisions, code: str) -> float:
    """Land is not scaled with the number of villages, so towns keep their proportions."""
    s = divisions.streets[code]
    share = sum(len(x.villages) for x in divisions.streets.values()) / 620
    return len(s.villages) / share


def settle(
    rng: np.random.Generator, divisions: Divisions, parcels: Parcels, fronts: dict[str, Any], stretch: float, origin: Array
) -> tuple[list[Village], dict[int, int]]:
    """The villages, and for every inner parcel the index of its village.

    fronts: for a street with a built-up part, the polygon of that part; its villages start at its edge.
    """
    graph = parcels.neighbours()
    shapely.prepare(list(fronts.values()))
    cost = [{j: _price(parcels, i, j) for j in around} for i, around in enumerate(graph)]
    inner = {i for i in range(len(parcels.faces)) if parcels.inner[i]}
    pieces = components(inner, graph)
    main = set(pieces[0])
    area = shapely.area(parcels.faces).tolist()
    streets = {c: s for c, s in sorted(divisions.streets.items()) if s.villages}
    wanted = {c: _villages_in_full(divisions, c) * divisions.layout["km2_per_village"][s.district] for c, s in streets.items()}
    seeds = {c: _starts(divisions, parcels, main, fronts, c, stretch, origin) for c in streets}
    owner = grow_balanced([graph[i] if i in main else {} for i in range(len(graph))], cost, area, seeds, wanted)
    villages: list[Village] = []
    belongs: dict[int, int] = {}
    for code, street in streets.items():
        members = {i for i, c in owner.items() if c == code}
        center = origin + 1000 * stretch * np.array(divisions.layout["towns"][code])
        chosen = _village_seats(rng, parcels, members, len(street.villages), center, cost)
        base = len(villages)
        for place, i in zip(street.villages, chosen, strict=True):
            x, y = shapely.get_coordinates(shapely.point_on_surface(parcels.faces[i]))[0]
            villages.append(Village(place, code, (float(x), float(y))))
        belongs.update({i: base + k for i, k in grow_nearest(cost, members, chosen).items()})
    return villages, _whole(inner, belongs, graph)


def dry_seats(villages: list[Village], shapes: NDArray[Any], rivers: list[River]) -> list[Village]:
    """The villages with seats on dry ground well inside their land; a seat in water or at a border moves up to 400 m, or to the middle."""
    water = shapely.STRtree(shapely.buffer([r.line for r in rivers], [r.half_width_m + 25.0 for r in rivers], quad_segs=2))
    out = []
    for village, shape in zip(villages, shapes, strict=True):
        inner = shape.buffer(-60.0)
        shapely.prepare(inner)
        x, y = village.seat
        places = [(x, y)] + [(x + d * math.cos(a), y + d * math.sin(a)) for d in (60, 110, 180, 280, 400) for a in np.arange(0, 6.2, 0.785)]
        dry = (p for p in places if inner.contains(shapely.Point(p)) and len(water.query(shapely.Point(p), predicate="intersects")) == 0)
        best = next(dry, None)
        if best is None:
            middle = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
            best = (float(middle[0]), float(middle[1]))
        out.append(Village(village.place, village.street, (float(best[0]), float(best[1]))))
    return out


def _whole(inner: set[int], belongs: dict[int, int], graph: list[dict[int, float]]) -> dict[int, int]:
    """Left-over bits of land join the neighbour with the longest common border."""
    left = sorted(inner - set(belongs))
    while left:
        later = []
        for i in left:
            around = [(-length, belongs[j]) for j, length in graph[i].items() if j in belongs]
            if around:
                belongs[i] = min(around)[1]
            else:
                later.append(i)
        if len(later) == len(left):
            raise not_drawn("a piece of land between the towns cannot be reached")
        left = later
    return belongs


def _price(parcels: Parcels, i: int, j: int) -> float:
    """Walking from parcel to parcel costs distance, more uphill and along the heights."""
    way = math.dist(parcels.centers[i], parcels.centers[j])
    climb = abs(parcels.height[i] - parcels.height[j])
    return way * (0.3 + 1.8 * float(parcels.height[i] + parcels.height[j]) / 2 + 1.5 * float(climb))


def _starts(
    divisions: Divisions, parcels: Parcels, main: set[int], fronts: dict[str, Any], code: str, stretch: float, origin: Array
) -> list[int]:
    """Parcels a town's villages start from: at the edge of its built-up part, else around its middle."""
    place = origin + 1000 * stretch * np.array(divisions.layout["towns"][code])
    members = np.array(sorted(main))
    away = np.hypot(*(parcels.centers[members] - place).T)
    if code in fronts:
        near = shapely.intersects(parcels.faces[members], fronts[code])
        members, away = members[near], away[near]
        touch = shapely.length(shapely.intersection(parcels.faces[members], fronts[code])) > 30
        members, away = members[touch], away[touch]
        if len(members) == 0:
            raise not_drawn("a street's built-up part has no land around it")
        return [int(i) for i in members[np.argsort(away, kind="stable")]]
    return [int(i) for i in members[np.argsort(away, kind="stable")][:6]]


def _village_seats(
    rng: np.random.Generator, parcels: Parcels, members: set[int], n: int, center: Array, cost: list[dict[int, float]]
) -> list[int]:
    """n parcels far from one another and low in the valleys; the first is the one nearest to the town's middle."""
    pool = np.array(sorted(members))
    area = shapely.area(parcels.faces[pool])
    big = pool[area > 0.25 * np.median(area)]
    pool = big if len(big) >= n else pool
    if len(pool) < n:
        raise not_drawn("a town has less land than villages")
    points, low = parcels.centers[pool], 1.0 - 0.75 * np.clip(parcels.height[pool], 0, 1)
    chosen = [int(np.argmin(np.hypot(*(points - center).T)))]
    away = np.hypot(*(points - points[chosen[0]]).T)
    for _ in range(n - 1):
        score = away * (0.4 + low) * rng.uniform(0.8, 1.2, len(pool))
        score[chosen] = -1
        chosen.append(int(np.argmax(score)))
        away = np.minimum(away, np.hypot(*(points - points[chosen[-1]]).T))
    return [int(pool[k]) for k in chosen]
