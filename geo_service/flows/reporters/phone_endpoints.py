"""HTTP of finding cases by the phone of whoever reported them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from geo_service import event_log
from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import WiringDep, Writing, body_of, json_body
from geo_service.api.texts import Line
from geo_service.cases.calling import cases_of_phone, digits_of
from geo_service.event_log import NewEvent
from geo_service.masking import mask_phone, mask_text

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

MOST = 200
Revealer = Annotated[Actor, Depends(permits("reporter.reveal"))]


class PhoneAsked(BaseModel):
    """A whole number, and why it is looked for. A part of a number finds nothing: nobody can try numbers out."""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(pattern=r"^\+?[0-9][0-9 \-]{5,27}$", examples=["13800138000"])
    purpose: Line = Field(min_length=2, max_length=200, examples=["来电人询问进度"])


class PhoneFound(BaseModel):
    """The cases of that number within the caller's reach, newest first, 200 at most."""

    case_ids: list[int]


_ASKED = json_body(PhoneAsked, caller={"phone": "13800138000", "purpose": "来电人询问进度"})


@router.post("/reporters/search", openapi_extra=_ASKED, summary="The cases that a phone number reported")
def search(body: Annotated[Any, Depends(body_of(PhoneAsked))], connection: Writing, wiring: WiringDep, actor: Revealer) -> PhoneFound:
    """Needs reporter.reveal and a purpose. Who looked for which number (masked) and why stands in the log, found or not."""
    asked: PhoneAsked = body[0]
    reach = (scope(actor, "reporter.reveal"), scope(actor, "cases.read"))
    found = cases_of_phone(connection, asked.phone, scopes=reach, limit=MOST)
    said = {"phone": mask_phone(digits_of(asked.phone)), "purpose": mask_text(asked.purpose), "found": len(found)}
    event_log.append(connection, [NewEvent("phone_searched", None, actor.name, wiring.clock.now(), said)])
    return PhoneFound(case_ids=found)
