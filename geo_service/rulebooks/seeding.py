"""The rules a city begins with: those that ship with the program."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.clocks import USUAL_LADDER
from geo_service.cases.consultation.entry import ENTRY_RULES
from geo_service.cases.rule_versions import BEGINNING, books, put_book
from geo_service.catalogue.calendar import CalendarTable, shipped_calendar
from geo_service.catalogue.rulebook import Rulebook, shipped_rulebook
from geo_service.responsibility import starter_rules
from geo_service.responsibility.rows import rule_row
from geo_service.rulebooks.in_force import TABLES, entry_rows, ladder_rows

SHIPPED = "shipped with the program"


def seed_rules(connection: Connection, *, agency_codes: list[str], city: str, districts: list[str], actor: str, at: datetime) -> None:
    """Gives a city the rules that ship: catalogue, holidays, escalation, consultation, and a first matrix made out to its own agencies."""
    at = at.astimezone(UTC)
    put = partial(_put, connection, actor=actor, at=at)
    put("catalogue", catalogue_rows(shipped_rulebook()), note=SHIPPED)
    rows, meta = calendar_rows(shipped_calendar())
    put("calendar", rows, note=SHIPPED, meta=meta)
    rules = starter_rules(agency_codes, city=city, districts=districts)
    put("matrix", [rule_row(rule) for rule in rules], note="starter matrix")
    put("ladder", ladder_rows(USUAL_LADDER), note=SHIPPED)
    put("entries", entry_rows(ENTRY_RULES), note=SHIPPED)


def _put(connection: Connection, kind: str, rows: list[dict[str, Any]], *, actor: str, at: datetime, note: str, **more: Any) -> None:
    """The first rules of a kind hold from the beginning, later ones from now."""
    first = not books(connection, kind)
    put_book(connection, kind, rows, actor=actor, at=at, note=note, effective_from=BEGINNING if first else None, **more)


def calendar_rows(table: CalendarTable) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and the meta of a table of holidays."""
    rows = [{"day": one.day.isoformat(), "works": one.works, "name": one.name} for one in table.days]
    years = {str(year): list(source) for year, source in table.years.items()}
    return rows, {"first": table.first.isoformat(), "last": table.last.isoformat(), "years": years}


def catalogue_rows(rulebook: Rulebook) -> list[dict[str, Any]]:
    """A rulebook in JSON values, each row with the name of its table."""
    tables = {name: rulebook.categories.values() if name == "categories" else getattr(rulebook, name) for name in TABLES}
    return [{"table": name, **asdict(row)} for name, rows in tables.items() for row in rows]
