"""The report as a workbook: all lines with native charts, the days, what the figures mean. Nothing in it is a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from geo_service.cases.rates import RATES
from geo_service.catalogue.sheets import Cell, safe
from geo_service.flows.evaluation.service import Evaluation
from geo_service.flows.evaluation.table import FIRST, JUDGED, row
from geo_service.flows.evaluation.words import basis, group_name, load_basis, say

MOST_BARS = 40
"""Charts show so many lines: with more nobody reads their names."""
_FORMATS = {
    "per_thousand_people": "0.0",
    "per_thousand_households": "0.0",
    "cases_per_worker": "0.0",
    "households_per_worker": "0.0",
    "score": "0.0%",
}


def workbook(found: Evaluation, *, days: Sequence[tuple[date, int]], language: str) -> bytes:
    """The workbook in 'zh-CN' or 'en'. Texts are made safe for spreadsheets, numbers stay numbers."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = say("sheet.lines", language)
    heads, formats = _heads(found, language)
    lines = [found.whole, *([found.unassigned] if found.unassigned else []), *found.lines]
    _fill(sheet, heads, [_cells(row(found.asked, line, language), language) for line in lines], formats)
    first = len(lines) - len(found.lines) + 2
    last = min(len(lines) + 1, first + MOST_BARS - 1)
    charts = book.create_sheet(say("charts", language))
    if found.lines:
        _charts(charts, sheet, heads, first, last, language)
    if days:
        _daily(book, charts, days, language)
    _about(book.create_sheet(say("sheet.about", language)), found, language)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _heads(found: Evaluation, language: str) -> tuple[list[str], list[str]]:
    first = [say("code", language), group_name(found.asked, language), *(say(name, language) for name in FIRST[2:])]
    formats = ["@", "@", *(_FORMATS.get(name, "#,##0") for name in FIRST[2:])]
    judged = [say(name, language) for name in JUDGED]
    heads, formats = [*first, *judged], [*formats, *(_FORMATS.get(name, "0") for name in JUDGED)]
    for rate in RATES.values():
        label = rate.zh if language.startswith("zh") else rate.en
        heads += [label, f"{label} · {say('numerator', language)}", f"{label} · {say('denominator', language)}"]
        formats += ["0.0%", "#,##0", "#,##0"]
    return heads, formats


def _cells(cells: list[Cell], language: str) -> list[Cell]:
    """A row in words, without the reasons of withheld values: on a sheet an empty cell says it, and the last sheet why."""
    first, at = len(FIRST) + len(JUDGED), FIRST.index("population_basis")
    cells[at] = say(f"people.{cells[at]}", language) if cells[at] else None
    return [*cells[:first], *(cell for at, cell in enumerate(cells[first:]) if at % 4 != 3)]


def _fill(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Cell]], formats: Sequence[str]) -> None:
    for number, cells in enumerate([heads, *rows], start=1):
        for at, value in enumerate(cells, start=1):
            cell = sheet.cell(number, at, safe(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type, cell.number_format = "s", "@"  # a text whatever it looks like
            elif value is not None:
                cell.number_format = formats[at - 1]
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E6EDF5")
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for at in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = {1: 20, 2: 30}.get(at, 11)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _charts(charts: Worksheet, sheet: Worksheet, heads: Sequence[str], first: int, last: int, language: str) -> None:
    shown = [("received", say("received", language), "#,##0")]
    shown += [
        (code, RATES[code].zh if language.startswith("zh") else RATES[code].en, "0%")
        for code in ("handled_on_time", "closed", "satisfaction")
    ]
    for place, (_, label, form) in enumerate(shown):
        chart = BarChart()
        chart.type, chart.style, chart.title, chart.legend = "bar", 10, label, None
        chart.height, chart.width = max(7.0, 0.55 * (last - first + 1) + 3), 16.0
        at = heads.index(label) + 1
        chart.add_data(Reference(sheet, min_col=at, min_row=first, max_row=last), titles_from_data=False)
        chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=last))
        chart.y_axis.number_format, chart.y_axis.delete, chart.x_axis.delete = form, False, False
        chart.x_axis.scaling.orientation = "maxMin"
        if form == "0%":
            chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
        charts.add_chart(chart, f"{'A' if place % 2 == 0 else 'K'}{1 + place // 2 * (int(chart.height * 2) + 3)}")


def _daily(book: Workbook, charts: Worksheet, days: Sequence[tuple[date, int]], language: str) -> None:
    sheet = book.create_sheet(say("daily", language))
    sheet.append(["", say("received", language)])
    for day, number in days:
        sheet.append([day.isoformat(), number])
    sheet.column_dimensions["A"].width = 14
    chart = BarChart()
    chart.title, chart.legend, chart.height, chart.width = say("daily", language), None, 8.0, 24.0
    chart.add_data(Reference(sheet, min_col=2, min_row=2, max_row=len(days) + 1), titles_from_data=False)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=len(days) + 1))
    chart.y_axis.delete, chart.x_axis.delete = False, False
    sheet.add_chart(chart, "D2")


def _about(sheet: Worksheet, found: Evaluation, language: str) -> None:
    asked, y = found.asked, found.standard.yardstick
    sheet.append([say("period", language, start=asked.start.isoformat(), end=asked.end.isoformat())])
    sheet.append([say("as_of", language, at=asked.now.isoformat())])
    sheet.append([basis(found, language)])
    sheet.append([say("few", language, n=y.small)])
    sheet.append([say("few_households", language, n=y.small_households)])
    sheet.append([say("few_people", language, n=y.small_people)])
    sheet.append([load_basis(found, language)])
    steps = " · ".join(f"{'★' * number} ≥ {100 * least:g}" for number, least in enumerate(y.star_from, start=1))
    sheet.append([say("stars_from", language, steps=steps)])
    for rate in RATES.values():
        label, below = (rate.zh, rate.below_zh) if language.startswith("zh") else (rate.en, rate.below_en)
        sheet.append([label, say("share_of", language, below=below)])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 60
