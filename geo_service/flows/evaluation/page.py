"""The report as one page that needs nothing else, to be read on a screen and printed on A4: figures, charts, tables, definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from zoneinfo import ZoneInfo

from geo_service.cases.rates import RATES, Rate
from geo_service.flows.evaluation.charts import bars, columns
from geo_service.flows.evaluation.service import Evaluation, Line, Told
from geo_service.flows.evaluation.style import STYLE
from geo_service.flows.evaluation.words import basis, group_name, line_name, load_basis, say

TILES = ("handled_on_time", "closed", "overdue", "returned", "response", "resolution", "satisfaction")
CHARTED = ("handled_on_time", "closed", "satisfaction")
FLOW = ("filed", "dispatched", "dispatched_on_time", "handled_on_time", "overdue", "returned", "extended")
RESULT = ("reworked", "closed", "reopened", "repeated", "called_back", "response", "resolution", "satisfaction")
LOAD = (
    "received", "population", "per_thousand_people", "households", "per_thousand_households", "workers", "cases_per_worker",
    "households_per_worker", "score", "stars", "rank",
)  # fmt: skip  # as `_load_cells` has them
MOST_BARS, MOST_LINES = 20, 1000
Days = Sequence[tuple[date, int]]


def page(found: Evaluation, *, month: str | None, before: Line | None, days: Days, language: str) -> str:
    """The report in 'zh-CN' or 'en'. Names are escaped; nothing is loaded from anywhere."""
    asked = found.asked
    where = asked.published.by_code[asked.area].name if asked.area else asked.published.city.name
    title = f"{where} {month or ''} {say('title', language)}".replace("  ", " ")
    body = [f"<h1>{escape(title)}</h1>", _facts(found, language)]
    if found.whole.received:
        body.append(_tiles(found, before, language))
        if days:
            body.append(f"<h2>{say('daily', language)}</h2>{columns(days, label=say('daily', language))}")
        body.append(_charts(found, language))
    else:
        body.append(f'<p class="empty">{say("empty", language)}</p>')
    body += [_tables(found, language), _definitions(found, language)]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{''.join(body)}</main></body></html>"
    )


def _facts(found: Evaluation, language: str) -> str:
    asked = found.asked
    zone = ZoneInfo(asked.published.city.timezone)
    start, end, now = (at.astimezone(zone).strftime("%Y-%m-%d %H:%M") for at in (asked.start, asked.end, asked.now))
    said = [say("period", language, start=start, end=end), say("as_of", language, at=now), basis(found, language)]
    return f'<p class="facts">{escape(" · ".join((group_name(asked, language), *said)))}</p>'


def _tiles(found: Evaluation, before: Line | None, language: str) -> str:
    whole = found.whole
    tiles = [_tile(say("received", language), f"{whole.received:,}", "", None if before is None else f"{before.received:,}", language)]
    for code in TILES:
        above, below, value, _ = whole.rate(code)
        earlier = None if before is None else _percent(before.rate(code)[2])
        tiles.append(_tile(_label(RATES[code], language), _percent(value), f"{above:,}/{below:,}", earlier, language))
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _tile(name: str, value: str, parts: str, before: str | None, language: str) -> str:
    earlier = "" if before is None else f"<small>{escape(say('before', language, value=before))}</small>"
    return f"<div><span>{escape(name)}</span><b>{value}</b><small>{parts}</small>{earlier}</div>"


def _charts(found: Evaluation, language: str) -> str:
    lines = sorted((line for line in found.lines if line.received), key=lambda line: (-line.received, line.key))[:MOST_BARS]
    if not lines:
        return ""
    charts = [
        _chart(say("received", language), [(line, float(line.received), f"{line.received:,}") for line in lines], None, found, language)
    ]
    for code in CHARTED:
        rated = [(line, line.rate(code)) for line in lines]
        rows = [(line, value, f"{_percent(value)} ({above}/{below})") for line, (above, below, value, _) in rated]
        charts.append(_chart(_label(RATES[code], language), rows, 1.0, found, language))
    cut = len([line for line in found.lines if line.received]) > MOST_BARS
    note = f' <span class="note">{say("busiest", language, n=MOST_BARS)}</span>' if cut else ""
    return f'<h2>{say("charts", language)}{note}</h2><section class="charts">{"".join(charts)}</section>'


def _chart(label: str, rows: Sequence[tuple[Line, float | None, str]], most: float | None, found: Evaluation, language: str) -> str:
    drawn = bars([(line_name(found.asked, line, language), value, text) for line, value, text in rows], label=label, most=most)
    return f"<figure><figcaption>{escape(label)}</figcaption>{drawn}</figure>"


def _tables(found: Evaluation, language: str) -> str:
    lines = [found.whole, *([found.unassigned] if found.unassigned else []), *found.lines[:MOST_LINES]]
    parts = []
    cut = len(found.lines) > MOST_LINES
    note = f'<p class="note">{say("cut", language, n=MOST_LINES, all=len(found.lines))}</p>' if cut else ""
    heads = (
        "received",
        "population",
        "per_thousand_people",
        "households",
        "per_thousand_households",
        "workers",
        "cases_per_worker",
        "households_per_worker",
    )
    load = [say(name, language) for name in (*heads, "score", "stars", "rank")]
    for name, head, cells in (
        ("load", load if found.asked.by == "area" else [load[0], *load[-3:]], _load_cells),
        ("flow", [_label(RATES[code], language) for code in FLOW], _rate_cells(FLOW)),
        ("result", [_label(RATES[code], language) for code in RESULT], _rate_cells(RESULT)),
    ):
        columns_ = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
        rows = "".join(_row(found, line, cells(found, line), language) for line in lines)
        top = f'<tr><th scope="col">{escape(group_name(found.asked, language))}</th>{columns_}</tr>'
        parts.append(f"<h2>{say(name, language)}</h2>{note}<table><thead>{top}</thead><tbody>{rows}</tbody></table>")
    if not found.lines:
        parts.append(f'<p class="empty">{say("no_lines", language)}</p>')
    return "".join(parts)


def _row(found: Evaluation, line: Line, cells: Sequence[str], language: str) -> str:
    kind = ' class="sum"' if line.key in (found.whole.key, "-") else ""
    name = escape(line_name(found.asked, line, language))
    code = "" if kind or found.asked.by == "worker" else f" <small>{escape(line.key)}</small>"
    return f'<tr{kind}><th scope="row">{name}{code}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _load_cells(found: Evaluation, line: Line) -> list[str]:
    score, rank = line.score, line.rank
    judged = ["–" if score is None else f"{100 * score:.1f}", "★" * (line.stars or 0) or "–", "–" if rank is None else str(rank)]
    if found.asked.by != "area":
        return [f"{line.received:,}", *judged]
    people = None if line.people is None else round(line.people.number)
    counts = ["–" if number is None else f"{number:,}" for number in (people, line.households, line.workers)]
    loads = [_decimal(told) for told in (line.cases_per_worker, line.households_per_worker)]
    per = [_decimal(told) for told in (line.per_thousand_people, line.per_thousand_households)]
    return [f"{line.received:,}", counts[0], per[0], counts[1], per[1], counts[2], *loads, *judged]


def _rate_cells(codes: Sequence[str]) -> Callable[[Evaluation, Line], list[str]]:
    def cells(found: Evaluation, line: Line) -> list[str]:
        told = [line.rate(code) for code in codes]
        return [f"{_percent(value)} <small>({above:,}/{below:,})</small>" for above, below, value, _ in told]

    return cells


def _definitions(found: Evaluation, language: str) -> str:
    y = found.standard.yardstick
    told = [(_label(rate, language), _share(rate, language)) for rate in RATES.values()]
    rates = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(share)}</dd></div>" for name, share in told)
    steps = " · ".join(f"{'★' * number} ≥ {100 * least:g}" for number, least in enumerate(y.star_from, start=1))
    notes = [say("few", language, n=y.small), say("stars_from", language, steps=steps)]
    if found.asked.by == "area":
        notes[1:1] = [say("few_households", language, n=y.small_households), say("few_people", language, n=y.small_people)]
        notes.insert(1, load_basis(found, language) or "")
    said = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f'<section class="definitions"><h2>{say("definitions", language)}</h2>{said}<dl>{rates}</dl></section>'


def _label(rate: Rate, language: str) -> str:
    if language.startswith("zh"):
        return rate.zh
    return rate.en[:1].upper() + rate.en[1:]


def _share(rate: Rate, language: str) -> str:
    return say("share_of", language, below=rate.below_zh if language.startswith("zh") else rate.below_en)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _decimal(told: Told) -> str:
    return "–" if told[0] is None else f"{told[0]:,.1f}"
