"""HTTP of following cases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from geo_service.api.deps import KnownActor, Language, Reading, WiringDep
from geo_service.cases import STATES, Case, CaseFilter
from geo_service.cases.model import light
from geo_service.catalogue import category
from geo_service.flows.dispatch import service
from geo_service.flows.dispatch.schemas import CaseOut, CaseRow, CasesOut, State, WorkersOut
from geo_service.workers import POST_TITLES

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

LARGEST_ID = 2**63 - 1


@router.get("/cases", summary="Cases, newest first")
def cases(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: KnownActor,
    state: Annotated[list[State] | None, Query()] = None,
    area: Annotated[str | None, Query(description="code of an area of any level")] = None,
    category: str | None = None,
    channel: str | None = None,
    queue: str | None = None,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> CasesOut:
    """Needs a key. Pages follow `next`; `total` counts all that match."""
    wanted = CaseFilter(states=tuple(state) if state else None, area_code=area, category=category, channel=channel, queue=queue)
    found, total, following = service.page(connection, wanted, before=before, limit=limit)
    now = wiring.clock.now()
    return CasesOut(total=total, items=[CaseRow(**_row(c, now, language)) for c in found], next=following)


@router.get("/cases/{case_id}", summary="One case with its history")
def case(
    case_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: KnownActor,
    response: Response,
) -> CaseOut:
    """Needs a key. The ETag is the case's version."""
    now = wiring.clock.now()
    found, events, responsible = service.one(connection, wiring.published.current(), case_id, now=now)
    response.headers["ETag"] = f'"{found.version}"'
    r = found.routing
    answers = None
    if responsible is not None:
        answers = {"post": responsible.title(language), "name": responsible.name, "agency": responsible.agency}
    return CaseOut(
        **_row(found, now, language),
        generation=r.generation,
        rule=r.rule,
        areas=r.areas,
        candidates=r.candidates,
        on_border=r.on_border,
        raw_lon=r.raw_lon,
        raw_lat=r.raw_lat,
        datum=r.datum,
        accuracy_m=r.accuracy_m,
        address_level=r.address_level,
        responsible=answers,
        updated_at=found.updated_at,
        closed_at=found.closed_at,
        events=[{"position": e.position, "kind": e.kind, "at": e.at, "actor": e.actor, "data": e.data} for e in events],
    )


def _row(found: Case, now: datetime, language: str) -> dict[str, Any]:
    zh, en, stage, step = STATES[found.state]
    known = category(found.category) if found.category else None
    r = found.routing
    return {
        "case_id": found.case_id,
        "tracking_number": found.tracking_number,
        "state": found.state,
        "state_name": zh if language.startswith("zh") else en,
        "stage": stage,
        "step": step,
        "light": light(found, at=now),
        "channel": found.channel,
        "category": found.category,
        "category_name": known.name if known else None,
        "urgency": found.urgency,
        "description": found.description,
        "address": found.address,
        "area": {"code": r.area_code, "level": r.area_level} if r.area_code else None,
        "verdict": r.verdict,
        "queue": found.queue,
        "lon": r.lon,
        "lat": r.lat,
        "received_at": found.received_at,
        "due_at": found.due_at,
        "version": found.version,
    }


@router.get("/workers", summary="Posts and the people who hold them")
def workers(
    connection: Reading,
    language: Language,
    _: KnownActor,
    area: Annotated[str | None, Query(description="code of the post's area")] = None,
    role: str | None = None,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> WorkersOut:
    """Needs a key. Pages follow `next`."""
    found, total, following = service.posts(connection, area_code=area, role=role, after=after, limit=limit)
    chosen = 0 if language.startswith("zh") else 1
    items = [{**post, "title": POST_TITLES[post["role"]][chosen]} for post in found]
    return WorkersOut(total=total, items=items, next=following)
