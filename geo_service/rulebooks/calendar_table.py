"""The working calendar as people edit it: one line a day that differs from its weekday, one a year with its source, one a set of hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from geo_service.catalogue.records import Cells, cell_error, filled, one_of
from geo_service.catalogue.sheets import Cell, RowError
from geo_service.rulebooks.kinds import Kind, Known, Numbered, Row, day_of, short

KINDS = {"year": "年度依据", "off": "放假", "work": "调休上班", "hours": "工作时间"}
STATUSES = ("announced", "provisional")
COLUMNS = ("day", "kind", "name", "source")
_YEAR = re.compile(r"20\d\d")
_SEASON = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _read(cells: Cells, known: Known) -> Row:
    """day: 2026-10-01 for off and work, 2026 for year, * or 05-01..09-30 for hours. name: of the day, the year's status, the spans."""
    one_of(cells, "kind", KINDS)
    for column in ("name", "source"):
        short(cells, column, longest=300)
    kind = cells["kind"]
    if kind in ("off", "work"):
        filled(cells, "day")
        day = day_of(cells, "day")
        return {"day": str(day), "kind": kind, "name": cells["name"], "source": cells["source"]}
    if kind == "year":
        if not _YEAR.fullmatch(cells["day"]):
            raise cell_error("day", "bad_year", "a year as 2026 is needed", "应为 2026 形式的年份")
        one_of(cells, "name", STATUSES)
        filled(cells, "source")
    else:
        season_of(cells["day"])
        hours_of(cells["name"])
    return {name: cells[name] for name in COLUMNS}


def season_of(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """'05-01..09-30' as (month, day) pairs, None for '*', the whole year. CellError for anything else."""
    if text == "*":
        return None
    found = _SEASON.fullmatch(text)
    try:
        month, day, to_month, to_day = (int(part) for part in found.groups()) if found else (0, 0, 0, 0)
        date(2024, month, day), date(2024, to_month, to_day)
    except ValueError:
        raise cell_error("day", "bad_season", "* or a season as 05-01..09-30 is needed", "应为 * 或 05-01..09-30 形式的时段") from None
    return (month, day), (to_month, to_day)


def hours_of(text: str) -> list[list[str]]:
    """'08:00-12:00 14:00-18:00' as [[from, until], ...]. CellError for spans that overlap, are out of order or none."""
    found = [_SPAN.fullmatch(part) for part in text.split()]
    spans: list[list[str]] = []
    try:
        edges = [time(int(one[i]), int(one[i + 1])) for one in found if one for i in (1, 3)]
        good = bool(found) and all(found) and edges == sorted(set(edges)) and len(edges) == 2 * len(found)
    except ValueError:
        good = False
    if not good:
        raise cell_error(
            "name",
            "bad_working_hours",
            "spans as 08:00-12:00 14:00-18:00 are needed, in order",
            "应为 08:00-12:00 14:00-18:00 形式，依次排列",
        )
    for i in range(0, len(edges), 2):
        spans.append([edges[i].isoformat("minutes"), edges[i + 1].isoformat("minutes")])
    return spans


def _whole(rows: Numbered, known: Known) -> Iterator[RowError]:
    """Years without a gap, days within them, and an end that is not behind us: a deadline is never guessed in silence."""
    years = {int(row["day"]): number for number, row in rows if row["kind"] == "year"}

    def wrong(number: int, value: str, code: str, en: str, zh: str) -> RowError:
        return RowError(number, "day", code, en, zh, sheet="calendar", value=value)

    if not years:
        yield wrong(
            0, "", "no_years", "no line of kind year says from when to when the table is complete", "缺少年度行，无法知道日历覆盖到何时"
        )
        return
    for year in range(min(years), max(years)):
        if year not in years:
            yield wrong(0, str(year), "calendar_gap", f"the year {year} is left out", f"缺少 {year} 年")
    if max(years) < known.today.year:
        text = (f"the table ends with {max(years)}, which is over", f"日历只到 {max(years)} 年，已经过去")
        yield wrong(years[max(years)], str(max(years)), "calendar_ended", *text)
    for number, row in rows:
        if row["kind"] in ("off", "work") and int(row["day"][:4]) not in years:
            yield wrong(number, row["day"], "year_without_source", "its year has no line of kind year", "该日所在年份没有年度行")


def _unpack(rows: list[Row], meta: Mapping[str, Any]) -> list[Row]:
    """Lines of a stored calendar: years, then hours, then days."""
    lines = [{"day": year, "kind": "year", "name": status, "source": source} for year, (status, source) in sorted(meta["years"].items())]
    if "hours" in meta:
        lines.append({"day": "*", "kind": "hours", "name": _spans(meta["hours"]), "source": ""})
    for first, last, hours in meta.get("seasons", ()):
        day = f"{first[0]:02}-{first[1]:02}..{last[0]:02}-{last[1]:02}"
        lines.append({"day": day, "kind": "hours", "name": _spans(hours), "source": ""})
    for row in rows:
        lines.append({"day": row["day"], "kind": "work" if row["works"] else "off", "name": row["name"], "source": row.get("source", "")})
    return lines


def _spans(hours: list[list[str]]) -> str:
    return " ".join(f"{start}-{end}" for start, end in hours)


def _pack(lines: list[Row]) -> tuple[list[Row], dict[str, Any]]:
    """What is stored: the days in order, and in meta the years, the first and last day, and hours where they are not the usual ones."""
    years = {row["day"]: [row["name"], row["source"]] for row in lines if row["kind"] == "year"}
    days = sorted((row for row in lines if row["kind"] in ("off", "work")), key=lambda row: str(row["day"]))
    rows = [
        {"day": row["day"], "works": row["kind"] == "work", "name": row["name"], **({"source": row["source"]} if row["source"] else {})}
        for row in days
    ]
    meta: dict[str, Any] = {"first": f"{min(years)}-01-01", "last": f"{max(years)}-12-31", "years": years}
    for row in lines:
        if row["kind"] == "hours":
            season = season_of(row["day"])
            if season is None:
                meta["hours"] = hours_of(row["name"])
            else:
                meta.setdefault("seasons", []).append([list(season[0]), list(season[1]), hours_of(row["name"])])
    return rows, meta


def _write(row: Row) -> list[Cell]:
    return [row[name] for name in COLUMNS]


CALENDAR_KIND = Kind("calendar", "calendar", "工作日历", "working calendar", COLUMNS, ("day",), _read, _write, _whole, _unpack, _pack)
