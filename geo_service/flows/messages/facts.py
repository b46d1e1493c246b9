"""What a message says of an event: the values of its text, and the facts a program gets. Personal data in free texts is masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo_service.cases import Case
from geo_service.cases.model import STATES
from geo_service.catalogue import Rulebook
from geo_service.event_log import Event
from geo_service.masking import mask_name, mask_text
from geo_service.notify.model import REPORTER
from geo_service.notify.wording import event_names
from geo_service.published import Published

STAGES = {
    "receive": ("接收", "receive"),
    "verify": ("调查核实", "verify"),
    "handle": ("事件办理", "handle"),
    "follow_up": ("跟踪督办", "follow up"),
    "evaluate": ("综合评价", "evaluate"),
}
"""The stages a state can lie in -> (zh, en)."""
_URGENCY = {"normal": ("一般", "normal"), "urgent": ("紧急", "urgent"), "emergency": ("特急", "emergency")}


def stage_of(event: Event) -> str | None:
    """The stage that a case is in behind an event, where the event says its state: every step of the workflow does."""
    state = event.data.get("state")
    return STATES[state][2] if state in STATES else None


def values(
    event: Event, case: Case, *, reporter: str | None, published: Published | None, rulebook: Rulebook, language: str
) -> dict[str, str]:
    """placeholder -> what stands there, in the subscription's language and the city's time."""
    which = 0 if language.startswith("zh") else 1
    zone = ZoneInfo(published.city.timezone if published else "UTC")
    state = str(event.data.get("state") or case.state)
    area = published.by_code.get(case.routing.area_code) if published and case.routing.area_code else None
    category = rulebook.categories.get(case.category) if case.category else None
    return {
        "city": published.city.name if published else "",
        "tracking_number": case.tracking_number,
        "event": event_names().get(event.kind, (event.kind, event.kind))[which],
        "state": STATES[state][which] if state in STATES else state,
        "stage": STAGES[STATES[state][2]][which] if state in STATES else "",
        "category": category.name if category else case.category or "-",
        "urgency": _URGENCY.get(case.urgency, (case.urgency, case.urgency))[which],
        "area": area.name if area else case.routing.area_code or "-",
        "address": mask_text(case.address) if case.address else "-",
        "description": mask_text(case.description),
        "reporter": mask_name(reporter) if reporter else "-",
        "owner": case.owner or "-",
        "due_at": _at(case.due_at, zone),
        "at": _at(event.at, zone),
    }


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return "-" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def payload(event: Event, case: Case, *, audience: str) -> dict[str, Any]:
    """The facts for a program: {kind, position, at, case}. A reporter's holds no more than their number and state."""
    state = event.data.get("state") or case.state
    facts: dict[str, Any] = {"tracking_number": case.tracking_number, "state": state}
    if audience != REPORTER:
        facts |= {
            "case_id": case.case_id,
            "version": case.version,
            "stage": stage_of(event),
            "category": case.category,
            "urgency": case.urgency,
            "area_code": case.routing.area_code,
            "areas": case.routing.areas,
            "owner": case.owner,
            "due_at": case.due_at.isoformat() if case.due_at else None,
        }
    return {"kind": event.kind, "position": event.position, "at": event.at.isoformat(), "case": facts}
