"""The rules in force, read from the database: what cases are about, how long they may take, who leads, which days are worked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.clocks import WorkCalendar
from geo_service.cases.rule_versions import book, made_of, put_book
from geo_service.catalogue.calendar import CalendarTable, SpecialDay, shipped_calendar
from geo_service.catalogue.duties import Duty
from geo_service.catalogue.limits import LimitRow
from geo_service.catalogue.records import AffairRow
from geo_service.catalogue.rulebook import Rulebook, shipped_rulebook
from geo_service.catalogue.trees import Category
from geo_service.errors import RequestError
from geo_service.responsibility import Rule, starter_rules

_TABLES: dict[str, type[Any]] = {"categories": Category, "affairs": AffairRow, "limits": LimitRow, "duties": Duty}


@dataclass(frozen=True, slots=True)
class Matrix:
    """The responsibility matrix of one version."""

    version: int
    rules: tuple[Rule, ...]


def rulebook_in_force(connection: Connection) -> Rulebook:
    """Categories, affairs, limits and duty lists of the latest version. SetupError where the city has none."""
    found = book(connection, "catalogue")

    def make(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> Rulebook:
        tables: dict[str, list[Any]] = {name: [] for name in _TABLES}
        for row in rows:
            tables[row["table"]].append(_TABLES[row["table"]](**{name: value for name, value in row.items() if name != "table"}))
        known = {one.key: one for one in tables["categories"]}
        affairs, limits, duties = (tuple(tables[name]) for name in ("affairs", "limits", "duties"))
        return Rulebook(found.version, found.created_at, known, affairs, limits, duties, found.note)

    return made_of(connection, found, make)


def matrix_in_force(connection: Connection) -> Matrix:
    """The latest version of the matrix."""
    found = book(connection, "matrix")
    return Matrix(found.version, made_of(connection, found, _rules))


def _rules(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(rule_from(row) for row in rows)


def calendar_in_force(connection: Connection) -> WorkCalendar:
    """The latest version of the table of holidays."""
    return made_of(connection, book(connection, "calendar"), _calendar)


def _calendar(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> WorkCalendar:
    days = {date.fromisoformat(row["day"]): bool(row["works"]) for row in rows}
    return WorkCalendar(date.fromisoformat(meta["first"]), date.fromisoformat(meta["last"]), days)


def usable_version(rulebook: Rulebook, wanted: int | None) -> int:
    """The version of the rules a case is judged by now. RequestError for one that was superseded or never was."""
    if wanted is not None and wanted != rulebook.version:
        older = wanted < rulebook.version
        raise RequestError(
            "superseded_rules" if older else "unknown_rules_version",
            en="version {wanted} of the rules is not in force: version {version} is",
            zh="规则第 {wanted} 版未在施行，现行第 {version} 版",
            wanted=wanted,
            version=rulebook.version,
            field="rules_version",
        )
    return rulebook.version


def rule_row(rule: Rule) -> dict[str, Any]:
    """A line of the matrix in JSON values."""
    said = asdict(rule)
    said["from_on"], said["until_on"] = (None if day is None else day.isoformat() for day in (rule.from_on, rule.until_on))
    return said


def rule_from(row: Mapping[str, Any]) -> Rule:
    """The line of those values. RequestError when it cannot be."""
    season = row.get("season")
    given = {one.name: row[one.name] for one in fields(Rule) if one.name in row}
    for name in ("from_on", "until_on"):
        if given.get(name) is not None:
            given[name] = date.fromisoformat(given[name])
    given["cohandlers"] = tuple(row.get("cohandlers", ()))
    given["season"] = None if season is None else (tuple(season[0]), tuple(season[1]))
    return Rule(**given)


def calendar_rows(table: CalendarTable) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and the meta of a table of holidays."""
    rows = [{"day": one.day.isoformat(), "works": one.works, "name": one.name} for one in table.days if isinstance(one, SpecialDay)]
    years = {str(year): list(source) for year, source in table.years.items()}
    return rows, {"first": table.first.isoformat(), "last": table.last.isoformat(), "years": years}


def catalogue_rows(rulebook: Rulebook) -> list[dict[str, Any]]:
    """A rulebook in JSON values, each row with the name of its table."""
    tables: dict[str, Iterable[Any]] = {
        "categories": rulebook.categories.values(),
        "affairs": rulebook.affairs,
        "limits": rulebook.limits,
        "duties": rulebook.duties,
    }
    return [{"table": name, **asdict(row)} for name, rows in tables.items() for row in rows]


def seed_rules(connection: Connection, *, agency_codes: list[str], city: str, districts: list[str], actor: str, at: datetime) -> None:
    """Gives a city the rules that ship with the program: catalogue, holidays, and a first matrix made out to its own agencies."""
    at = at.astimezone(UTC)
    put_book(connection, "catalogue", catalogue_rows(shipped_rulebook()), actor=actor, at=at, note="shipped with the program")
    rows, meta = calendar_rows(shipped_calendar())
    put_book(connection, "calendar", rows, actor=actor, at=at, note="shipped with the program", meta=meta)
    rules = starter_rules(agency_codes, city=city, districts=districts)
    put_book(connection, "matrix", [rule_row(rule) for rule in rules], actor=actor, at=at, note="starter matrix")
