"""Posts and persons over HTTP, on both databases: who holds, who is away, who goes, and what becomes of open cases."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.cases.model import STATES
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import Recorded
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_reporting import body, send

RUBBISH = "gb47678:matter:06010"
Call = Callable[..., Any]


@pytest.fixture
def call(service: Service) -> Call:
    """Calls as an administrator: method, path, body; status: what must be answered."""
    with service.database.writing() as connection:
        key = create_key(connection, name="admin 1", role="administrator", at=NOW, by="test")

    def do(method: str, path: str, said: Any = None, *, status: int = 200, headers: dict[str, str] | None = None, **query: Any) -> Any:
        asked = {"Authorization": f"Bearer {key}", **(headers or {})}
        answer = service.client.request(method, f"/api/v1{path}", json=said, params=query or None, headers=asked)
        assert answer.status_code == status, answer.text
        return answer.json()

    return do


def reported(service: Service, x: float = 50, y: float = 50) -> dict[str, Any]:
    return send(service, body(x, y, category=RUBBISH))


def at(days: float) -> str:
    return (NOW + dt.timedelta(days=days)).isoformat()


def the_log_is_whole(service: Service, *case_ids: int) -> None:
    with service.database.reading() as connection:
        assert event_log.first_break(connection) is None
        for case_id in case_ids:
            found = case_of(connection, case_id)
            events = [Recorded(e.kind, e.at, e.actor, e.data) for e in event_log.of_case(connection, case_id)]
            assert fold_case(found, events) == found


def test_a_post_is_made_filled_left_and_its_history_kept(call: Call) -> None:
    made = call("POST", "/posts", {"role": "linked_leader", "area_code": city.A1, "agency_code": "S1"}, status=201)
    assert (made["title"], made["agency"], made["present"], made["holders"]) == ("linked leader", "测试街道办事处", None, [])
    path = f"/posts/{made['post_id']}"
    someone = call("POST", "/persons", {"name": "新一", "phone": "13800138000"}, status=201)["person_id"]
    call("POST", f"{path}/appoint", {"person_id": someone, "from_at": at(-30)})
    call("POST", f"{path}/relieve", {"person_id": someone, "at": at(-10), "reason": "moved"})
    call("POST", f"{path}/appoint", {"person_id": 9, "from_at": at(-10), "full_time": False})
    for day, name in ((-20, "新一"), (-5, "郑九"), (-40, None)):
        seen = call("GET", path, at=at(day))["present"]
        assert (seen and seen["name"]) == name
    held = call("GET", path)["holders"]
    assert [(one["name"], one["full_time"]) for one in held] == [("新一", True), ("郑九", False)]
    assert held[0]["until_at"] == held[1]["from_at"]
    call("POST", f"{path}/retire", {"reason": "no longer needed"})
    assert call("GET", "/posts", role="linked_leader")["total"] == 0
    assert call("GET", "/posts", role="linked_leader", retired=True)["total"] == 1
    assert call("POST", f"{path}/appoint", {"person_id": someone}, status=409)["code"] == "post_retired"


def test_posts_are_listed_by_subtree_role_vacancy_and_pages(call: Call) -> None:
    vacant = call("POST", "/posts", {"role": "micro_grid_member", "area_code": f"{city.A2}01"}, status=201)["post_id"]
    below = call("GET", "/posts", area=city.A)
    assert {post["area"]["code"] for post in below["items"]} == {
        city.A,
        city.A1,
        f"{city.A1}01",
        f"{city.A1}02",
        f"{city.A1}03",
        f"{city.A2}01",
    }
    assert [post["post_id"] for post in call("GET", "/posts", vacant=True)["items"]] == [vacant]
    assert call("GET", "/posts", person=4)["items"][0]["role"] == "street_office"
    first = call("GET", "/posts", limit=5)
    second = call("GET", "/posts", limit=5, after=first["next"])
    assert [post["post_id"] for post in [*first["items"], *second["items"]]] == list(range(1, 10))
    assert (first["total"], second["next"]) == (9, None)
    assert call("GET", "/agencies", level="street")["items"][0]["code"] == "S1"


def test_whoever_is_away_is_stood_in_for_and_the_case_says_why(service: Service, call: Call) -> None:
    gone = call(
        "POST", "/persons/1/absences", {"from_at": at(-1), "until_at": at(2), "reason": "training", "stand_in_post_id": 2}, status=201
    )
    assert gone["reason_text"] == "in training"
    got = reported(service)
    assert got["responsible"] == {"post": "micro-grid leader", "name": "李二", "agency": None}  # why is not for the public
    page = call("GET", f"/cases/{got['case_id']}")
    assert page["responsible"]["why"] == "李二 stands in for 王一, who is in training until 2026-11-26T02:30+00:00"
    assert call("GET", "/posts/1")["why"] == page["responsible"]["why"]
    assert call("GET", "/posts/1")["present"] == {"person_id": 2, "name": "李二", "stands_in": True}
    assert [one["name"] for one in call("GET", "/absences", at=at(0))["items"]] == ["周七", "王一"]
    service.clock.at += dt.timedelta(hours=1)
    ended = call("POST", f"/absences/{gone['absence_id']}/end", {})
    assert ended["until_at"] == "2026-11-24T03:30:00Z"
    assert reported(service)["responsible"]["name"] == "王一"
    assert call("POST", f"/absences/{gone['absence_id']}/end", {}, status=409)["code"] == "absence_over"


def test_absences_that_overlap_or_lead_in_a_circle_are_refused(call: Call) -> None:
    span = {"from_at": at(0), "until_at": at(5), "reason": "leave"}
    call("POST", "/persons/1/absences", {**span, "stand_in_person_id": 2}, status=201)
    later = {**span, "from_at": at(4), "until_at": at(9)}
    assert call("POST", "/persons/1/absences", later, status=409)["code"] == "absences_overlap"
    call("POST", "/persons/1/absences", {**span, "from_at": at(5), "until_at": at(9)}, status=201)
    refused = call("POST", "/persons/2/absences", {**later, "stand_in_person_id": 1}, status=409)
    assert refused["code"] == "circular_stand_ins"
    assert "李二 → 王一 → 李二" in refused["detail"]
    assert call("POST", "/persons/2/absences", {**later, "stand_in_post_id": 1}, status=409)["code"] == "circular_stand_ins"
    assert call("POST", "/persons/3/absences", {**span, "stand_in_person_id": 3}, status=409)["code"] == "circular_stand_ins"
    call("POST", "/persons/2/absences", {**later, "from_at": at(5), "stand_in_person_id": 1}, status=201)
    assert call("GET", "/absences", person=2)["total"] == 1


def test_a_worker_with_open_cases_does_not_go_without_a_successor(service: Service, call: Call) -> None:
    first, second = reported(service), reported(service)
    refused = call("POST", "/persons/1/remove", {"reason": "retires"}, status=409)
    assert refused["code"] == "open_cases"
    assert first["tracking_number"] in refused["detail"]
    assert [one["field"] for one in refused["errors"]] == [f"cases.{one['case_id']}" for one in (first, second)]
    for language, word in zip(("zh-CN", "en"), STATES[first["state"]], strict=False):
        told = call("POST", "/persons/1/remove", {"reason": "x"}, status=409, headers={"Accept-Language": language})["errors"][0]["message"]
        assert told.endswith(word)
    assert call("POST", "/posts/1/relieve", {"person_id": 1, "reason": "x"}, status=409)["code"] == "open_cases"
    assert call("POST", "/posts/1/retire", {"reason": "x"}, status=409)["code"] == "open_cases"
    assert call("GET", "/persons/1")["left_at"] is None
    moved = call("POST", "/persons/1/remove", {"reason": "retires", "successor": {"person_id": 9}})["moved_cases"]
    assert moved == [first["case_id"], second["case_id"]]
    for case_id in moved:
        events = call("GET", f"/cases/{case_id}/events")["items"]
        assert (events[-1]["kind"], events[-1]["actor"], events[-1]["data"]["routing"]["person_id"]) == ("rerouted", "admin 1", 9)
    the_log_is_whole(service, *moved)
    assert reported(service)["responsible"]["name"] == "郑九"
    assert call("GET", "/cases", worker=1)["total"] == 0
    assert call("POST", "/posts/2/appoint", {"person_id": 1}, status=409)["code"] == "person_left"
    assert call("POST", "/persons/1/remove", {"reason": "again"}, status=409)["code"] == "person_left"


def test_a_post_that_ends_hands_its_cases_to_another_post(service: Service, call: Call) -> None:
    got, waiting = reported(service), reported(service)
    case_id = got["case_id"]
    for event, said in (("file", {}), ("dispatch", {"owner": "post:1", "cohandlers": ["post:3"]})):
        version = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).headers["ETag"]
        done = service.client.post(f"/api/v1/cases/{case_id}/actions/{event}", json=said, headers={**service.operator, "If-Match": version})
        assert done.status_code == 200, done.text
    helped = call("POST", "/posts/3/retire", {"reason": "merged", "successor": {"post_id": 1}}, status=200)
    assert helped["moved_cases"] == [case_id]  # the lead is no co-handler as well
    assert call("GET", f"/cases/{case_id}")["cohandlers"] == []
    said = {"reason": "merged", "successor": {"post_id": 2}}
    assert call("POST", "/posts/1/retire", said)["moved_cases"] == [case_id, waiting["case_id"]]
    page = call("GET", f"/cases/{case_id}")
    assert (page["owner"], page["events"][-1]["kind"]) == ("post:2", "handed_over")
    assert call("GET", f"/cases/{waiting['case_id']}")["events"][-1]["kind"] == "rerouted"
    assert call("GET", "/cases", post=2)["total"] == 2
    the_log_is_whole(service, case_id, waiting["case_id"])
    assert reported(service)["responsible"]["name"] == "李二"


def test_a_successor_must_be_able_to_take_over(service: Service, call: Call) -> None:
    reported(service)
    empty = call("POST", "/posts", {"role": "grid_worker", "area_code": city.A2}, status=201)["post_id"]
    for successor, status, code in (
        ({"post_id": empty}, 409, "successor_vacant"),
        ({"post_id": 1}, 422, "successor_is_same"),
        ({"post_id": 4711}, 404, "post_not_found"),
        ({"person_id": 2}, 422, "successor_is_a_post"),
        ({}, 409, "open_cases"),
    ):
        assert call("POST", "/posts/1/retire", {"reason": "x", "successor": successor}, status=status)["code"] == code
    both = {"reason": "x", "person_id": 1, "successor": {"person_id": 2, "post_id": 2}}
    assert call("POST", "/posts/1/relieve", both, status=422)["code"] == "two_successors"
    assert call("POST", "/posts/1/relieve", {"reason": "x", "person_id": 1, "at": at(1)}, status=422)["code"] == "leaves_in_the_future"
    assert call("GET", "/posts/1")["present"]["name"] == "王一"


def test_who_is_named_to_stand_in_does_not_go(call: Call) -> None:
    assert call("POST", "/persons/9/remove", {"reason": "x"}, status=409)["code"] == "still_stands_in"
    call("POST", "/absences/1/end", {})
    call("POST", "/persons/9/remove", {"reason": "x"})


def test_an_appointment_that_has_not_begun_is_withdrawn(call: Call) -> None:
    call("POST", "/posts/2/appoint", {"person_id": 9, "from_at": at(10)})
    assert call("POST", "/posts/2/retire", {"reason": "x"}, status=409)["code"] == "appointed_later"
    call("POST", "/posts/2/relieve", {"person_id": 9, "reason": "x"})
    assert [one["name"] for one in call("GET", "/posts/2")["holders"]] == ["李二"]
    call("POST", "/posts/2/appoint", {"person_id": 9, "from_at": at(10)})
    assert call("POST", "/posts/2/appoint", {"person_id": 9, "from_at": at(12)}, status=409)["code"] == "holds_post_already"


def test_numbers_come_from_the_dedicated_range_once(call: Call) -> None:
    wanted = {"ranges": [{"role": "micro_grid_leader", "first": "0100-01000", "last": "0100-01999"}]}
    assert call("PUT", "/phone-ranges", wanted) == wanted
    post = {"role": "micro_grid_leader", "area_code": f"{city.A2}01"}
    refused = call("POST", "/posts", {**post, "duty_phone": "13800138000"}, status=422)
    assert refused["code"] == "phone_outside_range"
    assert "0100-01000 - 0100-01999" in refused["detail"]
    assert call("POST", "/posts", {**post, "duty_phone": "0100-02000"}, status=422)["code"] == "phone_outside_range"
    assert call("POST", "/posts", {**post, "duty_phone": "0100-01999"}, status=201)["duty_phone"] == "0100-01999"
    assert call("POST", "/posts", {**post, "duty_phone": "010001999"}, status=409)["code"] == "phone_taken"
    assert call("POST", "/posts", {**post, "role": "micro_grid_member", "duty_phone": "5"}, status=422)["code"] == "bad_phone"
    bad = {"ranges": [{"role": "grid_worker", "first": "200", "last": "100"}]}
    assert call("PUT", "/phone-ranges", bad, status=422)["code"] == "bad_phone_range"
    assert call("GET", "/phone-ranges") == wanted


def test_a_persons_own_number_is_masked(service: Service, call: Call) -> None:
    made = call("POST", "/persons", {"name": "某某", "phone": "13800138000"}, status=201)
    listed = call("GET", "/persons", text="某某")
    assert [one["phone"] for one in listed["items"]] == ["138******00"]
    path = f"/api/v1/persons/{made['person_id']}"
    assert service.client.get(path, headers=service.operator).json()["phone"] == "138******00"
    assert call("GET", f"/persons/{made['person_id']}")["phone"] == "13800138000"


DECEMBER = {"from_at": "2026-12-01T00:00:00Z", "reason": "leave"}
BAD = [
    ("/posts", {"role": "mayor", "area_code": city.A1}, 422, "unknown_role"),
    ("/posts", {"role": "grid_worker", "area_code": "nowhere"}, 422, "unknown_area"),
    ("/posts", {"role": "grid_worker", "area_code": city.A}, 422, "role_not_for_level"),
    ("/posts", {"role": "grid_worker", "area_code": city.A1, "agency_code": "none"}, 422, "unknown_agency"),
    ("/posts", {"role": "grid_worker", "area_code": "1\x002"}, 422, "malformed"),
    ("/posts", {"role": "grid_worker", "area_code": city.A1, "rank": 1}, 422, "malformed"),
    ("/persons", {"name": "a\nb"}, 422, "malformed"),
    ("/persons", {"name": "\x07"}, 422, "malformed"),
    ("/persons", {"name": "甲", "phone": "call me"}, 422, "malformed"),
    ("/posts/1/appoint", {"person_id": 4711}, 404, "person_not_found"),
    ("/posts/4711/appoint", {"person_id": 1}, 404, "post_not_found"),
    ("/posts/2/appoint", {"person_id": 1, "from_at": "2026-11-24T00:00:00"}, 422, "malformed"),
    ("/posts/2/relieve", {"person_id": 1, "reason": "x"}, 409, "holds_no_such_post"),
    ("/posts/2/relieve", {"person_id": 2, "reason": "x", "at": "2020-01-01T00:00:00Z"}, 422, "ends_before_it_begins"),
    ("/posts/2/relieve", {"person_id": 2, "reason": "\x1b[1m"}, 422, "malformed"),
    ("/persons/4711/absences", DECEMBER, 404, "person_not_found"),
    ("/persons/1/absences", {"from_at": "2026-12-01T00:00:00", "reason": "leave"}, 422, "malformed"),
    ("/persons/1/absences", {"from_at": "2026-12-01T00:00:00Z", "reason": "bored"}, 422, "unknown_reason"),
    ("/persons/1/absences", {**DECEMBER, "until_at": "2026-12-01T08:00:00+08:00"}, 422, "ends_before_it_begins"),
    ("/persons/1/absences", {**DECEMBER, "stand_in_person_id": 4711}, 422, "unknown_stand_in"),
    ("/persons/1/absences", {**DECEMBER, "stand_in_person_id": 2, "stand_in_post_id": 2}, 422, "two_stand_ins"),
    ("/absences/4711/end", {}, 404, "absence_not_found"),
]  # fmt: skip  # a case is a line


@pytest.mark.parametrize(("path", "said", "status", "code"), BAD, ids=[f"{code} {n}" for n, (*_, code) in enumerate(BAD)])
def test_bad_input_is_named(call: Call, path: str, said: dict[str, Any], status: int, code: str) -> None:
    assert call("POST", path, said, status=status)["code"] == code


def test_bad_questions_are_named(call: Call) -> None:
    assert call("GET", "/posts", role="mayor", status=422)["code"] == "unknown_role"
    assert call("GET", "/posts", area="nowhere", status=404)["code"] == "area_not_found"
    assert call("GET", "/posts", area="a\x00", status=422)["code"] == "malformed"
    assert call("GET", "/posts", at="2026-11-24T00:00:00", status=422)["code"] == "malformed"
    assert call("GET", "/posts", after=2**63, status=422)["code"] == "malformed"
    assert call("GET", "/posts/4711", status=404)["code"] == "post_not_found"
    assert call("GET", "/persons/4711", status=404)["code"] == "person_not_found"
    assert call("GET", "/persons", text="\x00", status=422)["code"] == "malformed"


def test_only_administrators_change_people(service: Service) -> None:
    for path, said in (
        ("/posts", {"role": "grid_worker", "area_code": city.A1}),
        ("/persons", {"name": "甲"}),
        ("/persons/1/remove", {"reason": "x"}),
    ):
        refused = service.client.post(f"/api/v1{path}", json=said, headers=service.operator)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
        assert service.client.post(f"/api/v1{path}", json=said).status_code == 401


def test_every_change_is_in_the_log_without_names(service: Service, call: Call) -> None:
    call("POST", "/persons", {"name": "某某某", "phone": "13800138000"}, status=201)
    call("POST", "/posts/2/appoint", {"person_id": 10})
    with service.database.reading() as connection:
        mine = sa.select(event_log.event).where(event_log.event.c.actor == "admin 1").order_by(event_log.event.c.position)
        rows = list(connection.execute(mine))
    assert [(row.kind, row.actor, row.case_id) for row in rows] == [("person_added", "admin 1", None), ("appointed", "admin 1", None)]
    assert not any("某某某" in str(row.data) or "1380013" in str(row.data) for row in rows)
    the_log_is_whole(service)
