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
    version: int


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
    events: list[dict[str, Any]]


class CasesOut(BaseModel):
    """A page of cases, newest first. next: send it as `before` for the following page, null on the last."""

    total: int
    items: list[CaseRow]
    next: int | None


class WorkersOut(BaseModel):
    """A page of posts with their holders. next: send it as `after` for the following page, null on the last."""

    total: int
    items: list[dict[str, Any]]
    next: int | None
