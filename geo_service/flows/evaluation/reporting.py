"""An evaluation as a file: a page to print, a workbook with charts, or a plain table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import case_record
from geo_service.catalogue import sheets
from geo_service.flows.evaluation.asking import Asked, month_of
from geo_service.flows.evaluation.counting import cases_of, count_all
from geo_service.flows.evaluation.page import page
from geo_service.flows.evaluation.service import Evaluation, Line
from geo_service.flows.evaluation.table import columns, row
from geo_service.flows.evaluation.workbook import workbook

Form = Literal["csv", "xlsx", "html"]
MEDIA: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
MOST_DAYS = 100
"""Longer periods have no chart of days."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says beyond the evaluation. month: YYYY-MM, None for another period. before: all cases of the month before.

    days: (day of the city's calendar, cases received), none for long periods.
    """

    found: Evaluation
    month: str | None
    before: Line | None
    days: tuple[tuple[date, int], ...]


def report_file(connection: Connection, found: Evaluation, form: Form, *, language: str, month: str | None = None) -> bytes:
    """The file: HTML (UTF-8, loads nothing), XLSX, or CSV (UTF-8 with a byte order mark; columns in English, as programs want them)."""
    if form == "csv":
        lines = [found.whole, *([found.unassigned] if found.unassigned else []), *found.lines]
        return sheets.write(columns(), [row(found.asked, line, language) for line in lines], "csv")
    before = None if month is None else _month_before(connection, found, month)
    made = Report(found, month, before, _days(connection, found.asked))
    if form == "xlsx":
        return workbook(made.found, days=made.days, language=language)
    return page(made.found, month=month, before=made.before, days=made.days, language=language).encode()


def _month_before(connection: Connection, found: Evaluation, month: str) -> Line | None:
    """All cases of the month before, as they stand now; None where cases were placed by another generation's borders."""
    if found.asked.relocated:
        return None
    year, number = (int(part) for part in month.split("-"))
    earlier = f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
    start, end = month_of(found.asked.published, earlier)
    counts = count_all(connection, replace(found.asked, start=start, end=end))
    return replace(found.whole, counts=counts)


def _days(connection: Connection, asked: Asked) -> tuple[tuple[date, int], ...]:
    if asked.end - asked.start > timedelta(days=MOST_DAYS) or asked.relocated:
        return ()
    zone = ZoneInfo(asked.published.city.timezone)
    instants = connection.execute(sa.select(case_record.c.received_at).where(*cases_of(asked))).scalars()
    counted = Counter(at.astimezone(zone).date() for at in instants)
    first, last = (_day(at, zone) for at in (asked.start, asked.end - timedelta(microseconds=1)))
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple((day, counted[day]) for day in every)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
