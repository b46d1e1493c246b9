"""The table of holidays and make-up working days that ships with the program, year by year, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from geo_service.errors import SetupError


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday. works: True for a make-up working day, False for a day off."""

    day: date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarTable:
    """Special days in order. years: year -> (announced | provisional, where it is from). Complete from `first` to `last`."""

    days: tuple[SpecialDay, ...]
    years: Mapping[int, tuple[str, str]]

    @property
    def first(self) -> date:
        return date(min(self.years), 1, 1)

    @property
    def last(self) -> date:
        return date(max(self.years), 12, 31)

    def working(self) -> dict[date, bool]:
        """day -> whether it is worked: what a working calendar is made of."""
        return {one.day: one.works for one in self.days}


@cache
def shipped_calendar() -> CalendarTable:
    """The table in data/calendar.json."""
    return calendar_from(orjson.loads((files("geo_service.catalogue") / "data" / "calendar.json").read_bytes()))


def calendar_from(data: Mapping[str, Any]) -> CalendarTable:
    """A table from its JSON form: off = [name, first day, last day], working = [name, day]. SetupError where it contradicts itself."""
    years = {int(year): (one["status"], one["source"]) for year, one in data["years"].items()}
    found: dict[date, SpecialDay] = {}

    def add(day: date, works: bool, name: str) -> None:
        if day in found or day.year not in years:
            raise SetupError(
                "bad_calendar_day", en="{day} is listed twice or its year has no source", zh="{day} 重复，或其年份没有来源", day=day
            )
        found[day] = SpecialDay(day, works, name)

    for name, first, last in data["off"]:
        day, until = date.fromisoformat(first), date.fromisoformat(last)
        while day <= until:
            add(day, False, name)
            day += timedelta(days=1)
    for name, day in data["working"]:
        add(date.fromisoformat(day), True, name)
    if sorted(years) != list(range(min(years), max(years) + 1)):
        raise SetupError("calendar_gap", en="the calendar leaves out a year", zh="工作日历缺少年份")
    return CalendarTable(tuple(sorted(found.values(), key=lambda one: one.day)), years)
