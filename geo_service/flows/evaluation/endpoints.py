"""HTTP of evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.api.instants import Instant
from geo_service.api.wiring import Wiring
from geo_service.flows.evaluation.asking import Asked, asked, month_of
from geo_service.flows.evaluation.lists import cases_behind
from geo_service.flows.evaluation.reporting import MEDIA, Form, report_file
from geo_service.flows.evaluation.schemas import CaseBehind, CasesBehindOut, EvaluationOut
from geo_service.flows.evaluation.service import evaluate
from geo_service.flows.evaluation.showing import evaluation_out

router = APIRouter(prefix="/api/v1", tags=["evaluation"])

LARGEST = 2**63 - 1
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
Reader = Annotated[Actor, Depends(permits("evaluation.read"))]
Start = Annotated[Instant, Query(alias="from", description="cases received at or behind this instant")]
End = Annotated[Instant, Query(alias="to", description="cases received before this instant")]
Level = Annotated[str, Query(max_length=30, description="a level of areas, from the city to the micro-grid; agency and worker mean by=")]
By = Annotated[Literal["area", "agency", "worker"] | None, Query(description="of whom; level counts for areas only")]
Area = Annotated[str | None, Query(max_length=32, description="only cases in this area")]
Agency = Annotated[str | None, Query(max_length=70, description="only cases that the agency of this code owns")]
Number = Annotated[int | None, Query(ge=1, le=2_000_000_000, description="place the cases anew by the borders of this generation")]
Lang = Annotated[Literal["zh-CN", "en"] | None, Query(description="overrules the caller's language, for links that are opened by hand")]


@router.get("/evaluation", response_model=EvaluationOut, summary="Rates per area, agency or worker")
def evaluation(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    start: Start,
    end: End,
    level: Level = "district",
    by: By = None,
    area: Area = None,
    agency: Agency = None,
    generation: Number = None,
    form: Annotated[Literal["json", "csv", "xlsx", "html"], Query(alias="format")] = "json",
    after: Annotated[str | None, Query(max_length=70, description="JSON: the key behind which to go on")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="JSON: the most lines of a page")] = 1000,
    lang: Lang = None,
) -> Response:
    """Needs a key. Every number names the list of cases it was counted from; csv, xlsx and html have all lines."""
    wanted = _asked(connection, wiring, actor, level, by, start, end, area, agency, generation)
    found = evaluate(connection, wanted)
    spoken = lang or language
    if form != "json":
        return _file(report_file(connection, found, form, language=spoken), form)
    shown = evaluation_out(found, spoken, after=after, limit=limit)
    return Response(shown.model_dump_json(), media_type="application/json", headers={"Content-Language": spoken})


@router.get("/evaluation/cases", summary="The cases behind a number that the case list has no filter for")
def behind(
    connection: Reading,
    wiring: WiringDep,
    actor: Reader,
    start: Start,
    end: End,
    key: Annotated[str, Query(max_length=70, description="a line's key; empty for all cases, - for those in no line")],
    measure: Annotated[str, Query(max_length=30)],
    level: Level = "district",
    by: By = None,
    area: Area = None,
    agency: Agency = None,
    generation: Number = None,
    as_of: Instant | None = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> CasesBehindOut:
    """Needs a key. Newest first; pages follow `next`."""
    wanted = _asked(connection, wiring, actor, level, by, start, end, area, agency, generation, now=as_of)
    found = cases_behind(connection, wanted, key=key.replace("\x00", ""), measure=measure, before=before, limit=limit)
    return CasesBehindOut(total=found.total, items=[CaseBehind(**item) for item in found.items], next=found.following)


@router.get("/evaluation/report", summary="The report of a month, with charts")
def report(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    month: Annotated[str, Query(max_length=7, description="of the city's calendar", examples=["2026-10"])],
    level: Level = "district",
    by: By = None,
    area: Area = None,
    agency: Agency = None,
    generation: Number = None,
    form: Annotated[Form, Query(alias="format")] = "html",
    lang: Lang = None,
) -> Response:
    """Needs a key. HTML that loads nothing from anywhere and prints on A4, a workbook with charts, or a table."""
    start, end = month_of(wiring.published.current(), month)
    found = evaluate(connection, _asked(connection, wiring, actor, level, by, start, end, area, agency, generation))
    return _file(report_file(connection, found, form, language=lang or language, month=month), form)


def _asked(
    connection: Connection,
    wiring: Wiring,
    actor: Actor,
    level: str,
    by: str | None,
    start: datetime,
    end: datetime,
    area: str | None,
    agency: str | None,
    generation: int | None,
    now: datetime | None = None,
) -> Asked:
    published = wiring.published.current() if generation is None else wiring.published.of(connection, generation)
    return asked(
        connection,
        published,
        level=level,
        by=by,
        start=start,
        end=end,
        now=now or wiring.clock.now(),
        scope=scope(actor, "evaluation.read"),
        area=area,
        agency=agency,
        relocated=generation is not None,
    )


def _file(data: bytes, form: Form) -> Response:
    headers = (
        {"Content-Security-Policy": _POLICY} if form == "html" else {"Content-Disposition": f'attachment; filename="evaluation.{form}"'}
    )
    return Response(data, media_type=MEDIA[form], headers=headers)
