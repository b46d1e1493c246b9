"""The default geocoder: normalised exact match on the city's address table, held in memory.

It finds the longest compound or road name that stands in the text, reads the numbers behind it, and says how deep it got. Area
names in the text are hints that rank matches and never filter them: people often name the wrong community.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.geocoding.model import AddressRow, Match, Nearby, Place
from geo_service.geocoding.parsing import Tail, normalise, number_key, road_number, tail
from geo_service.geocoding.tables import address

METRES_PER_DEGREE = 111_320.0


def address_points(connection: Connection) -> Sequence[sa.Row[int, float, float, int]]:
    """(address_id, lon, lat, households) of every row of the address table."""
    t = address.c
    return connection.execute(sa.select(t.address_id, t.lon, t.lat, t.households).order_by(t.address_id)).all()


def load_gazetteer(connection: Connection) -> Gazetteer:
    """Reads the whole address table (some 40,000 rows a city) into a gazetteer."""
    query = sa.select(address).order_by(address.c.address_id)
    return Gazetteer([AddressRow(**row._mapping) for row in connection.execute(query)])


class Gazetteer:
    """Exact geocoder over address rows; fills `Geocoder`."""

    def __init__(self, rows: Sequence[AddressRow]) -> None:
        self.rows = tuple(rows)
        self._compounds: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._roads: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for i, row in enumerate(self.rows):
            if row.compound_name:
                self._compounds[normalise(row.compound_name)][row.compound_code].append(i)
            if row.road and row.road_number:
                self._roads[normalise(row.road)][normalise(row.road_number).removesuffix("号")].append(i)
        self._numbers = [(number_key(row.building), number_key(row.stairwell)) for row in self.rows]
        self._lons = np.array([row.lon for row in self.rows], dtype=np.float64)
        self._lats = np.array([row.lat for row in self.rows], dtype=np.float64)
        self._longest = max((len(name) for name in (*self._compounds, *self._roads)), default=0)

    def geocode(self, text: str, *, places: Sequence[Place]) -> list[Match]:
        """See `Geocoder.geocode`."""
        clean = normalise(text)
        named = [place for place in places if place.name and normalise(place.name) in clean]
        hints = {place.code for place in named}
        found = self._by_compound(clean, hints) or self._by_road(clean, hints)
        if found:
            return sorted(found, key=lambda m: (-m.agrees, m.area_code, m.text))
        return _areas(named)

    def _by_compound(self, clean: str, hints: set[str]) -> list[Match]:
        name, end = self._longest_name(clean, self._compounds)
        if not name:
            return []
        numbers = tail(clean[end:])
        return [self._narrow(members, numbers, hints) for members in self._compounds[name].values()]

    def _by_road(self, clean: str, hints: set[str]) -> list[Match]:
        name, end = self._longest_name(clean, self._roads)
        house = road_number(clean[end:]) if name else ""
        members = self._roads[name].get(house, []) if house else []
        return [self._match("road_number", members, hints)] if members else []

    def _longest_name(self, clean: str, names: dict[str, dict[str, list[int]]]) -> tuple[str, int]:
        for size in range(min(self._longest, len(clean)), 1, -1):
            for start in range(len(clean) - size, -1, -1):
                piece = clean[start : start + size]
                if piece in names:
                    return piece, start + size
        return "", 0

    def _narrow(self, members: list[int], numbers: Tail, hints: set[str]) -> Match:
        if not numbers.building:
            return self._match("compound", members, hints)
        building = [i for i in members if self._numbers[i][0] == numbers.building]
        if not building:
            return self._match("compound", members, hints)
        stairwell = [i for i in building if numbers.stairwell and self._numbers[i][1] == numbers.stairwell]
        chosen, level = (stairwell, "stairwell") if stairwell else (building, "building")
        floor = [i for i in chosen if numbers.floor is not None and _holds(self.rows[i], numbers.floor)]
        return self._match(level, floor or chosen, hints)

    def _match(self, level: str, members: list[int], hints: set[str]) -> Match:
        rows = [self.rows[i] for i in members]
        lon, lat = float(np.mean(self._lons[members])), float(np.mean(self._lats[members]))
        spread = float(np.max(_distances(self._lons[members], self._lats[members], lon=lon, lat=lat)))
        leaves = tuple(sorted({row.micro_grid_code for row in rows if row.micro_grid_code}))
        community = rows[0].community_code
        agrees = sum(1 for code in hints if community.startswith(code))
        return Match(
            level,
            spoken(rows[0], level),
            community,
            round(lon, 9),
            round(lat, 9),
            spread,
            leaves,
            tuple(r.address_id for r in rows),
            agrees,
        )

    def reverse(self, *, lon: float, lat: float, within_m: float, limit: int) -> list[Nearby]:
        """See `Geocoder.reverse`."""
        reach = within_m / METRES_PER_DEGREE
        near = np.flatnonzero(
            (np.abs(self._lats - lat) <= reach) & (np.abs(self._lons - lon) <= reach / max(0.01, math.cos(math.radians(lat))))
        )
        distance = _distances(self._lons[near], self._lats[near], lon=lon, lat=lat)
        order = np.lexsort((near, distance))
        best = [(int(near[k]), float(distance[k])) for k in order if distance[k] <= within_m][:limit]
        return [Nearby(self.rows[i], spoken(self.rows[i], "stairwell"), d) for i, d in best]


def spoken(row: AddressRow, level: str) -> str:
    """The address of a row down to a level, as a person would write it."""
    house = f"{row.road}{row.road_number.removesuffix('号')}号"
    if level == "road_number":
        return house
    parts = [row.compound_name or house]
    if level in ("building", "stairwell"):
        parts.append(row.building)
    if level == "stairwell":
        parts.append(row.stairwell)
    return "".join(parts)


def _holds(row: AddressRow, floor: int) -> bool:
    return row.floor_from is not None and row.floor_to is not None and row.floor_from <= floor <= row.floor_to


def _areas(named: list[Place]) -> list[Match]:
    """The finest areas named in the text, when nothing finer was understood."""
    for level in ("community", "street", "district"):
        finest = sorted({(p.code, p.name) for p in named if p.level == level})
        if finest:
            hints = {p.code for p in named}
            matches = [
                Match(level, name, code, None, None, 0.0, (), (), sum(1 for hint in hints if code.startswith(hint)))
                for code, name in finest
            ]
            return sorted(matches, key=lambda m: (-m.agrees, m.area_code))
    return []


def _distances(lons: np.ndarray, lats: np.ndarray, *, lon: float, lat: float) -> np.ndarray:
    """Metres on a local plane; good to centimetres over the few kilometres an address spreads."""
    return np.hypot((lons - lon) * math.cos(math.radians(lat)), lats - lat) * METRES_PER_DEGREE
