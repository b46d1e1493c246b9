"""What is reported: topics with their frequency by day and hour, what they are filed under and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo_service.cases.model import CHANNELS
from geo_service.demo.arrivals import Arrivals
from geo_service.demo.chance import pick
from geo_service.demo.frames import read_data

URGENCIES = ("normal", "urgent", "emergency")


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of report. where: home | street. Who leads it is the matrix's affair.

    urgency: percentages of URGENCIES. night: how much more often between 22 and 6. months: None for all of the year. boosts: how much
    more often at the height of a burst. only: the channels it comes in by, None for any.
    """

    category: str
    weight: float
    where: str
    rural: bool
    urgency: tuple[float, ...]
    night: float
    months: frozenset[int] | None
    boosts: Mapping[str, float]
    only: frozenset[str] | None
    texts: tuple[str, ...]

    def weight_on(self, *, month: int, night: bool, bursts: Mapping[str, float]) -> float:
        """How often it comes in such an hour; bursts: name -> intensity, 1 at the height."""
        if self.months is not None and month not in self.months:
            return 0.0
        boost = 1.0
        for name, most in self.boosts.items():
            boost *= 1 + (most - 1) * bursts.get(name, 0.0)
        return self.weight * (self.night if night else 1.0) * boost


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in the order of the file."""
    return tuple(
        Topic(
            category=row["category"],
            weight=row["weight"],
            where=row["where"],
            rural=row.get("rural", False),
            urgency=tuple(row["urgency"]),
            night=row.get("night", 1.0),
            months=frozenset(row["months"]) if "months" in row else None,
            boosts=MappingProxyType(row.get("bursts", {})),
            only=frozenset(row["only"]) if "only" in row else None,
            texts=tuple(row["texts"]),
        )
        for row in read_data("topics.json")["topics"]
    )


def draw_topics(rng: np.random.Generator, arrivals: Arrivals) -> NDArray[np.int64]:
    """For each arrival the position of its topic."""
    chosen = np.zeros(len(arrivals), dtype=np.int64)
    night = (arrivals.hour >= 22) | (arrivals.hour < 6)
    for day in range(len(arrivals.months)):
        bursts = {name: float(by_day[day]) for name, by_day in arrivals.bursts.items()}
        for dark in (False, True):
            rows = np.flatnonzero((arrivals.day == day) & (night == dark))
            weights = [topic.weight_on(month=arrivals.months[day], night=dark, bursts=bursts) for topic in topics()]
            chosen[rows] = pick(rng, weights, len(rows))
    return chosen


def draw_urgencies(rng: np.random.Generator, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each case the position of its urgency in URGENCIES."""
    steps = np.cumsum([topic.urgency for topic in topics()], axis=1) / 100
    return np.asarray((rng.random(len(chosen))[:, None] >= steps[chosen][:, :-1]).sum(axis=1), dtype=np.int64)


def draw_channels(rng: np.random.Generator, chosen: NDArray[np.int64], hour: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each case the position of its channel in CHANNELS; nobody patrols at night."""
    shares = read_data("topics.json")["channels"]
    weights = np.array([shares.get(channel, 0) for channel in CHANNELS], dtype=np.float64)
    drawn = pick(rng, weights, len(chosen))
    for i, topic in enumerate(topics()):
        if topic.only is not None:
            rows = np.flatnonzero(chosen == i)
            drawn[rows] = pick(rng, weights * [channel in topic.only for channel in CHANNELS], len(rows))
        else:
            late = (chosen == i) & ((hour < 7) | (hour >= 20)) & (drawn == CHANNELS.index("patrol"))
            drawn[late] = CHANNELS.index("mini_program")
    return drawn


def condition_of(topic: Topic, urgency: str) -> str | None:
    """The filing condition such a report is filed under; None for none."""
    named: dict[str, str] = read_data("topics.json")["conditions"].get(urgency, {})
    return named.get(topic.category, named.get("*"))
