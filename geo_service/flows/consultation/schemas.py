"""The wire of hard matters."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from geo_service.api.texts import Masked, MaskedFacts

MeetingState = Literal["open", "minuted", "ruled", "lifted", "settled"]
Stance = Literal["takes", "assists", "declines"]


class PartyOut(BaseModel):
    """Who takes part: an agency or a post. silent: not heard although the time is over."""

    party: str = Field(examples=["agency:149901-housing"])
    name: str | None
    stance: Stance | None
    silent: bool


class OpinionOut(BaseModel):
    """What an agency says; `by` entered it."""

    agency: str
    stance: Stance
    stance_name: str
    words: Masked
    at: datetime
    by: str


class AdjournmentOut(BaseModel):
    """Why it was put off, and until when opinions are taken."""

    words: Masked
    at: datetime
    opinions_due_at: datetime


class MinutesOut(BaseModel):
    """What was said, and who was there."""

    words: Masked
    attended: list[str]
    at: datetime


class RulingOut(BaseModel):
    """Who has the case from now on. precedent: whether it is meant for all of its kind."""

    lead: str
    lead_name: str | None
    cohandlers: list[str]
    words: Masked
    by: str
    at: datetime
    precedent: bool


class ConsultationRow(BaseModel):
    """A consultation as lists show it. heard: opinions in; quorum: how many must be."""

    consultation_id: int
    case_id: int
    tier: int
    tier_name: str
    state: MeetingState
    state_name: str
    entry: str
    entry_name: str
    why: Masked
    lead: str
    lead_name: str | None
    invited: int
    heard: int
    quorum: int
    convened_at: datetime
    opinions_due_at: datetime
    ended_at: datetime | None
    overdue_at: datetime | None
    version: int


class ConsultationOut(ConsultationRow):
    """A whole consultation. reason: why it ended without a ruling. earlier: opinions that were replaced. proposal_id: of the rule it
    proposes. facts: what was measured when the case came here."""

    convened_by: str
    before_id: int | None
    chair: str | None
    parties: list[PartyOut]
    opinions: list[OpinionOut]
    earlier: list[OpinionOut]
    adjournments: list[AdjournmentOut]
    minutes: MinutesOut | None
    ruling: RulingOut | None
    reason: Masked | None
    proposal_id: int | None
    facts: MaskedFacts


class ConsultationsOut(BaseModel):
    """A page of consultations, newest first. next: send it as `before` for the following page, null on the last."""

    total: int
    items: list[ConsultationRow]
    next: int | None


class ReasonOut(BaseModel):
    """Why a case may go to consultation, or one tier up: a rule that holds, since when, and in words."""

    entry: str
    entry_name: str
    text: Masked
    since_at: datetime
    rules_version: int
    facts: MaskedFacts


class CaseConsultationsOut(BaseModel):
    """The consultations on a case, oldest first, and the entry rules that hold for it now."""

    tier: int
    reasons: list[ReasonOut]
    items: list[ConsultationRow]


class PrecedentOut(BaseModel):
    """An earlier ruling on a matter like this one, and why it is like it."""

    consultation_id: int
    case_id: int
    tracking_number: str
    category: str | None
    tier: int
    score: float
    why: Masked
    ruling: RulingOut


class PrecedentsOut(BaseModel):
    """Earlier rulings, the most alike first."""

    items: list[PrecedentOut]


class CallOut(BaseModel):
    """An agency that was called: how it has answered so far, and what the street thinks of it."""

    agency: str
    name: str | None
    standing: Literal["waiting", "in_time", "late", "absent"]
    standing_name: str
    arrived_at: datetime | None
    stars: int | None
    words: Masked | None
    rated_at: datetime | None


class WhistleOut(BaseModel):
    """A whistle. state: waiting until its deadline, then over. over_at: the deadline, once who was absent was written down."""

    whistle_id: int
    case_id: int | None
    street: str
    street_name: str | None
    about: Masked
    state: Literal["waiting", "over"]
    blown_at: datetime
    blown_by: str
    due_at: datetime
    over_at: datetime | None
    calls: list[CallOut]
    version: int


class WhistlesOut(BaseModel):
    """A page of whistles, newest first. next: send it as `before` for the following page, null on the last."""

    total: int
    items: list[WhistleOut]
    next: int | None


class FiguresOut(BaseModel):
    """How an agency answers whistles. asked = in_time + late + never + waiting; mean_stars over `rated`, null without any."""

    agency: str
    name: str | None
    asked: int
    in_time: int
    late: int
    never: int
    waiting: int
    rated: int
    mean_stars: float | None


class AllFiguresOut(BaseModel):
    """A line for each agency that was called."""

    items: list[FiguresOut]


class ProposalRow(BaseModel):
    """A rule of the matrix that a precedent proposes, and what became of it."""

    proposal_id: int
    consultation_id: int
    state: Literal["proposed", "accepted", "declined"]
    state_name: str
    rule_id: str
    category: str
    area: str
    lead: str
    lead_name: str | None
    cohandlers: list[str]
    priority: int
    source: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: Masked | None
    matrix_version: int | None
    version: int


class ProposalOut(ProposalRow):
    """A proposal and what the matrix would be like with it, or was like when it was accepted: gaps and double claims before and after."""

    effect: dict[str, Any] | None


class ProposalsOut(BaseModel):
    """A page of proposals, newest first. next: send it as `before` for the following page, null on the last."""

    total: int
    items: list[ProposalRow]
    next: int | None
