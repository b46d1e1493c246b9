"""A case as values: what was reported, how it was routed, in which state it is. Pure: no database, no web."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

STATES = {
    "received": ("已接收", "received", "receive", "collect"),
    "verifying": ("核实中", "being verified", "verify", "collect"),
    "filed": ("已立案", "filed", "verify", "file"),
    "dispatched": ("已派遣", "dispatched", "handle", "dispatch"),
    "handling": ("处置中", "being handled", "handle", "handle"),
    "checking": ("核查中", "being checked", "follow_up", "verify_and_close"),
    "closed": ("已结案", "closed", "follow_up", "verify_and_close"),
    "evaluated": ("已评价", "evaluated", "evaluate", "evaluate"),
    "not_accepted": ("不予受理", "not accepted", "receive", "collect"),
    "merged": ("已合并", "merged", "receive", "collect"),
    "suspended": ("已挂账", "suspended", "handle", "handle"),
    "void": ("已作废", "void", "verify", "file"),
}
"""state -> (zh, en, its label among the seven stages, its label among the five steps)."""

REPEAT_WITHIN = timedelta(days=30)
"""The same matter in the same leaf counts as a repetition for so long after a report."""

OPEN_STATES = ("received", "verifying", "filed", "dispatched", "handling", "checking", "suspended")
CHANNELS = ("mini_program", "hotline", "web", "open311", "courier", "patrol", "whistle", "service_day", "operator", "api")


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, kept in its own table; no endpoint returns it."""

    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """How a case found its worker, recorded as values: a later redraw never changes it.

    lon, lat: WGS-84, None without a point; raw_*: as they came, in `datum`. areas: {level: code} of the place then.
    candidates: {code, level, name, probability, distance_m} each. rule: point | address | point+address | none.
    """

    generation: int
    verdict: str
    rule: str
    area_code: str | None
    area_level: str | None
    areas: dict[str, str]
    candidates: list[dict[str, Any]]
    on_border: bool
    raw_lon: float | None
    raw_lat: float | None
    datum: str | None
    accuracy_m: float | None
    lon: float | None
    lat: float | None
    address_level: str | None
    post_id: int | None
    person_id: int | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A case and where it stands. `version` grows with every change.

    Everything behind `version` is taken from `progress`, the state of the workflow in JSON values (see `progress.row_values`).
    frozen_at: since when the light does not change (the clock is paused, or the work was fed back); None while it runs.
    dispatch_due_at: until when a filed case should be dispatched.
    """

    case_id: int
    tracking_number: str
    state: str
    channel: str
    category: str | None
    urgency: str
    description: str
    address: str | None
    routing: Routing
    queue: str | None
    received_at: datetime
    repeat_until_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    version: int
    owner: str | None = None
    answered_by: int | None = None
    cohandlers: tuple[str, ...] = ()
    affair: str | None = None
    condition: str | None = None
    rules_version: int | None = None
    limit_amount: float | None = None
    limit_clock: str | None = None
    warn_at: datetime | None = None
    frozen_at: datetime | None = None
    stage_entered_at: datetime | None = None
    filed_at: datetime | None = None
    dispatch_due_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    evaluated_at: datetime | None = None
    returns: int = 0
    reworks: int = 0
    extensions: int = 0
    suspensions: int = 0
    reopenings: int = 0
    supervisions: int = 0
    consult_tier: int = 0
    ending: str | None = None
    merged_into: int | None = None
    score: int | None = None
    responded: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    anonymised: bool = False
    progress: dict[str, Any] = field(default_factory=dict, repr=False)


MOVABLE = ("generation", "area_code", "area_level", "areas", "post_id", "person_id", "agency")
"""What of a case's routing a later event may change (data['routing']): to whom it belongs now, never where it was reported."""


def light(case: Case, *, at: datetime) -> str:
    """green to 80 % of the limit, yellow to 100 %, red beyond; none without a deadline or once the case has ended.

    While the clock stands still the light is what it was when it stopped.
    """
    if case.due_at is None or case.state not in OPEN_STATES:
        return "none"
    now = case.frozen_at or at
    if now > case.due_at:
        return "red"
    return "yellow" if case.warn_at is not None and now >= case.warn_at else "green"
