"""HTTP of following cases and acting on them."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import Response

from geo_service import idempotency
from geo_service.accounts import Actor
from geo_service.accounts import scope as reach
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.cases.finding import positions as find_positions
from geo_service.cases.placing import placed
from geo_service.event_log import chained
from geo_service.flows.dispatch import service
from geo_service.flows.dispatch.acting import act, hold, known_event
from geo_service.flows.dispatch.asking import (
    LARGEST_ID,
    Cases,
    ConsultDep,
    Count,
    IdempotencyKey,
    IfMatch,
    Page,
    body_object,
    earlier_answer,
    scope_of,
    version_of,
)
from geo_service.flows.dispatch.schemas import CaseOut, CaseRow, CasesOut, CountsOut, EventsOut, PositionsOut, WorkersOut
from geo_service.flows.dispatch.showing import ARROW, arrow_stream, case_out, case_row, logged_event
from geo_service.published.within import codes_within
from geo_service.rulebooks.naming import CategoryNames
from geo_service.workers import POST_TITLES

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

CaseId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Reader = Annotated[Actor, Depends(permits("cases.read"))]
Doer = Annotated[Actor, Depends(permits("cases.act"))]
Looker = Annotated[Actor, Depends(permits("people.read"))]


@router.get("/cases", summary="Cases, newest first")
def cases(query: Page, connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> CasesOut:
    """Needs a key. Pages follow `next`; `total` and `by_state` count all that match."""
    now = wiring.clock.now()
    wanted = placed(connection, query.filter(now, reach(actor, "cases.read")))
    found, total, following = service.page(connection, wanted, before=query.before, limit=query.limit)
    by_state = service.counts(connection, wiring.published.current(), wanted, "state", now=now)
    names = CategoryNames(connection, at=now)
    return CasesOut(total=total, by_state=by_state, items=[CaseRow(**case_row(c, now, language, names)) for c in found], next=following)


@router.get("/cases/positions", response_model=PositionsOut, summary="Where cases are, column by column")
def positions(
    query: Cases, connection: Reading, wiring: WiringDep, actor: Reader, accept: Annotated[str | None, Header()] = None
) -> Response:
    """Needs a key. JSON, or an Arrow IPC stream for Accept: application/vnd.apache.arrow.stream."""
    now = wiring.clock.now()
    columns = find_positions(connection, placed(connection, query.filter(now, reach(actor, "cases.read"))), now=now)
    if accept is not None and ARROW in accept:
        return Response(arrow_stream(columns), media_type=ARROW)
    return Response(orjson.dumps(columns), media_type="application/json")


@router.get("/cases/counts", summary="How many cases, by what you say")
def counts(query: Count, connection: Reading, wiring: WiringDep, actor: Reader) -> CountsOut:
    """Needs a key."""
    now = wiring.clock.now()
    found = service.counts(
        connection, wiring.published.current(), placed(connection, query.filter(now, reach(actor, "cases.read"))), query.by, now=now
    )
    return CountsOut(by=query.by, counts=found)


@router.get("/cases/{case_id}", summary="One case with its history")
def case(case_id: CaseId, connection: Reading, wiring: WiringDep, language: Language, actor: Reader, response: Response) -> CaseOut:
    """Needs a key. The ETag is the case's version; `allowed` is what the caller may do next."""
    now = wiring.clock.now()
    found = service.one(connection, wiring.published.current(), case_id, actor=actor, language=language, now=now)
    response.headers["ETag"] = f'"{found.case.version}"'
    return case_out(found, now, language, CategoryNames(connection, at=now))


@router.get("/cases/{case_id}/events", summary="What happened to a case")
def events(case_id: CaseId, connection: Reading, actor: Reader) -> EventsOut:
    """Needs a key. Oldest first; `chained` says of each whether its hash follows from the event before it in the city's log."""
    found = service.events_of(connection, case_id, actor=actor)
    return EventsOut(items=[logged_event(one, whole) for one, whole in zip(found, chained(connection, found), strict=True)])


_ACTION: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {
                    "dispatch by the matrix": {"value": {}},
                    "return": {"value": {"reason": "wrong_duty", "proposed_owner": "agency:149901-housing"}},
                    "check": {"value": {"passed": True}},
                },
            }
        }
    }
}


@router.post("/cases/{case_id}/actions/{event}", response_model=CaseOut, openapi_extra=_ACTION, summary="Do something to a case")
def action(
    case_id: CaseId,
    event: Annotated[str, Path(max_length=40)],
    body: Annotated[tuple[dict[str, Any], bytes], Depends(body_object)],
    connection: Writing,
    wiring: WiringDep,
    actor: Doer,
    language: Language,
    consult: ConsultDep,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key; the workflow's table decides who may do what when. Say If-Match with the version you looked at. `consult` opens a
    consultation, as /cases/{case_id}/consultations does."""
    said, raw = body
    known_event(event)
    now = wiring.clock.now()
    scope = scope_of(actor, f"cases/{case_id}/{event}")
    again = earlier_answer(connection, scope=scope, key=idempotency_key, raw=raw, at=now)
    if again is not None:
        return again
    published = wiring.published.current()
    if event == "consult":
        hold(connection, case_id, expected_version=version_of(if_match), actor=actor)
        done = consult(connection, case_id, said, expected_version=version_of(if_match), actor=actor, now=now)
    else:
        done = act(connection, published, case_id, event, said, expected_version=version_of(if_match), actor=actor, now=now)
    whole = service.whole(connection, published, done, actor=actor, language=language, now=now)
    answer = case_out(whole, now, language, CategoryNames(connection, at=now)).model_dump(mode="json")
    if idempotency_key is not None:
        idempotency.remember(connection, scope=scope, key=idempotency_key, status=200, response=answer)
    return Response(orjson.dumps(answer), media_type="application/json", headers={"ETag": f'"{done.version}"'})


@router.get("/workers", summary="Posts and the people who hold them")
def workers(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Looker,
    area: Annotated[str | None, Query(max_length=32, description="code of the post's area")] = None,
    role: Annotated[str | None, Query(max_length=30)] = None,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> WorkersOut:
    """Needs a key. Of the areas within the caller's reach. Pages follow `next`."""
    service.check_posts_asked(area, role)
    published = wiring.published.current()
    within = codes_within(published, reach(actor, "people.read"))
    found, total, following = service.posts(connection, area_code=area, role=role, after=after, limit=limit, within=within)
    chosen = 0 if language.startswith("zh") else 1
    known = published.by_code
    gone = [(its := known.get(post["area"]["code"])) is None or its.level != post["area"]["level"] for post in found]
    items = [{**post, "title": POST_TITLES[post["role"]][chosen], "area_gone": lost} for post, lost in zip(found, gone, strict=True)]
    return WorkersOut(total=total, items=items, next=following)
