"""The wire of following cases. Nothing here can carry a reporter's name or phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

State = Literal[
    "received",
    "verifying",
    "filed",
    "dispatched",
    "handling",
    "checking",
    "closed",
    "evaluated",
    "not_accepted",
    "merged",
    "suspended",
    "void",
]


class CaseRow(BaseModel):
    """A case as lists show it. stage and step: its labels among the seven stages and the five steps of daily practice."""

    case_id: int
    tracking_number: str
    state: State
    state_name: str
    stage: str
    step: str
    light: Literal["green", "yellow", "red", "none"]
    channel: str
    category: str | None
    category_name: str | None
    urgency: str
    description: str
    address: str | None
    area: dict[str, str] | None = Field(examples=[{"code": "99010100101000107", "level": "micro_grid"}])
    verdict: str
    queue: str | None
    lon: float | None
    lat: float | None
    received_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    owner: str | None = Field(examples=["agency:149901-urban_management"])
    affair: str | None
    version: int


class LimitOut(BaseModel):
    """How long the handling may take."""

    amount: float
    clock: str


class EventOut(BaseModel):
    """What happened to a case. position: its place in the one order of the city's log."""

    position: int
    kind: str
    at: datetime
    actor: str
    data: dict[str, Any]


class LoggedEvent(EventOut):
    """An event with its hash. chained: the hash follows from this event and the one before it in the city's log, worked out just now."""

    hash: str
    chained: bool


class EventsOut(BaseModel):
    """The events of a case, oldest first."""

    items: list[LoggedEvent]


class CountsOut(BaseModel):
    """How many cases match, by what was asked for; values without any are left out."""

    by: str
    counts: dict[str, int]


class PositionsOut(BaseModel):
    """Cases that match and have a point, column by column: entry i of each list belongs to one case. WGS-84."""

    id: list[int]
    lon: list[float]
    lat: list[float]
    state: list[str]
    light: list[str]
    grid: list[str | None]


class CaseOut(CaseRow):
    """A whole case: how it was routed, as recorded then, and every event."""

    generation: int
    rule: str
    areas: dict[str, str]
    candidates: list[dict[str, Any]]
    on_border: bool
    raw_lon: float | None
    raw_lat: float | None
    datum: str | None
    accuracy_m: float | None
    address_level: str | None
    responsible: dict[str, str | None] | None
    updated_at: datetime
    closed_at: datetime | None
    owner_name: str | None
    cohandlers: list[dict[str, str | None]]
    condition: str | None
    rules_version: int | None
    limit: LimitOut | None
    dispatch_due_at: datetime | None = Field(description="until when it should be dispatched, by the rules it was filed under")
    dispatched_at: datetime | None
    due_assumed: bool = Field(description="the deadline lies behind the table of holidays: plain weeks were assumed")
    handled_at: datetime | None
    returns: int
    reworks: int
    extensions: int
    reopenings: int
    consult_tier: int
    why: str | None = Field(description="why the case went where it went, in the caller's language")
    decision: dict[str, Any] | None = Field(description="the rule that decided, its version, its inputs and the alternatives")
    allowed: list[str] = Field(description="what the caller may do next")
    viewers: list[str] = Field(description="who else has the case open now")
    events: list[EventOut]


class CasesOut(BaseModel):
    """A page of cases, newest first. next: send it as `before` for the following page, null on the last."""

    total: int
    by_state: dict[str, int]
    items: list[CaseRow]
    next: int | None


class WorkersOut(BaseModel):
    """A page of posts with their holders. next: send it as `after` for the following page, null on the last."""

    total: int
    items: list[dict[str, Any]]
    next: int | None
