"""What holds of every case at every moment, whoever did whatever to it: for the state machines, pure and through the service."""

from collections.abc import Sequence

from geo_service.cases.workflow import OPEN, CaseState, Recorded
from geo_service.cases.workflow.effects import OWNERLESS, WITH_OWNER

MOVES_DUE = ("received", "dispatched", "ruled", "extended", "resumed", "reopened")
GROWING = ("returns", "reworks", "extensions", "suspensions", "reopenings", "dispatches", "consult_tier", "supervisions")


def assert_sound(state: CaseState) -> None:
    """Exactly one owner where there must be one; a clock that runs; a pause that belongs to a suspension; an end that says how and when."""
    assert (state.owner is not None) or state.state not in WITH_OWNER, f"{state.state} without an owner"
    assert (state.owner is None) or state.state not in OWNERLESS, f"{state.state} with an owner"
    assert state.owner not in state.cohandlers
    assert len(set(state.cohandlers)) == len(state.cohandlers)
    if state.state in ("dispatched", "handling"):
        assert state.due_at is not None
        assert state.dispatched_at is not None
        assert not state.awaiting_ruling, "handled without the ruling"
    assert state.paused == (state.state == "suspended")
    assert (state.suspended_from is not None) == state.paused
    assert all(a.until_at is not None and a.until_at <= b.from_at for a, b in zip(state.pauses, state.pauses[1:], strict=False))
    assert state.checked_by is None or state.checked_by not in (*state.handlers, state.owner), "the verifier is a handler"
    assert (state.closed_at is None) == (state.state in OPEN)
    assert state.state in OPEN or state.ending is not None


def assert_follows(before: CaseState, after: CaseState, event: Recorded) -> None:
    """What one event may and may not do to a case."""
    assert after.version == before.version + 1
    assert after.updated_at == event.at >= before.updated_at
    assert before.dispatched_at is None or after.dispatched_at == before.dispatched_at, "the handling clock was reset"
    assert before.received_at == after.received_at, "the overall clock was reset"
    assert before.dispatched_at is None or before.limit is None or after.limit == before.limit, "the limit was changed"
    if before.due_at is not None and before.dispatched_at is not None and event.kind != "reopened":
        assert after.due_at is not None
        assert after.due_at >= before.due_at, "a deadline moved back"
    assert after.due_at == before.due_at or event.kind in MOVES_DUE, f"{event.kind} moved the deadline"
    assert after.pauses[: len(before.pauses) - 1] == before.pauses[: len(before.pauses) - 1], "an old pause was changed"
    for counter in GROWING:
        assert getattr(after, counter) >= getattr(before, counter), f"{counter} went back"
    if event.kind == "returned":
        assert not before.ruled, "returned after the ruling"
        assert before.returns < 2, "a third return"
    assert event.kind != "dispatched" or not before.awaiting_ruling, "dispatched past the ruling"


def assert_verified_by_others(log: Sequence[Recorded]) -> None:
    """No one who had the case, did a part of it or said it was done ever checks or closes it; told from the log alone."""
    handlers: set[str | None] = set()
    owner: str | None = None
    for event in log:
        data = event.data
        match event.kind:
            case "dispatched" | "ruled" | "handed_over":
                owner = data["owner"]
            case "accepted":
                handlers.add(owner)
            case "handled" | "self_resolved":
                owner = event.actor if event.kind == "self_resolved" else owner
                handlers |= {event.actor, owner}
            case "part_completed":
                handlers |= {event.actor, data.get("part")}
            case "checked" | "closed":
                assert event.actor not in handlers | {owner}, f"{event.actor} verified what they handled"


def assert_only_one_owner_at_a_time(log: Sequence[Recorded]) -> None:
    """Between two dispatches lies a return, a rework back to the centre, a ruling, or an end: nobody is sent while somebody is there."""
    sent = False
    for event in log:
        if event.kind == "dispatched":
            assert not sent, "dispatched twice"
            sent = True
        elif event.data.get("state") in (*OWNERLESS, "merged", "void", "not_accepted"):
            sent = False
        elif event.kind == "ruled":
            sent = True
