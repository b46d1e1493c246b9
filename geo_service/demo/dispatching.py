"""The clocks of the demonstration's cases: the limits and holidays in force, counted by the same functions that a dispatch asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.cases.clocks import CLOCK_TYPES, Limit, WorkCalendar, due_at, mark_at
from geo_service.catalogue.rulebook import Rulebook
from geo_service.flows.dispatch.preparing import YELLOW, limit_of
from geo_service.flows.dispatch.rules import calendar_in_force, rulebook_in_force
from geo_service.published import Published

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides the clocks of a case. condition: the filing condition (立案条件) it was filed under, None without one."""

    category: str
    condition: str | None
    area_class: str


class Clocks:
    """The rules in force, asked once for each kind of case."""

    def __init__(self, connection: Connection, zone: ZoneInfo, *, at: datetime) -> None:
        self.rulebook: Rulebook = rulebook_in_force(connection, at=at)
        self.calendar: WorkCalendar = calendar_in_force(connection, at=at)
        self.timezone = zone.key
        self.handling = cache(partial(_handling, self.rulebook))
        self.dispatching = cache(partial(_dispatching, self.rulebook))
        self.marks = cache(self._marks)

    def due(self, at: datetime, limit: Limit) -> datetime:
        """When a clock that starts now has used up its limit."""
        return due_at(at, limit, self.calendar, self.timezone)

    def _marks(self, at: datetime, limit: Limit) -> tuple[datetime, datetime]:
        """(when its light turns yellow, when it has used up its limit)."""
        return mark_at(at, limit, YELLOW, self.calendar, self.timezone), self.due(at, limit)

    def marks_s(self, kinds: Sequence[Kind], sent_s: Rows) -> tuple[Rows, Rows]:
        """(warning, deadline) of cases dispatched at these instants, all in seconds since 1970."""
        marks = np.empty((2, len(sent_s)), dtype=np.int64)
        for i, (kind, seconds) in enumerate(zip(kinds, sent_s.tolist(), strict=True)):
            warn, due = self.marks(datetime.fromtimestamp(seconds, UTC), self.handling(kind))
            marks[:, i] = int(warn.timestamp()), int(due.timestamp())
        return marks[0], marks[1]


def _handling(rulebook: Rulebook, kind: Kind) -> Limit:
    return limit_of(rulebook, kind.category, condition=kind.condition, area_class=kind.area_class)


def _dispatching(rulebook: Rulebook, kind: Kind) -> Limit | None:
    row = rulebook.limit(kind.category, condition=kind.condition, area_class=kind.area_class, stage="dispatch")
    if row is None or row.clock not in CLOCK_TYPES:
        return None
    return Limit(row.amount, row.clock)  # type: ignore[arg-type]  # one of CLOCK_TYPES, asked for just above


def class_of(published: Published, areas: Mapping[str, str]) -> str:
    """The class of area that limits ask for, as `flows.dispatch.preparing.area_class` finds it for a stored case."""
    kinds = {published.by_code[code].kind for code in areas.values() if code in published.by_code}
    if "village" in kinds:
        return "village"
    return "town" if kinds & {"town", "township"} else "core"
