"""The wire of the audit."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from geo_service.api.texts import MaskedFacts


class LoggedOut(BaseModel):
    """An event of the log."""

    position: int
    at: datetime
    kind: str
    case_id: int | None
    actor: str
    data: MaskedFacts
    hash: str


class LogOut(BaseModel):
    """Events, newest first; `next` goes into `before` of the next page."""

    items: list[LoggedOut]
    next: int | None


class FindingOut(BaseModel):
    """What is wrong, and from which position on."""

    kind: str
    position: int | None
    case_id: int | None
    message: str


class VerifiedOut(BaseModel):
    """vouched_to: the last position that a head outside the database vouches for; null where no heads are written."""

    whole: bool
    events: int
    cases: int
    vouched_to: int
    unvouched_from: int | None
    findings: list[FindingOut]


class AccessOut(BaseModel):
    """A call that was answered."""

    entry_id: int
    at: datetime
    actor: str
    method: str
    path: str
    status: int
    client: str


class AccessesOut(BaseModel):
    """Calls, newest first; `next` goes into `before` of the next page."""

    items: list[AccessOut]
    next: int | None
