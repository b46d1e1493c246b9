"""What a geocoder takes and gives. Other geocoders (fuzzy, online) fill the same Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LADDER = ("stairwell", "building", "compound", "road_number", "community", "street", "district")
"""Levels an address can be understood to, finest first. A deeper level is never invented."""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A row of the address table: a stairwell (or a range of its floors) with its households and its point in WGS-84."""

    address_id: int
    community_code: str
    compound_code: str
    compound_name: str
    road: str
    road_number: str
    building: str
    stairwell: str
    floor_from: int | None
    floor_to: int | None
    households: int
    lon: float
    lat: float
    micro_grid_code: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A named area that may stand in an address text: its level (community, street or district), code and name."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place an address text may mean.

    level: the rung of LADDER that was understood. lon, lat: WGS-84 degrees, the middle of the rows that match; None for an area.
    spread_m: the largest distance of a matching row from there. leaf_codes: the micro-grids of the matching rows, each once.
    """

    level: str
    text: str
    area_code: str
    lon: float | None
    lat: float | None
    spread_m: float
    leaf_codes: tuple[str, ...]
    address_ids: tuple[int, ...]
    agrees: int


@dataclass(frozen=True, slots=True)
class Nearby:
    """An address near a point, and how far it is in metres."""

    row: AddressRow
    text: str
    distance_m: float


class Geocoder(Protocol):
    """Understands address texts and names the addresses near a point."""

    def geocode(self, text: str, *, places: Sequence[Place]) -> list[Match]:
        """Matches of the text, best first; empty when nothing was understood. `places` are the names of the city's areas."""
        ...

    def reverse(self, *, lon: float, lat: float, within_m: float, limit: int) -> list[Nearby]:
        """The addresses nearest to a WGS-84 point, nearest first."""
        ...
