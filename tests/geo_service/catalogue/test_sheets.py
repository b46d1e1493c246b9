"""Tables as files: what goes out is safe in a spreadsheet and comes back the same; what comes in is read row by row."""

import contextlib
import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from geo_service.catalogue import sheets
from geo_service.catalogue.sheets import plain, read, safe, write
from geo_service.errors import RequestError, TooLargeError

FORMS = ("csv", "xlsx")
DANGEROUS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u200b=1",
    "\ufeff=1",
    "\u3000=1",
    "'=1",
    "﹦1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_becomes_a_text(text) -> None:
    assert safe(text) == "'" + text
    assert plain(safe(text)) == text


@pytest.mark.parametrize("text", ["+86 351 6123456", "+8613800138000", "a=1", "门前-垃圾", "12", "", "'tis", "1+1"])
def test_everything_else_stays_as_it_is(text) -> None:
    assert safe(text) == text
    assert plain(text) == text


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_of_a_file_is_a_formula(form) -> None:
    columns = ["=name", "phone"]
    data = write(columns, [[text, "+86 351 6123456"] for text in DANGEROUS], form)
    if form == "xlsx":
        cells = [cell for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows() for cell in row]
        assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
        assert all(str(cell.value)[:1] == "'" for cell in cells if cell.column == 1)
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    read_back = read(data, form, columns=columns)
    assert [row["phone"] for _, row in read_back.rows] == ["+86 351 6123456"] * len(DANGEROUS)
    assert all(row["=name"].strip() in text for (_, row), text in zip(read_back.rows, DANGEROUS, strict=True))


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=20).map(lambda text: text.strip())


@pytest.mark.parametrize("form", FORMS)
@given(rows=st.lists(st.tuples(st.just("x"), WORDS, st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
def test_a_table_comes_back_as_it_went_out(form, rows) -> None:
    found = read(write(["key", "text", "n"], rows, form), form, columns=["key", "text", "n"])
    assert found.errors == ()
    assert [(row["key"], row["text"], row["n"]) for _, row in found.rows] == [(key, text, str(n)) for key, text, n in rows]


def test_columns_come_in_any_order_and_are_named_not_guessed() -> None:
    found = read(b"b,a\r\n2,1\r\n\r\n ,\r\n4,3\r\n", "csv", columns=["a", "b"], optional=["c"])
    assert found.rows == ((2, {"a": "1", "b": "2", "c": ""}), (5, {"a": "3", "b": "4", "c": ""}))
    for text, code in (("a,b,z\n", "unknown_columns"), ("a\n", "missing_columns"), ("a,a,b\n", "columns_doubled"), ("", "empty_file")):
        with pytest.raises(RequestError) as refused:
            read(text.encode(), "csv", columns=["a", "b"])
        assert refused.value.code == code


def test_bad_cells_are_told_by_row_and_column() -> None:
    found = read(b"a,b\n1,x\x00y\n1,2,3\n5," + b"z" * 40_000 + b"\n7,8\n", "csv", columns=["a", "b"])
    assert [(one.row, one.column, one.code) for one in found.errors] == [
        (2, "b", "control_character"),
        (3, "", "too_many_cells"),
        (4, "b", "too_long"),
    ]
    assert [number for number, _ in found.rows] == [5]


def test_files_that_are_none_are_refused() -> None:
    hole = io.BytesIO()
    with zipfile.ZipFile(hole, "w") as packed:
        packed.writestr("readme.txt", "no workbook")
    for data, form, code in (
        (b"not a zip", "xlsx", "bad_xlsx"),
        (hole.getvalue(), "xlsx", "bad_xlsx"),
        (b"\xff\xff\xff", "csv", "not_in_this_encoding"),
        (b'a,b\n"open', "csv", "bad_csv"),
    ):
        with pytest.raises(RequestError) as refused:
            read(data, form, columns=["a", "b"])
        assert refused.value.code == code


def test_bombs_and_giants_are_refused_before_they_are_read(monkeypatch) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * 2_000_000)
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 1_000_000)
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(TooLargeError, match="unpacked"):
        read(bomb.getvalue(), "xlsx", columns=["a"])
    for form in FORMS:
        with pytest.raises(TooLargeError, match="rows"):
            read(write(["a"], [["x"]] * 4, form), form, columns=["a"])
    monkeypatch.setattr(sheets, "LARGEST_FILE", 10)
    with pytest.raises(TooLargeError):
        read(b"a\n1\n2\n3\n4\n5\n6\n", "csv", columns=["a"])


def test_files_of_older_spreadsheets_are_read_when_that_is_declared() -> None:
    data = "名称\n暴露垃圾\n".encode("gb18030")
    for declared in ("gbk", "GB18030"):
        assert read(data, "csv", columns=["名称"], encoding=declared).rows[0][1] == {"名称": "暴露垃圾"}
    for encoding, code in (("utf-8", "not_in_this_encoding"), ("latin-1", "unknown_encoding")):
        with pytest.raises(RequestError) as refused:
            read(data, "csv", columns=["名称"], encoding=encoding)
        assert refused.value.code == code
        assert "gbk" in refused.value.text("zh-CN")


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3", " =1", "＝1", "\u200b=1"])
def test_a_formula_that_comes_in_is_refused(text) -> None:
    found = read(f'a,b\nx,"{text}"\n+86 351 6123456,-5\n-,+3\n'.encode(), "csv", columns=["a", "b"])
    assert [(one.row, one.column, one.code, one.value) for one in found.errors] == [(2, "b", "formula", text.strip(" "))]
    assert [cells for _, cells in found.rows] == [{"a": "+86 351 6123456", "b": "-5"}, {"a": "-", "b": "+3"}]


def test_a_formula_in_a_workbook_is_refused_and_its_dates_are_read() -> None:
    book, packed = Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.active.append(["=1+1", "2"])
    book.active.append([dt.date(2026, 1, 2), dt.datetime.fromisoformat("2026-01-02T08:00:00")])
    book.save(packed)
    found = read(packed.getvalue(), "xlsx", columns=["a", "b"])
    assert [(one.row, one.column, one.code) for one in found.errors] == [(2, "a", "formula")]
    assert found.rows == ((3, {"a": "2026-01-02", "b": "2026-01-02T08:00:00"}),)


@pytest.mark.parametrize("form", FORMS)
def test_a_cell_of_a_megabyte_is_an_error_of_its_row(form) -> None:
    if form == "csv":
        data = b"a\nx\n" + b"z" * 1_000_000 + b"\n"
    else:
        book, packed = Workbook(), io.BytesIO()
        for value in ("a", "x"):
            book.active.append([value])
        book.save(packed)
        whole = io.BytesIO()
        with zipfile.ZipFile(packed) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                rows = '<row r="3"><c r="A3" t="inlineStr"><is><t>' + "z" * 1_000_000 + "</t></is></c></row></sheetData>"
                new.writestr(part, old.read(part).replace(b"</sheetData>", rows.encode()))
        data = whole.getvalue()
    found = read(data, form, columns=["a"])
    assert [(one.row, one.code, len(one.value)) for one in found.errors] == [(3, "too_long", 80)]
    assert [cells for _, cells in found.rows] == [{"a": "x"}]


def test_a_broken_workbook_is_refused_whatever_is_broken() -> None:
    good = write(["a"], [["x"]], "xlsx")
    for name in zipfile.ZipFile(io.BytesIO(good)).namelist():
        for junk in (b"", b"<a>", b"\x00\xff" * 50):
            packed = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(packed, "w") as new:
                for part in old.namelist():
                    new.writestr(part, junk if part == name else old.read(part))
            with contextlib.suppress(RequestError):
                read(packed.getvalue(), "xlsx", columns=["a"])
