"""The map of loads and rates: what evaluation counts, drawn on the areas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import map_ui.views
from geo_service.api.wiring import Wiring
from geo_service.cases.rates import RATES
from geo_service.errors import NotFoundError, RequestError
from geo_service.flows.evaluation.asking import asked, month_of
from geo_service.flows.evaluation.service import Evaluation, Line, Told, evaluate
from geo_service.flows.evaluation.words import TEXTS, basis
from geo_service.maps.drawing import ground_of, heading_of, level_names
from geo_service.maps.frames import areas_frame, inside
from geo_service.scope import Scope
from map_ui.views import Figure

LOADS = ("cases_per_worker", "per_thousand_households")
Pair = Mapping[str, str]


def load_map(
    wiring: Wiring,
    connection: Connection,
    *,
    language: str,
    scope: Scope,
    level: str = "grid",
    month: str | None = None,
    rate: str = "handled_on_time",
    area: str | None = None,
) -> str:
    """The page: areas of a level by cases per worker, per 1,000 households, and one rate, for a month; the last whole one by default.

    NotFoundError for an unknown area; RequestError for another level, month or rate.
    """
    published = wiring.published.current()
    if area is not None and area not in published.by_code:
        raise NotFoundError("area_not_found", en="there is no area {area}", zh="没有代码为 {area} 的区域", area=area)
    if rate not in RATES:
        known = ", ".join(RATES)
        raise RequestError("unknown_rate", en="rate is one of {known}", zh="指标应为：{known}", known=known, field="rate")
    now = wiring.clock.now()
    if month is None:
        local = now.astimezone(ZoneInfo(published.city.timezone))
        month = (local.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    start, end = month_of(published, month)
    wanted_figures = asked(connection, published, level=level, by="area", start=start, end=end, now=now, scope=scope, area=area)
    found = evaluate(connection, wanted_figures)
    ranks = {one.name: one.rank for one in published.city.ladder}
    wanted = [name for name, rank in ranks.items() if (rank or 0) <= (ranks[level] or 0)]
    frame = areas_frame(connection, published, chosen=inside(published, area), at=now, language=language, scope=scope, levels=wanted)
    view = map_ui.views.load(
        frame,
        [*(_load(found, name) for name in LOADS), _rate(found, rate)],
        heading=heading_of(wiring, published, area),
        note={spoken: _note(found, month, spoken) for spoken in ("zh-CN", "en")},
        ground=ground_of(wiring, frame, area),
        level_names=level_names(published),
    )
    return map_ui.views.render(view, language)


def _note(found: Evaluation, month: str, language: str) -> str:
    said = [month, basis(found, language)]
    if not found.whole.received:
        said.insert(1, _words("empty")[language])
    return " · ".join(said)


def _words(key: str) -> Pair:
    zh, en = TEXTS[key]
    return {"zh-CN": zh, "en": en}


def _load(found: Evaluation, name: str) -> Figure:
    told: dict[str, Told] = {line.key: getattr(line, name) for line in found.lines if line.households is not None}
    parts = {line.key: _parts(line, name) for line in found.lines}
    texts = {key: ("–" if value is None else f"{value:,.1f}") + f" ({parts[key]})" for key, (value, _) in told.items()}
    return Figure(name, _words(name), {key: value for key, (value, _) in told.items()}, texts)


def _parts(line: Line, name: str) -> str:
    return f"{line.received:,}/{(line.workers if name == 'cases_per_worker' else line.households) or 0:,}"


def _rate(found: Evaluation, code: str) -> Figure:
    rate = RATES[code]
    values: dict[str, float | None] = {}
    texts: dict[str, str] = {}
    for line in found.lines:
        above, below, value, _ = line.rate(code)
        values[line.key] = None if value is None else 100 * value
        texts[line.key] = f"{'–' if value is None else format(value, '.1%')} ({above:,}/{below:,})"
    return Figure(code, {"zh-CN": rate.zh, "en": rate.en[:1].upper() + rate.en[1:]}, values, texts, "%")
