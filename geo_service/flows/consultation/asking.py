"""What the endpoints of hard matters read from a request: filters and pages, ids, the bodies in the description, what the caller sees."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.instants import Instant
from geo_service.cases.consulting.repository import MeetingFilter
from geo_service.cases.consulting.sight import Sight
from geo_service.cases.consulting.whistles import WhistleFilter
from geo_service.errors import RequestError
from geo_service.flows.consultation.service import Step

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Verb = Annotated[str, Path(max_length=40)]
Reader = Annotated[Actor, Depends(permits("cases.read"))]
Consulter = Annotated[Actor, Depends(permits("consult"))]
Ruler = Annotated[Actor, Depends(permits("rules.write"))]


def get_step(request: Request) -> Step:
    """One event on a case by the one workflow, as the app was put together with."""
    step: Step = request.app.state.step
    return step


StepDep = Annotated[Step, Depends(get_step)]


class _Paged(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(50, ge=1, le=200)

    def _printable(self, *names: str) -> None:
        for name in names:
            if "\x00" in (getattr(self, name) or ""):
                raise RequestError("control_character", en="a control character", zh="含有控制字符", field=name)


class MeetingQuery(_Paged):
    """Which consultations, and which page of them."""

    state: list[Literal["open", "minuted", "ruled", "lifted", "settled"]] | None = None
    tier: int | None = Field(None, ge=1, le=3)
    entry: str | None = Field(None, max_length=30)
    case: int | None = Field(None, ge=1, le=LARGEST_ID)
    lead: str | None = Field(None, max_length=80, description="agency:<code> or post:<id>")
    party: str | None = Field(None, max_length=80, description="who takes part")
    silent: bool = Field(False, description="with party: only where they have still to be heard")
    precedent: bool | None = None
    overdue: bool | None = Field(None, description="whose deadline passed without a quorum, where no tier was left to go to")

    def filter(self, sight: Sight) -> MeetingFilter:
        """The filter as the repository knows it."""
        self._printable("entry", "lead", "party")
        return MeetingFilter(
            states=tuple(self.state) if self.state else None,
            tier=self.tier,
            entry=self.entry,
            case_id=self.case,
            lead=self.lead,
            party=self.party,
            silent=self.silent,
            precedent=self.precedent,
            overdue=self.overdue,
            sight=sight,
        )


class WhistleQuery(_Paged):
    """Which whistles, and which page of them."""

    state: Literal["waiting", "over"] | None = None
    street: str | None = Field(None, max_length=80, description="who blew it: agency:<code> or post:<id>")
    agency: str | None = Field(None, max_length=80, description="who was called")
    waiting_for: str | None = Field(None, max_length=80, description="who was called and has not come")
    case: int | None = Field(None, ge=1, le=LARGEST_ID)
    unrated: bool | None = Field(None, description="whether the street has still to rate somebody")
    from_at: Instant | None = Field(None, alias="from", description="blown at or behind this instant")
    to_at: Instant | None = Field(None, alias="to", description="blown before this instant")

    def filter(self, sight: Sight) -> WhistleFilter:
        """The filter as the repository knows it."""
        self._printable("street", "agency", "waiting_for")
        return WhistleFilter(
            state=self.state,
            street=self.street,
            agency=self.agency,
            waiting_for=self.waiting_for,
            case_id=self.case,
            unrated=self.unrated,
            blown_from=self.from_at,
            blown_to=self.to_at,
            sight=sight,
        )


class ProposalQuery(_Paged):
    """Which proposals, and which page of them."""

    state: Literal["proposed", "accepted", "declined"] | None = None


Meetings = Annotated[MeetingQuery, Query()]
Whistles = Annotated[WhistleQuery, Query()]
Proposals = Annotated[ProposalQuery, Query()]


def body_like(**examples: dict[str, Any]) -> dict[str, Any]:
    """The description of a body that is read field by field, with examples."""
    shown = {name.replace("_", " "): {"value": value} for name, value in examples.items()}
    return {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}, "examples": shown}}}}
