"""Tables as CSV and XLSX, in and out: every cell a text or a number, errors row by row, nothing that a spreadsheet would run.

A text that a spreadsheet takes for a formula is written with an apostrophe before it, which reading takes off again. Telephone numbers
with a plus stay as they are: they are no formulas, and they must stay dialable.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from geo_service.errors import RequestError, TooLargeError

Format = Literal["csv", "xlsx"]
Cell = str | int | float | None

LARGEST_FILE = 16 * 2**20
LARGEST_UNPACKED = 128 * 2**20
MOST_ROWS = 100_000
LONGEST_CELL = 32_000
_PHONE = re.compile(r"\+\d[\d \-]{4,20}\d")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TRIGGERS = "=+-@|%"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row. row: as a spreadsheet counts, the heading is 1. column: '' for the whole row."""

    row: int
    column: str
    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: per row its number and its cells by column, '' where empty; and what could not be read."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    errors: tuple[RowError, ...]


def safe(text: str) -> str:
    """The text as a spreadsheet may have it: formulas, also with full-width signs or behind blanks, become plain text."""
    clean = _UNPRINTABLE.sub("\ufffd", text)[:LONGEST_CELL]
    if _PHONE.fullmatch(clean):
        return clean
    return f"'{clean}" if _runs(clean) else clean


def plain(text: str) -> str:
    """The text before `safe` was applied to it."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet might run it: what it begins with once blanks and invisible marks are passed over, or a tab or line break."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    if text.startswith("'"):  # so that taking the apostrophe off again gives the same text
        return _runs(text[1:])
    for sign in text:
        if sign.isspace() or unicodedata.category(sign) in ("Cf", "Zs"):
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _TRIGGERS
    return False


def write(columns: Sequence[str], rows: Iterable[Sequence[Cell]], form: Format, *, title: str = "sheet") -> bytes:
    """A table as a file. CSV: UTF-8 with a byte order mark, as spreadsheets want it. Numbers stay numbers, texts are made safe."""
    table: list[list[Cell]] = [list(columns), *(list(row) for row in rows)]
    texts = [[safe(cell) if isinstance(cell, str) else cell for cell in row] for row in table]
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([["" if cell is None else cell for cell in row] for row in texts])
        return b"\xef\xbb\xbf" + out.getvalue().encode()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "sheet")
    for row in texts:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"  # a text whatever it looks like
            cells.append(cell)
        sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def read(data: bytes, form: Format, *, columns: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """The rows of a file whose first row names its columns, in any order. Empty rows are passed over.

    RequestError for a file that is none, and for columns that are missing, unknown or doubled; TooLargeError over 16 MB, 128 MB
    unpacked or 100,000 rows. What is wrong with single cells comes back as errors.
    """
    if len(data) > LARGEST_FILE:
        raise TooLargeError("file_too_large", en="the file is larger than 16 MB", zh="文件超过 16 MB")
    lines = _csv_lines(data) if form == "csv" else _xlsx_lines(data)
    if not lines:
        raise RequestError("empty_file", en="the file is empty", zh="文件为空", field="file")
    if len(lines) > MOST_ROWS + 1:
        raise TooLargeError("too_many_rows", en="the file has more than 100,000 rows", zh="文件超过 100000 行")
    heading = [plain(cell).strip() for cell in lines[0]]
    while heading and not heading[-1]:
        heading.pop()
    _check_heading(heading, columns, optional)
    rows: list[tuple[int, dict[str, str]]] = []
    errors: list[RowError] = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(heading) :]):
            errors.append(RowError(number, "", "too_many_cells", "more cells than columns", "单元格数多于列数"))
            continue
        values = dict.fromkeys((*columns, *optional), "")
        values |= {name: plain(cell.strip(" ")) for name, cell in zip(heading, line, strict=False)}
        broken = [RowError(number, name, *found) for name, text in values.items() if (found := _unreadable(text)) is not None]
        errors += broken
        if not broken:
            rows.append((number, values))
    return Sheet(tuple(rows), tuple(errors))


def _unreadable(text: str) -> tuple[str, str, str] | None:
    if _UNPRINTABLE.search(text):
        return ("control_character", "this contains a control character", "含有控制字符")
    if len(text) > LONGEST_CELL:
        return ("too_long", f"more than {LONGEST_CELL} characters", f"超过 {LONGEST_CELL} 个字符")
    return None


def _check_heading(heading: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    known: Mapping[str, None] = dict.fromkeys((*columns, *optional))
    for code, names, en, zh in (
        ("columns_doubled", [name for name in known if heading.count(name) > 1], "columns named twice: {names}", "列名重复：{names}"),
        ("unknown_columns", [name for name in heading if name not in known], "unknown columns: {names}", "未知的列：{names}"),
        ("missing_columns", [name for name in columns if name not in heading], "missing columns: {names}", "缺少列：{names}"),
    ):
        if names:
            raise RequestError(code, en=en, zh=zh, names=", ".join(safe(name)[:60] for name in names[:10]), field="file")


def _csv_lines(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):  # spreadsheets in China still write the latter
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RequestError(
            "unknown_encoding", en="the file is neither UTF-8 nor GB18030", zh="文件编码既非 UTF-8 也非 GB18030", field="file"
        )
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as wrong:
        raise RequestError("bad_csv", en="this is no CSV: {why}", zh="不是有效的 CSV：{why}", why=str(wrong), field="file") from None


def _xlsx_lines(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise TooLargeError("file_too_large", en="the file is larger than 128 MB unpacked", zh="文件解压后超过 128 MB")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as wrong:
        raise RequestError("bad_xlsx", en="this is no XLSX workbook", zh="不是有效的 XLSX 文件", field="file") from wrong
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says about its own size is not believed
        lines = []
        for row in sheet.iter_rows(values_only=True):
            lines.append([_text(value) for value in row])
            if len(lines) > MOST_ROWS + 1:
                break
        return lines
    finally:
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
