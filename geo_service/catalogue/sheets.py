"""Tables as CSV and XLSX, in and out: every cell a text or a number, errors row by row, nothing that a spreadsheet would run.

A text that a spreadsheet takes for a formula is written with an apostrophe before it, which reading takes off again. Telephone numbers
with a plus stay as they are: they are no formulas, and they must stay dialable. A formula that comes in is refused, cell by cell.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Literal

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
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?|[+-]")
ENCODINGS: dict[str, str] = {"utf-8": "utf-8-sig", "gbk": "gb18030", "gb18030": "gb18030"}
"""What a CSV may be written in, by the name one declares; UTF-8 unless another is named."""
_NO_WORKBOOK = (
    *(zipfile.BadZipFile, InvalidFileException, zlib.error, SyntaxError, KeyError, ValueError, OSError, TypeError),
    *(AttributeError, IndexError, EOFError, NotImplementedError, RuntimeError),
)
"""What openpyxl and zipfile raise at a file that is no workbook, or a broken one."""

csv.field_size_limit(LARGEST_FILE)  # a cell that is too long is an error of its row, not of the file


class Formula(str):
    """A cell that a spreadsheet would run."""

    __slots__ = ()


Lines = list[list[str]]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row. row: as a spreadsheet counts. column: '' for the whole row. value: of the cell, cut short."""

    row: int
    column: str
    code: str
    en: str
    zh: str
    sheet: str = ""
    value: str = ""


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


def write(columns: Sequence[str], rows: Iterable[Sequence[Cell]], form: Format, *, title: str = "sheet", mark: str = "") -> bytes:
    """A table as a file. CSV: UTF-8 with a byte order mark, as spreadsheets want it. Numbers stay numbers, texts are made safe.

    mark: a line above the heading of a CSV, which `marked` takes off again.
    """
    if form == "xlsx":
        return write_workbook({title: (columns, rows)})
    out = io.StringIO()
    head: list[Sequence[Cell]] = [[mark]] if mark else []
    csv.writer(out, lineterminator="\r\n").writerows(
        ["" if cell is None else cell for cell in row] for row in _safe_rows([*head, columns, *rows])
    )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_workbook(tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """Tables as sheets of one XLSX workbook. tables: title -> (columns, rows)."""
    book = Workbook(write_only=True)
    for title, (columns, rows) in tables.items():
        sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "sheet")
        for row in _safe_rows([columns, *rows]):
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


def _safe_rows(table: Iterable[Sequence[Cell]]) -> Iterable[list[Cell]]:
    return ([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in table)


def read(data: bytes, form: Format, *, columns: Sequence[str], optional: Sequence[str] = (), encoding: str = "utf-8") -> Sheet:
    """The rows of a file whose first row names its columns, in any order. Empty rows are passed over.

    RequestError for a file that is none, and for columns that are missing, unknown or doubled; TooLargeError over 16 MB, 128 MB
    unpacked or 100,000 rows. What is wrong with single cells comes back as errors. encoding: of a CSV, one of ENCODINGS.
    """
    return table(next(iter(read_lines(data, form, encoding=encoding).values()), []), columns=columns, optional=optional)


def read_lines(data: bytes, form: Format, *, encoding: str = "utf-8") -> dict[str, Lines]:
    """The lines of every sheet of a file by title, as they stand; a CSV is one sheet without a title. Errors as `read`."""
    if len(data) > LARGEST_FILE:
        raise TooLargeError("file_too_large", en="the file is larger than 16 MB", zh="文件超过 16 MB")
    found = {"": _csv_lines(data, encoding)} if form == "csv" else _xlsx_lines(data)
    if any(len(lines) > MOST_ROWS + 1 for lines in found.values()):
        raise TooLargeError("too_many_rows", en="the file has more than 100,000 rows", zh="文件超过 100000 行")
    return found


def marked(lines: Lines) -> tuple[str, Lines]:
    """The mark above the heading ('' for none), and the lines without it."""
    if lines and lines[0] and lines[0][0].startswith("#") and not any(cell.strip() for cell in lines[0][1:]):
        return lines[0][0].strip(), lines[1:]
    return "", lines


def table(lines: Lines, *, columns: Sequence[str], optional: Sequence[str] = (), first: int = 1) -> Sheet:
    """The rows of lines whose first one names the columns. first: the number of that line in its file. Errors as `read`."""
    if not lines:
        raise RequestError("empty_file", en="the file is empty", zh="文件为空", field="file")
    heading = [plain(cell).strip() for cell in lines[0]]
    while heading and not heading[-1]:
        heading.pop()
    _check_heading(heading, columns, optional)
    rows: list[tuple[int, dict[str, str]]] = []
    errors: list[RowError] = []
    for number, line in enumerate(lines[1:], start=first + 1):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(heading) :]):
            errors.append(RowError(number, "", "too_many_cells", "more cells than columns", "单元格数多于列数"))
            continue
        values = dict.fromkeys((*columns, *optional), "")
        named = dict(zip(heading, line, strict=False))
        values |= {name: plain(cell.strip(" ")) for name, cell in named.items()}
        broken = [
            RowError(number, name, *found, value=shortened(text))
            for name, text in values.items()
            if (found := _unreadable(named.get(name, ""), text)) is not None
        ]
        errors += broken
        if not broken:
            rows.append((number, values))
    return Sheet(tuple(rows), tuple(errors))


def shortened(text: str) -> str:
    """The text as an error may repeat it: printable, at most 80 characters."""
    return _UNPRINTABLE.sub("\ufffd", text[:80])


def _unreadable(cell: str, text: str) -> tuple[str, str, str] | None:
    if isinstance(cell, Formula):
        return ("formula", "this is a formula; only values are taken", "单元格是公式，只接受数值或文本")
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


def _csv_lines(data: bytes, encoding: str) -> Lines:
    named = ENCODINGS.get(encoding.lower())
    if named is None:
        raise RequestError(
            "unknown_encoding",
            en="the encoding is one of {known}",
            zh="编码应为 {known} 之一",
            known=", ".join(ENCODINGS),
            field="encoding",
        )
    try:
        text = data.decode(named)
    except UnicodeDecodeError as wrong:
        raise RequestError(
            "not_in_this_encoding",
            en="the file is not {encoding} (byte {at}); spreadsheets in China often write GBK: then declare encoding gbk",
            zh="文件不是 {encoding} 编码（第 {at} 字节）；若由国内电子表格软件另存，请声明编码 gbk",
            encoding=encoding,
            at=wrong.start,
            field="file",
        ) from None
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as wrong:
        raise RequestError("bad_csv", en="this is no CSV: {why}", zh="不是有效的 CSV：{why}", why=str(wrong), field="file") from None
    return [[Formula(cell) if _is_formula(cell) else cell for cell in line] for line in found]


def _is_formula(cell: str) -> bool:
    """Whether a cell of a CSV would be run: it begins like a formula, and is neither a number nor a telephone number."""
    text = cell.strip()
    signs = [sign for sign in text[:8] if not (sign.isspace() or unicodedata.category(sign) in ("Cf", "Zs"))]
    begins = bool(signs) and unicodedata.normalize("NFKC", signs[0])[:1] in "=+-@"
    return begins and not _NUMBER.fullmatch(text) and not _PHONE.fullmatch(text)


def _xlsx_lines(data: bytes) -> dict[str, Lines]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise TooLargeError("file_too_large", en="the file is larger than 128 MB unpacked", zh="文件解压后超过 128 MB")
        book = load_workbook(io.BytesIO(data), read_only=True)
        try:
            return {sheet.title: _sheet_lines(sheet) for sheet in book.worksheets}
        finally:
            book.close()
    except _NO_WORKBOOK as wrong:
        raise RequestError("bad_xlsx", en="this is no XLSX workbook", zh="不是有效的 XLSX 文件", field="file") from wrong


def _sheet_lines(sheet: Any) -> Lines:
    sheet.reset_dimensions()  # what a file says about its own size is not believed
    lines: Lines = []
    for row in sheet.iter_rows():
        lines.append([Formula(_text(cell.value)) if cell.data_type == "f" else _text(cell.value) for cell in row])
        if len(lines) > MOST_ROWS + 1:
            break
    return lines


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):  # a spreadsheet keeps a date as an instant at midnight
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return str(value)
