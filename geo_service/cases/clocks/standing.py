"""Where one clock of a case stands: how much is used, how much is left, when it is due, which light it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo_service.cases.clocks.calendar import WorkCalendar
from geo_service.cases.clocks.counting import YELLOW, due_at, elapsed, light, mark_at
from geo_service.cases.clocks.limit import Limit, Pause, instant


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock at an instant. used, left: time that counts. While paused, the deadlines are what they would be if it ran on now."""

    used: timedelta
    left: timedelta
    warn_at: datetime
    due_at: datetime
    light: str
    paused: bool
    assumed: bool
    """Whether the deadline lies beyond the table of holidays, so that plain weeks had to be assumed."""


def closed_pauses(pauses: Iterable[Pause], now: datetime) -> tuple[Pause, ...]:
    """The pauses as if the open one ended now; those that have not begun are left out."""
    now = instant(now, "now")
    return tuple(
        Pause(pause.from_at, min(pause.until_at, now) if pause.until_at is not None else now) for pause in pauses if pause.from_at <= now
    )


def standing(
    started_at: datetime, limit: Limit, now: datetime, calendar: WorkCalendar, timezone: str, *, pauses: Iterable[Pause] = ()
) -> Standing:
    """Where a clock stands that was started once and never reset. RequestError for naive instants."""
    pauses = tuple(pauses)
    known = closed_pauses(pauses, now)
    used = elapsed(started_at, now, limit.clock, calendar, timezone, pauses=known)
    due = due_at(started_at, limit, calendar, timezone, pauses=known)
    warn = mark_at(started_at, limit, YELLOW, calendar, timezone, pauses=known)
    return Standing(
        used=used,
        left=max(timedelta(0), limit.length - used),
        warn_at=warn,
        due_at=due,
        light=light(now, warn_at=warn, due_at=due),
        paused=any(pause.from_at <= now and (pause.until_at is None or now < pause.until_at) for pause in pauses),
        assumed=limit.working and not calendar.covers(started_at, due, timezone),
    )
