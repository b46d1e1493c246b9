"""What each recorded event changes in a case, beyond its state: one small function each, and `apply` and `fold` over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from geo_service.cases.clocks import Limit, Pause, instant
from geo_service.cases.workflow.state import Asked, CaseState, Recorded
from geo_service.errors import RequestError

Changes = dict[str, Any]
Effect = Callable[[CaseState, Recorded], Changes]

OWNERLESS = ("received", "verifying", "filed")
WITH_OWNER = ("dispatched", "handling", "checking", "suspended")
_FREE: Changes = {"owner": None, "cohandlers": (), "parts_done": (), "checked_by": None}


def _at(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


def _deadline(data: Mapping[str, Any]) -> Changes:
    """A new deadline where the event names one; without a mark of its own the old mark no longer holds."""
    return {"due_at": _at(data, "due_at"), "warn_at": _at(data, "warn_at")} if data.get("due_at") is not None else {}


def _named(data: Mapping[str, Any], *names: str) -> Changes:
    return {name: data[name] for name in names if data.get(name) is not None}


def _joined(old: tuple[str, ...], *new: str | None) -> tuple[str, ...]:
    return old + tuple(one for one in dict.fromkeys(new) if one is not None and one not in old)


def _nothing(state: CaseState, event: Recorded) -> Changes:
    return {}


def _verified(state: CaseState, event: Recorded) -> Changes:
    return {"on_site": event.data.get("found", True), "verified_at": event.at}


def _filed(state: CaseState, event: Recorded) -> Changes:
    named = _named(event.data, "category", "affair", "condition", "area_code", "rules_version")
    return {"filed_at": event.at, "dispatch_due_at": _at(event.data, "dispatch_due_at"), **named}


def _ended(ending: str) -> Effect:
    def effect(state: CaseState, event: Recorded) -> Changes:
        return {"ending": ending, "closed_at": event.at, **_FREE}

    return effect


def _merged(state: CaseState, event: Recorded) -> Changes:
    into = event.data.get("into")
    return {**_ended("merged")(state, event), "merged_into": into if isinstance(into, int) else None}


def _self_resolved(state: CaseState, event: Recorded) -> Changes:
    done = {"owner": event.actor, "handlers": _joined(state.handlers, event.actor), "handled_at": event.at}
    return {**done, "filed_at": state.filed_at or event.at, "ending": "self_resolved"}


def _dispatched(state: CaseState, event: Recorded) -> Changes:
    data = event.data
    lead = data["owner"] if "owner" in data else f"agency:{data['agency_code']}"
    changes: Changes = {
        "owner": lead,
        "cohandlers": tuple(data.get("cohandlers", ())),
        "parts_done": (),
        "dispatches": state.dispatches + 1,
        "proposed_owner": None,
        "signed_at": None,
        "awaiting_ruling": False,
        "ending": None,
        **_named(data, "rules_version"),
    }
    if state.dispatched_at is not None:
        return changes
    limit = data.get("limit")
    started = {"dispatched_at": event.at, "limit": None if limit is None else Limit(limit["amount"], limit["clock"])}
    return {**changes, **started, **_deadline(data)}


def _ruled(state: CaseState, event: Recorded) -> Changes:
    return {**_dispatched(state, event), "ruled": True, "ruled_tier": state.consult_tier}


def _accepted(state: CaseState, event: Recorded) -> Changes:
    return {"signed_at": event.at, "handlers": _joined(state.handlers, state.owner)}


def _returned(state: CaseState, event: Recorded) -> Changes:
    returns = state.returns + 1
    final = event.data.get("awaiting_ruling", False)
    return {**_FREE, "returns": returns, "proposed_owner": event.data.get("proposed_owner"), "awaiting_ruling": final}


def _part_completed(state: CaseState, event: Recorded) -> Changes:
    part = event.data.get("part", event.actor)
    return {"parts_done": _joined(state.parts_done, part), "handlers": _joined(state.handlers, part, event.actor)}


def _handled(state: CaseState, event: Recorded) -> Changes:
    return {"handled_at": event.at, "checked_by": None, "handlers": _joined(state.handlers, state.owner, event.actor)}


def _checked(state: CaseState, event: Recorded) -> Changes:
    return {"checked_by": event.actor}


def _reworked(state: CaseState, event: Recorded) -> Changes:
    changes: Changes = {"reworks": state.reworks + 1, "checked_by": None, "ending": None}
    return {**_FREE, **changes} if event.data.get("state") == "filed" else changes


def _closed(state: CaseState, event: Recorded) -> Changes:
    return {"closed_at": event.at, "ending": state.ending or "handled"}


def _evaluated(state: CaseState, event: Recorded) -> Changes:
    return {"evaluated_at": event.at, **_named(event.data, "score", "responded", "resolved", "satisfied")}


def _reopened(state: CaseState, event: Recorded) -> Changes:
    cleared = dict.fromkeys(
        ("closed_at", "evaluated_at", "score", "responded", "resolved", "satisfied", "ending", "merged_into", "checked_by")
    )
    to = event.data.get("state")
    back: Changes = dict(_FREE) if to in OWNERLESS else {}
    if to == "received":
        back["on_site"] = None  # whoever looked before looked at something else
    return {**cleared, **back, "reopenings": state.reopenings + 1, **_deadline(event.data)}


def _asked(what: str) -> Effect:
    def effect(state: CaseState, event: Recorded) -> Changes:
        new = Asked(what, event.actor, event.at, event.data.get("reason", ""), _at(event.data, "due_at"))
        return {"asked": (*_without(state, what), new)}

    return effect


def _without(state: CaseState, what: str) -> tuple[Asked, ...]:
    return tuple(one for one in state.asked if one.what != what)


def _denied(what: str) -> Effect:
    def effect(state: CaseState, event: Recorded) -> Changes:
        return {"asked": _without(state, what)}

    return effect


def _extended(state: CaseState, event: Recorded) -> Changes:
    return {"extensions": state.extensions + 1, "asked": _without(state, "extension"), **_deadline(event.data)}


def _suspended(state: CaseState, event: Recorded) -> Changes:
    paused = state.pauses if state.paused else (*state.pauses, Pause(event.at))
    return {"suspensions": state.suspensions + 1, "suspended_from": state.state, "pauses": paused}


def _resumed(state: CaseState, event: Recorded) -> Changes:
    return _deadline(event.data)


def _supervised(state: CaseState, event: Recorded) -> Changes:
    return {"supervisions": state.supervisions + 1, "supervisions_open": state.supervisions_open + 1}


def _replied(state: CaseState, event: Recorded) -> Changes:
    return {"supervisions_open": max(0, state.supervisions_open - 1)}


def _consulted(state: CaseState, event: Recorded) -> Changes:
    return {"consult_tier": max(state.consult_tier, event.data["tier"]), "affair": "hard"}


def _deliberated(state: CaseState, event: Recorded) -> Changes:
    return {"deliberations": state.deliberations + 1}


def _result_applied(state: CaseState, event: Recorded) -> Changes:
    return {"results": (*state.results, event.data["what"])}


def _cohandlers_assigned(state: CaseState, event: Recorded) -> Changes:
    named = tuple(event.data["cohandlers"])
    return {"cohandlers": named, "parts_done": tuple(one for one in state.parts_done if one in named)}


def _handed_over(state: CaseState, event: Recorded) -> Changes:
    worked = state.handlers if state.state == "dispatched" else _joined(state.handlers, event.data["owner"])
    return {"owner": event.data["owner"], "handlers": worked, "checked_by": None}  # whoever checked may be the successor


def _corrected(*names: str) -> Effect:
    def effect(state: CaseState, event: Recorded) -> Changes:
        return _named(event.data, *names)

    return effect


EFFECTS: dict[str, Effect] = {
    "received": _nothing,
    "verification_asked": _nothing,
    "verified": _verified,
    "filed": _filed,
    "not_accepted": _ended("not_accepted"),
    "merged": _merged,
    "voided": _ended("void"),
    "advised": _ended("advised"),
    "self_resolved": _self_resolved,
    "dispatched": _dispatched,
    "ruled": _ruled,
    "accepted": _accepted,
    "returned": _returned,
    "part_completed": _part_completed,
    "handled": _handled,
    "checked": _checked,
    "reworked": _reworked,
    "closed": _closed,
    "evaluated": _evaluated,
    "reopened": _reopened,
    "extension_asked": _asked("extension"),
    "extended": _extended,
    "extension_denied": _denied("extension"),
    "suspension_asked": _asked("suspension"),
    "suspended": _suspended,
    "suspension_denied": _denied("suspension"),
    "resumed": _resumed,
    "void_asked": _asked("void"),
    "void_denied": _denied("void"),
    "supervised": _supervised,
    "supervision_replied": _replied,
    "consulted": _consulted,
    "deliberated": _deliberated,
    "result_applied": _result_applied,
    "cohandlers_assigned": _cohandlers_assigned,
    "handed_over": _handed_over,
    "routing_corrected": _corrected("area_code"),
    "recategorised": _corrected("category", "affair", "condition"),
    "noted": _nothing,
}
"""kind of a recorded event -> what it changes. A kind that is not here changes nothing but the version."""


def apply(state: CaseState, event: Recorded) -> CaseState:
    """The case after one more event. Requests that wait for approval lapse when the state changes."""
    at = instant(event.at, "at")
    to = event.data.get("state", state.state)
    changes: Changes = {"updated_at": at, "version": state.version + 1, "state": to}
    if to != state.state:
        changes |= {"stage_entered_at": at, "asked": ()}
        if state.paused and to != "suspended":  # however a suspension ends, the pause ends with it
            changes["pauses"] = (*state.pauses[:-1], Pause(state.pauses[-1].from_at, at))
            changes["suspended_from"] = None
    changes |= EFFECTS.get(event.kind, _nothing)(state, replace(event, at=at))
    if "answered_by" in event.data:
        changes["answered_by"] = event.data["answered_by"]
    return replace(state, **changes)


def opened(event: Recorded, *, case_id: int | None = None) -> CaseState:
    """The case as its first event, 'received', leaves it."""
    if event.kind != "received":
        raise RequestError("not_the_first_event", en="a case begins with 'received'", zh="案件应以“接收”事件开始", field="kind")
    at = instant(event.at, "at")
    said = _named(event.data, "channel", "category", "affair", "condition", "area_code", "rules_version")
    return CaseState(received_at=at, updated_at=at, stage_entered_at=at, case_id=case_id, **said, **_deadline(event.data))


def fold(events: Iterable[Recorded], *, case_id: int | None = None) -> CaseState:
    """The case after all its events, oldest first; the first is 'received'."""
    every = iter(events)
    first = next(every, None)
    if first is None:
        raise RequestError("no_events", en="a case has at least one event", zh="案件至少有一个事件", field="events")
    return reduce(apply, every, opened(first, case_id=case_id))
