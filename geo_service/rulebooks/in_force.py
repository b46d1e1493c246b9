"""The rules as whoever judges by them asks for them: those in force now, or those of the version a case was judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.clocks import USUAL_LADDER, Ladder, Limit, Step
from geo_service.cases.consultation.entry import ENTRY_RULES, EntryRule
from geo_service.cases.rule_versions import Book, book, books, made_of
from geo_service.catalogue.duties import Duty
from geo_service.catalogue.limits import ConditionRow, LimitRow
from geo_service.catalogue.records import AffairRow
from geo_service.catalogue.rulebook import Rulebook
from geo_service.catalogue.trees import Category
from geo_service.errors import RequestError
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


def rulebook_in_force(connection: Connection) -> Rulebook:
    """Categories, affairs, filing conditions, limits and duty lists of the latest version. SetupError where the city has none."""
    return _rulebook(connection, book(connection, "catalogue"))


def rulebook_of(connection: Connection, version: int | None) -> Rulebook:
    """The version a case is judged by; the one in force for a case that has none yet. NotFoundError for one that never was."""
    return _rulebook(connection, book(connection, "catalogue", version))


def _rulebook(connection: Connection, found: Book) -> Rulebook:
    def rulebook(rows: list[dict[str, Any]], meta: Mapping[str, Any]) -> Rulebook:
        tables: dict[str, list[Any]] = {name: [] for name in TABLES}
        for row in rows:
            tables[row["table"]].append(TABLES[row["table"]](**{name: value for name, value in row.items() if name != "table"}))
        known = {one.key: one for one in tables.pop("categories")}
        others = {name: tuple(lines) for name, lines in tables.items()}
        return Rulebook(found.version, found.created_at, known, note=found.note, **others)

    return made_of(connection, found, rulebook)


def matrix_in_force(connection: Connection) -> Matrix:
    """The latest version of the matrix."""
    return _matrix(connection, book(connection, "matrix"))


def matrix_of(connection: Connection, version: int | None) -> Matrix:
    """A version of the matrix, the latest if none is named. NotFoundError for one that never was."""
    return _matrix(connection, book(connection, "matrix", version))


def _matrix(connection: Connection, found: Book) -> Matrix:
    return Matrix(found.version, made_of(connection, found, _rules))


def _rules(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(rule_from(row) for row in rows)


def ladder_in_force(connection: Connection) -> Ladder:
    """The latest version of the escalation ladder; what ships where the city never stored one."""
    found = books(connection, "ladder")
    return made_of(connection, found[0], ladder_from) if found else USUAL_LADDER


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


def entries_in_force(connection: Connection) -> Sequence[EntryRule]:
    """The latest version of the rules by which a matter goes to consultation; what ships where the city never stored any."""
    found = books(connection, "entries")
    return made_of(connection, found[0], entries_from) if found else ENTRY_RULES


def entries_from(rows: list[dict[str, Any]], _: Mapping[str, Any]) -> tuple[EntryRule, ...]:
    """The entry rules of stored rows, in their order."""
    return tuple(EntryRule(**row) for row in rows)


def entry_rows(rules: Sequence[EntryRule]) -> list[dict[str, Any]]:
    """Entry rules in JSON values."""
    return [{**asdict(one), "least": float(one.least)} for one in rules]


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


def usable_rule(matrix: Matrix, rule_id: str, on: date) -> Rule:
    """The rule of the matrix that somebody names as the reason. RequestError for one that is not in it, or does not hold on that day."""
    rule = next((one for one in matrix.rules if one.rule_id == rule_id), None)
    if rule is not None and rule.holds_on(on):
        return rule
    gone = rule is None
    raise RequestError(
        "unknown_rule" if gone else "expired_rule",
        en="rule {rule} is not in version {version} of the matrix"
        if gone
        else "rule {rule} does not hold on {on} (from {first} to {last})",
        zh="责任矩阵第 {version} 版中没有规则 {rule}" if gone else "规则 {rule} 在 {on} 不适用（有效期 {first} 至 {last}）",
        rule=rule_id[:80],
        version=matrix.version,
        on=on,
        first="–" if rule is None else rule.from_on or "–",
        last="–" if rule is None else rule.until_on or "–",
        field="rule",
    )
