"""Where a case stands, as the fold of what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geo_service.cases.clocks import Limit, Pause, light


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log: its kind, when, by whom, and its facts as JSON values."""

    kind: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that waits for approval: an extension, a suspension, a void. due_at: the deadline asked for."""

    what: str
    by: str
    at: datetime
    reason: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case in the workflow. Instants are aware UTC. Whoever acts is named 'agency:<code>' or 'post:<id>'.

    owner: the one lead, present in dispatched, handling, checking and suspended. answered_by: the person who was there for the owning
    post when it last got the case, took it up or said it is done; None for an agency and a vacant post. handlers: everybody who ever
    worked on it or said that the work is done; none of them may check it. dispatched_at: the first dispatch, where the handling clock
    starts; it is never set again. stage_entered_at: where the clock of the present state starts. received_at: where the overall clock
    starts. limit, due_at, warn_at: of the handling clock. dispatch_due_at: until when it should be dispatched, by the limits it was filed
    under. pauses: when all clocks stood still. ruled: the last ruling is final; ruled_tier: how high consultation had gone by then, for
    only a higher tier rules again. checked_by: who found the work done, since it was last fed back. ending: how a case ended (handled,
    advised, self_resolved, not_accepted, merged, void).
    """

    received_at: datetime
    updated_at: datetime
    stage_entered_at: datetime
    state: str = "received"
    case_id: int | None = None
    version: int = 1
    channel: str | None = None
    category: str | None = None
    affair: str | None = None
    condition: str | None = None
    area_code: str | None = None
    rules_version: int | None = None
    owner: str | None = None
    answered_by: int | None = None
    cohandlers: tuple[str, ...] = ()
    parts_done: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    proposed_owner: str | None = None
    awaiting_ruling: bool = False
    ruled: bool = False
    ruled_tier: int = 0
    returns: int = 0
    reworks: int = 0
    extensions: int = 0
    suspensions: int = 0
    reopenings: int = 0
    dispatches: int = 0
    supervisions: int = 0
    supervisions_open: int = 0
    deliberations: int = 0
    consult_tier: int = 0
    asked: tuple[Asked, ...] = ()
    pauses: tuple[Pause, ...] = ()
    suspended_from: str | None = None
    on_site: bool | None = None
    checked_by: str | None = None
    ending: str | None = None
    merged_into: int | None = None
    limit: Limit | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    verified_at: datetime | None = None
    filed_at: datetime | None = None
    dispatch_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    evaluated_at: datetime | None = None
    score: int | None = None
    responded: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    results: tuple[str, ...] = field(default=())

    def request(self, what: str) -> Asked | None:
        """What waits for approval, of this kind."""
        return next((one for one in self.asked if one.what == what), None)

    @property
    def paused(self) -> bool:
        """Whether the clocks stand still."""
        return bool(self.pauses) and self.pauses[-1].until_at is None

    def light(self, now: datetime) -> str:
        """The light of the handling clock: as it was when it was paused or the work fed back; none before dispatch and at the end."""
        if self.dispatched_at is None or self.state not in ("filed", "dispatched", "handling", "checking", "suspended"):
            return "none"
        if self.paused:
            now = self.pauses[-1].from_at
        elif self.state == "checking" and self.handled_at is not None:
            now = self.handled_at
        return light(now, warn_at=self.warn_at, due_at=self.due_at)
