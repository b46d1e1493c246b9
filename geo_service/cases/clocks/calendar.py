"""The working calendar: which days are worked, at which hours, and until when that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo_service.cases.clocks.limit import instant
from geo_service.errors import SetupError

Hours = tuple[tuple[time, time], ...]

USUAL_HOURS: Hours = ((time(8), time(12)), (time(14), time(18)))
WARN_DAYS = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from one day of the year to another, both included: (month, day). It may run over the turn of the year."""

    first: tuple[int, int]
    last: tuple[int, int]
    hours: Hours

    def holds(self, day: date) -> bool:
        """Whether the day lies in the season."""
        at = (day.month, day.day)
        return self.first <= at <= self.last if self.first <= self.last else at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class CalendarEnds:
    """The table of holidays runs out soon, or has: behind `last_day` plain weeks are assumed. days_left is negative once it has."""

    last_day: date
    days_left: int

    def text(self, language: str) -> str:
        """What to tell whoever keeps the table."""
        if language.lower().startswith("zh"):
            return f"工作日历只到 {self.last_day}（剩余 {self.days_left} 天）：之后按周一至周五计算，请补充节假日安排"
        return f"the working calendar ends on {self.last_day} ({self.days_left} days left): plain weeks are assumed behind it; add holidays"


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, but for the days in the table.

    first, last: the table is complete from one to the other, both included; outside them plain weeks are assumed (`covers` tells).
    days: day -> True for a make-up working day (调休), False for a day off. hours, seasons: local time, in order, not overlapping; the
    first season that holds a day gives its hours.
    """

    first: date
    last: date
    days: Mapping[date, bool] = field(default_factory=dict)
    hours: Hours = USUAL_HOURS
    seasons: tuple[Season, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        for hours in (self.hours, *(season.hours for season in self.seasons)):
            edges = [edge for span in hours for edge in span]
            if not edges or len(set(edges)) != len(edges) or sorted(edges) != edges:
                raise SetupError(
                    "bad_working_hours", en="working hours overlap, are empty or out of order", zh="工作时间为空、重叠或顺序有误"
                )
        if self.first > self.last:
            raise SetupError("empty_calendar", en="the working calendar ends before it begins", zh="工作日历的结束早于开始")

        object.__setattr__(self, "_hash", hash((self.first, self.last, tuple(sorted(self.days.items())), self.hours, self.seasons)))

    def __hash__(self) -> int:
        return self._hash  # worked out once: every clock asks the cache of timelines

    def works(self, day: date) -> bool:
        """Whether the day is worked."""
        return self.days.get(day, day.weekday() < 5)

    def hours_of(self, day: date) -> Hours:
        """The spans worked on that day, local time; none on a day off."""
        if not self.works(day):
            return ()
        return next((season.hours for season in self.seasons if season.holds(day)), self.hours)

    def covers(self, start: datetime, end: datetime, timezone: str) -> bool:
        """Whether every day between two instants is in the table: if not, an answer rests on assumed weeks."""
        zone = ZoneInfo(timezone)
        return self.first <= start.astimezone(zone).date() and end.astimezone(zone).date() <= self.last

    def ends(self, at: datetime, timezone: str, *, warn_days: int = WARN_DAYS) -> CalendarEnds | None:
        """The warning, from `warn_days` days before the table's last day on."""
        left = (self.last - instant(at, "at").astimezone(ZoneInfo(timezone)).date()).days
        return CalendarEnds(self.last, left) if left <= warn_days else None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The working spans of some years in order, as microseconds since 1970: starts[i] to ends[i], worked[i] before starts[i]."""

    starts: list[int]
    ends: list[int]
    worked: list[int]


@lru_cache(maxsize=64)
def timeline(calendar: WorkCalendar, timezone: str, first_year: int, last_year: int) -> Timeline:
    """All working spans from the first year to the last, both included. Cached: the same years are asked for again and again."""
    zone = ZoneInfo(timezone)
    spans: list[tuple[int, int]] = []
    day, behind = date(first_year, 1, 1), date(last_year + 1, 1, 1)
    while day < behind:
        for start, end in calendar.hours_of(day):
            spans.append((microseconds(datetime.combine(day, start, zone)), microseconds(datetime.combine(day, end, zone))))
        day += timedelta(days=1)
    worked, total = [], 0
    for from_us, until_us in spans:
        worked.append(total)
        total += until_us - from_us
    return Timeline([start for start, _ in spans], [end for _, end in spans], worked)


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The other way round, in UTC."""
    return _EPOCH + value * _MICROSECOND
