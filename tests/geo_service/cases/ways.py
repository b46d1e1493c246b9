"""Ways a case can take, written down once: the shortest way into every state, and what comes with each event."""

from datetime import UTC, datetime, timedelta
from typing import Any

from geo_service.cases.workflow import CaseState, Policy, Recorded, Transition, decide, opened

START = datetime(2026, 11, 2, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEAD, OTHER, THIRD = "agency:north", "agency:south", "agency:east"
POLICY = Policy()


def due(days: float) -> str:
    return (START + timedelta(days=days)).isoformat()


def fresh(**said: Any) -> CaseState:
    data = {"state": "received", "channel": "web", "category": "gb47678:matter:06010", "affair": "specialised", "area_code": "g-1", **said}
    return opened(Recorded("received", START, "web", {k: v for k, v in data.items() if v is not None}), case_id=1)


SENT = {"owner": LEAD, "limit": {"amount": 5, "clock": "work_day"}, "due_at": due(7), "warn_at": due(6)}
DONE = {"result": "cleared"}

# who, in which role, does what with which payload
SIGN = ("agency", LEAD, "sign", {})
FEED = ("agency", LEAD, "feed_back", DONE)
PASS = ("supervisor", "supervisor:1", "check", {"passed": True})
FAIL = ("supervisor", "supervisor:1", "check", {"passed": False})
FILE = ("operator", "operator:1", "file", {})
SEND = ("operator", "operator:1", "dispatch", SENT)
AGAIN = ("operator", "operator:1", "dispatch", {"owner": LEAD})
BACK = ("agency", LEAD, "return", {"reason": "wrong_duty", "proposed_owner": OTHER})
HANG = (("agency", LEAD, "request_suspension", {"reason": "winter"}), ("supervisor", "supervisor:1", "suspend", {}))
CLOSE = ("supervisor", "supervisor:1", "close", {})

WAYS: dict[str, tuple[tuple[str, str, str, dict[str, Any]], ...]] = {
    "received": (),
    "verifying": (("operator", "operator:1", "verify_on_site", {}),),
    "filed": (FILE,),
    "dispatched": (FILE, SEND),
    "handling": (FILE, SEND, SIGN),
    "checking": (FILE, SEND, SIGN, FEED),
    "closed": (FILE, SEND, SIGN, FEED, PASS, CLOSE),
    "evaluated": (FILE, SEND, SIGN, FEED, PASS, CLOSE, ("operator", "operator:1", "evaluate", {"score": 4, "satisfied": True})),
    "not_accepted": (("operator", "operator:1", "not_accept", {"reason": "outside_duty"}),),
    "merged": (("operator", "operator:1", "merge", {"into": 2}),),
    "suspended": (FILE, SEND, SIGN, *HANG),
    "void": (("operator", "operator:1", "request_void", {"reason": "test"}), ("supervisor", "supervisor:1", "void", {})),
}


def step(state: CaseState, role: str, actor: str, event: str, payload: dict[str, Any], *, at: datetime | None = None) -> Transition:
    """The transition, which must be allowed."""
    found = decide(state, event, role=role, actor=actor, payload=payload, now=at or state.updated_at + MINUTE, policy=POLICY)
    assert isinstance(found, Transition), found
    return found


def walk(state: CaseState, *steps: tuple[str, str, str, dict[str, Any]]) -> CaseState:
    for role, actor, event, payload in steps:
        state = step(state, role, actor, event, payload).after
    return state


def standing_in(name: str, **said: Any) -> CaseState:
    """A case in this state, reached by the shortest way."""
    state = walk(fresh(**said), *WAYS[name])
    assert state.state == name
    return state
