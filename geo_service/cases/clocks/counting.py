"""How much time counts between two instants, and when a limit is used up. Exact to the microsecond.

A deadline is the first instant at which the limit is used up: a limit that ends with the working day ends at 18:00, not the next
morning. Everything that is not paused counts, from the very instant a clock starts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from geo_service.cases.clocks.calendar import Timeline, WorkCalendar, from_microseconds, microseconds, timeline
from geo_service.cases.clocks.limit import WORK_HOURS_A_DAY, ClockType, Limit, Pause, instant
from geo_service.errors import RequestError

YELLOW = 0.8
"""The share of a limit from which the light is yellow."""

_MORE_YEARS = 2


def elapsed(
    start: datetime, end: datetime, clock: ClockType, calendar: WorkCalendar, timezone: str, *, pauses: Iterable[Pause] = ()
) -> timedelta:
    """The time that counted between two instants: real hours, or working hours; 0 if the end is not behind the start.

    An open pause lasts to the end. RequestError for naive instants.
    """
    start, end = instant(start, "start"), instant(end, "end")
    if end <= start:
        return timedelta(0)
    gross = _between(start, end, clock, calendar, timezone)
    return gross - sum((_between(a, b, clock, calendar, timezone) for a, b in _stops(pauses, start, end)), timedelta(0))


def in_units(time: timedelta, clock: ClockType) -> float:
    """A length in the units of a clock type: working days of eight hours, calendar days of 24."""
    return time / timedelta(hours={"work_day": WORK_HOURS_A_DAY, "natural_day": 24}.get(clock, 1))


def due_at(start: datetime, limit: Limit, calendar: WorkCalendar, timezone: str, *, pauses: Iterable[Pause] = ()) -> datetime:
    """The first instant at which the limit is used up, in UTC. RequestError for naive instants and for a pause still open.

    A pause that begins at or after that instant does not move it.
    """
    return _after(instant(start, "start"), limit.length, limit.clock, calendar, timezone, pauses)


def mark_at(
    start: datetime, limit: Limit, share: float, calendar: WorkCalendar, timezone: str, *, pauses: Iterable[Pause] = ()
) -> datetime:
    """The first instant at which that share (0 < share <= 1) of the limit is used up: when the light turns."""
    return _after(instant(start, "start"), limit.length * share, limit.clock, calendar, timezone, pauses)


def light(now: datetime, *, warn_at: datetime | None, due_at: datetime | None) -> str:
    """green before 80 % of the limit are used up, yellow from then to the deadline, red behind it; none without a deadline."""
    if due_at is None:
        return "none"
    now = instant(now, "now")
    if now > due_at:
        return "red"
    return "yellow" if warn_at is not None and now >= warn_at else "green"


def paused_within(pauses: Iterable[Pause], start: datetime, end: datetime) -> timedelta:
    """Real time between two instants that lies in pauses, each moment counted once."""
    return sum((b - a for a, b in _stops(pauses, start, end)), timedelta(0))


def _after(
    start: datetime, length: timedelta, clock: ClockType, calendar: WorkCalendar, timezone: str, pauses: Iterable[Pause]
) -> datetime:
    pauses = tuple(pauses)
    if any(pause.until_at is None for pause in pauses):
        raise RequestError(
            "clock_paused",
            en="the clock is paused: it has no deadline until it runs on",
            zh="计时已暂停，恢复后才有截止时间",
            field="pauses",
        )
    due = _forward(start, length, clock, calendar, timezone)
    for pause in sorted(pauses, key=lambda one: one.from_at):
        begin, end = max(start, pause.from_at), pause.until_at
        if end is None or end <= start:
            continue
        if begin >= due:
            break
        length -= _between(start, begin, clock, calendar, timezone)
        start = end
        due = _forward(start, length, clock, calendar, timezone)
    return due


def _stops(pauses: Iterable[Pause], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The parts of [start, end) that are paused, in order, overlaps merged."""
    merged: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda one: one.from_at):
        begin, until = max(start, pause.from_at), min(end, pause.until_at or end)
        if merged:
            begin = max(begin, merged[-1][1])
        if begin < until:
            merged.append((begin, until))
    return merged


def _between(start: datetime, end: datetime, clock: ClockType, calendar: WorkCalendar, timezone: str) -> timedelta:
    if clock in ("urgent_hour", "natural_day"):
        return end - start
    line = _line(start, end, calendar, timezone)
    return timedelta(microseconds=_worked(line, microseconds(end)) - _worked(line, microseconds(start)))


def _forward(start: datetime, length: timedelta, clock: ClockType, calendar: WorkCalendar, timezone: str) -> datetime:
    if clock in ("urgent_hour", "natural_day"):
        return start + length
    more = _MORE_YEARS
    while True:
        line = _line(start, start + timedelta(days=365 * more), calendar, timezone)
        target = _worked(line, microseconds(start)) + length // timedelta(microseconds=1)
        last = line.worked[-1] + line.ends[-1] - line.starts[-1]
        if target <= last:
            span = bisect_left(line.worked, target) - 1  # the span in which the target is reached: worked before it, but not behind it
            return from_microseconds(line.starts[span] + target - line.worked[span])
        if more > 100:
            raise RequestError("limit_without_end", en="this limit does not end in a lifetime", zh="该时限过长", field="amount")
        more *= 4


def _line(start: datetime, end: datetime, calendar: WorkCalendar, timezone: str) -> Timeline:
    """A timeline that holds both instants: whole years, at least the table's, so that the cache is hit."""
    zone = ZoneInfo(timezone)
    first, last = start.astimezone(zone).year, end.astimezone(zone).year
    return timeline(calendar, timezone, min(first, calendar.first.year), max(last, calendar.last.year + _MORE_YEARS))


def _worked(line: Timeline, at: int) -> int:
    """Working microseconds from the timeline's beginning to an instant."""
    span = bisect_right(line.starts, at) - 1
    if span < 0:
        return 0
    return line.worked[span] + min(at, line.ends[span]) - line.starts[span]
