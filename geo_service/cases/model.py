"""A case as values: what was reported, how it was routed, in which state it is. Pure: no database, no web."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
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
    """A case and where it stands. `version` grows with every change."""

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
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    version: int


MOVABLE = ("generation", "area_code", "area_level", "areas", "post_id", "person_id", "agency")
"""What of a case's routing a later event may change (data['routing']): to whom it belongs now, never where it was reported."""


def fold(opened: Case, events: Iterable[tuple[str, datetime, Mapping[str, Any]]]) -> Case:
    """The case after its events, each (kind, at, data); the first is 'received' and changes nothing but what it says.

    An event that changes the state says so in data['state'], a new limit in data['due_at'] (ISO 8601, UTC), where
    it belongs now in data['routing'] (MOVABLE), its queue in data['queue'].
    """
    case = opened
    for number, (kind, at, data) in enumerate(events, start=1):
        state = data.get("state", case.state)
        routing = replace(case.routing, **{name: data["routing"][name] for name in MOVABLE}) if "routing" in data else case.routing
        queue = data.get("queue", case.queue)
        due_at = datetime.fromisoformat(data["due_at"]) if "due_at" in data else case.due_at
        closed_at = at if kind == "closed" else (None if kind == "reopened" else case.closed_at)
        case = replace(case, state=state, due_at=due_at, closed_at=closed_at, routing=routing, queue=queue, updated_at=at, version=number)
    return case


def light(case: Case, *, at: datetime) -> str:
    """green to 80 % of the limit, yellow to 100 %, red beyond; none without a limit or once closed."""
    if case.due_at is None or case.state not in OPEN_STATES:
        return "none"
    share = (at - case.received_at) / max(case.due_at - case.received_at, case.due_at.resolution)
    return "green" if share < 0.8 else "yellow" if share <= 1 else "red"
