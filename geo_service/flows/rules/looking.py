"""The rules of a kind in one of their versions, as lines; what a line may name; until when the calendar is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.calendars import calendar_in_force
from geo_service.cases.clocks import CalendarEnds
from geo_service.cases.rule_versions import BEGINNING, Book, book, book_if_any, book_in_force, digest_of, rows_of
from geo_service.cases.workflow.words import ENTRIES, ROLES
from geo_service.catalogue.records import subtrees_of
from geo_service.catalogue.sheets import Format
from geo_service.errors import NotFoundError
from geo_service.published import Published
from geo_service.rulebooks.files import file_of
from geo_service.rulebooks.kinds import Kind, Known, Row
from geo_service.rulebooks.registry import GROUPS, KINDS, kinds_of
from geo_service.workers import POST_TITLES
from geo_service.workers.tables import agency

UNSEEDED = ("population",)
"""Books that no city begins with: an empty table is what it edits first."""
TELLS = tuple(role for role in ROLES if role not in ("system", "planner", "administrator"))
"""Roles that an escalation may tell."""


@dataclass(frozen=True)
class Lines:
    """Lines of the tables of a name, in one version of their book."""

    name: str
    book: Book
    kinds: tuple[Kind, ...]
    rows: Mapping[str, list[Row]]


def lines(connection: Connection, name: str, *, now: datetime, version: int | None = None, at: datetime | None = None) -> Lines:
    """The tables in the version named, or in force at an instant, or now. NotFoundError for a kind or version that is none."""
    kinds = kinds_of(name)
    found = book_at(connection, kinds[0].book, version=version, at=at, now=now)
    return Lines(name, found, kinds, unpacked(connection, found, kinds))


def book_at(connection: Connection, kind: str, *, version: int | None, at: datetime | None, now: datetime) -> Book:
    """A version of a book: the one named, else the one in force at the instant, else the one in force now. A city that never stored any
    of a kind it need not have holds an empty version 0."""
    empty = Book(kind, 0, digest_of(kind, [], {}), {}, BEGINNING, "", "", BEGINNING)
    if version is not None:
        return empty if version == 0 and kind in UNSEEDED else book(connection, kind, version)
    if kind in UNSEEDED:
        return book_if_any(connection, kind, at=at or now) or empty
    if at is None:
        return book_in_force(connection, kind, at=now)
    found = book_if_any(connection, kind, at=at)
    if found is None:
        raise NotFoundError("no_rules_yet", en="no rules were in force yet", zh="当时尚无生效的规则")
    return found


def unpacked(connection: Connection, found: Book, kinds: tuple[Kind, ...]) -> dict[str, list[Row]]:
    """The lines of some tables of a version, as they are edited."""
    rows = rows_of(connection, found)
    if found.kind != "catalogue":
        return {kind.name: kind.unpack(rows, found.meta) for kind in kinds}
    tables: dict[str, list[Row]] = {kind.name: [] for kind in kinds}
    for row in rows:
        if row["table"] in tables:
            tables[row["table"]].append({name: value for name, value in row.items() if name != "table"})
    return tables


def export(found: Lines, form: Format) -> bytes:
    """The file of the lines; it names the version it was made from. RequestError for several tables in a CSV."""
    return file_of(found.kinds, found.rows, found.book, form)


def everything(connection: Connection, *, at: datetime) -> dict[str, list[Row]]:
    """Every table of every book that holds at an instant; none for a book the city does not have yet."""
    tables: dict[str, list[Row]] = {}
    for name in dict.fromkeys(kind.book for kind in KINDS.values()):
        kinds = tuple(kind for kind in KINDS.values() if kind.book == name)
        found = book_if_any(connection, name, at=at)
        tables |= unpacked(connection, found, kinds) if found else {kind.name: [] for kind in kinds}
    return tables


def known_from(
    connection: Connection, published: Published, tables: Mapping[str, list[Row]], now: Mapping[str, list[Row]], day: date
) -> Known:
    """What a line may name, given all tables as they would be. now: the tables in force."""
    layers = {level.name for level in published.city.levels} - {level.name for level in published.city.ladder}
    return Known(
        today=day,
        subtrees=subtrees_of([row["key"] for row in tables["categories"]]),
        conditions={(row["category"], row["condition"]) for row in tables["conditions"]},
        levels=[level.name for level in published.city.ladder],
        areas=published.by_code,
        beside={area.code for area in published.areas.values() if area.level in layers},
        agencies=set(connection.execute(sa.select(agency.c.code)).scalars()),
        post_roles=POST_TITLES,
        tells=TELLS,
        entries=ENTRIES,
        now={name: {KINDS[name].key_of(row): row for row in rows} for name, rows in now.items()},
    )


def calendar_warning(connection: Connection, published: Published, now: datetime) -> CalendarEnds | None:
    """The warning that the table of holidays runs out, from 60 days before its end on."""
    return calendar_in_force(connection, at=now).ends(now, published.city.timezone)


def today(published: Published, now: datetime) -> date:
    """The day in the city's time zone."""
    return now.astimezone(ZoneInfo(published.city.timezone)).date()


def listing(connection: Connection, *, now: datetime) -> list[tuple[str, Book | None, dict[str, Any]]]:
    """(name, its book in force or None, how many lines each of its tables has) for everything that may be asked for."""
    counts = {name: len(rows) for name, rows in everything(connection, at=now).items()}
    found = {name: book_if_any(connection, name, at=now) for name in {kind.book for kind in KINDS.values()}}
    return [(name, found[KINDS[tables[0]].book], {one: counts[one] for one in tables}) for name, tables in GROUPS.items()]
