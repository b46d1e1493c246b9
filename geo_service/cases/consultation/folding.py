"""A consultation and a whistle as the fold of the events that stand in the log of their case. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from geo_service.cases.consultation.meeting import Consultation
from geo_service.cases.consultation.tiers import adjourn, give_opinion, invite, lift, record_minutes, rule, settle
from geo_service.cases.workflow import Recorded
from geo_service.errors import RequestError

Data = dict[str, Any]


def _opened(event: Recorded) -> Consultation:
    said = event.data["consultation"]
    return Consultation(
        said["case_id"],
        event.data["tier"],
        event.data["entry"],
        said["lead"],
        tuple(said["invited"]),
        event.at,
        datetime.fromisoformat(said["opinions_due_at"]),
        said["quorum"],
        convened_by=event.actor,
        before_id=said["before_id"],
        chair=said["chair"],
        why=said["why"],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


STEPS: dict[str, Callable[[Consultation, Recorded, Any], Consultation]] = {
    "consultation_invited": lambda one, e, d: invite(one, agencies=d["agencies"], at=e.at),
    "opinion_given": lambda one, e, d: give_opinion(one, agency=d["agency"], stance=d["stance"], words=d["words"], at=e.at, by=e.actor),
    "consultation_adjourned": lambda one, e, d: adjourn(one, words=d["words"], opinions_due_at=_instant(d["opinions_due_at"]), at=e.at),
    "consultation_minuted": lambda one, e, d: record_minutes(one, words=d["words"], attended=d["attended"], at=e.at),
    "consultation_ruled": lambda one, e, d: rule(
        one,
        lead=d["lead"],
        words=d["words"],
        by=e.actor,
        role=d["role"],
        at=e.at,
        cohandlers=d["cohandlers"],
        precedent=d["precedent"],
    ),
    "consultation_lifted": lambda one, e, d: lift(one, reason=d["reason"], at=e.at),
    "consultation_settled": lambda one, e, d: settle(one, reason=d["reason"], at=e.at),
    "consultation_overdue": lambda one, e, d: replace(one, overdue_at=_instant(d["overdue_at"])),
}
"""kind of an event -> the step it records; 'consulted' is the first. Each is the rule that decided it, so the fold checks it again."""


def fold_consultation(events: Iterable[Recorded], consultation_id: int) -> Consultation:
    """The consultation after its events, found among all events of its case, oldest first. RequestError when none opened it."""
    one: Consultation | None = None
    for event in events:
        if event.data.get("consultation_id") != consultation_id:
            continue
        if event.kind == "consulted":
            one = _opened(event)
        elif one is not None and event.kind in STEPS:
            one = STEPS[event.kind](one, event, event.data)
    if one is None:
        raise RequestError("no_events", en="no event opened this consultation", zh="没有开启该会商的事件", field="events")
    return one
