"""Charts as SVG that stands in a page: bars along lines, columns along days. Texts are escaped, nothing is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from math import ceil, log10

BLUE, GREY, LINE = "#0b4f9e", "#8a929a", "#d9dee3"
_HATCH = (
    '<pattern id="few" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="#fff"/><path d="M0 0V5" stroke="{GREY}" stroke-width="2"/></pattern>'
)


def bars(rows: Sequence[tuple[str, float | None, str]], *, label: str, most: float | None = None) -> str:
    """A bar a row. rows: (name, value, its text); a None value is drawn as a hatched stub. most: what a full bar means."""
    full = most or max((value for _, value, _ in rows if value is not None), default=1.0) or 1.0
    high, left, width = 19, 172, 205
    parts = []
    for at, (name, value, text) in enumerate(rows):
        y = at * high
        long = 6.0 if value is None else max(value / full * width, 0.5)
        fill = "url(#few)" if value is None else BLUE
        parts.append(
            f'<text x="{left - 6}" y="{y + 13}" text-anchor="end">{escape(_short(name))}</text>'
            f'<rect x="{left}" y="{y + 3}" width="{long:.1f}" height="{high - 7}" fill="{fill}"/>'
            f'<text x="{left + long + 5:.1f}" y="{y + 13}">{escape(text)}</text>'
        )
    axis = f'<path d="M{left} 0V{len(rows) * high}" stroke="{GREY}"/>'
    return _svg(490, len(rows) * high + 2, label, f"<defs>{_HATCH}</defs>{''.join(parts)}{axis}")


def columns(days: Sequence[tuple[date, int]], *, label: str) -> str:
    """A column a day; Mondays carry their date."""
    wide, high, left, top = 980, 150, 42, 12
    most = _round_up(max((number for _, number in days), default=0))
    step = (wide - left) / max(len(days), 1)
    parts = []
    for part in (0, 0.5, 1):
        y = top + high * (1 - part)
        parts.append(f'<path d="M{left} {y}H{wide}" stroke="{LINE}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{most * part:g}</text>')
    for at, (day, number) in enumerate(days):
        x, tall = left + at * step, number / most * high
        weekend = day.weekday() >= 5
        fill = "#7fa3cc" if weekend else BLUE
        inside = f"<title>{day.isoformat()}: {number}</title>"
        box = f'x="{x + 1:.1f}" y="{top + high - tall:.1f}" width="{max(step - 2, 0.6):.1f}" height="{tall:.1f}"'
        parts.append(f'<rect {box} fill="{fill}">{inside}</rect>')
        if day.weekday() == 0:
            parts.append(f'<text x="{x + step / 2:.1f}" y="{top + high + 15}" text-anchor="middle">{day.month}-{day.day:02d}</text>')
    return _svg(wide, top + high + 22, label, "".join(parts))


def _svg(width: int, height: int, label: str, inside: str) -> str:
    return f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'


def _short(name: str) -> str:
    """As much of a name as there is room for: a Chinese character is as wide as two letters."""
    room, out = 26, ""
    for sign in name:
        room -= 1 if ord(sign) < 0x2E80 else 2
        if room < 1:
            return out + "…"
        out += sign
    return out


def _round_up(number: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 ...: halves of it are whole."""
    if number <= 2:
        return 2
    power = 10 ** int(log10(number))
    return next(int(power * part) for part in (1, 2, 4, 6, 8, 10) if number <= power * part and ceil(power * part) % 2 == 0)
