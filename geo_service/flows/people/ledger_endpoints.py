"""HTTP of the ledger of visits and of the patrol log."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from geo_service import idempotency
from geo_service.accounts import scope
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.once import IdempotencyKey, earlier_answer
from geo_service.errors import RequestError
from geo_service.flows.people import service
from geo_service.flows.people.asking import (
    After,
    AreaCode,
    From,
    Id,
    Keeper,
    Limit,
    MaybeFrom,
    MaybeTo,
    Reader,
    Registrar,
    To,
    Walker,
    following,
    utc,
)
from geo_service.flows.people.places import area_of_levels, codes_below
from geo_service.flows.people.reach import Reached
from geo_service.flows.people.schemas import (
    LARGEST_ID,
    PatrolCaseIn,
    PatrolIn,
    PatrolsOut,
    QuotaIn,
    SummaryOut,
    TurnedOut,
    VisitIn,
    VisitOut,
    VisitsOut,
)
from geo_service.flows.people.showing import patrol_out, summary_out, turned_out, visit_out
from geo_service.flows.people.walking import Turned, observe, turn
from geo_service.workers.patrols import find_patrols
from geo_service.workers.visits import NewVisit, add_visit, find_visits, put_quota, quotas, summaries

router = APIRouter()
Person = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/visits", summary="The linked leaders' ledger of visits")
def visits(
    connection: Reading,
    wiring: WiringDep,
    actor: Reader,
    area: AreaCode = None,
    person: Person = None,
    start: MaybeFrom = None,
    end: MaybeTo = None,
    corrected: Annotated[bool, Query(description="also entries that others take the place of")] = False,
    after: After = 0,
    limit: Limit = 100,
) -> VisitsOut:
    """Needs a key. Entries are never changed: a correction is an entry that names the one it corrects."""
    areas = codes_below(wiring.published.current(), area, scope(actor, "people.read"))
    found, total = find_visits(
        connection, areas=areas, person_id=person, start=start, end=end, corrected=corrected, after=after, limit=limit + 1
    )
    return VisitsOut(total=total, items=[visit_out(row) for row in found[:limit]], next=following([row.visit_id for row in found], limit))


@router.post(
    "/visits",
    status_code=201,
    response_model=VisitOut,
    openapi_extra=json_body(
        VisitIn, visit={"person_id": 12, "area_code": "99010100100100101", "visited_at": "2026-11-20T09:00:00+08:00", "found": "楼道堆物"}
    ),
    summary="Enter a visit",
)
def new_visit(
    body: Annotated[tuple[VisitIn, bytes], Depends(body_of(VisitIn))], connection: Writing, wiring: WiringDep, actor: Keeper
) -> VisitOut:
    """Needs a role that keeps the ledger. The micro-grid must lie in a grid that the leader was linked to then."""
    said, now = body[0], wiring.clock.now()
    published = wiring.published.current()
    area = area_of_levels(published, said.area_code, ("micro_grid",))
    grid = next((up for up in published.chain(area) if up.level == "grid"), None)
    if area.level != "micro_grid" or grid is None:
        raise RequestError("not_a_micro_grid", en="a visit is to a micro-grid", zh="走访对象应为微网格", field="area_code")
    Reached(published, actor, "visits.write").require_area(area.code)
    new = NewVisit(
        person_id=said.person_id,
        area_code=area.code,
        grid_code=grid.code,
        visited_at=utc(said.visited_at, now),
        found=said.found,
        follow_up=said.follow_up,
        corrects=said.corrects,
    )
    service.hold(connection)
    visit_id = add_visit(connection, new, at=now, actor=actor.name)
    service.log(connection, "visit_recorded", actor.name, now, visit_id=visit_id, person_id=said.person_id, corrects=said.corrects)
    found, _ = find_visits(connection, areas=None, person_id=None, start=None, end=None, corrected=True, after=visit_id - 1, limit=1)
    return visit_out(found[0])


@router.get("/visits/summary", summary="Visits made and owed, leader by leader")
def summary(connection: Reading, wiring: WiringDep, actor: Reader, start: From, end: To, area: AreaCode = None) -> list[SummaryOut]:
    """Needs a key. Owed: for each linked grid and day the quota of that day over the days of its month."""
    if start >= end:
        raise RequestError("empty_period", en="the period ends before it begins", zh="时段的结束早于开始", field="to")
    if (end - start).days > 3_660:
        raise RequestError("period_too_long", en="a period is at most ten years", zh="时段最长为十年", field="to")
    published = wiring.published.current()
    grids = codes_below(published, area, scope(actor, "people.read"))
    found = summaries(connection, grids=grids, start=start, end=end, timezone=published.city.timezone)
    return [summary_out(one, start, end) for one in found]


@router.get("/visits/quota", summary="How many visits are asked for")
def quota(connection: Reading, _: Reader) -> list[QuotaIn]:
    """Needs a key. Oldest first; the latest whose day has come holds."""
    return [QuotaIn(from_on=day, per_month=number) for day, number in quotas(connection)]


@router.put(
    "/visits/quota",
    response_model=list[QuotaIn],
    openapi_extra=json_body(QuotaIn, monthly={"from_on": "2026-01-01", "per_month": 1.0}),
    summary="Ask for so many visits",
)
def set_quota(
    body: Annotated[tuple[QuotaIn, bytes], Depends(body_of(QuotaIn))], connection: Writing, wiring: WiringDep, actor: Registrar
) -> list[QuotaIn]:
    """Needs the role administrator, for the whole city."""
    said = body[0]
    service.hold(connection)
    put_quota(connection, from_on=said.from_on, per_month=said.per_month)
    day = said.from_on.isoformat()
    service.log(connection, "visit_quota_set", actor.name, wiring.clock.now(), from_on=day, per_month=said.per_month)
    return [QuotaIn(from_on=one, per_month=number) for one, number in quotas(connection)]


@router.get("/patrols", summary="The patrol log")
def patrols(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    area: AreaCode = None,
    post: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    step: Annotated[str | None, Query(pattern="^(look|ask|record|resolve)$")] = None,
    start: MaybeFrom = None,
    end: MaybeTo = None,
    after: After = 0,
    limit: Limit = 100,
) -> PatrolsOut:
    """Needs a key."""
    areas = codes_below(wiring.published.current(), area, scope(actor, "people.read"))
    found, total = find_patrols(connection, areas=areas, post_id=post, step=step, start=start, end=end, after=after, limit=limit + 1)
    items = [patrol_out(row, language) for row in found[:limit]]
    return PatrolsOut(total=total, items=items, next=following([row.patrol_id for row in found], limit))


@router.post(
    "/patrols",
    status_code=201,
    response_model=TurnedOut,
    openapi_extra=json_body(
        PatrolIn,
        settled={"post_id": 12, "text": "垃圾满溢", "lon": 113.58, "lat": 37.8567, "datum": "wgs84", "case": {"resolved": "已清运"}},
    ),
    summary="Enter an observation",
)
def new_patrol(
    body: Annotated[tuple[PatrolIn, bytes], Depends(body_of(PatrolIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Walker,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs a key that reports. With `case` it becomes a case in the same call; with `case.resolved` one that was settled on the spot."""
    said, raw = body
    now, sender = wiring.clock.now(), f"patrols:{actor.name}"
    again = earlier_answer(connection, scope=sender, key=idempotency_key, raw=raw, at=now)
    if again is not None:
        return again
    done = observe(connection, wiring, said, actor=actor, now=now)
    answer = _answer(done)
    if idempotency_key is not None:
        idempotency.remember(connection, scope=sender, key=idempotency_key, status=201, response=answer)
    return Response(orjson.dumps(answer), status_code=201, media_type="application/json")


@router.post(
    "/patrols/{patrol_id}/case",
    status_code=201,
    response_model=TurnedOut,
    openapi_extra=json_body(PatrolCaseIn, case={"category": "gb47678:matter:06010"}),
    summary="Make a case of an observation",
)
def patrol_case(
    patrol_id: Id,
    body: Annotated[tuple[PatrolCaseIn, bytes], Depends(body_of(PatrolCaseIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Walker,
) -> Response:
    """Needs a key that reports. An entry becomes one case: asked again, the answer is 200 with that case."""
    done = turn(connection, wiring, patrol_id, body[0], actor=actor, now=wiring.clock.now())
    return Response(orjson.dumps(_answer(done)), status_code=201 if done.new else 200, media_type="application/json")


def _answer(done: Turned) -> dict[str, object]:
    return turned_out(done.patrol_id, done.case).model_dump(mode="json")
