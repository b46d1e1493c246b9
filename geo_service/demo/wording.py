"""The words of a report: its description, and the address its reporter writes or leaves out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.store.lookup import Location
from geo_service.cases.model import CHANNELS
from geo_service.demo.chance import pick
from geo_service.demo.frames import read_data
from geo_service.demo.places import OUTSIDE, REST, TOWN, Places
from geo_service.demo.registry import Registry
from geo_service.demo.topics import topics
from geo_service.geocoding.model import Match
from geo_service.published import Published

NOTHING, NEAR, FULL, ONLY = range(4)
"""No address; the compound, village or road; down to the stairwell; down to the stairwell and no point at all."""
STYLES = {"hotline": (0.2, 0.3, 0.3, 0.2), "web": (0.3, 0.35, 0.3, 0.05), "operator": (0.3, 0.4, 0.25, 0.05)}
USUAL_STYLE = (0.72, 0.18, 0.1, 0.0)

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Said:
    """Of each report: its text, its address text (None without one) and what a geocoder understands of it, whether it has a point."""

    descriptions: list[str]
    addresses: list[str | None]
    matches: list[list[Match]]
    has_point: NDArray[np.bool_]


def draw_styles(rng: np.random.Generator, registry: Registry, places: Places, chosen: Rows, channels: Rows) -> Rows:
    """NOTHING, NEAR, FULL or ONLY for each report; a full address only where it names one micro-grid."""
    styles = np.full(len(chosen), NOTHING, dtype=np.int64)
    for i, channel in enumerate(CHANNELS):
        rows = np.flatnonzero(channels == i)
        styles[rows] = pick(rng, STYLES.get(channel, USUAL_STYLE), len(rows))
    at_home = np.array([topic.where == "home" for topic in topics()])[chosen] & (places.kind == TOWN)
    exact = at_home & registry.alone[np.maximum(places.address, 0)]
    styles[(styles >= FULL) & ~exact] = NEAR
    styles[places.address < 0] = NOTHING
    return styles


def word(
    rng: np.random.Generator, registry: Registry, published: Published, places: Places, found: list[Location], chosen: Rows, styles: Rows
) -> Said:
    """Writes every report. found: where its point lies (names the place where there is no address)."""
    data, all_topics = read_data("topics.json"), topics()
    variants, spots = rng.random(len(chosen)).tolist(), rng.integers(0, len(data["rural_spots"]), len(chosen)).tolist()
    descriptions: list[str] = []
    addresses: list[str | None] = []
    matches: list[list[Match]] = []
    for i, (topic, kind, row, style) in enumerate(
        zip(chosen.tolist(), places.kind.tolist(), places.address.tolist(), styles.tolist(), strict=True)
    ):
        spot = data["rural_spots"][spots[i]]
        texts = data["outside"] if kind == OUTSIDE else all_topics[topic].texts
        names = _names(registry, published, found[i], row, kind, spot)
        descriptions.append(texts[int(variants[i] * len(texts))].format(**names))
        if style == NEAR and found[i].area is None:
            style = NOTHING
        text, match = _address(registry, row, style, home=kind != TOWN or all_topics[topic].where == "home")
        addresses.append(text)
        matches.append([match] if match else [])
    return Said(descriptions, addresses, matches, styles != ONLY)


def _names(registry: Registry, published: Published, found: Location, row: int, kind: int, spot: str) -> dict[str, str]:
    """What the texts may name: place, building, stairwell, road, spot."""
    if kind == TOWN:
        building, stairwell = registry.buildings[row], registry.stairwells[row]
        return {
            "place": registry.compound_names[row],
            "building": building,
            "stairwell": stairwell,
            "road": registry.roads[row] or registry.compound_names[row],
            "spot": f"{building}旁",
        }
    if row >= 0:
        place = registry.compound_names[row]
    elif found.area is not None:
        chain = published.chain(found.area)
        place = chain[1].name if kind == REST and len(chain) > 1 else found.area.name
    else:
        place = ""
    return {"place": place, "building": "", "stairwell": "", "road": f"{place}{spot}", "spot": spot}


def _address(registry: Registry, row: int, style: int, *, home: bool) -> tuple[str | None, Match | None]:
    """The address text and what `geo_service.geocoding` makes of it."""
    if style == NOTHING:
        return None, None
    if style == NEAR:
        by_road = not home and registry.roads[row] and registry.road_numbers[row]
        text = f"{registry.roads[row]}{registry.road_numbers[row]}号附近" if by_road else f"{registry.compound_names[row]}附近"
        level = "road_number" if by_road else "compound"
        return text, Match(level, text, "", None, None, 0.0, (), (), 0)
    text, leaf = registry.full_text(row), registry.micro_grids[row]
    level = "stairwell" if registry.stairwells[row] else "building"  # row houses have no stairwells
    return text, Match(level, text, "", registry.lons[row], registry.lats[row], 0.0, (leaf,), (), 0)
