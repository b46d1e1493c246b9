"""Lines of the catalogue's tables, read from sheets with every row's errors and written back."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from geo_service.catalogue import sheets
from geo_service.catalogue.duties import DUTY_KINDS, Duty
from geo_service.catalogue.limits import ConditionRow, LimitRow
from geo_service.catalogue.sheets import Cell, Format, RowError, Sheet
from geo_service.catalogue.trees import Category
from geo_service.catalogue.words import AFFAIRS, AREA_CLASSES, CLOCKS, STAGES, parents_of
from geo_service.errors import CellError

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


def cell_error(column: str, code: str, en: str, zh: str) -> CellError:
    """A cell that cannot be: its column, a stable code, and what is wrong in English and in Chinese."""
    return CellError(code, en="{said_en}", zh="{said_zh}", said_en=en, said_zh=zh, field=column)


Cells = dict[str, str]


def subtrees_of(known: Collection[str]) -> set[str]:
    """Every name a rule may give: the keys, and all subtrees they lie in."""
    return {name for key in known for name in parents_of(key)} | {"*"}


def limit_of(cells: Cells, subtrees: Collection[str]) -> LimitRow:
    """A line of the limits table. CellError for what cannot be."""
    in_subtree(cells, subtrees)
    for column, options in (("area_class", AREA_CLASSES), ("stage", STAGES), ("clock", CLOCKS), ("mark", ("S", "M", "P"))):
        one_of(cells, column, options)
    filled(cells, "condition")
    return LimitRow(**{**cells, "amount": number(cells, "amount", largest=10_000)})  # type: ignore[arg-type]  # all other cells are texts


def condition_of(cells: Cells, subtrees: Collection[str]) -> ConditionRow:
    """A filing condition. CellError for what cannot be."""
    in_subtree(cells, subtrees)
    filled(cells, "condition")
    if cells["condition"] == "*" or len(cells["condition"]) > 60 or any(sign.isspace() for sign in cells["condition"]):
        raise cell_error("condition", "bad_code", "at most 60 characters, no blanks, not a star", "不超过 60 字，不含空格，不能为星号")
    filled(cells, "zh")
    filled(cells, "en")
    return ConditionRow(**cells)


def duty_of(cells: Cells, subtrees: Collection[str], levels: Collection[str]) -> Duty:
    """An item of a duty list. CellError for what cannot be."""
    one_of(cells, "kind", DUTY_KINDS)
    one_of(cells, "level", levels)
    for column in ("code", "name"):
        filled(cells, column)
    if cells["category"]:
        in_subtree(cells, subtrees)
    return Duty(**cells)


def affair_of(cells: Cells, subtrees: Collection[str]) -> AffairRow:
    """The affair a category subtree usually is. CellError for what cannot be."""
    in_subtree(cells, subtrees)
    one_of(cells, "affair", AFFAIRS)
    return AffairRow(**cells)


def category_of(cells: Cells) -> Category:
    """A category; the key is made of tree, kind and code, and must agree where it is given. CellError for what cannot be."""
    for column in ("tree", "kind", "code", "name"):
        filled(cells, column)
        if column != "name" and (":" in cells[column] or "*" in cells[column] or any(sign.isspace() for sign in cells[column])):
            raise cell_error(column, "bad_code", "no blanks, colons or stars", "不能含空格、冒号或星号")
    key = ":".join(cells[column] for column in ("tree", "kind", "code"))
    if len(key) > 60:
        raise cell_error(
            "code", "key_too_long", "tree, kind and code are longer than 60 characters together", "树、类型与代码合计超过 60 字"
        )
    if cells["key"] not in ("", key):
        raise cell_error("key", "key_differs", f"the key should be {key}", f"键应为 {key}")
    return Category(**{**cells, "key": key})


def read_limits(data: bytes, form: Format, *, known: Collection[str]) -> Read[LimitRow]:
    """Lines of the limits table. known: the keys of all categories."""
    subtrees = subtrees_of(known)
    return _read(data, form, LimitRow, lambda cells: limit_of(cells, subtrees), lambda row: row.key)


def read_conditions(data: bytes, form: Format, *, known: Collection[str]) -> Read[ConditionRow]:
    """Filing conditions. known: the keys of all categories."""
    subtrees = subtrees_of(known)
    return _read(data, form, ConditionRow, lambda cells: condition_of(cells, subtrees), lambda row: row.key)


def read_duties(data: bytes, form: Format, *, known: Collection[str], levels: Collection[str]) -> Read[Duty]:
    """Items of duty lists. levels: the code names of the ladder of areas."""
    subtrees = subtrees_of(known)
    return _read(data, form, Duty, lambda cells: duty_of(cells, subtrees, levels), lambda duty: duty.code)


def read_affairs(data: bytes, form: Format, *, known: Collection[str]) -> Read[AffairRow]:
    """Which affair a category subtree usually is."""
    subtrees = subtrees_of(known)
    return _read(data, form, AffairRow, lambda cells: affair_of(cells, subtrees), lambda row: row.category)


def read_categories(data: bytes, form: Format) -> Read[Category]:
    """Categories of any trees."""
    return _read(data, form, Category, category_of, lambda row: row.key)


def write_records(records: Iterable[Any], kind: type[Any], form: Format) -> bytes:
    """Lines as a file with the columns that the reader of their kind wants."""
    names = _columns(kind)
    rows: list[Sequence[Cell]] = [[getattr(record, name) for name in names] for record in records]
    return sheets.write(names, rows, form, title=kind.__name__)


def _read(data: bytes, form: Format, kind: type[R], line: Callable[[Cells], R], key_of: Callable[[R], object]) -> Read[R]:
    return lines_of(sheets.read(data, form, columns=_columns(kind)), line, key_of)


def lines_of(sheet: Sheet, line: Callable[[Cells], R], key_of: Callable[[R], object], *, title: str = "") -> Read[R]:
    """The records of a sheet, and what is wrong with every row that is none. line: a row as a record, or CellError."""
    errors, records, seen = [replace(one, sheet=title) for one in sheet.errors], [], dict[object, int]()
    for row, cells in sheet.rows:
        try:
            record = line(cells)
        except CellError as wrong:
            errors.append(RowError(row, *wrong.found, sheet=title, value=sheets.shortened(cells.get(wrong.found[0], ""))))
            continue
        first = seen.setdefault(key_of(record), row)
        if first != row:
            errors.append(RowError(row, "", "doubled", f"the same as row {first}", f"与第 {first} 行重复", sheet=title))
            continue
        records.append(record)
    return Read(tuple(records), tuple(sorted(errors, key=lambda one: (one.row, one.column))))


def _columns(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind)]


def in_subtree(cells: Cells, subtrees: Collection[str]) -> None:
    """CellError unless the cell `category` names a category or a subtree."""
    if cells["category"] not in subtrees:
        raise cell_error("category", "unknown_category", "there is no such category", "没有这个类别")


def one_of(cells: Cells, column: str, options: Collection[str]) -> None:
    """CellError unless the cell is one of the options."""
    if cells[column] not in options:
        named = ", ".join(options)
        raise cell_error(column, "unknown_choice", f"one of {named} is needed", f"应为 {named} 之一")


def filled(cells: Cells, column: str) -> None:
    """CellError for an empty cell."""
    if not cells[column].strip():
        raise cell_error(column, "missing", "this is needed", "必填")


def number(cells: Cells, column: str, *, largest: float, least: float = 0.0, above: bool = True) -> float:
    """The cell as a number above (or from) `least` up to `largest`. CellError otherwise."""
    try:
        amount = float(cells[column])
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and (least < amount if above else least <= amount) and amount <= largest):
        side, side_zh = ("above", "大于") if above else ("from", "不小于")
        text = (f"a number {side} {least:g} and at most {largest:g} is needed", f"应为{side_zh} {least:g} 且不超过 {largest:g} 的数")
        raise cell_error(column, f"bad_{column}", *text)
    return amount
