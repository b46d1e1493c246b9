"""HTTP of planning."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from boundaries.editing import Change
from boundaries.store.drafts import draft_record, draft_records, lock_area, locked_areas, unlock_area
from boundaries.store.repository import current_number, require_city
from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.jobs import JobOut, href, job_out
from geo_service.api.wiring import Wiring
from geo_service.flows.planning import impact as concerned
from geo_service.flows.planning import preparing, publishing, rebasing, service
from geo_service.flows.planning.changes import area_changes, defect_out, draft_out, lineage_out, step_out
from geo_service.flows.planning.looking import named_addresses
from geo_service.flows.planning.preconditions import head_of
from geo_service.flows.planning.reach import require_area
from geo_service.flows.planning.schemas import (
    ChangeOut,
    DraftIn,
    DraftOut,
    DraftsOut,
    ImpactIn,
    ImpactOut,
    LockIn,
    LocksOut,
    OperationIn,
    PreparedOut,
    PublishedOut,
    PublishIn,
    RebasedOut,
    ReplayIn,
    ReplayOut,
    UndoIn,
)

router = APIRouter(prefix="/api/v1", tags=["planning"])

Planner = Annotated[Actor, Depends(permits("planning.write"))]
Publisher = Annotated[Actor, Depends(permits("planning.publish"))]
IfMatch = Annotated[str | None, Header(description='the draft\'s head, e.g. "7"')]
Number = Annotated[int, Query(ge=1, le=2_000_000_000)]
_SPLIT = {"client_id": "5f1c", "operation": {"kind": "split", "area": 1234, "line": [[113.58, 37.857], [113.582, 37.857]]}}


@router.post(
    "/drafts",
    status_code=201,
    openapi_extra=json_body(DraftIn, draft={"title": "新建学校网格"}),
    summary="A new draft over the generation in force",
)
def create(body: Annotated[Any, Depends(body_of(DraftIn))], connection: Writing, wiring: WiringDep, actor: Planner) -> DraftOut:
    """Needs a planner's key."""
    asked: DraftIn = body[0]
    made = service.create(connection, title=asked.title, open_cases=asked.open_cases, actor=actor, now=wiring.clock.now())
    return draft_out(made, made.base_generation)


@router.get("/drafts", summary="All drafts, newest first")
def drafts(connection: Reading, _: Planner) -> DraftsOut:
    """Needs a planner's key."""
    current = current_number(connection)
    return DraftsOut(items=[draft_out(record, current) for record in draft_records(connection)])


@router.get("/drafts/{draft_id}", summary="One draft")
def draft(draft_id: int, connection: Reading, _: Planner, response: Response) -> DraftOut:
    """Needs a planner's key. The ETag is the head."""
    record = draft_record(connection, draft_id)
    response.headers["ETag"] = f'"{record.head}"'
    return draft_out(record, current_number(connection))


@router.post("/drafts/{draft_id}/operations", openapi_extra=json_body(OperationIn, split=_SPLIT), summary="Do an operation, or preview it")
def operate(
    draft_id: int,
    body: Annotated[Any, Depends(body_of(OperationIn))],
    wiring: WiringDep,
    actor: Planner,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
    dry_run: bool = False,
) -> ChangeOut:
    """Needs a planner's key and, unless it is a dry run, If-Match. Refusals carry a code and the place."""
    asked: OperationIn = body[0]
    if dry_run:
        with wiring.database.reading() as connection:
            return _change_out(service.preview(connection, wiring, draft_id, asked.operation, actor=actor), language, dry_run=True)
    return _perform(wiring, draft_id, asked.operation, asked.client_id, if_match, actor, language, response)


@router.post("/drafts/{draft_id}/redo", openapi_extra=json_body(UndoIn, redo={"client_id": "5f1e"}), summary="Do again what was taken back")
@router.post("/drafts/{draft_id}/undo", openapi_extra=json_body(UndoIn, undo={"client_id": "5f1d"}), summary="Take the last operation back")
def step(
    draft_id: int,
    body: Annotated[Any, Depends(body_of(UndoIn))],
    request: Request,
    wiring: WiringDep,
    actor: Planner,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> ChangeOut:
    """Needs a planner's key and If-Match. Nothing leaves the history: what is taken back, or done again, is an operation of its own."""
    document = {"kind": request.url.path.rpartition("/")[2]}
    return _perform(wiring, draft_id, document, body[0].client_id, if_match, actor, language, response)


@router.post(
    "/drafts/{draft_id}/impact", openapi_extra=json_body(ImpactIn, whole_draft={}), summary="Who is concerned, before anything is done"
)
def impact(
    draft_id: int,
    body: Annotated[Any, Depends(body_of(ImpactIn))],
    connection: Reading,
    wiring: WiringDep,
    actor: Planner,
    request: Request,
    language: Language,
) -> ImpactOut:
    """Needs a planner's key. With an operation: that one, as it would be; without: the whole draft."""
    asked: ImpactIn = body[0]
    now = wiring.clock.now()
    if asked.operation is None:
        found = concerned.of_draft(connection, wiring, draft_id, actor=actor, now=now)
    else:
        found = concerned.of_operation(connection, wiring, _pictures(request), draft_id, asked.operation, actor=actor, now=now)
    change = found.change
    crs = require_city(connection).metric_crs
    told = concerned.impact_values(found.impact)
    named_addresses(connection, told["moves"].get("households", ()))
    return ImpactOut(
        draft_id=draft_id,
        head=draft_record(connection, draft_id).head,
        **told,
        people=[{"level": level, "code": code, "role": role, "name": name} for (level, code), (role, name) in sorted(found.people.items())],
        orphans=concerned.orphan_values(found.orphans, language),
        areas=area_changes(change.before, change.after, change.material, crs) if change else [],
    )


def _pictures(request: Request) -> concerned.Pictures:
    """The pictures of this app, made on first use."""
    state = request.app.state
    if not hasattr(state, "pictures"):
        state.pictures = concerned.Pictures()
    pictures: concerned.Pictures = state.pictures
    return pictures


@router.post("/drafts/{draft_id}/replay", openapi_extra=json_body(ReplayIn, month={"days": 30}), summary="Past cases against the draft")
def replay(
    draft_id: int, body: Annotated[Any, Depends(body_of(ReplayIn))], connection: Reading, wiring: WiringDep, _: Planner
) -> ReplayOut:
    """Needs a planner's key. Nothing about the past changes."""
    days = body[0].days
    cases, found, names = concerned.replay(connection, wiring, draft_id, days=days, now=wiring.clock.now())
    loads = [{**concerned.load_values(load), "answers": names.get(load.code)} for load in found.loads]
    return ReplayOut(draft_id=draft_id, days=days, cases=cases, routed_elsewhere=len(found.moves), loads=loads)


@router.post(
    "/drafts/{draft_id}/prepare",
    status_code=202,
    responses={200: {"model": PreparedOut, "description": "Prepared while the caller waited"}, 202: {"model": JobOut}},
    summary="Prove, check, index and draw a draft, ready to be published",
)
def prepare(
    draft_id: int,
    wiring: WiringDep,
    actor: Planner,
    language: Language,
    response: Response,
    wait: Annotated[float | None, Query(ge=0, le=preparing.LONGEST_WAIT_S)] = None,
    prefer: Annotated[str | None, Header()] = None,
) -> PreparedOut | JobOut:
    """Needs a planner's key. A job of some seconds for a whole city: 202 with where to look (Location).

    `?wait=60` or `Prefer: wait=60` waits so many seconds for it: 200 with what came of it, or the problem with which it failed.
    """
    with wiring.database.writing() as connection:
        asked = publishing.ask_to_prepare(connection, wiring, draft_id, actor=actor, now=wiring.clock.now())
    wiring.wanted.set()
    if (seconds := preparing.wanted_wait_s(wait, prefer)) > 0:
        asked = preparing.awaited(wiring, asked, seconds=seconds)
        if asked.over:
            response.status_code = 200
            return preparing.prepared_out(wiring, asked, language)
    response.headers["Location"] = href(asked)
    return job_out(asked, language)


@router.post("/drafts/{draft_id}/publish", openapi_extra=json_body(PublishIn, now={}), summary="Put a prepared draft in force")
def publish(
    draft_id: int, body: Annotated[Any, Depends(body_of(PublishIn))], connection: Writing, wiring: WiringDep, actor: Publisher
) -> PublishedOut:
    """Needs a planner's key. With `at` it waits for that instant."""
    return _published_out(publishing.publish(connection, wiring, draft_id, at=body[0].at, actor=actor, now=wiring.clock.now()))


@router.post("/generations/{number}/restore", summary="Roll back to a past generation, as a new one")
def restore(
    number: int,
    connection: Writing,
    wiring: WiringDep,
    actor: Publisher,
    open_cases: Annotated[str, Query(pattern="^(keep|move|ask)$")] = "ask",
) -> PublishedOut:
    """Needs a planner's key."""
    return _published_out(publishing.restore(connection, wiring, number, policy=open_cases, actor=actor, now=wiring.clock.now()))


@router.post("/generations/{number}/publish", summary="Put an imported generation in force")
def publish_imported(
    number: int,
    connection: Writing,
    wiring: WiringDep,
    actor: Publisher,
    open_cases: Annotated[str, Query(pattern="^(keep|move|ask)$")] = "ask",
) -> PublishedOut:
    """Needs a planner's key. Refused while a defect bars it, and where another generation came into force since it was imported."""
    now = wiring.clock.now()
    return _published_out(publishing.publish_generation(connection, wiring, number, policy=open_cases, actor=actor, now=now))


@router.get("/boundary-locks", summary="Areas in which nothing may be redrawn")
def locks(connection: Reading, wiring: WiringDep, _: Planner) -> LocksOut:
    """Needs a planner's key."""
    return _locks_out(connection, wiring)


@router.put("/boundary-locks/{code}", openapi_extra=json_body(LockIn, court={"reason": "行政诉讼期间"}), summary="Lock an area")
def lock(code: str, body: Annotated[Any, Depends(body_of(LockIn))], connection: Writing, wiring: WiringDep, actor: Planner) -> LocksOut:
    """Needs a planner's key. Nothing in the area and below may change in any draft until it is unlocked."""
    published = wiring.published.current()
    area = service.area_of(published, code)
    require_area(actor, published, area)
    lock_area(connection, area_id=area.area_id, reason=body[0].reason, actor=actor.name, at=wiring.clock.now())
    return _locks_out(connection, wiring)


@router.delete("/boundary-locks/{code}", summary="Unlock an area")
def unlock(code: str, connection: Writing, wiring: WiringDep, actor: Planner) -> LocksOut:
    """Needs a planner's key."""
    published = wiring.published.current()
    area = service.area_of(published, code)
    require_area(actor, published, area)
    unlock_area(connection, area_id=area.area_id)
    return _locks_out(connection, wiring)


def _locks_out(connection: Connection, wiring: Wiring) -> LocksOut:
    areas = wiring.published.current().areas
    found = [(areas[key], reason) for key, reason in sorted(locked_areas(connection).items()) if key in areas]
    return LocksOut(items=[{"code": area.code, "level": area.level, "name": area.name, "reason": reason} for area, reason in found])


@router.post("/drafts/{draft_id}/rebase", summary="Carry a draft over to the generation in force")
def rebase(draft_id: int, wiring: WiringDep, actor: Planner, language: Language, dry_run: bool = False) -> RebasedOut:
    """Needs a planner's key. Shows exactly the operations whose result differs or that are refused."""
    with wiring.database.reading() if dry_run else wiring.database.writing() as connection:
        done = rebasing.rebase(connection, wiring, draft_id, dry_run=dry_run, actor=actor, now=wiring.clock.now())
    return RebasedOut(
        verbatim=done.result.verbatim,
        steps=[step_out(step, language) for step in done.result.steps],
        draft=draft_out(done.new, done.new.base_generation) if done.new else None,
    )


def _perform(
    wiring: Any,
    draft_id: int,
    document: dict[str, Any],
    client_id: str | None,
    if_match: str | None,
    actor: Actor,
    language: str,
    response: Response,
) -> ChangeOut:
    expected = head_of(if_match)
    with wiring.database.writing() as connection:
        done = service.perform(
            connection, wiring, draft_id, document, expected_head=expected, client_id=client_id, actor=actor, now=wiring.clock.now()
        )
    response.headers["ETag"] = f'"{done.record.head}"'
    return _change_out(done, language, dry_run=False)


def _change_out(done: service.Done, language: str, *, dry_run: bool) -> ChangeOut:
    change: Change = done.change
    states = {
        **done.draft.workspace.states,
        **{k: s for k, s in change.before.items() if s},
        **{k: s for k, s in change.after.items() if s},
    }
    return ChangeOut(
        draft_id=done.record.draft_id,
        head=done.record.head,
        dry_run=dry_run,
        operation=change.operation.to_json(),
        areas=area_changes(change.before, change.after, change.material, done.draft.workspace.metric_crs),
        lineage=lineage_out(change.lineage, states),
        warnings=[defect_out(warning, language) for warning in change.warnings],
        can_undo=done.draft.can_undo,
        can_redo=done.draft.can_redo,
    )


def _published_out(done: publishing.Outcome) -> PublishedOut:
    return PublishedOut(
        generation=done.generation.number,
        effective_from=done.generation.effective_from if done.publish_at is None else None,
        publish_at=done.publish_at,
        cases_moved=done.moved,
        cases_to_ask=done.to_ask,
        cases_kept=done.kept,
        followed=done.followed,
        posts_orphaned=done.orphaned,
    )
