"""HTTP of saved views."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Reading, WiringDep, Writing, body_of, json_body
from geo_service.desk import saved
from geo_service.flows.views.schemas import ViewAsked, ViewOut, ViewsOut

router = APIRouter(prefix="/api/v1/views", tags=["views"])

Reader = Annotated[Actor, Depends(permits("cases.read"))]
_ASKED = json_body(ViewAsked, overdue={"name": "城区超期", "query": "state=handling&light=red"})


def owner_of(actor: Actor) -> str:
    """Whose views: an account and a key of the same name are two."""
    return f"{actor.kind}:{actor.name}"[:90]


@router.get("", summary="The caller's saved views")
def views(connection: Reading, actor: Reader) -> ViewsOut:
    """Needs a key."""
    return ViewsOut(items=[ViewOut(**asdict(one)) for one in saved.views_of(connection, owner_of(actor))])


@router.post("", status_code=201, openapi_extra=_ASKED, summary="Save a view")
def save(body: Annotated[Any, Depends(body_of(ViewAsked))], connection: Writing, wiring: WiringDep, actor: Reader) -> ViewOut:
    """Needs a key. One of the same name is replaced; nobody else sees it."""
    asked: ViewAsked = body[0]
    made = saved.save(connection, owner_of(actor), name=asked.name.strip(), query=asked.query, at=wiring.clock.now())
    return ViewOut(**asdict(made))


@router.delete("/{view_id}", status_code=204, summary="Remove a view")
def remove(view_id: Annotated[int, Path(ge=1, le=2**53)], connection: Writing, actor: Reader) -> Response:
    """Needs a key."""
    saved.drop(connection, owner_of(actor), view_id)
    return Response(status_code=204)
