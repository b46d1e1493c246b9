"""HTTP of consultations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.api.once import IdempotencyKey
from geo_service.api.preconditions import version_of
from geo_service.api.sight import sight_of
from geo_service.cases import case as case_of
from geo_service.cases.consulting import repository
from geo_service.cases.consulting.proposals import of_consultation
from geo_service.cases.consulting.repository import Kept
from geo_service.cases.consulting.sight import seen_case
from geo_service.cases.consulting.similar import similar_rulings
from geo_service.errors import NotFoundError
from geo_service.flows.consultation import service
from geo_service.flows.consultation.answering import IfMatch, Once, body_object
from geo_service.flows.consultation.asking import Consulter, Id, Meetings, Reader, StepDep, Verb, body_like
from geo_service.flows.consultation.entering import reasons
from geo_service.flows.consultation.schemas import CaseConsultationsOut, ConsultationOut, ConsultationsOut, PrecedentsOut
from geo_service.flows.consultation.showing import Shown, parties_of

router = APIRouter(prefix="/api/v1", tags=["consultation"])

Body = Annotated[tuple[dict[str, Any], bytes], Depends(body_object)]

_OPEN = body_like(
    by_the_rules={"entry": "duty_unclear"},
    with_a_deadline={
        "entry": "long_standing",
        "lead": "agency:149901-housing",
        "invited": ["agency:149901-urban_management"],
        "opinions_due_at": "2026-12-01T10:00:00+08:00",
    },
)
_ACT = body_like(
    opinion={"stance": "declines", "words": "the pipe lies outside our duty list"},
    minutes={"words": "all agree that the wall is common property", "attended": ["agency:149901-housing"]},
    rule={"lead": "agency:149901-housing", "words": "duty list, item 12", "precedent": True},
    escalate={"reason": "no agreement"},
)


@router.get("/consultations", summary="Consultations, newest first")
def consultations(query: Meetings, connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> ConsultationsOut:
    """Needs a key. `party` and `silent` together: what waits for somebody's opinion."""
    wanted = query.filter(sight_of(actor))
    found, total = repository.page(connection, wanted, before=query.before, limit=query.limit + 1)
    page = found[: query.limit]
    shown = Shown(connection, language=language, now=wiring.clock.now(), parties=parties_of(page))
    following = page[-1].consultation_id if len(found) > query.limit else None
    return ConsultationsOut(total=total, items=[shown.row(one) for one in page], next=following)


@router.get("/consultations/{consultation_id}", summary="One consultation")
def consultation(
    consultation_id: Id, connection: Reading, wiring: WiringDep, language: Language, actor: Reader, response: Response
) -> ConsultationOut:
    """Needs a key. The ETag is its version."""
    kept = repository.found(connection, consultation_id)
    if not sight_of(actor).of(case_of(connection, kept.one.case_id), kept.one.invited):
        raise NotFoundError(
            "consultation_not_found", en="there is no consultation {number}", zh="没有编号为 {number} 的会商", number=consultation_id
        )
    response.headers["ETag"] = f'"{kept.version}"'
    return _whole(connection, kept, wiring, language)


@router.post(
    "/consultations/{consultation_id}/actions/{verb}",
    response_model=ConsultationOut,
    openapi_extra=_ACT,
    summary="Take a step in a consultation",
)
def act(
    consultation_id: Id,
    verb: Verb,
    body: Body,
    connection: Writing,
    wiring: WiringDep,
    actor: Consulter,
    language: Language,
    step: StepDep,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key and If-Match. invite, opinion, adjourn, minutes, rule, escalate (answers with the consultation of the next tier), settle.

    Opinions: one for each party, replaceable until the deadline. Minutes need a quorum there, a ruling needs minutes and goes through the
    workflow of the case.
    """
    said, raw = body
    now = wiring.clock.now()
    once = Once(connection, actor=actor, what=f"consultations/{consultation_id}/{verb}", key=idempotency_key, raw=raw, at=now)
    if once.replayed is not None:
        return once.replayed
    known = repository.found(connection, consultation_id)
    if not sight_of(actor).of(case_of(connection, known.one.case_id), known.one.invited):
        raise NotFoundError(
            "consultation_not_found", en="there is no consultation {number}", zh="没有编号为 {number} 的会商", number=consultation_id
        )
    kept = service.act(
        connection,
        wiring.published.current(),
        consultation_id,
        verb,
        said,
        expected_version=version_of(if_match),
        actor=actor,
        now=now,
        step=step,
    )
    return once.answer(_whole(connection, kept, wiring, language), version=kept.version)


@router.get("/cases/{case_id}/consultations", summary="The consultations on a case, and why it may enter one")
def of_case(case_id: Id, connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> CaseConsultationsOut:
    """Needs a key. `reasons`: the entry rules that hold now, in words; empty where none does, or the case cannot be consulted on."""
    found = seen_case(connection, case_id, sight_of(actor))
    kept, now = repository.of_case(connection, case_id), wiring.clock.now()
    shown = Shown(connection, language=language, now=now, parties=parties_of(kept))
    told = [shown.reason(one) for one in reasons(connection, found, now=now)]
    return CaseConsultationsOut(tier=found.consult_tier, reasons=told, items=[shown.row(one) for one in kept])


@router.post(
    "/cases/{case_id}/consultations",
    status_code=201,
    response_model=ConsultationOut,
    openapi_extra=_OPEN,
    summary="Put a case into consultation",
)
def convene(
    case_id: Id,
    body: Body,
    connection: Writing,
    wiring: WiringDep,
    actor: Consulter,
    language: Language,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key and If-Match with the case's version. In the tier above the one it has reached; who is asked, and until when, follows
    from the rules where it is not named."""
    said, raw = body
    now = wiring.clock.now()
    once = Once(connection, actor=actor, what=f"cases/{case_id}/consultations", key=idempotency_key, raw=raw, at=now)
    if once.replayed is not None:
        return once.replayed
    seen_case(connection, case_id, sight_of(actor))
    kept = service.open_one(connection, case_id, said, expected_version=version_of(if_match), actor=actor, now=now)
    said_ = _whole(connection, kept, wiring, language)
    return once.answer(said_, version=kept.version, status=201, location=f"/api/v1/consultations/{kept.consultation_id}")


@router.get("/cases/{case_id}/precedents", summary="Earlier rulings on matters like this one")
def precedents(
    case_id: Id,
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> PrecedentsOut:
    """Needs a key. By category first, then by agencies and place; the most alike first."""
    found = seen_case(connection, case_id, sight_of(actor))
    levels = [level.name for level in reversed(wiring.published.current().city.ladder)]
    alike = similar_rulings(connection, found, finest_first=levels, limit=limit)
    named = {party for one in alike if one.one.ruling for party in (one.one.ruling.lead,)}
    shown = Shown(connection, language=language, now=wiring.clock.now(), parties=named)
    return PrecedentsOut(items=[shown.precedent(one) for one in alike])


def _whole(connection: Connection, kept: Kept, wiring: WiringDep, language: str) -> ConsultationOut:
    shown = Shown(connection, language=language, now=wiring.clock.now(), parties=parties_of([kept]))
    return shown.whole(kept, of_consultation(connection, kept.consultation_id))
