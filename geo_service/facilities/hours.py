"""Opening hours: a line that people write and read, understood as a week with exceptions. Pure.

    周一至周五 09:00-17:30，周六 09:00-12:00；2026-10-01至2026-10-07 休息
    Mon-Fri 09:00-12:00 14:00-18:00; 2026-10-01 closed

Times that end before they begin go on after midnight. A date takes the place of its weekday. All times are the city's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from geo_service.errors import RequestError

Span = tuple[int, int]
"""Minutes of the day from and to; over 1,440 where it ends on the next day."""
DAY = 1440
MOST_EXCEPTIONS = 400
_NAMES = (("一", "mo"), ("二", "tu"), ("三", "we"), ("四", "th"), ("五", "fr"), ("六", "sa"), ("日", "su"))
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAY = r"(?:周|星期)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:mo|tu|we|th|fr|sa|su)\b"
_TO = r"\s*(?:至|到|-|–|—|~)\s*"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = re.compile(rf"(\d{{1,2}})[:：](\d{{2}}){_TO}(\d{{1,2}})[:：](\d{{2}})")
_DAYS = re.compile(
    rf"(?P<from>{_DATE})(?:{_TO}(?P<to>{_DATE}))?|(?P<every>每天|每日|daily|every day)"
    rf"|(?P<days>(?:{_WEEKDAY})(?:(?:{_TO}|\s*[、/&]\s*)(?:{_WEEKDAY}))*)",
    re.IGNORECASE,
)
_ALL_DAY = re.compile(r"全天|24/7|24小时|24 ?h(?:ours)?|all day", re.IGNORECASE)
_CLOSED = re.compile(r"休息|不开放|闭馆|closed|off", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """A week, Monday first, and dates that differ from it."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]]

    def on(self, day: date) -> tuple[Span, ...]:
        """When it opens on a day."""
        return self.exceptions.get(day, self.week[day.weekday()])

    def is_open(self, local: datetime) -> bool:
        """Whether it is open at an instant of the city's time; the last minute of a span is outside."""
        minute, day = local.hour * 60 + local.minute, local.date()
        today = any(start <= minute < end for start, end in self.on(day))
        return today or any(minute + DAY < end for _, end in self.on(day - timedelta(days=1)))


def understood(text: str) -> Hours | None:
    """The hours of a line, None where it cannot be understood or is blank."""
    try:
        return parse_hours(text) if text.strip() else None
    except RequestError:
        return None


def parse_hours(text: str) -> Hours:
    """The hours of a line. RequestError `bad_hours` names the part that cannot be understood."""
    week: list[list[Span]] = [[] for _ in range(7)]
    exceptions: dict[date, list[Span]] = {}
    targets: list[list[Span]] | None = None
    for part in filter(None, (piece.strip() for piece in re.split(r"[，,；;。\n]", text))):
        named = _DAYS.match(part)
        if named:
            targets = _targets(named, part, week, exceptions)
            rest = part[named.end() :].strip(" :：")
        else:
            rest = part
        spans = _spans(rest, part)
        if targets is None:
            targets = week  # no day is named at all: every day
        for one in targets:
            one += spans
    for spans in [*week, *exceptions.values()]:
        _apart(spans, text)
    if targets is None:
        raise _bad(text)
    return Hours(tuple(tuple(sorted(day)) for day in week), {day: tuple(sorted(spans)) for day, spans in exceptions.items()})


def _targets(named: re.Match[str], part: str, week: list[list[Span]], exceptions: dict[date, list[Span]]) -> list[list[Span]]:
    if named["every"]:
        return week
    if named["days"]:
        return [week[number] for number in _numbers(named["days"])]
    try:
        first = date.fromisoformat(named["from"])
        last = date.fromisoformat(named["to"] or named["from"])
    except ValueError:
        raise _bad(part) from None
    count = (last - first).days + 1
    if not 1 <= count <= MOST_EXCEPTIONS - len(exceptions):
        raise _bad(part)
    return [exceptions.setdefault(first + timedelta(days=n), []) for n in range(count)]


def _numbers(text: str) -> list[int]:
    found = [(one.start(), one.end(), _number(one[0])) for one in re.finditer(_WEEKDAY, text, re.IGNORECASE)]
    days = [found[0][2]]
    for (_, end, before), (start, _, day) in pairwise(found):
        if re.fullmatch(_TO, text[end:start]):
            days += [(before + n) % 7 for n in range(1, (day - before) % 7 + 1)]
        else:
            days.append(day)
    return list(dict.fromkeys(days))


def _number(name: str) -> int:
    last = name[-1].replace("天", "日")
    return next(n for n, (zh, en) in enumerate(_NAMES) if last == zh or name.lower().startswith(en))


def _spans(rest: str, part: str) -> list[Span]:
    if _CLOSED.fullmatch(rest):
        return []
    if _ALL_DAY.fullmatch(rest):
        return [(0, DAY)]
    found = []
    for one in _TIME.finditer(rest):
        hours = [int(digits) for digits in one.groups()]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if hours[1] > 59 or hours[3] > 59 or start >= DAY or end > DAY or start == end:
            raise _bad(part)
        found.append((start, end if end > start else end + DAY))
    if not found or _TIME.sub("", rest).strip(" 、/&和及"):
        raise _bad(part)
    return found


def _apart(spans: list[Span], text: str) -> None:
    ordered = sorted(spans)
    if any(after[0] < before[1] for before, after in pairwise(ordered)):
        raise RequestError(
            "hours_overlap", en="opening hours overlap: {said}", zh="开放时间重叠：{said}", said=text[:80], field="opening_hours"
        )


def _bad(part: str) -> RequestError:
    return RequestError(
        "bad_hours",
        en="opening hours are written like Mon-Fri 09:00-17:30, Sat closed; this is not understood: {said}",
        zh="开放时间应如“周一至周五 09:00-17:30，周六 休息”；无法识别：{said}",
        said=part[:80],
        field="opening_hours",
    )


def in_words(hours: Hours, language: str) -> str:
    """The hours as people read them; days in a row with the same times are told together."""
    chinese = language.startswith("zh")
    groups: list[list[int]] = []
    for day in range(7):
        if groups and hours.week[groups[-1][-1]] == hours.week[day]:
            groups[-1].append(day)
        else:
            groups.append([day])
    said = [f"{_day_words(days, chinese=chinese)} {_times(hours.week[days[0]], chinese=chinese)}" for days in groups if hours.week[days[0]]]
    if not said:
        said = ["每天 休息" if chinese else "Daily closed"]
    runs: list[tuple[date, date, tuple[Span, ...]]] = []
    for on, spans in sorted(hours.exceptions.items()):
        if runs and runs[-1][1] + timedelta(days=1) == on and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], on, spans)
        else:
            runs.append((on, on, spans))
    to = "至" if chinese else " – "
    said += [f"{first}{'' if first == last else f'{to}{last}'} {_times(spans, chinese=chinese)}" for first, last, spans in runs]
    return ("；" if chinese else "; ").join(said)


def _day_words(days: list[int], *, chinese: bool) -> str:
    if len(days) == 7:
        return "每天" if chinese else "Daily"
    names = [f"周{_NAMES[day][0]}" if chinese else _SHORT[day] for day in days]
    return names[0] if len(names) == 1 else f"{names[0]}{'至' if chinese else '-'}{names[-1]}"


def _times(spans: tuple[Span, ...], *, chinese: bool) -> str:
    if not spans:
        return "休息" if chinese else "closed"
    if spans == ((0, DAY),):
        return "全天" if chinese else "all day"
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    shown = minute - DAY if minute > DAY else minute
    return f"{shown // 60:02d}:{shown % 60:02d}"
