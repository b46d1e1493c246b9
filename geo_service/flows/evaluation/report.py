"""The monthly report as one page that needs nothing else: a table and a bar chart (SVG) of every rate."""

from __future__ import annotations

from html import escape

from geo_service.flows.evaluation.service import RATES, Line

_STYLE = "body{font:15px/1.5 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2rem}table{border-collapse:collapse}"
_STYLE += (
    "td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:right}td:first-child{text-align:left}svg{display:block;margin:.5rem 0}"
)
SHOWN = ("handled_on_time", "closed", "overdue", "satisfaction")
BAR, WIDTH = 22, 420


def page(lines: list[Line], *, title: str, language: str) -> str:
    """The report in the caller's language, HTML. Names are escaped; nothing is loaded from anywhere."""
    chosen = 2 if language.startswith("zh") else 3
    heads = ("名称", "受理", "千户案件", "星级") if chosen == 2 else ("name", "received", "per 1,000 households", "stars")
    head = "".join(f"<th>{escape(text)}</th>" for text in (*heads, *(RATES[name][chosen] for name in RATES)))
    rows = "".join(_row(line) for line in lines)
    charts = "".join(f"<h2>{escape(RATES[name][chosen])}</h2>{_chart(lines, name)}" for name in SHOWN)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><table><tr>{head}</tr>{rows}</table>{charts}</body></html>"
    )


def _row(line: Line) -> str:
    load = line.per_thousand_households
    cells = [escape(line.name), str(line.counts["received"]), "–" if load is None else f"{load:.1f}", "★" * (line.stars or 0) or "–"]
    for name in RATES:
        over, under, share = line.rate(name)
        cells.append("–" if share is None else f"{share:.1%} ({over}/{under})")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _chart(lines: list[Line], name: str) -> str:
    bars = []
    for number, line in enumerate(lines[:40]):
        share = line.rate(name)[2]
        y, width = number * BAR, 0 if share is None else share * WIDTH
        bars.append(
            f'<text x="0" y="{y + 15}" font-size="12">{escape(line.name[:16])}</text>'
            f'<rect x="210" y="{y + 3}" width="{width:.1f}" height="{BAR - 6}" fill="#0b4f9e"/>'
            f'<text x="{215 + width:.1f}" y="{y + 15}" font-size="12">{"–" if share is None else f"{share:.1%}"}</text>'
        )
    return f'<svg role="img" width="700" height="{BAR * len(bars) + 4}" xmlns="http://www.w3.org/2000/svg">{"".join(bars)}</svg>'
