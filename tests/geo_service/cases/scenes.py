"""For every row of the workflow table a scene in which it is taken, and for each of its guards a scene in which just that guard refuses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from geo_service.cases.workflow import Asked, CaseState, Row
from tests.geo_service.cases.ways import LEAD, MINUTE, OTHER, SENT, START, due, standing_in

LATER = {"due_at": due(9), "warn_at": due(8)}

PAYLOAD: dict[str, dict[str, Any]] = {
    "report_on_site": {"found": True},
    "not_accept": {"reason": "outside_duty"},
    "merge": {"into": 2},
    "advise": {"advice": "ask the notary"},
    "self_resolve": {"result": "picked up"},
    "dispatch": SENT,
    "rule": {**SENT, "owner": OTHER, "reason": "by the duty list"},
    "return": {"reason": "wrong_place", "proposed_owner": OTHER},
    "complete_part": {"result": "my part is done"},
    "feed_back": {"result": "done", "answer": "it is clean"},
    "rework": {"reason": "the photograph shows another place"},
    "reopen": {"reason": "it is back", **LATER},
    "request_extension": {"reason": "parts are on order", "due_at": due(9)},
    "approve_extension": {},
    "deny_extension": {"reason": "no"},
    "request_suspension": {"reason": "frozen ground"},
    "deny_suspension": {"reason": "no"},
    "resume": LATER,
    "request_void": {"reason": "entered twice"},
    "deny_void": {"reason": "no"},
    "supervise": {"opinion": "hurry"},
    "reply_supervision": {"reply": "tomorrow"},
    "consult": {"tier": 1, "entry": "duty_unclear"},
    "deliberate": {"what": "decision", "minutes": "a ramp is built", "attended": 23},
    "apply_result": {"what": "rating", "subject": LEAD, "note": "one star more"},
    "assign_cohandlers": {"cohandlers": [OTHER]},
    "hand_over": {"owner": OTHER, "reason": "reform"},
    "correct_routing": {"area_code": "g-2", "reason": "other side of the road"},
    "recategorise": {"category": "gb47678:matter:06011", "reason": "rubble"},
    "note": {"note": "called back"},
}


@dataclass(frozen=True)
class Scene:
    state: CaseState
    role: str
    actor: str
    payload: dict[str, Any]
    now: datetime


def _asked(state: CaseState, what: str) -> CaseState:
    return replace(state, asked=(Asked(what, LEAD, state.updated_at, "why", START + timedelta(days=9)),))


def _prepared(row: Row) -> CaseState:
    state = standing_in(row.state)
    match row.event:
        case "advise":
            return replace(state, affair="personal")
        case "deliberate":
            return replace(state, affair="community")
        case "rule":
            return replace(state, awaiting_ruling=True)
        case "complete_part":
            return replace(state, cohandlers=(OTHER,))
        case "approve_extension" | "deny_extension":
            return _asked(state, "extension")
        case "suspend" | "deny_suspension":
            return _asked(state, "suspension")
        case "void" | "deny_void":
            return _asked(state, "void")
        case "close":
            return replace(state, checked_by="supervisor:1")
        case "reply_supervision":
            return replace(state, supervisions_open=1)
        case "file" if row.state == "verifying":
            return replace(state, on_site=True)
    return {
        "from dispatched": replace(state, suspended_from="dispatched"),
        "failed on the spot": replace(state, ending="self_resolved"),
        "was filed": replace(state, owner=None),
        "was not filed": replace(state, owner=None, filed_at=None),
    }.get(row.when, state)


def scene(row: Row, role: str) -> Scene:
    """One in which the row is taken."""
    state = _prepared(row)
    payload = PAYLOAD.get(row.event, {"passed": row.when == "passed"} if row.event == "check" else {})
    if row.event == "rule" and state.dispatched_at is not None:
        payload = {"owner": OTHER, "reason": "by the duty list"}
    actor = LEAD if "not_the_owner" in row.guards else OTHER if row.event == "complete_part" else "somebody:7"
    return Scene(state, role, actor, payload, state.updated_at + MINUTE)


def _on(**changes: Any) -> Callable[[Scene], Scene]:
    return lambda one: replace(one, state=replace(one.state, **changes))


def _with(**changes: Any) -> Callable[[Scene], Scene]:
    return lambda one: replace(one, payload={k: v for k, v in {**one.payload, **changes}.items() if v is not None})


def _by(actor: str) -> Callable[[Scene], Scene]:
    return lambda one: replace(one, actor=actor)


def _asks_too(what: str) -> Callable[[Scene], Scene]:
    return lambda one: replace(one, state=_asked(one.state, what))


def _clock_moved(one: Scene) -> Scene:
    started = replace(one.state, dispatched_at=START, due_at=START + timedelta(days=1), limit=None)
    return replace(one, state=started, payload={**one.payload, **SENT})


def _marks_turned(one: Scene) -> Scene:
    return replace(one, payload={**one.payload, "warn_at": due(30)})


def _by_lead_as_well(one: Scene) -> Scene:
    lead = one.payload.get("owner", one.state.owner)
    return replace(one, payload={**one.payload, "cohandlers": [lead]})


def _expired_on_dispatch(one: Scene) -> Scene:
    return replace(
        one, state=replace(one.state, dispatched_at=None), payload={**one.payload, **SENT, "due_at": due(-1), "warn_at": due(-2)}
    )


BREAKS: dict[str, Callable[[Scene], Scene]] = {
    "category_needed": _on(category=None),
    "grid_needed": _on(area_code=None),
    "verification_open": _on(state="verifying", on_site=None),
    "not_found_on_site": _on(on_site=False),
    "merge_into_itself": _with(into=1),
    "not_personal": _on(affair="community"),
    "not_community": _on(affair="personal"),
    "not_evaluable": _by(LEAD),
    "ruling_needed": _on(awaiting_ruling=True),
    "no_ruling_called_for": _on(awaiting_ruling=False, consult_tier=0),
    "ruling_final": _on(ruled=True),
    "ruling_stands": _on(ruled=True, consult_tier=1, ruled_tier=1),
    "due_needed": _expired_on_dispatch,
    "clock_never_resets": _clock_moved,
    "marks_out_of_order": _marks_turned,
    "owner_among_cohandlers": _by_lead_as_well,
    "not_the_owner": _by("agency:stranger"),
    "proposes_itself": _with(proposed_owner=LEAD),
    "not_a_cohandler": _by("agency:stranger"),
    "parts_open": _on(cohandlers=(OTHER,)),
    "verifier_is_handler": _by(LEAD),
    "not_dispatched": _on(ending="self_resolved"),
    "not_checked": _on(checked_by=None),
    "too_late_to_reopen": lambda one: replace(one, now=one.now + timedelta(days=31)),
    "reopen_due_needed": _with(due_at=None, warn_at=None),
    "reopen_due_passed": _with(due_at=due(-1), warn_at=None),
    "extension_asked_already": _asks_too("extension"),
    "no_more_extensions": _on(extensions=2),
    "extension_not_later": _with(due_at=due(7)),
    "granted_not_later": _with(due_at=due(7)),
    "no_extension_asked": _on(asked=()),
    "suspension_asked_already": _asks_too("suspension"),
    "no_suspension_asked": _on(asked=()),
    "void_asked_already": _asks_too("void"),
    "no_void_asked": _on(asked=()),
    "approves_own_extension": _by(LEAD),
    "approves_own_suspension": _by(LEAD),
    "approves_own_void": _by(LEAD),
    "resumed_due_needed": _with(due_at=due(6), warn_at=None),
    "nothing_to_reply_to": _on(supervisions_open=0),
    "tier_out_of_order": _with(tier=2),
    "hands_over_to_same": _with(owner=LEAD),
    "successor_is_cohandler": _on(cohandlers=(OTHER,)),
}
"""guard -> what has to be different in the scene for it to refuse."""
