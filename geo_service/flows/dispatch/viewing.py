"""HTTP of who has a case open."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import WiringDep, Writing
from geo_service.api.sight import sight_of
from geo_service.cases.consulting.sight import seen_case
from geo_service.desk.viewing import look, look_away
from geo_service.flows.dispatch.asking import LARGEST_ID
from geo_service.flows.dispatch.lookers import shown_as, viewer_of

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

CaseId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Reader = Annotated[Actor, Depends(permits("cases.read"))]


@router.post("/cases/{case_id}/viewing", status_code=204, summary="Say that you have a case open")
def viewing(case_id: CaseId, connection: Writing, wiring: WiringDep, actor: Reader) -> Response:
    """Needs a key. Others who open the case see your name in `viewers` for 30 seconds; say it again while you look."""
    seen_case(connection, case_id, sight_of(actor))
    look(connection, case_id, viewer=viewer_of(actor), name=shown_as(connection, actor), at=wiring.clock.now())
    return Response(status_code=204)


@router.delete("/cases/{case_id}/viewing", status_code=204, summary="Say that you closed it")
def closed(case_id: CaseId, connection: Writing, actor: Reader) -> Response:
    """Needs a key."""
    seen_case(connection, case_id, sight_of(actor))
    look_away(connection, case_id, viewer=viewer_of(actor))
    return Response(status_code=204)
