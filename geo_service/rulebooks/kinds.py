"""The kinds of rules people edit as tables: for each its columns, what makes a line one of its kind, and how a line is read and written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo_service.catalogue.records import cell_error
from geo_service.catalogue.sheets import Cell, RowError

Row = dict[str, Any]
"""A line in JSON values, as a version of the rules stores it."""

Numbered = list[tuple[int, Row]]
"""Lines with the number each has in its file."""

LONGEST_TEXT = 2000
BLANK = ("", "*")


@dataclass(frozen=True)
class Known:
    """What a line may name. subtrees: categories and everything above them; beside: areas that stand beside the ladder, as compounds
    do; post_roles: of posts that may lead; tells: roles told of
    an escalation; unchanged: keys of lines that stand in the present version as they are, which may name what has expired since."""

    today: date
    subtrees: Collection[str] = ()
    conditions: Collection[tuple[str, str]] = ()
    levels: Collection[str] = ()
    areas: Collection[str] = ()
    beside: Collection[str] = ()
    agencies: Collection[str] = ()
    post_roles: Collection[str] = ()
    tells: Collection[str] = ()
    entries: Collection[str] = ()
    now: Mapping[str, Mapping[tuple[str, ...], Row]] = field(default_factory=dict)

    def stands(self, kind: Kind, row: Row) -> bool:
        """Whether this very line is in force already."""
        return self.now.get(kind.name, {}).get(kind.key_of(row)) == row


@dataclass(frozen=True)
class Kind:
    """A kind of rules. book: the versioned book it is part of. key: the columns that make a line one of its kind.

    read: cells to a line, or CellError. write: a line to its cells. whole: what is wrong with the lines together.
    """

    name: str
    book: str
    zh: str
    en: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    read: Callable[[dict[str, str], Known], Row]
    write: Callable[[Row], Sequence[Cell]]
    whole: Callable[[Numbered, Known], Iterator[RowError]] = lambda rows, known: iter(())
    unpack: Callable[[list[Row], Mapping[str, Any]], list[Row]] = lambda rows, meta: rows
    pack: Callable[[list[Row]], tuple[list[Row], dict[str, Any]]] = lambda rows: (rows, {})

    def key_of(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """What makes the line one of its kind, as texts."""
        return tuple(str(row[name]) for name in self.key)

    def title(self, language: str) -> str:
        """Its name in the caller's language."""
        return self.zh if language.lower().startswith("zh") else self.en


def day_of(cells: Mapping[str, str], column: str) -> date | None:
    """The cell as a date, None for an empty one. CellError for an instant or anything else: a rule holds on days."""
    text = cells[column].strip().replace("/", "-")
    if not text:
        return None
    try:
        parts = [int(part) for part in text.split("-")]
        return date(*parts)
    except (TypeError, ValueError):
        raise cell_error(
            column, "bad_date", "a date as 2026-10-01 is needed, without a time", "应为 2026-10-01 形式的日期，不含时刻"
        ) from None


def short(cells: Mapping[str, str], column: str, *, longest: int = LONGEST_TEXT) -> str:
    """The cell, if it is not too long for what it is. CellError otherwise."""
    if len(cells[column]) > longest:
        raise cell_error(column, "too_long", f"more than {longest} characters", f"超过 {longest} 个字符")
    return cells[column]


def plain_number(value: float | None) -> Cell:
    """A number as a spreadsheet shows it: 4 for 4.0."""
    return None if value is None else int(value) if float(value).is_integer() else value
