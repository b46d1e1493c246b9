"""HTTP of the street's whistle."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.api.once import IdempotencyKey
from geo_service.api.preconditions import version_of
from geo_service.api.sight import sight_of
from geo_service.cases import case as case_of
from geo_service.cases.consulting import whistles
from geo_service.cases.consulting.whistles import KeptWhistle
from geo_service.cases.repository import case_not_found
from geo_service.errors import NotFoundError
from geo_service.flows.consultation import whistling
from geo_service.flows.consultation.answering import IfMatch, Once, body_object
from geo_service.flows.consultation.asking import Consulter, Id, Reader, Verb, Whistles, body_like
from geo_service.flows.consultation.schemas import AllFiguresOut, FiguresOut, WhistleOut, WhistlesOut
from geo_service.flows.consultation.showing import Shown, callers_of

router = APIRouter(prefix="/api/v1", tags=["whistle"])

Body = Annotated[tuple[dict[str, Any], bytes], Depends(body_object)]

_BLOW = body_like(
    on_a_case={
        "case_id": 17,
        "agencies": ["agency:149901-urban_management", "agency:149901-fire"],
        "about": "smell of gas in the stairwell",
        "due_at": "2026-11-24T11:00:00+08:00",
    }
)
_ACT = body_like(report_in={}, rate={"agency": "agency:149901-fire", "stars": 5, "words": "there within ten minutes"})


@router.get("/whistles", summary="Whistles, newest first")
def listed(query: Whistles, connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> WhistlesOut:
    """Needs a key."""
    now = wiring.clock.now()
    found, total = whistles.page(connection, query.filter(sight_of(actor)), before=query.before, limit=query.limit + 1, now=now)
    page = found[: query.limit]
    shown = Shown(connection, language=language, now=now, parties=callers_of(page))
    following = page[-1].whistle_id if len(found) > query.limit else None
    return WhistlesOut(total=total, items=[shown.whistle(one) for one in page], next=following)


@router.get("/whistles/figures", summary="How each agency answers whistles")
def figures(query: Whistles, connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> AllFiguresOut:
    """Needs a key. Of the whistles that match: asked, came in time, came late, never came, still waiting, and the mean of their stars."""
    now = wiring.clock.now()
    found = whistles.figures(connection, query.filter(sight_of(actor)), now=now)
    shown = Shown(connection, language=language, now=now, parties=[one.agency for one in found])
    lines = [
        FiguresOut(
            agency=one.agency,
            name=shown.name(one.agency),
            asked=one.asked,
            in_time=one.in_time,
            late=one.late,
            never=one.never,
            waiting=one.waiting,
            rated=one.rated,
            mean_stars=one.mean_stars,
        )
        for one in found
    ]
    return AllFiguresOut(items=lines)


@router.get("/whistles/{whistle_id}", summary="One whistle")
def one(whistle_id: Id, connection: Reading, wiring: WiringDep, language: Language, actor: Reader, response: Response) -> WhistleOut:
    """Needs a key. The ETag is its version."""
    kept = _seen(connection, whistle_id, actor)
    response.headers["ETag"] = f'"{kept.version}"'
    return _whole(connection, kept, wiring, language)


@router.post("/whistles", status_code=201, response_model=WhistleOut, openapi_extra=_BLOW, summary="Blow a whistle")
def blow(
    body: Body,
    connection: Writing,
    wiring: WiringDep,
    actor: Consulter,
    language: Language,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key of a street, or of the centre, which names the street. About a case, or about none."""
    said, raw = body
    now = wiring.clock.now()
    once = Once(connection, actor=actor, what="whistles", key=idempotency_key, raw=raw, at=now)
    if once.replayed is not None:
        return once.replayed
    case_id = said.get("case_id")
    if type(case_id) is int and 0 < case_id < 2**63 and not sight_of(actor).of(case_of(connection, case_id)):
        raise case_not_found(case_id)
    kept = whistling.blow_one(connection, said, actor=actor, now=now)
    answer = _whole(connection, kept, wiring, language)
    return once.answer(answer, version=kept.version, status=201, location=f"/api/v1/whistles/{kept.whistle_id}")


@router.post("/whistles/{whistle_id}/actions/{verb}", response_model=WhistleOut, openapi_extra=_ACT, summary="Report in, or rate who came")
def act(
    whistle_id: Id,
    verb: Verb,
    body: Body,
    connection: Writing,
    wiring: WiringDep,
    actor: Consulter,
    language: Language,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key and If-Match. report_in: the agency, or the centre for it; too late is taken, and shows. rate: the street that blew."""
    said, raw = body
    now = wiring.clock.now()
    once = Once(connection, actor=actor, what=f"whistles/{whistle_id}/{verb}", key=idempotency_key, raw=raw, at=now)
    if once.replayed is not None:
        return once.replayed
    _seen(connection, whistle_id, actor)
    kept = whistling.act(connection, whistle_id, verb, said, expected_version=version_of(if_match), actor=actor, now=now)
    return once.answer(_whole(connection, kept, wiring, language), version=kept.version)


def _seen(connection: Connection, whistle_id: int, actor: Actor) -> KeptWhistle:
    kept, sight = whistles.found(connection, whistle_id), sight_of(actor)
    theirs = any(voice in (kept.one.street, *kept.one.agencies) for voice in sight.voices)
    if sight.everything or theirs or (kept.one.case_id is not None and sight.of(case_of(connection, kept.one.case_id))):
        return kept
    raise NotFoundError("whistle_not_found", en="there is no whistle {number}", zh="没有编号为 {number} 的吹哨", number=whistle_id)


def _whole(connection: Connection, kept: KeptWhistle, wiring: WiringDep, language: str) -> WhistleOut:
    return Shown(connection, language=language, now=wiring.clock.now(), parties=callers_of([kept])).whistle(kept)
