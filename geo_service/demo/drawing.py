"""Drawing reports: what was reported, when, where and how, before anybody handles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from boundaries.store.lookup import Location
from geo_service.cases.model import CHANNELS
from geo_service.demo.arrivals import Arrivals, draw_arrivals
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames
from geo_service.demo.locating import locate_all
from geo_service.demo.places import Fixes, Places, draw_fixes, draw_places
from geo_service.demo.registry import Registry, registry
from geo_service.demo.topics import draw_channels, draw_topics, draw_urgencies
from geo_service.demo.wording import Said, draw_styles, word
from geo_service.published import Published
from geo_service.settings import RoutingSettings

RESIDENTS = ("mini_program", "hotline", "web", "open311", "courier")
"""Channels whose reports are verified first, and whose reporters leave a name."""
SHIFTED = {"mini_program": 0.9, "courier": 1.0, "hotline": 0.6, "operator": 0.3}
"""How often a channel's positions come in GCJ-02."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was reported, when, where and how, one entry a case in the order of receipt."""

    arrivals: Arrivals
    topics: Rows
    urgencies: Rows
    channels: Rows
    registry: Registry
    places: Places
    fixes: Fixes
    found: list[Location]
    said: Said

    def residents(self) -> NDArray[np.bool_]:
        return np.isin(self.channels, [CHANNELS.index(channel) for channel in RESIDENTS])


def draw(city: CityFrames, published: Published, *, seed: int, as_of: datetime, count: int, days: int, zone: ZoneInfo) -> Drawn:
    """Draws the reports themselves, without their handling."""
    arrivals = draw_arrivals(generator(seed, "arrivals"), as_of=as_of, count=count, days=days, zone=zone)
    rng = generator(seed, "topics")
    topics = draw_topics(rng, arrivals)
    urgencies, channels = draw_urgencies(rng, topics), draw_channels(rng, topics, arrivals.hour)
    table = registry(city)
    rng = generator(seed, "places")
    places = draw_places(rng, table, published, topics)
    shifted = rng.random(count) < np.array([SHIFTED.get(channel, 0.0) for channel in CHANNELS])[channels]
    fixes = draw_fixes(rng, places, shifted)
    found = locate_all(published, fixes, certain_from=RoutingSettings.model_fields["certain_from"].default)
    rng = generator(seed, "words")
    styles = draw_styles(rng, table, places, topics, channels)
    said = word(rng, table, published, places, found, topics, styles)
    return Drawn(arrivals, topics, urgencies, channels, table, places, fixes, found, said)
