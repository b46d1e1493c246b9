"""The rules as whoever judges by them asks for them: those in force now, or those of the version a case was judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.clocks import USUAL_LADDER, Ladder, Limit, Step
from geo_service.cases.consultation.entry import ENTRY_RULES, EntryRule
from geo_service.cases.rule_versions import Book, book, book_if_any, book_in_force, made_of
from geo_service.catalogue.duties import Duty
from geo_service.catalogue.limits import ConditionRow, LimitRow
from geo_service.catalogue.records import AffairRow
from geo_service.catalogue.rulebook import Rulebook
from geo_service.catalogue.trees import Category
from geo_service.responsibility import Rule
from geo_service.responsibility.rows import rule_from

TABLES: dict[str, type[Any]] = {
    "categories": Category,
    "affairs": AffairRow,
    "conditions": ConditionRow,
    "limits": LimitRow,
    "duties": Duty,
}
"""The tables of the catalogue and what a line of each is."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The responsibility matrix of one version."""

    version: int
    rules: tuple[Rule, ...]


def rulebook_in_force(connection: Connection, *, at: datetime) -> Rulebook:
    """Categories, affairs, filing conditions, limits and duty lists that hold at an instant. SetupError where the city has none."""
    return _rulebook(connection, book_in_force(connection, "catalogue", at=at))


def rulebook_of(connection: Connection, version: int | None, *, at: datetime) -> Rulebook:
    """The version a case is judged by; the one that holds at an instant for a case that has none yet. NotFoundError for one never made."""
    return rulebook_in_force(connection, at=at) if version is None else _rulebook(connection, book(connection, "catalogue", version))


def _rulebook(connection: Connection, found: Book) -> Rulebook:
    def rulebook(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> Rulebook:
        tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        for row in rows:
            tables[row["table"]].append(TABLES[row["table"]](**{name: value for name, value in row.items() if name != "table"}))
        known = {one.key: one for one in tables.pop("categories")}
        others = {name: tuple(lines) for name, lines in tables.items()}
        return Rulebook(found.version, found.effective_from, known, note=found.note, **others)

    return made_of(connection, found, rulebook)


def matrix_in_force(connection: Connection, *, at: datetime) -> Matrix:
    """The matrix that holds at an instant. SetupError where the city has none."""
    found = book_in_force(connection, "matrix", at=at)
    return Matrix(found.version, made_of(connection, found, _rules))


def _rules(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(rule_from(row) for row in rows)


def ladder_in_force(connection: Connection, *, at: datetime) -> Ladder:
    """The escalation ladder that holds at an instant; what ships where the city never stored one."""
    found = book_if_any(connection, "ladder", at=at)
    return made_of(connection, found, ladder_from) if found else USUAL_LADDER


def ladder_from(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> Ladder:
    """The ladder of stored rows, in the order in which its rungs lead to one another. SetupError as `Ladder`."""
    return Ladder(tuple(_step(row) for row in rows))


def _step(row: Mapping[str, Any]) -> Step:
    plus = None if row["plus_amount"] is None else Limit(row["plus_amount"], row["plus_clock"])
    return Step(row["code"], row["mark"], plus, row["tells"], row["then"])


def ladder_rows(ladder: Ladder) -> list[dict[str, Any]]:
    """The rungs in JSON values."""
    return [
        {
            "code": step.code,
            "mark": step.mark,
            "plus_amount": None if step.plus is None else float(step.plus.amount),
            "plus_clock": None if step.plus is None else step.plus.clock,
            "tells": step.tells,
            "then": step.then,
        }
        for step in ladder.steps
    ]


def entries_in_force(connection: Connection, *, at: datetime) -> Sequence[EntryRule]:
    """The rules by which a matter goes to consultation at an instant; what ships where the city never stored any."""
    found = book_if_any(connection, "entries", at=at)
    return made_of(connection, found, entries_from) if found else ENTRY_RULES


def entries_from(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> tuple[EntryRule, ...]:
    """The entry rules of stored rows, in their order."""
    return tuple(EntryRule(**row) for row in rows)


def entry_rows(rules: Sequence[EntryRule]) -> list[dict[str, Any]]:
    """Entry rules in JSON values."""
    return [{**asdict(one), "least": float(one.least)} for one in rules]
