"""HTTP of evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse, Response

from geo_service.api.deps import KnownActor, Language, Reading, WiringDep
from geo_service.catalogue import sheets
from geo_service.errors import RequestError
from geo_service.flows.evaluation import service
from geo_service.flows.evaluation.report import page
from geo_service.flows.evaluation.schemas import EvaluationOut, LineOut, RateOut

router = APIRouter(prefix="/api/v1", tags=["evaluation"])

_MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Level = Annotated[str, Query(max_length=30, description="a level of areas, agency or worker")]


@router.get("/evaluation", response_model=EvaluationOut, summary="Rates per area, agency or worker")
def evaluation(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: KnownActor,
    start: Annotated[AwareDatetime, Query(alias="from", description="cases received at or behind this instant")],
    end: Annotated[AwareDatetime, Query(alias="to", description="cases received before this instant")],
    level: Level = "district",
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
) -> Response:
    """Needs a key. Every rate names the two lists of cases it was counted from."""
    if start >= end:
        raise RequestError("empty_period", en="the period ends before it begins", zh="时段的结束早于开始", field="to")
    lines = service.evaluate(connection, wiring.published.current(), level=level, start=start, end=end, now=wiring.clock.now())
    if form != "json":
        columns, rows = service.table(lines)
        headers = {"Content-Disposition": f'attachment; filename="evaluation.{form}"'}
        return Response(sheets.write(columns, rows, form, title="evaluation"), media_type=_MEDIA[form], headers=headers)
    chosen = 2 if language.startswith("zh") else 3
    items = [_line(line, level, start, end, chosen) for line in lines]
    return Response(EvaluationOut(level=level, start=start, end=end, items=items).model_dump_json(), media_type="application/json")


@router.get("/evaluation/report", response_class=HTMLResponse, summary="The report of a month, with charts")
def report(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: KnownActor,
    month: Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-10"])],
    level: Level = "district",
) -> HTMLResponse:
    """Needs a key. A page that loads nothing from anywhere; the month is the city's."""
    published = wiring.published.current()
    year, number = (int(part) for part in month.split("-"))
    zone = ZoneInfo(published.city.timezone)
    start = datetime(year, number, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
    lines = service.evaluate(connection, published, level=level, start=start, end=end, now=wiring.clock.now())
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    title = f"{published.city.name} {month}"
    return HTMLResponse(page(lines, title=title, language=language), headers={"Content-Security-Policy": policy})


def _line(line: service.Line, level: str, start: datetime, end: datetime, chosen: int) -> LineOut:
    rates = []
    for name, (over, under, *_) in service.RATES.items():
        above, below, share = line.rate(name)
        behind = [service.list_behind(level, line.key, measure, start=start, end=end) for measure in (over, under)]
        rates.append(
            RateOut(
                name=name,
                label=service.RATES[name][chosen],
                numerator=above,
                denominator=below,
                value=share,
                small=below < service.SMALL,
                numerator_cases=behind[0],
                denominator_cases=behind[1],
            )
        )
    return LineOut(
        key=line.key,
        name=line.name,
        households=line.households,
        received=line.counts["received"],
        per_thousand_households=line.per_thousand_households,
        stars=line.stars,
        rates=rates,
    )
