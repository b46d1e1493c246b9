"""HTTP of revealing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import WiringDep, Writing, body_of, json_body
from geo_service.flows.reporters import service
from geo_service.flows.reporters.schemas import RevealAsked, RevealedOut

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

Revealer = Annotated[Actor, Depends(permits("reporter.reveal"))]


@router.post(
    "/cases/{case_id}/reveal", openapi_extra=json_body(RevealAsked, call_back={"purpose": "回访办理结果"}), summary="Who reported a case"
)
def reveal(
    case_id: Annotated[int, Path(ge=1, le=2**53)],
    body: Annotated[Any, Depends(body_of(RevealAsked))],
    connection: Writing,
    wiring: WiringDep,
    actor: Revealer,
) -> RevealedOut:
    """Needs reporter.reveal and a purpose; both stand in the log."""
    reach = scope(actor, "reporter.reveal")
    who, found = service.reveal(connection, case_id, scope=reach, purpose=body[0].purpose, actor=actor.name, at=wiring.clock.now())
    return RevealedOut(name=who.name, phone=who.phone, description=found.description, address=found.address)
