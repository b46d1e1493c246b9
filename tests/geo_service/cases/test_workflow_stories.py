"""Ways of a case from report to end, and what the rules say on the way."""

import json
from dataclasses import fields
from datetime import timedelta

import pytest

from geo_service.cases.clocks import Limit
from geo_service.cases.workflow import PAYLOADS, Policy, Recorded, Refusal, allowed, decide, fold, require
from geo_service.errors import RequestError
from tests.geo_service.cases.ways import (
    AGAIN,
    BACK,
    CLOSE,
    DONE,
    FAIL,
    FEED,
    FILE,
    HANG,
    LEAD,
    MINUTE,
    OTHER,
    PASS,
    SEND,
    SIGN,
    START,
    due,
    fresh,
    standing_in,
    step,
    walk,
)


def refused(state, role, actor, event, payload, *, at=None, policy=None) -> Refusal:
    found = decide(state, event, role=role, actor=actor, payload=payload, now=at or state.updated_at + MINUTE, policy=policy or Policy())
    assert isinstance(found, Refusal), found
    return found


def test_after_two_returns_the_centre_rules_and_nobody_returns_it_again() -> None:
    case = walk(fresh(), FILE, SEND, SIGN, BACK, AGAIN, BACK)
    assert (case.returns, case.awaiting_ruling, case.owner, case.proposed_owner) == (2, True, None, OTHER)
    assert refused(case, *AGAIN).code == "ruling_needed"
    assert "dispatch" not in allowed(case, "operator")
    ruled = walk(case, ("operator", "operator:1", "rule", {"owner": LEAD, "reason": "duty list, item 7"}))
    assert (ruled.owner, ruled.ruled, ruled.awaiting_ruling) == (LEAD, True, False)
    assert refused(ruled, *BACK).code == "ruling_final"
    assert "return" not in allowed(ruled, "agency", actor=LEAD)


def test_a_return_never_resets_the_clock() -> None:
    sent = walk(fresh(), FILE, SEND)
    back = walk(sent, BACK)
    assert (back.dispatched_at, back.due_at, back.limit) == (sent.dispatched_at, sent.due_at, Limit(5, "work_day"))
    again = walk(back, AGAIN)
    assert (again.dispatched_at, again.due_at, again.dispatches) == (sent.dispatched_at, sent.due_at, 2)
    assert refused(back, "operator", "operator:1", "dispatch", {"owner": OTHER, "due_at": due(20)}).code == "clock_never_resets"
    assert refused(sent, *BACK[:3], {**BACK[3], "proposed_owner": LEAD}).code == "proposes_itself"
    late = START + timedelta(days=8)
    assert back.light(late) == "red"  # lying between two agencies is no excuse


def test_the_handling_clock_starts_at_dispatch_not_when_the_agency_signs() -> None:
    sent = walk(fresh(), FILE, SEND)
    signed = step(sent, *SIGN, at=sent.updated_at + timedelta(days=2)).after
    assert signed.dispatched_at == sent.dispatched_at
    assert signed.signed_at != signed.dispatched_at
    assert signed.stage_entered_at == signed.signed_at  # the clock of the stage is another one


def test_several_agencies_one_lead_and_no_answer_before_all_parts_are_done() -> None:
    case = walk(fresh(), FILE, (*SEND[:3], {**SEND[3], "cohandlers": [OTHER, "post:4"]}), SIGN)
    assert refused(case, *FEED).code == "parts_open"
    case = walk(case, ("agency", OTHER, "complete_part", DONE))
    assert refused(case, "agency", OTHER, "complete_part", DONE).code == "not_a_cohandler"
    assert refused(case, *FEED).code == "parts_open"
    case = walk(case, ("operator", "operator:1", "complete_part", {**DONE, "part": "post:4"}), FEED)
    assert case.state == "checking"
    assert refused(case, "grid_worker", "post:4", "check", {"passed": True}).code == "verifier_is_handler"
    assert refused(case, "supervisor", OTHER, "check", {"passed": True}).code == "verifier_is_handler"


def test_work_that_is_not_done_goes_back_to_the_same_owner() -> None:
    case = walk(fresh(), FILE, SEND, SIGN, FEED, FAIL)
    assert (case.state, case.owner, case.reworks) == ("handling", LEAD, 1)
    case = walk(case, FEED)
    assert refused(case, *CLOSE).code == "not_checked"
    assert walk(case, PASS, CLOSE).ending == "handled"


def test_resolved_on_the_spot_is_still_checked_by_somebody_else() -> None:
    case = walk(fresh(), ("grid_worker", "post:1", "self_resolve", DONE))
    assert (case.state, case.owner) == ("checking", "post:1")
    assert refused(case, "grid_worker", "post:1", "check", {"passed": True}).code == "verifier_is_handler"
    assert walk(case, PASS, CLOSE).ending == "self_resolved"
    missed = walk(case, FAIL)
    assert (missed.state, missed.owner, missed.dispatched_at) == ("filed", None, None)


def test_a_suspended_case_stands_still_until_somebody_else_lets_it_run() -> None:
    case = walk(fresh(), FILE, SEND, SIGN, HANG[0])
    assert refused(case, "supervisor", LEAD, "suspend", {}).code == "approves_own_suspension"
    hung = walk(case, HANG[1])
    assert (hung.paused, hung.suspended_from) == (True, "handling")
    assert hung.light(START + timedelta(days=100)) == "green"
    assert refused(hung, "operator", "operator:1", "resume", {"due_at": due(5)}).code == "resumed_due_needed"
    runs = step(hung, "operator", "operator:1", "resume", {"due_at": due(12), "warn_at": due(11)}, at=START + timedelta(days=5)).after
    assert (runs.state, runs.paused, runs.due_at, runs.asked) == ("handling", False, START + timedelta(days=12), ())


def test_an_extension_is_asked_for_granted_by_somebody_else_and_counted() -> None:
    case = walk(fresh(), FILE, SEND, SIGN, ("agency", LEAD, "request_extension", {"reason": "parts", "due_at": due(9)}))
    assert refused(case, "operator", LEAD, "approve_extension", {}).code == "approves_own_extension"
    longer = walk(case, ("supervisor", "supervisor:1", "approve_extension", {"warn_at": due(8)}))
    assert (longer.due_at, longer.warn_at, longer.extensions, longer.asked) == (START + timedelta(days=9), START + timedelta(days=8), 1, ())
    assert refused(longer, "agency", LEAD, "request_extension", {"reason": "x", "due_at": due(10)}, policy=Policy(extensions=1)).code == (
        "no_more_extensions"
    )
    assert walk(case, ("supervisor", "supervisor:1", "deny_extension", {"reason": "no"})).due_at == START + timedelta(days=7)


def test_a_supervision_is_a_thread_beside_the_state() -> None:
    case = walk(standing_in("handling"), ("supervisor", "supervisor:1", "supervise", {"opinion": "why so long?"}))
    assert (case.state, case.supervisions_open) == ("handling", 1)
    case = walk(case, ("agency", LEAD, "reply_supervision", {"reply": "tomorrow"}))
    assert (case.state, case.supervisions, case.supervisions_open) == ("handling", 1, 0)


def test_personal_community_and_hard_affairs_have_their_own_ways() -> None:
    told = walk(fresh(affair="personal"), ("grid_worker", "post:1", "advise", {"advice": "the notary's office"}))
    assert (told.state, told.ending) == ("closed", "advised")
    assert refused(fresh(), "grid_worker", "post:1", "advise", {"advice": "x"}).code == "not_personal"
    held = walk(
        standing_in("filed", affair="community"), ("community_secretary", "post:3", "deliberate", {"what": "meeting", "minutes": "m"})
    )
    assert (held.state, held.deliberations) == ("filed", 1)
    hard = walk(standing_in("handling"), ("street_office", "agency:street", "consult", {"tier": 1, "entry": "duty_unclear"}))
    assert (hard.affair, hard.consult_tier) == ("hard", 1)
    assert refused(hard, "operator", "operator:1", "consult", {"tier": 3, "entry": "red_light"}).code == "tier_out_of_order"


def test_a_reopened_case_goes_where_somebody_can_act() -> None:
    back = walk(standing_in("evaluated"), ("operator", "operator:1", "reopen", {"reason": "back again", "due_at": due(20)}))
    assert (back.state, back.owner, back.closed_at, back.score, back.reopenings) == ("handling", LEAD, None, None, 1)
    advised = walk(fresh(affair="personal"), FILE, ("operator", "operator:1", "advise", {"advice": "x"}))
    assert walk(advised, ("operator", "operator:1", "reopen", {"reason": "no help"})).state == "filed"
    merged = walk(standing_in("merged"), ("operator", "operator:1", "reopen", {"reason": "another hole"}))
    assert (merged.state, merged.merged_into) == ("received", None)
    unseen = walk(standing_in("verifying"), ("operator", "operator:1", "report_on_site", {"found": False}))
    assert refused(unseen, *FILE).code == "not_found_on_site"
    unseen = walk(
        unseen, ("operator", "operator:1", "not_accept", {"reason": "not_found"}), ("operator", "operator:1", "reopen", {"reason": "r"})
    )
    assert walk(unseen, FILE).state == "filed"


def test_a_successor_takes_over_with_the_clock_running() -> None:
    case = walk(standing_in("checking"), PASS, ("administrator", "admin", "hand_over", {"owner": "agency:new", "reason": "reform"}))
    assert (case.owner, case.checked_by, case.due_at) == ("agency:new", None, START + timedelta(days=7))
    assert refused(case, "supervisor", "agency:new", "check", {"passed": True}).code == "verifier_is_handler"


def test_what_comes_along_is_read_strictly() -> None:
    filed = standing_in("filed")

    def wrong(event, payload, state=filed):
        found = refused(state, "operator", "operator:1", event, payload)
        assert (found.about, found.code) == ("payload", "malformed")
        return {one.field: one.code for one in found.fields}

    assert wrong("dispatch", {}) == {"owner": "missing"}
    assert wrong("dispatch", {"owner": "north", "due_at": "2026-11-24T08:00", "limit": {"amount": 0, "clock": "work_day"}, "x": 1}) == {
        "owner": "not_an_owner",
        "due_at": "naive_datetime",
        "limit": "limit_out_of_range",
        "x": "unknown_field",
    }
    assert wrong("dispatch", {"owner": LEAD, "cohandlers": [OTHER, OTHER], "due_at": 7}) == {
        "cohandlers": "named_twice",
        "due_at": "not_an_instant",
    }
    for note, code in (("x" * 4001, "too_long"), ("a\x00b", "control_character"), ("  ", "blank"), (5, "not_text"), (None, "missing")):
        assert wrong("note", {"note": note}) == {"note": code}
    assert wrong("merge", {"into": True}) == {"into": "not_a_number"}
    assert wrong("not_accept", {"reason": "because"}) == {"reason": "unknown_choice"}
    assert wrong("note", {"note": "x", "public": "yes"}) == {"public": "not_a_flag"}
    assert all(one.metadata.get("read") for record in PAYLOADS.values() for one in fields(record))


def test_unknown_events_and_a_clock_set_back_are_refused() -> None:
    case = standing_in("filed")
    assert refused(case, "operator", "operator:1", "teleport", {}).about == "event"
    early = refused(case, "operator", "operator:1", "note", {"note": "x"}, at=START)
    assert (early.about, early.code) == ("clock", "clock_set_back")
    skewed = decide(case, "note", role="operator", actor="o", payload={"note": "x"}, now=case.updated_at - timedelta(seconds=1))
    assert require(skewed).recorded.at == case.updated_at  # two machines are never quite at one
    with pytest.raises(RequestError, match="time zone"):
        decide(case, "note", role="operator", actor="o", payload={"note": "x"}, now=START.replace(tzinfo=None))
    with pytest.raises(RequestError) as error:
        require(early)
    assert (error.value.code, error.value.text("zh-CN")) == ("clock_set_back", early.text("zh-CN"))


def test_recorded_events_are_json_and_fold_to_the_same_case() -> None:
    said = {"state": "received", "category": "c", "affair": "community", "area_code": "g-1"}
    state, log = fresh(affair="community", category="c", channel=None), [Recorded("received", START, "web", said)]
    for one in (FILE, SEND, SIGN, *HANG, ("operator", "operator:1", "resume", {"due_at": due(9)}), FEED, PASS, CLOSE):
        found = step(state, *one)
        state, log = found.after, [*log, found.recorded]
    stored = [Recorded(one.kind, one.at, one.actor, json.loads(json.dumps(dict(one.data)))) for one in log]
    assert fold(stored, case_id=1) == state
    with pytest.raises(RequestError):
        fold([])
    with pytest.raises(RequestError):
        fold(stored[1:])


def test_events_of_older_writers_fold_too() -> None:
    """A dispatch that names its agency by code, a limit set at receipt: as the demonstration city writes them."""
    kinds = [
        ("received", "received", {"due_at": due(3), "area_code": "g"}),
        ("filed", "filed", {}),
        ("dispatched", "dispatched", {"agency_code": "a-1"}),
    ]
    kinds += [("accepted", "handling", {}), ("handled", "checking", {}), ("closed", "closed", {}), ("evaluated", "evaluated", {"score": 5})]
    log = [Recorded(kind, START + i * MINUTE, "demo", {"state": state, **data}) for i, (kind, state, data) in enumerate(kinds)]
    case = fold(log)
    assert (case.owner, case.due_at, case.score, case.state, case.ending) == (
        "agency:a-1",
        START + timedelta(days=3),
        5,
        "evaluated",
        "handled",
    )
