"""What a clock is given: a limit of one of four types, and the spans in which it stands still."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from geo_service.errors import RequestError

ClockType = Literal["urgent_hour", "work_hour", "work_day", "natural_day"]

CLOCK_TYPES: dict[str, tuple[str, str]] = {
    "urgent_hour": ("紧急工作时", "hours round the clock"),
    "work_hour": ("工作时", "working hours"),
    "work_day": ("工作日", "working days"),
    "natural_day": ("自然日", "calendar days"),
}
"""type -> (zh, en). Hours round the clock and calendar days (of 24 hours) never stop; the others run in working time only."""

WORK_HOURS_A_DAY = 8
"""A working day is eight working hours, whatever the season's hours are."""

LARGEST_AMOUNT = 10_000
_UNIT = {
    "urgent_hour": timedelta(hours=1),
    "work_hour": timedelta(hours=1),
    "work_day": timedelta(hours=WORK_HOURS_A_DAY),
    "natural_day": timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: `amount` units of a clock type. Fractions count (0.5 working days = 4 working hours).

    RequestError: an unknown type, or an amount that is not above 0 and at most 10,000.
    """

    amount: float
    clock: ClockType

    def __post_init__(self) -> None:
        if self.clock not in CLOCK_TYPES:
            raise RequestError(
                "unknown_clock_type", en="there is no clock type {clock}", zh="没有名为 {clock} 的计时类型", clock=self.clock, field="clock"
            )
        number = isinstance(self.amount, (int, float)) and not isinstance(self.amount, bool)
        if not (number and math.isfinite(self.amount) and 0 < self.amount <= LARGEST_AMOUNT and self.length > timedelta(0)):
            raise RequestError(
                "limit_out_of_range",
                en="a limit is above 0 and at most {largest}, not {amount}",
                zh="时限应大于 0 且不超过 {largest}，而不是 {amount}",
                largest=LARGEST_AMOUNT,
                amount=self.amount,
                field="amount",
            )

    @property
    def length(self) -> timedelta:
        """The time that counts, to the microsecond."""
        return self.amount * _UNIT[self.clock]

    @property
    def working(self) -> bool:
        """Whether it runs in working time only."""
        return self.clock in ("work_hour", "work_day")

    def words(self, language: str) -> str:
        """'4 working hours', '4 工作时'."""
        zh, en = CLOCK_TYPES[self.clock]
        return f"{self.amount:g} {zh if language.lower().startswith('zh') else en}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the clocks stand still, half open; `until_at` is None while it lasts."""

    from_at: datetime
    until_at: datetime | None = None

    def __post_init__(self) -> None:
        start = instant(self.from_at, "from_at")
        object.__setattr__(self, "from_at", start)
        if self.until_at is not None:
            end = instant(self.until_at, "until_at")
            object.__setattr__(self, "until_at", end)
            if end < start:
                raise RequestError(
                    "pause_ends_before_it_begins", en="a pause ends before it begins", zh="暂停的结束早于开始", field="until_at"
                )


def instant(at: datetime, field: str) -> datetime:
    """The instant in UTC. RequestError for a naive one: without a time zone nobody knows when it is."""
    if not isinstance(at, datetime) or at.tzinfo is None or at.utcoffset() is None:
        raise RequestError("naive_datetime", en="{field} has no time zone", zh="{field} 没有时区", field=field)
    return at.astimezone(UTC)
