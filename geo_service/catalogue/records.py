"""Lines of the catalogue's tables, read from sheets with every row's errors and written back."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from geo_service.catalogue import sheets
from geo_service.catalogue.duties import DUTY_KINDS, Duty
from geo_service.catalogue.limits import LimitRow
from geo_service.catalogue.sheets import Cell, Format, RowError
from geo_service.catalogue.trees import Category
from geo_service.catalogue.words import AFFAIRS, AREA_CLASSES, CLOCKS, STAGES, parents_of

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Read(Generic[R]):
    """What a file held: the good lines, and what is wrong with the others. Nothing is to be taken over while there are errors."""

    records: tuple[R, ...]
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class AffairRow:
    """The affair that a category subtree usually is."""

    category: str
    affair: str


class _WrongError(Exception):
    def __init__(self, column: str, code: str, en: str, zh: str) -> None:
        self.found = (column, code, en, zh)


def read_limits(data: bytes, form: Format, *, known: Collection[str]) -> Read[LimitRow]:
    """Lines of the limits table. known: the keys of all categories."""
    subtrees = _subtrees(known)

    def line(cells: dict[str, str]) -> LimitRow:
        _subtree(cells, subtrees)
        for column, options in (("area_class", AREA_CLASSES), ("stage", STAGES), ("clock", CLOCKS), ("mark", ("S", "M", "P"))):
            _one_of(cells, column, options)
        _filled(cells, "condition")
        return LimitRow(**{**cells, "amount": _amount(cells)})  # type: ignore[arg-type]  # all other cells are texts

    return _read(data, form, LimitRow, line, lambda row: row.key)


def read_duties(data: bytes, form: Format, *, known: Collection[str], levels: Collection[str]) -> Read[Duty]:
    """Items of duty lists. levels: the code names of the ladder of areas."""
    subtrees = _subtrees(known)

    def line(cells: dict[str, str]) -> Duty:
        _one_of(cells, "kind", DUTY_KINDS)
        _one_of(cells, "level", levels)
        for column in ("code", "name"):
            _filled(cells, column)
        if cells["category"]:
            _subtree(cells, subtrees)
        return Duty(**cells)

    return _read(data, form, Duty, line, lambda duty: duty.code)


def read_affairs(data: bytes, form: Format, *, known: Collection[str]) -> Read[AffairRow]:
    """Which affair a category subtree usually is."""
    subtrees = _subtrees(known)

    def line(cells: dict[str, str]) -> AffairRow:
        _subtree(cells, subtrees)
        _one_of(cells, "affair", AFFAIRS)
        return AffairRow(**cells)

    return _read(data, form, AffairRow, line, lambda row: row.category)


def read_categories(data: bytes, form: Format) -> Read[Category]:
    """Categories of any trees; the key is made of tree, kind and code, and must agree where it is given."""

    def line(cells: dict[str, str]) -> Category:
        for column in ("tree", "kind", "code", "name"):
            _filled(cells, column)
            if column != "name" and (":" in cells[column] or "*" in cells[column] or any(sign.isspace() for sign in cells[column])):
                raise _WrongError(column, "bad_code", "no blanks, colons or stars", "不能含空格、冒号或星号")
        key = ":".join(cells[column] for column in ("tree", "kind", "code"))
        if cells["key"] not in ("", key):
            raise _WrongError("key", "key_differs", f"the key should be {key}", f"键应为 {key}")
        return Category(**{**cells, "key": key})

    return _read(data, form, Category, line, lambda row: row.key)


def write_records(records: Iterable[Any], kind: type[Any], form: Format) -> bytes:
    """Lines as a file with the columns that the reader of their kind wants."""
    names = _columns(kind)
    rows: list[Sequence[Cell]] = [[getattr(record, name) for name in names] for record in records]
    return sheets.write(names, rows, form, title=kind.__name__)


def _read(data: bytes, form: Format, kind: type[R], line: Callable[[dict[str, str]], R], key_of: Callable[[R], object]) -> Read[R]:
    sheet = sheets.read(data, form, columns=_columns(kind))
    errors, records, seen = list(sheet.errors), [], dict[object, int]()
    for number, cells in sheet.rows:
        try:
            record = line(cells)
        except _WrongError as wrong:
            errors.append(RowError(number, *wrong.found))
            continue
        first = seen.setdefault(key_of(record), number)
        if first != number:
            errors.append(RowError(number, "", "doubled", f"the same as row {first}", f"与第 {first} 行重复"))
            continue
        records.append(record)
    return Read(tuple(records), tuple(sorted(errors, key=lambda one: (one.row, one.column))))


def _columns(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind)]


def _subtrees(known: Collection[str]) -> set[str]:
    return {name for key in known for name in parents_of(key)} | {"*"}


def _subtree(cells: dict[str, str], subtrees: set[str]) -> None:
    if cells["category"] not in subtrees:
        raise _WrongError("category", "unknown_category", "there is no such category", "没有这个类别")


def _one_of(cells: dict[str, str], column: str, options: Collection[str]) -> None:
    if cells[column] not in options:
        named = ", ".join(options)
        raise _WrongError(column, "unknown_choice", f"one of {named} is needed", f"应为 {named} 之一")


def _filled(cells: dict[str, str], column: str) -> None:
    if not cells[column].strip():
        raise _WrongError(column, "missing", "this is needed", "必填")


def _amount(cells: dict[str, str]) -> float:
    try:
        amount = float(cells["amount"])
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and 0 < amount <= 10_000):
        raise _WrongError("amount", "bad_amount", "a number above 0 and at most 10,000 is needed", "应为大于 0 且不超过 10000 的数")
    return amount
