"""The table of holidays in force, as the clocks ask for it. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.clocks.calendar import USUAL_HOURS, Hours, Season, WorkCalendar
from geo_service.cases.rule_versions import book_in_force, made_of


def calendar_in_force(connection: Connection, *, at: datetime) -> WorkCalendar:
    """The table of holidays that holds at an instant. SetupError where the city has none."""
    return made_of(connection, book_in_force(connection, "calendar", at=at), _calendar)


def _calendar(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> WorkCalendar:
    days = {date.fromisoformat(row["day"]): bool(row["works"]) for row in rows}
    hours = _hours(meta["hours"]) if "hours" in meta else USUAL_HOURS
    seasons = tuple(Season(tuple(first), tuple(last), _hours(spans)) for first, last, spans in meta.get("seasons", ()))
    return WorkCalendar(date.fromisoformat(meta["first"]), date.fromisoformat(meta["last"]), days, hours, seasons)


def _hours(spans: list[list[str]]) -> Hours:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
