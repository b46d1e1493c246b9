"""Sixty days of cases for the model city, each with its whole history in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.cases.model import CHANNELS
from geo_service.demo.arrivals import Arrivals, draw_arrivals
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames
from geo_service.demo.locating import locate_all
from geo_service.demo.places import OUTSIDE, Fixes, Places, draw_fixes, draw_places
from geo_service.demo.records import store_cases
from geo_service.demo.registry import Registry, registry
from geo_service.demo.repeats import find_repeats
from geo_service.demo.routing import Routed, route_all
from geo_service.demo.stages import Reports, draw_courses
from geo_service.demo.topics import URGENCIES, draw_channels, draw_topics, draw_urgencies, limits_s
from geo_service.demo.wording import Said, draw_styles, word
from geo_service.published import Found, Published
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
    found: list[Found]
    said: Said

    def residents(self) -> NDArray[np.bool_]:
        return np.isin(self.channels, [CHANNELS.index(channel) for channel in RESIDENTS])


def fill_cases(
    connection: Connection,
    city: CityFrames,
    published: Published,
    *,
    seed: int,
    as_of: datetime,
    count: int = 20_000,
    days: int = 60,
) -> None:
    """Stores `count` times the city's scale cases of the `days` local days that end with `as_of`, and their events.

    as_of: aware; no event lies after it. The tables of cases and the log must be empty, posts and agencies filled. Each report is
    routed with `published` as the service would route it. Equal arguments give equal rows.
    """
    zone = ZoneInfo(published.city.timezone)
    drawn = draw(city, published, seed=seed, as_of=as_of, count=max(1, round(count * city.scale)), days=days, zone=zone)
    routed = route_all(connection, published, drawn.found, drawn.said, drawn.arrivals.at_s.tolist())
    repeats = _repeats(drawn, seed)
    reports = Reports(
        at_s=drawn.arrivals.at_s,
        limit_s=limits_s(drawn.topics, drawn.urgencies),
        end_s=int(as_of.timestamp()),
        public=drawn.residents(),
        placed=np.array([one.area is not None for one in routed], dtype=bool),
        duplicate=repeats >= 0,
        round_the_clock=drawn.urgencies == URGENCIES.index("emergency"),
    )
    courses = draw_courses(generator(seed, "courses"), reports, _offsets(drawn.arrivals, zone))
    store_cases(connection, city, published, drawn, routed, courses, repeats, seed=seed, zone=zone)


def draw(
    city: CityFrames, published: Published, *, seed: int, as_of: datetime, count: int, days: int, zone: ZoneInfo
) -> Drawn:
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


def _repeats(drawn: Drawn, seed: int) -> Rows:
    """Which reports repeat an earlier one: the same topic in the same compound, or at the same address of a village."""
    compounds, address = drawn.registry.compounds, drawn.places.address.tolist()
    keys = [
        (topic, compounds[row] or row) if row >= 0 and kind != OUTSIDE else (topic, -1 - i)
        for i, (topic, row, kind) in enumerate(zip(drawn.topics.tolist(), address, drawn.places.kind.tolist(), strict=True))
    ]
    return find_repeats(generator(seed, "repeats"), keys, drawn.arrivals.at_s.tolist())


def _offsets(arrivals: Arrivals, zone: ZoneInfo) -> Rows:
    """Local time minus UTC on the day of each arrival, in seconds."""
    _, first, index = np.unique(arrivals.day, return_index=True, return_inverse=True)
    offsets = [datetime.fromtimestamp(at, zone).utcoffset() or timedelta(0) for at in arrivals.at_s[first].tolist()]
    return np.array([round(offset.total_seconds()) for offset in offsets], dtype=np.int64)[index]
