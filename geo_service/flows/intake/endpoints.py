"""HTTP of taking a report in."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from boundaries.store.lookup import Location
from geo_service import idempotency
from geo_service.api.answers import AreaOut, nearest_out, responsible_out
from geo_service.api.deps import AnyActor, Language, WiringDep, Writing, body_of, json_body
from geo_service.cases import Case
from geo_service.errors import RequestError
from geo_service.flows.intake import service
from geo_service.flows.intake.schemas import ReportIn, ReportOut
from geo_service.published import Published
from geo_service.workers import Responsible

router = APIRouter(prefix="/api/v1", tags=["intake"])

_EXAMPLES: dict[str, dict[str, Any]] = {
    "point": {
        "lon": 113.5865,
        "lat": 37.8572,
        "datum": "gcj02",
        "accuracy_m": 15,
        "channel": "mini_program",
        "category": "gb47678:matter:06010",
        "description": "楼下垃圾三天没人清运",
    },
    "address": {"address": "桃北小区3号楼2单元", "channel": "hotline", "description": "楼道灯坏了", "reporter": {"phone": "13800138000"}},
}


@router.post(
    "/reports",
    status_code=201,
    response_model=ReportOut,
    openapi_extra=json_body(ReportIn, **_EXAMPLES),
    summary="Report a hazard or a dispute; opens a case",
)
def report(
    body: Annotated[tuple[ReportIn, bytes], Depends(body_of(ReportIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: AnyActor,
    language: Language,
    idempotency_key: Annotated[str | None, Header(description="the same key sent again gives the first answer")] = None,
) -> Response:
    """Open without a key. 201 means: durable. Outside the city a report is accepted too, into the queue `unassigned`."""
    asked, raw = body
    now = wiring.clock.now()
    scope = f"reports:{actor.name}"
    if idempotency_key is not None:
        _check_key(idempotency_key)
        digest = idempotency.digest(raw)
        earlier = idempotency.claim(connection, scope=scope, key=idempotency_key, request_digest=digest, at=now)
        if earlier is not None:
            return _replayed(earlier, digest)
    case, published, found, responsible = service.receive(connection, wiring, asked, actor=actor, now=now, language=language)
    answer = _answer(case, published, found, responsible, language).model_dump(mode="json")
    if idempotency_key is not None:
        idempotency.remember(connection, scope=scope, key=idempotency_key, status=201, response=answer)
    return Response(
        orjson.dumps(answer), status_code=201, media_type="application/json", headers={"Location": f"/api/v1/cases/{case.case_id}"}
    )


def _check_key(key: str) -> None:
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise RequestError(
            "bad_idempotency_key",
            en="an Idempotency-Key is 1 to 255 printable ASCII characters",
            zh="Idempotency-Key 应为 1 至 255 个可打印 ASCII 字符",
            field="Idempotency-Key",
        )


def _replayed(earlier: idempotency.Earlier, digest: str) -> Response:
    if earlier.request_digest != digest:
        raise RequestError(
            "key_reused",
            en="this Idempotency-Key came with another body before",
            zh="该 Idempotency-Key 已用于不同的请求体",
            field="Idempotency-Key",
        )
    return Response(
        orjson.dumps(earlier.response), status_code=earlier.status, media_type="application/json", headers={"Idempotent-Replayed": "true"}
    )


def _answer(case: Case, published: Published, found: Location | None, responsible: Responsible | None, language: str) -> ReportOut:
    r = case.routing
    area = published.by_code[r.area_code] if r.area_code else None
    return ReportOut(
        generation=r.generation,
        verdict=r.verdict,  # type: ignore[arg-type]  # one of the four verdicts, checked by pydantic
        on_border=r.on_border,
        area=AreaOut(code=area.code, level=area.level, name=area.name) if area else None,
        areas=r.areas,
        responsible=responsible_out(responsible, language),
        candidates=r.candidates,  # type: ignore[arg-type]  # plain values, checked by pydantic
        nearest=nearest_out(found) if found and area is None else None,
        case_id=case.case_id,
        tracking_number=case.tracking_number,
        state="received",
        received_at=case.received_at,
    )
