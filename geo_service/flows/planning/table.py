"""HTTP of the planner's table: areas at a draft's head, its list of operations, its proof, and what is kept about it."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import shapely
from fastapi import APIRouter, Depends, Query, Request

from boundaries.editing import AreaState
from boundaries.geometry import to_lonlat
from boundaries.store.drafts import draft_record, update_draft
from boundaries.store.repository import current_number
from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.flows.planning import looking
from geo_service.flows.planning.changes import defect_out, draft_out
from geo_service.flows.planning.reach import require_recorded
from geo_service.flows.planning.schemas import DraftOut
from geo_service.flows.planning.service import require_open
from geo_service.flows.planning.table_schemas import CheckOut, DraftAreasOut, DraftPatch, StepDone, StepsOut, TableArea

router = APIRouter(prefix="/api/v1", tags=["planning"])

Planner = Annotated[Actor, Depends(permits("planning.write"))]


@router.get("/drafts/{draft_id}/areas", summary="The areas of a draft in a box, at its head")
def areas(draft_id: int, connection: Reading, wiring: WiringDep, _: Planner, bbox: Annotated[str, Query(max_length=120)]) -> DraftAreasOut:
    """Needs a planner's key. bbox: west,south,east,north in WGS-84 degrees. To be drawn and dragged: shared vertices are the same
    numbers in all their owners."""
    seen = looking.areas_in(connection, wiring, draft_id, looking.box_of(bbox), now=wiring.clock.now())
    return DraftAreasOut(
        draft_id=draft_id, head=seen.record.head, leaves=_areas(seen, seen.leaves), above=_areas(seen, seen.above), left_off=seen.left_off
    )


def _areas(seen: looking.Seen, states: list[AreaState]) -> list[TableArea]:
    shaped = [state.key for state in states if state.geometry is not None]
    shapes = to_lonlat([state.geometry for state in states if state.geometry is not None], seen.metric_crs) if shaped else []
    drawn: dict[int, Any] = {key: orjson.loads(shapely.to_geojson(shape)) for key, shape in zip(shaped, shapes, strict=True)}
    names = ("key", "level", "code", "name", "kind", "parent", "households", "shares_face_of")
    return [
        TableArea(
            **{name: getattr(state, name) for name in names},
            answers=seen.answers.get((state.level, state.code)),
            geometry=drawn.get(state.key),
        )
        for state in states
    ]


@router.get("/drafts/{draft_id}/operations", summary="Everything that was done in a draft")
def operations(draft_id: int, connection: Reading, wiring: WiringDep, _: Planner) -> StepsOut:
    """Needs a planner's key. Nothing leaves the list: what was taken back says so."""
    record, draft, listed = looking.steps(connection, wiring, draft_id)
    items = [StepDone(**{name: getattr(one, name) for name in StepDone.model_fields}) for one in listed]
    return StepsOut(draft_id=draft_id, head=record.head, can_undo=draft.can_undo, can_redo=draft.can_redo, items=items)


@router.get("/drafts/{draft_id}/check", summary="The whole draft proven and checked")
def check(draft_id: int, connection: Reading, wiring: WiringDep, language: Language, _: Planner, request: Request) -> CheckOut:
    """Needs a planner's key. Both proofs of the coverage and every rule, at the draft's head; some seconds for a whole city."""
    found = _checks(request).of(connection, wiring, draft_id)
    listed = found.defects[: looking.MOST_FINDINGS]
    return CheckOut(
        draft_id=draft_id,
        head=found.head,
        holds=found.proof.holds,
        proof=found.proof.to_json(),
        total=len(found.defects),
        counts=found.counts,
        items=[looking.with_repair(defect_out(defect, language), found.keys) for defect in listed],
    )


def _checks(request: Request) -> looking.Checks:
    """The checks of this app, made on first use."""
    state = request.app.state
    if not hasattr(state, "draft_checks"):
        state.draft_checks = looking.Checks()
    kept: looking.Checks = state.draft_checks
    return kept


@router.patch(
    "/drafts/{draft_id}",
    openapi_extra=json_body(DraftPatch, policy={"open_cases": "move"}, end={"status": "abandoned"}),
    summary="Rename a draft, choose what happens to open cases, or abandon it",
)
def amend(
    draft_id: int, body: Annotated[Any, Depends(body_of(DraftPatch))], connection: Writing, wiring: WiringDep, actor: Planner
) -> DraftOut:
    """Needs a planner's key. An abandoned draft can be looked at, but nothing can be done with it any more."""
    asked: DraftPatch = body[0]
    record = draft_record(connection, draft_id, lock_row=True)
    require_open(record)
    require_recorded(connection, wiring, record, actor)
    values = {name: value for name, value in asked.model_dump().items() if value is not None}
    if asked.status is not None:
        values["publish_at"] = None
    return draft_out(update_draft(connection, draft_id, at=wiring.clock.now(), **values), current_number(connection))
