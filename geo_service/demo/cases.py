"""Sixty days of cases for the model city, each with its whole history in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.demo.arrivals import Arrivals
from geo_service.demo.chance import generator
from geo_service.demo.drawing import Drawn, draw
from geo_service.demo.frames import CityFrames
from geo_service.demo.places import OUTSIDE
from geo_service.demo.records import store_cases
from geo_service.demo.repeats import find_repeats
from geo_service.demo.routing import route_all
from geo_service.demo.stages import Reports, draw_courses
from geo_service.demo.topics import URGENCIES, limits_s
from geo_service.published import Published

Rows = NDArray[np.int64]


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
