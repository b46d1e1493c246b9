"""Sixty days of cases for the model city, each with its whole history in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.demo.arrivals import Arrivals
from geo_service.demo.chance import generator
from geo_service.demo.dispatching import Clocks, Kind, class_of
from geo_service.demo.drawing import Drawn, draw
from geo_service.demo.frames import CityFrames
from geo_service.demo.places import OUTSIDE
from geo_service.demo.records import Records, store_cases
from geo_service.demo.repeats import find_recurring, find_repeats
from geo_service.demo.routing import Routed, route_all
from geo_service.demo.stages import Reports, draw_courses
from geo_service.demo.standing import PLOTS
from geo_service.demo.topics import URGENCIES, condition_of, topics
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

    as_of: aware; no event lies after it. The tables of cases and the log must be empty, posts and agencies filled, rules
    seeded. Each report is routed with `published` as the service would route it. Equal arguments give equal rows.
    """
    zone = ZoneInfo(published.city.timezone)
    drawn = draw(city, published, seed=seed, as_of=as_of, count=max(1, round(count * city.scale)), days=days, zone=zone)
    routed = route_all(connection, published, drawn.found, drawn.said, drawn.arrivals.at_s.tolist())
    repeats = _repeats(drawn, seed)
    kinds, clocks = _kinds(published, drawn, routed), Clocks(connection, zone, at=as_of)
    places = [(one.area.code, kind.category) if one.area else None for one, kind in zip(routed, kinds, strict=True)]
    reports = Reports(
        at_s=drawn.arrivals.at_s,
        end_s=int(as_of.timestamp()),
        public=drawn.residents(),
        placed=np.array([one.area is not None for one in routed], dtype=bool),
        duplicate=repeats >= 0,
        recurring=find_recurring(places, drawn.arrivals.at_s.tolist()),
        round_the_clock=drawn.urgencies == URGENCIES.index("emergency"),
        plots={name: max(2, round(number * city.scale)) for name, number in PLOTS.items()},
    )
    rng, offsets = generator(seed, "courses"), _offsets(drawn.arrivals, zone)
    courses = draw_courses(rng, reports, offsets, lambda sent_s: clocks.marks_s(kinds, sent_s))
    records = Records(connection, city, published, drawn, routed, kinds, clocks, zone)
    store_cases(records, courses, repeats, seed=seed, as_of=as_of)


def _kinds(published: Published, drawn: Drawn, routed: Sequence[Routed]) -> list[Kind]:
    """What decides the clocks of each case, were it filed."""
    classes: dict[str | None, str] = {}
    kinds = []
    for topic, urgency, one in zip(drawn.topics.tolist(), drawn.urgencies.tolist(), routed, strict=True):
        code = one.area.code if one.area else None
        if code not in classes:
            classes[code] = class_of(published, one.areas)
        kinds.append(Kind(topics()[topic].category, condition_of(topics()[topic], URGENCIES[urgency]), classes[code]))
    return kinds


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
