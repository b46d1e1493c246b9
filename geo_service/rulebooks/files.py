"""Rules as files: what goes out names the version it was taken from, what comes in is read table by table with every row's errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo_service.cases.rule_versions import Book
from geo_service.catalogue.sheets import Format, Lines, RowError, Sheet, marked, read_lines, shortened, table, write, write_workbook
from geo_service.errors import CellError, RequestError
from geo_service.rulebooks.kinds import Kind, Known, Numbered, Row

MARK = re.compile(r"# ?citygrid ([a-z]{1,20}) ([0-9]{1,9}) ([0-9a-f]{12})")
ABOUT = "citygrid"
"""The sheet of a workbook that says from which versions its tables are."""
ABOUT_COLUMNS = ("rules", "version", "digest")


@dataclass(frozen=True, slots=True)
class Base:
    """The version of a book that a file was made from. digest: its first 12 digits, '' where only a number was named."""

    version: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of one kind in a file, with the title and first row of their sheet, and the base it names."""

    kind: Kind
    lines: Lines
    first: int
    base: Base | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A table that was read: its good lines with their numbers, and what is wrong with the others."""

    kind: Kind
    rows: Numbered
    errors: tuple[RowError, ...]


def file_of(kinds: Sequence[Kind], rows: Mapping[str, list[Row]], found: Book, form: Format) -> bytes:
    """The file of some tables of one book. RequestError for several tables in a CSV."""
    if form == "csv":
        if len(kinds) > 1:
            raise RequestError(
                "one_table_a_csv",
                en="a CSV holds one table: name one of {known}, or take xlsx",
                zh="CSV 只能容纳一张表：请指定 {known} 之一，或使用 xlsx",
                known=", ".join(kind.name for kind in kinds),
                field="format",
            )
        kind = kinds[0]
        mark = f"# citygrid {found.kind} {found.version} {found.digest[:12]}"
        return write(kind.columns, [kind.write(row) for row in rows[kind.name]], "csv", mark=mark)
    tables = {kind.name: (kind.columns, [kind.write(row) for row in rows[kind.name]]) for kind in kinds}
    return write_workbook({**tables, ABOUT: (ABOUT_COLUMNS, [[found.kind, found.version, found.digest[:12]]])})


def tables_in(data: bytes, kinds: Sequence[Kind], *, encoding: str) -> list[Table]:
    """The tables of a file, CSV or XLSX by its first bytes. A single table may stand on a sheet of any name.

    RequestError for a file that holds none of them, or a sheet nobody knows; others as `read_lines`.
    """
    form: Format = "xlsx" if data[:2] == b"PK" else "csv"
    sheets = read_lines(data, form, encoding=encoding)
    base = _about(sheets.pop(ABOUT, []))
    named = {kind.name: kind for kind in kinds}
    if len(kinds) == 1 and len(sheets) == 1:
        sheets = {kinds[0].name: next(iter(sheets.values()))}
    strangers = [title for title, lines in sheets.items() if title not in named and any(any(line) for line in lines)]
    if strangers or not any(title in named for title in sheets):
        raise RequestError(
            "unknown_sheets",
            en="sheets named {known} are taken, not {found}",
            zh="只接受名为 {known} 的工作表，而不是 {found}",
            known=", ".join(named),
            found=", ".join(shortened(title) or "CSV" for title in (strangers or sheets)) or "–",
            field="file",
        )
    found = []
    for title, lines in sheets.items():
        if title in named:
            mark, rest = marked(lines)
            found.append(Table(named[title], rest, 1 + len(lines) - len(rest), _marked(mark, named[title]) or base.get(named[title].book)))
    return sorted(found, key=lambda one: list(named).index(one.kind.name))


def _marked(mark: str, kind: Kind) -> Base | None:
    found = MARK.fullmatch(mark)
    if found is None:
        return None
    if found[1] != kind.book:
        raise RequestError(
            "other_rules",
            en="this file was exported from the {found} rules, not from {wanted}",
            zh="该文件导出自 {found} 规则，而不是 {wanted}",
            found=found[1],
            wanted=kind.book,
            field="file",
        )
    return Base(int(found[2]), found[3])


def _about(lines: Lines) -> dict[str, Base]:
    found: dict[str, Base] = {}
    for line in lines[1:]:
        cells = [*line, "", "", ""][:3]
        if cells[1].isascii() and cells[1].isdigit() and len(cells[1]) <= 9:
            found[cells[0]] = Base(int(cells[1]), cells[2])
    return found


def parse(found: Table, known: Known) -> Parsed:
    """The lines of a table, or what is wrong with them, row by row."""
    kind = found.kind
    sheet: Sheet = table(found.lines, columns=kind.columns, first=found.first)
    errors = [replace(one, sheet=kind.name) for one in sheet.errors]
    rows: Numbered = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in sheet.rows:
        try:
            row = kind.read(cells, known)
        except CellError as wrong:
            value = shortened(cells.get(wrong.found[0], ""))
            errors.append(RowError(number, *wrong.found, sheet=kind.name, value=value))
            continue
        first = seen.setdefault(kind.key_of(row), number)
        if first != number:
            named = shortened(" · ".join(kind.key_of(row)))
            texts = (f"the same {', '.join(kind.key)} as row {first}", f"{'、'.join(kind.key)} 与第 {first} 行重复")
            errors.append(RowError(number, kind.key[0], "doubled", *texts, sheet=kind.name, value=named))
            continue
        rows.append((number, row))
    if not errors:
        errors += kind.whole(rows, known)
    return Parsed(kind, rows, tuple(sorted(errors, key=lambda one: (one.row, one.column))))
