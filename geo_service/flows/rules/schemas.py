"""The wire of rules as tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field


class CalendarEndsOut(BaseModel):
    """Until when the table of holidays is known. warning: from 60 days before its end on, in the caller's language."""

    last_day: date
    days_left: int
    warning: str | None


class RulesOut(BaseModel):
    """A kind of rules: its version in force, who made it when, and how many lines each of its tables has."""

    name: str = Field(examples=["limits"])
    title: str
    book: str = Field(examples=["catalogue"], description="the versioned book it is part of")
    version: int | None = Field(description="null where the city stored none: what ships with the program holds")
    digest: str | None
    created_at: datetime | None
    effective_from: datetime | None = Field(description="the instant from which it holds; to come for a planned version")
    withdrawn_at: datetime | None = Field(description="when a planned version was given up; it never held")
    actor: str | None
    note: str | None
    lines: dict[str, int]


class RulesListOut(BaseModel):
    """Every kind of rules that goes out to files and comes back."""

    items: list[RulesOut]
    calendar: CalendarEndsOut


class VersionsOut(BaseModel):
    """All versions of a kind, the latest first."""

    items: list[RulesOut]


class TableOut(BaseModel):
    """The lines of a table. key: the columns that make a line one of its kind."""

    name: str
    columns: list[str]
    key: list[str]
    rows: list[dict[str, Any]]


class LinesOut(BaseModel):
    """The lines of a kind of rules in one version. calendar: for the calendar, until when it is known."""

    name: str
    book: str
    version: int
    digest: str
    created_at: datetime
    effective_from: datetime
    actor: str
    note: str
    tables: list[TableOut]
    calendar: CalendarEndsOut | None


class ChangedRow(BaseModel):
    """A line as it was and as it is. columns: those that differ."""

    columns: list[str]
    before: dict[str, Any]
    after: dict[str, Any]


class ChangesOut(BaseModel):
    """What an import does to a table; at most 200 lines of each sort are shown, `counts` has all."""

    table: str
    counts: dict[str, int] = Field(examples=[{"added": 1, "changed": 2, "removed": 0}])
    added: list[dict[str, Any]]
    changed: list[ChangedRow]
    removed: list[dict[str, Any]]


class ProofsOut(BaseModel):
    """The completeness proof of the matrix before and after; worse: more undecided than before, refused without allow_gaps."""

    worse: bool
    before: dict[str, Any]
    after: dict[str, Any]


class ImportOut(BaseModel):
    """What an import changes (committed: changed). open_cases: how many open cases the lines are about; none is judged anew."""

    name: str
    base_version: int | None
    version: int = Field(description="in force now")
    digest: str
    changed: bool
    committed: bool
    said: str = Field(description="the outcome in words, in the caller's language")
    changes: list[ChangesOut]
    open_cases: int
    proof: ProofsOut | None
    warnings: list[str]
