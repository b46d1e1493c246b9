"""What people get wrong about cases: a problem document each time, in their language, and nothing changed or lost."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from geo_service import event_log
from geo_service.cases.rule_versions import book_in_force, put_book
from geo_service.cases.tables import case_record, rule_row
from tests import city
from tests.flows.acting import Act
from tests.flows.conftest import Service
from tests.flows.desk import Answer, Desk, Person
from tests.flows.test_dispatching import OFFICE, RUBBISH, reported, the_row_is_the_fold_of_its_events, walk
from tests.flows.test_reporting import body, send

NUL, BIDI, SURROGATE, EMOJI = "\x00", "‮", "\ud800", "👨‍👩‍👧 🚧"


def snapshot(service: Service) -> tuple[Any, ...]:
    """Every case and the head of the log."""
    with service.database.reading() as connection:
        rows = connection.execute(sa.select(case_record).order_by(case_record.c.case_id)).all()
        return tuple(rows), connection.execute(sa.select(event_log.event_head)).all()


def tried(service: Service, case_id: int, event: str, content: str | bytes, language: str = "en", **headers: str) -> Any:
    """What is answered to a raw body; nothing may have changed."""
    before = snapshot(service)
    version = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).headers["ETag"]
    answer = service.client.post(
        f"/api/v1/cases/{case_id}/actions/{event}",
        content=content,
        headers={
            **service.operator,
            "If-Match": version,
            "Content-Type": "application/json",
            "Accept-Language": language,
            "Idempotency-Key": "k",
            **headers,
        },
    )
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.status_code < 500, answer.text
    assert snapshot(service) == before
    return answer


CANNOT_BE: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("recategorise", {"category": "gb47678:matter:99999", "reason": "x"}, "unknown_category", "category"),
    ("recategorise", {"category": f"gb47678{NUL}", "reason": "x"}, "unknown_category", "category"),
    ("correct_routing", {"area_code": "140399", "reason": "x"}, "unknown_area", "area_code"),
    ("correct_routing", {"area_code": NUL, "reason": "x"}, "unknown_area", "area_code"),
    ("dispatch", {"owner": "agency:nobody"}, "unknown_owner", "owner"),
    ("dispatch", {"owner": "post:999999999999999999999"}, "unknown_owner", "owner"),
    ("dispatch", {"cohandlers": ["agency:S1", "post:77"]}, "unknown_owner", "cohandlers"),
    ("dispatch", {"owner": f"agency:S1{NUL}"}, "malformed", "owner"),
    ("dispatch", {"owner": "S1"}, "malformed", "owner"),
    ("dispatch", {"owner": ["agency:S1"]}, "malformed", "owner"),
    ("dispatch", {"owner": OFFICE, "due_at": "2026-11-30T10:00:00"}, "malformed", "due_at"),
    ("dispatch", {"owner": OFFICE, "due_at": "2026-11-30"}, "malformed", "due_at"),
    ("dispatch", {"owner": OFFICE, "due_at": "9999-12-31T23:59:59-12:00"}, "malformed", "due_at"),
    ("dispatch", {"owner": OFFICE, "due_at": "0001-01-01T00:00:00+14:00"}, "malformed", "due_at"),
    ("dispatch", {"owner": OFFICE, "due_at": 1e300}, "malformed", "due_at"),
    ("dispatch", {"owner": OFFICE, "limit": {"amount": 1e300, "clock": "work_day"}}, "malformed", "limit"),
    ("dispatch", {"owner": OFFICE, "limit": {"amount": 1, "clock": []}}, "malformed", "limit"),
    ("dispatch", {"owner": OFFICE, "limit": {"amount": -1, "clock": "work_day"}}, "malformed", "limit"),
    ("merge", {"into": 2**63}, "malformed", "into"),
    ("merge", {"into": -1}, "malformed", "into"),
    ("merge", {"into": True}, "malformed", "into"),
    ("merge", {"into": 999_999}, "unknown_case", "into"),
    ("note", {"note": f"a{NUL}b"}, "malformed", "note"),
    ("note", {"note": "a\x1b[31mb"}, "malformed", "note"),
    ("note", {"note": f"{BIDI}gpj.exe"}, "malformed", "note"),
    ("note", {"note": "好" * 4001}, "malformed", "note"),
    ("note", {"note": " \t\n"}, "malformed", "note"),
    ("note", {"note": "x", f"{NUL}{BIDI}": 1}, "malformed", f"{NUL}{BIDI}"),
)


def test_what_cannot_be_is_named_in_both_languages(service: Service, act: Act) -> None:
    case_id = reported(service)
    act(case_id, "file")
    for event, said, code, named in CANNOT_BE:
        for language in ("en", "zh-CN"):
            answer = tried(service, case_id, event, json.dumps(said), language)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (422, code), (said, problem)
            assert problem["errors"][0]["field"] == named
            chinese = any("一" <= sign <= "鿿" for sign in problem["detail"])
            assert chinese == (language == "zh-CN"), problem["detail"]


UNREADABLE = (
    (b'{"note": "\\ud800"}', 422),
    (b'{"note": "\xff"}', 422),
    (b'{"note": NaN}', 422),
    (b'{"note": Infinity}', 422),
    (b'["note"]', 422),
    (b"[" * 60_000, 422),
    (json.dumps({"note": "x" * 1_048_576}).encode(), 413),
    (json.dumps({"note": "x" * 65_536}).encode(), 413),
)


def test_a_body_that_cannot_be_read_is_refused_whole(service: Service) -> None:
    case_id = reported(service)
    for content, status in UNREADABLE:
        assert tried(service, case_id, "note", content).status_code == status, content[:40]


def test_a_megabyte_and_what_is_over_the_length_name_their_limits(service: Service) -> None:
    lon, lat = city.lonlat(50, 50)
    said = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "长" * 1_048_576}
    before = snapshot(service)
    for text, status, limit, words in (
        (said["description"], 413, "65536", {"en": "larger than", "zh-CN": "上限"}),
        ("长" * 10_001, 422, "10000", {"en": "too long", "zh-CN": "太长"}),
    ):
        for language, word in words.items():
            answer = service.client.post("/api/v1/reports", json={**said, "description": text}, headers={"Accept-Language": language})
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
            assert limit in answer.json()["detail"]
            assert word in answer.json()["detail"]
    assert snapshot(service) == before
    assert send(service, {**said, "description": "长" * 10_000})["state"] == "received"


def test_a_report_from_nowhere_is_no_report(service: Service) -> None:
    before = snapshot(service)
    for name, value in (("lon", 1e400), ("lat", float("nan")), ("lon", float("-inf")), ("accuracy_m", float("inf"))):
        content = json.dumps({**body(50, 50), name: value})
        answer = service.client.post("/api/v1/reports", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
    assert snapshot(service) == before


def test_what_people_write_is_kept_to_the_letter(service: Service, act: Act) -> None:
    said = f"楼下 {EMOJI}\n\t“一直没人管” & <b>=1+1</b> 𠮷"
    case_id = reported(service, description=said)
    assert act(case_id, "note", {"note": said})["events"][-1]["data"]["note"] == said
    case = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).json()
    assert case["description"] == said
    found = service.client.get("/api/v1/cases", params={"text": EMOJI}, headers=service.operator).json()
    assert [row["case_id"] for row in found["items"]] == [case_id]


ASKED_WRONGLY = (
    ("/api/v1/workers?role=emperor", "unknown_role"),
    ("/api/v1/workers?area=%00", "control_character"),
    ("/api/v1/cases?text=%00", "control_character"),
    ("/api/v1/cases?from=2026-11-01T00:00:00", "malformed"),
    ("/api/v1/cases?measure=luck", "unknown_measure"),
    ("/api/v1/cases/counts?by=luck", "unknown_grouping"),
)


def test_unknown_roles_measures_and_naive_times_are_named(service: Service) -> None:
    for query, code in ASKED_WRONGLY:
        answer = service.client.get(query, headers=service.operator)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


def test_an_event_nobody_knows_is_not_found_whatever_it_is_called(service: Service) -> None:
    case_id = reported(service)
    for name in ("fly", "%00", "%E2%80%AE", "x" * 40):
        assert tried(service, case_id, name, "{}").json()["code"] == "unknown_event"


PRECONDITIONS = (
    ('"2"', 412, "case_moved_on"),
    ('"0"', 412, "case_moved_on"),
    ('"999999999"', 412, "case_moved_on"),
    ("*", 422, "bad_if_match"),
    ('"1", "2"', 422, "bad_if_match"),
    ('"-1"', 422, "bad_if_match"),
    ('"9999999999"', 422, "bad_if_match"),
    ("", 422, "bad_if_match"),
)


def test_a_wrong_precondition_changes_nothing(service: Service) -> None:
    case_id = reported(service)
    for if_match, status, code in PRECONDITIONS:
        answer = tried(service, case_id, "file", "{}", **{"If-Match": if_match})
        assert (answer.status_code, answer.json()["code"]) == (status, code), if_match


def test_a_superseded_rule_is_refused_and_the_one_in_force_named(service: Service, act: Act) -> None:
    with service.database.writing() as connection:
        now = book_in_force(connection, "catalogue", at=service.clock.at)
        query = sa.select(rule_row.c.data).where(rule_row.c.kind == "catalogue").order_by(rule_row.c.number)
        rows = [dict(row) for row in connection.execute(query).scalars()]
        changed = next(row for row in rows if row["table"] == "limits")
        changed["amount"] = changed["amount"] + 1
        put_book(connection, "catalogue", rows, actor="test", at=service.clock.at)
    case_id = reported(service)
    told = (("en", "version 1 of the rules was superseded: version 2 is in force"), ("zh-CN", "规则第 1 版已被取代，现行第 2 版"))
    for language, text in told:
        problem = tried(service, case_id, "file", '{"rules_version": 1}', language).json()
        assert (problem["code"], problem["errors"][0]["field"]) == ("superseded_rules", "rules_version")
        assert text in problem["detail"]
        assert str(now.version + 1) in problem["detail"]
    assert act(case_id, "file", {"rules_version": 2})["rules_version"] == 2


def test_the_servers_clock_going_back_is_refused_and_a_skew_is_clamped(service: Service, act: Act) -> None:
    case_id = reported(service)
    act(case_id, "file")
    last = service.clock.at
    service.clock.at = last - dt.timedelta(hours=1)
    for language, word in (("en", "set back"), ("zh-CN", "回拨")):
        answer = tried(service, case_id, "dispatch", "{}", language)
        assert (answer.status_code, answer.json()["code"]) == (409, "clock_set_back")
        assert word in answer.json()["detail"]
    service.clock.at = last - dt.timedelta(minutes=1, seconds=1)  # `act` moves on a minute: one second before the last event
    sent = act(case_id, "dispatch")
    assert sent["events"][-1]["at"] == sent["events"][-2]["at"]
    assert dt.datetime.fromisoformat(sent["dispatched_at"]) == last
    the_row_is_the_fold_of_its_events(service, case_id)


def test_cases_are_not_merged_in_a_circle(service: Service, act: Act) -> None:
    first, second, third = (reported(service) for _ in range(3))
    assert act(first, "merge", {"into": first}, status=409)["code"] == "merge_into_itself"
    act(first, "merge", {"into": second})
    act(second, "merge", {"into": third})
    for into in (first, second):
        assert act(third, "merge", {"into": into}, status=409)["code"] == "merged_into_ended"
    act(first, "reopen", {"reason": "not the same after all"})
    assert act(third, "merge", {"into": first})["state"] == "merged"
    assert act(first, "merge", {"into": second}, status=409)["code"] == "merged_into_ended"


def test_nobody_passes_a_case_around_without_end(service: Service, act: Act) -> None:
    case_id = reported(service)
    walk(act, case_id, "dispatch")
    assert act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": OFFICE}, status=409)["code"] == "proposes_itself"
    act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": "agency:S1"})
    act(case_id, "dispatch", {"owner": "agency:S1"})
    act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": OFFICE})
    assert act(case_id, "dispatch", {"owner": OFFICE}, status=409)["code"] == "ruling_needed"
    ruled = act(case_id, "rule", {"owner": OFFICE, "reason": "by the duty list"})
    assert (ruled["owner"], ruled["returns"]) == (OFFICE, 2)
    assert act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": "agency:S1"}, status=409)["code"] == "ruling_final"
    assert act(case_id, "rule", {"owner": "agency:S1", "reason": "again"}, status=409)["code"] in ("no_ruling_called_for", "ruling_stands")
    the_row_is_the_fold_of_its_events(service, case_id)


def test_a_case_dealt_with_on_the_spot_goes_back_to_the_centre_when_it_was_not(service: Service, act: Act) -> None:
    """It waits for a ruling: who came by and did not solve it is not its owner, and cannot return it a third time."""
    case_id, desk = reported(service), Desk(service)
    walk(act, case_id, "dispatch")
    for other in ("agency:S1", OFFICE):
        act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": other})
        if other != OFFICE:
            act(case_id, "dispatch", {"owner": other})
    worker = next(person for person in desk.people if person.role == "grid_worker")
    assert desk.act(worker, case_id, "self_resolve", {"result": "moved it"}, version=desk.state(case_id).version).status == 200
    assert act(case_id, "rework", {"reason": "no"}, who="supervisor", status=409)["code"] == "not_dispatched"
    back = act(case_id, "check", {"passed": False}, who="supervisor")
    assert (back["state"], back["owner"]) == ("filed", None)
    assert act(case_id, "dispatch", status=409)["code"] == "ruling_needed"
    the_row_is_the_fold_of_its_events(service, case_id)


def test_a_supervision_is_answered_once_and_never_moves_the_clock(service: Service, act: Act) -> None:
    case_id = reported(service)
    sent = walk(act, case_id, "sign")
    for n in range(3):
        act(case_id, "supervise", {"opinion": f"hurry {n}"})
    for _ in range(3):
        act(case_id, "reply_supervision", {"reply": "tomorrow"})
    assert act(case_id, "reply_supervision", {"reply": "x"}, status=409)["code"] == "nothing_to_reply_to"
    case = act(case_id, "supervise", {"opinion": "again"})
    assert (case["due_at"], case["owner"], case["state"]) == (sent["due_at"], sent["owner"], sent["state"])


def test_a_category_nobody_knows_is_no_report(service: Service) -> None:
    before = snapshot(service)
    for language, word in (("en", "no such category"), ("zh-CN", "没有该类别")):
        answer = service.client.post("/api/v1/reports", json=body(50, 50, category=f"{RUBBISH}0"), headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_category")
        assert word in answer.json()["detail"]
    assert snapshot(service) == before


def test_two_who_merge_a_pair_into_each_other_at_once_make_no_circle(service: Service) -> None:
    desk = Desk(service)
    for _ in range(8):
        first, second = reported(service), reported(service)
        barrier = threading.Barrier(2)

        def merge(person: Person, case_id: int, into: int, barrier: threading.Barrier = barrier) -> Answer:
            barrier.wait()
            return desk.act(person, case_id, "merge", {"into": into}, version=1)

        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(merge, desk.centre[0], first, second)
            other = pool.submit(merge, desk.centre[1], second, first)
            answers = sorted((answer.status, answer.code) for answer in (one.result(), other.result()))
        assert answers == [(200, ""), (409, "merged_into_ended")]
        assert sorted(desk.state(case_id).state for case_id in (first, second)) == ["merged", "received"]
