"""The work of the dispatch centre over HTTP: from a report to its evaluation, every step by the rules, on both databases."""

import datetime as dt
from typing import Any

import pytest

from geo_service import event_log
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import Recorded
from tests import city
from tests.flows.acting import Act
from tests.flows.conftest import Service
from tests.flows.test_reporting import body, send

RUBBISH = "gb47678:matter:06010"
OFFICE = "post:4"


def reported(service: Service, **more: Any) -> int:
    return send(service, body(50, 50, category=RUBBISH, **more))["case_id"]


def walk(act: Act, case_id: int, *until: str) -> dict[str, Any]:
    """The shortest way: filed, dispatched, signed for, handled, checked, closed, evaluated; up to the last of `until`."""
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("file", {}, "operator"),
        ("dispatch", {}, "operator"),
        ("sign", {}, "operator"),
        ("feed_back", {"result": "cleared"}, "operator"),
        ("check", {"passed": True}, "supervisor"),
        ("close", {}, "supervisor"),
        ("evaluate", {"score": 5, "responded": True, "resolved": True, "satisfied": True}, "supervisor"),
    ]
    case: dict[str, Any] = {}
    for event, said, who in steps:
        case = act(case_id, event, said, who=who)
        if event in until:
            return case
    return case


def the_row_is_the_fold_of_its_events(service: Service, case_id: int) -> None:
    with service.database.reading() as connection:
        found = case_of(connection, case_id)
        events = [Recorded(e.kind, e.at, e.actor, e.data) for e in event_log.of_case(connection, case_id)]
        assert fold_case(found, events) == found
        assert event_log.first_break(connection) is None


def test_a_report_goes_all_the_way_to_its_evaluation(service: Service, act: Act) -> None:
    case_id = reported(service)
    filed = act(case_id, "file")
    assert (filed["state"], filed["affair"], filed["rules_version"]) == ("filed", "specialised", 1)
    assert "dispatch" in filed["allowed"]
    sent = act(case_id, "dispatch")
    assert (sent["state"], sent["owner"], sent["owner_name"]) == ("dispatched", OFFICE, "street or town office 赵四")
    assert sent["limit"] == {"amount": 4.0, "clock": "work_hour"}  # 暴露垃圾: 4 working hours
    due = dt.datetime.fromisoformat(sent["due_at"])  # 10:33 in the city: 1 h 27 before noon, 2 h 33 behind 14:00
    assert due.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%H:%M") == "16:32"
    assert sent["light"] == "green"
    assert RUBBISH in sent["why"] or "street_office" in sent["why"]
    assert sent["decision"]["followed"] is True
    done = walk_from_dispatched(act, case_id)
    assert (done["state"], done["stage"], done["step"]) == ("evaluated", "evaluate", "evaluate")
    kinds = [e["kind"] for e in service.client.get(f"/api/v1/cases/{case_id}/events", headers=service.operator).json()["items"]]
    assert kinds == ["received", "filed", "dispatched", "accepted", "handled", "checked", "closed", "evaluated"]
    the_row_is_the_fold_of_its_events(service, case_id)


def walk_from_dispatched(act: Act, case_id: int) -> dict[str, Any]:
    act(case_id, "sign")
    act(case_id, "feed_back", {"result": "cleared"})
    act(case_id, "check", {"passed": True}, who="supervisor")
    act(case_id, "close", who="supervisor")
    return act(case_id, "evaluate", {"score": 5, "satisfied": True}, who="supervisor")


def test_an_action_needs_the_version_it_was_decided_on(service: Service, act: Act) -> None:
    case_id = reported(service)
    path = f"/api/v1/cases/{case_id}/actions/file"
    assert service.client.post(path, json={}, headers=service.operator).status_code == 428
    act(case_id, "file")
    stale = act(case_id, "dispatch", status=412, **{"If-Match": '"1"'})
    assert stale["code"] == "case_moved_on"
    assert [e["code"] for e in stale["errors"]] == ["changed_filed"]
    assert "version 2" in stale["detail"]
    assert act(case_id, "dispatch", status=422, **{"If-Match": "soon"})["code"] == "bad_if_match"


def test_the_same_key_acts_once(service: Service, act: Act) -> None:
    case_id = reported(service)
    head = {"If-Match": '"1"', "Idempotency-Key": "k-1"}
    first = act(case_id, "file", **head)
    assert act(case_id, "file", **head) == first
    assert act(case_id, "file", {"note": "other"}, status=422, **head)["code"] == "key_reused"
    assert len(first["events"]) == 2


def test_role_state_and_payload_are_refused_each_in_its_way(service: Service, act: Act) -> None:
    case_id = reported(service)
    assert act(case_id, "file", who="supervisor", status=403)["code"] == "role_not_allowed"
    assert act(case_id, "dispatch", status=409)["code"] == "not_allowed_in_state"
    assert act(case_id, "fly", status=404)["code"] == "unknown_event"
    wrong = act(case_id, "file", {"colour": "red", "note": 7}, status=422)
    assert {(e["field"], e["code"]) for e in wrong["errors"]} == {("colour", "unknown_field"), ("note", "not_text")}
    walk(act, case_id, "sign")
    act(case_id, "feed_back", {"result": "done"})
    assert act(case_id, "close", who="supervisor", status=409)["code"] == "not_checked"
    assert service.client.post(f"/api/v1/cases/{case_id}/actions/note", json={}).status_code == 401


@pytest.mark.parametrize(
    ("event", "said", "code"),
    [
        ("file", {"category": "gb47678:matter:99999"}, "unknown_category"),
        ("file", {"area_code": "nowhere"}, "unknown_area"),
        ("file", {"rules_version": 9}, "unknown_rules_version"),
        ("file", {"rules_version": True}, "malformed"),
        ("file", {"note": "a\x00b"}, "malformed"),
        ("not_accept", {"reason": "because"}, "malformed"),
        ("merge", {"into": 99}, "unknown_case"),
    ],
)
def test_what_does_not_exist_is_named(service: Service, act: Act, event: str, said: dict[str, Any], code: str) -> None:
    assert act(reported(service), event, said, status=422)["code"] == code


def test_unknown_owners_and_naive_deadlines_are_refused(service: Service, act: Act) -> None:
    case_id = reported(service)
    act(case_id, "file")
    assert act(case_id, "dispatch", {"owner": "agency:nobody"}, status=422)["code"] == "unknown_owner"
    assert act(case_id, "dispatch", {"owner": "post:77"}, status=422)["code"] == "unknown_owner"
    naive = act(case_id, "dispatch", {"owner": "agency:S1", "due_at": "2026-11-30T10:00:00"}, status=422)
    assert naive["errors"] == [{"field": "due_at", "code": "naive_datetime", "message": "this has no time zone"}]
    chosen = act(case_id, "dispatch", {"owner": "agency:S1"})
    assert chosen["decision"]["followed"] is False
    assert chosen["why"].startswith("the operator chose")


def test_a_clock_set_back_changes_nothing(service: Service, act: Act) -> None:
    case_id = reported(service)
    act(case_id, "file")
    service.clock.at -= dt.timedelta(hours=1)
    assert act(case_id, "dispatch", status=409)["code"] == "clock_set_back"


def test_two_returns_and_then_the_centre_rules(service: Service, act: Act) -> None:
    case_id = reported(service)
    act(case_id, "file")
    first = act(case_id, "dispatch")
    for _ in range(2):
        act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": "agency:S1"})
        again = act(case_id, "dispatch", status=200 if _ == 0 else 409)
    assert again["code"] == "ruling_needed"
    ruled = act(case_id, "rule", {"owner": "agency:S1", "reason": "by the duty list"})
    assert (ruled["owner"], ruled["returns"], ruled["due_at"]) == ("agency:S1", 2, first["due_at"])
    assert act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": OFFICE}, status=409)["code"] == "ruling_final"
    the_row_is_the_fold_of_its_events(service, case_id)


def test_a_pause_moves_the_deadline_and_an_extension_warns_anew(service: Service, act: Act) -> None:
    case_id = reported(service)
    before = walk(act, case_id, "sign")
    act(case_id, "request_suspension", {"reason": "frozen ground"})
    hung = act(case_id, "suspend", who="supervisor")
    service.clock.at += dt.timedelta(days=7)
    assert act(case_id, "note", {"note": "still frozen"})["light"] == hung["light"] == "green"
    resumed = act(case_id, "resume", who="supervisor")
    moved = dt.datetime.fromisoformat(resumed["due_at"]) - dt.datetime.fromisoformat(before["due_at"])
    assert moved == dt.timedelta(days=7, minutes=2)  # paused for a week of work and the two minutes of two actions
    later = (service.clock.at + dt.timedelta(days=5)).isoformat()
    act(case_id, "request_extension", {"reason": "parts", "due_at": later})
    extended = act(case_id, "approve_extension", who="supervisor")
    assert extended["due_at"][:16] == later[:16]
    assert extended["warn_at"] < extended["due_at"]
    the_row_is_the_fold_of_its_events(service, case_id)


def test_reopening_gives_the_owner_a_new_deadline(service: Service, act: Act) -> None:
    case_id = reported(service)
    closed = walk(act, case_id, "close")
    service.clock.at += dt.timedelta(days=3)
    reopened = act(case_id, "reopen", {"reason": "it is back"})
    assert (reopened["state"], reopened["owner"], reopened["reopenings"]) == ("handling", OFFICE, 1)
    assert reopened["due_at"] > closed["due_at"]
    the_row_is_the_fold_of_its_events(service, case_id)


def test_correcting_the_place_moves_the_case(service: Service, act: Act) -> None:
    case_id = send(service, body(5000, 5000, category=RUBBISH))["case_id"]
    assert act(case_id, "file", status=409)["code"] == "grid_needed"
    act(case_id, "correct_routing", {"area_code": city.V, "reason": "the village behind the hill"})
    case = act(case_id, "file")
    assert (case["area"]["code"], case["queue"], case["areas"]["street"]) == (city.V, None, city.STREET)
    listed = service.client.get("/api/v1/cases", params={"area": city.V}, headers=service.operator).json()
    assert [c["case_id"] for c in listed["items"]] == [case_id]
    the_row_is_the_fold_of_its_events(service, case_id)


def test_why_here_is_told_in_the_callers_language(service: Service, act: Act) -> None:
    case_id = reported(service)
    walk(act, case_id, "dispatch")
    chinese = service.client.get(f"/api/v1/cases/{case_id}", headers={**service.operator, "Accept-Language": "zh-CN"}).json()
    assert chinese["why"].startswith("规则")
    assert chinese["decision"]["inputs"]["areas"]["street"] == city.STREET
