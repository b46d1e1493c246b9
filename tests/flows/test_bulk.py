"""One action on many cases over HTTP: each by the rules, with an answer of its own; on both databases."""

import pytest

from geo_service import event_log
from geo_service.accounts import Grant
from geo_service.cases.model import Case, Routing
from geo_service.flows.dispatch.undoing import UNDOABLE, undo_of
from tests.flows.conftest import NOW, Service
from tests.flows.test_desk import key
from tests.flows.test_dispatching import RUBBISH
from tests.flows.test_reporting import body, case_of, send


def reported(service: Service, number: int) -> list[int]:
    return [send(service, body(50, 50, category=RUBBISH))["case_id"] for _ in range(number)]


def bulk(service: Service, action: str, cases: list[dict], *, status: int = 200, dry: bool = False, **headers: str) -> dict:
    said = {"action": action, "cases": cases, "payload": headers.pop("payload", {})}
    query = {"dry_run": 1} if dry else {}
    answer = service.client.post("/api/v1/cases/bulk", json=said, params=query, headers={**service.operator, **headers})
    assert answer.status_code == status, answer.text
    return answer.json()


def at(service: Service, ids: list[int]) -> list[dict]:
    return [{"case_id": one, "version": case_of(service, one)["version"]} for one in ids]


def head(service: Service) -> int:
    with service.database.reading() as connection:
        return event_log.head_of(connection)[0]


def test_a_dry_run_says_what_would_be_and_does_nothing(service: Service) -> None:
    ids = reported(service, 2)
    before = head(service)
    told = bulk(service, "file", at(service, ids), dry=True)
    assert (told["done"], told["refused"], told["undoable"]) == (2, 0, 0)
    assert [(one["state"], one["version"]) for one in told["items"]] == [("filed", 2)] * 2
    assert head(service) == before
    assert {case_of(service, one)["state"] for one in ids} == {"received"}
    assert bulk(service, "file", at(service, ids))["items"] == told["items"]


def test_what_is_refused_for_one_keeps_no_other_from_being_done(service: Service) -> None:
    ids = reported(service, 3)
    cases = [*at(service, ids[:2]), {"case_id": ids[2], "version": 7}, {"case_id": 999, "version": 1}]
    bulk(service, "file", cases[1:2])
    done = bulk(service, "file", cases)
    assert (done["done"], done["refused"]) == (1, 3)
    assert [one["code"] for one in done["items"]] == [None, "case_moved_on", "case_moved_on", "case_not_found"]
    assert "filed by desk 1" in done["items"][1]["message"]
    assert [one["tracking_number"] is None for one in done["items"]] == [False, False, False, True]
    again = bulk(service, "file", at(service, ids))
    assert [one["code"] for one in again["items"]] == ["not_allowed_in_state", "not_allowed_in_state", None]


def test_sent_again_with_its_key_nothing_happens_twice(service: Service) -> None:
    ids = reported(service, 2)
    cases = at(service, ids)
    first = bulk(service, "note", cases, payload={"note": "已电话联系"}, **{"Idempotency-Key": "k1"})
    before = head(service)
    assert bulk(service, "note", cases, payload={"note": "已电话联系"}, **{"Idempotency-Key": "k1"}) == first
    assert head(service) == before
    other = bulk(service, "note", cases, payload={"note": "另一句"}, **{"Idempotency-Key": "k1"})
    assert [one["code"] for one in other["items"]] == ["key_reused"] * 2


def test_what_can_be_taken_back_says_how_and_is(service: Service) -> None:
    ids = reported(service, 2)
    changed = bulk(service, "recategorise", at(service, ids), payload={"category": "gb47678:matter:06011", "reason": "看错了"})
    assert changed["undoable"] == 2
    cases = [{"case_id": i["case_id"], "version": i["version"], "payload": i["undo"]["payload"]} for i in changed["items"]]
    back = bulk(service, changed["items"][0]["undo"]["action"], cases)
    assert back["done"] == 2
    assert {case_of(service, one)["category"] for one in ids} == {RUBBISH}
    assert [e["kind"] for e in case_of(service, ids[0])["events"]] == ["received", "recategorised", "recategorised"]


def test_nobody_reaches_further_with_many_than_with_one(service: Service) -> None:
    ids = reported(service, 1)
    far = key(service, "far", "operator", Grant("operator", "149902"))
    asked = {"action": "file", "cases": at(service, ids)}
    answer = service.client.post("/api/v1/cases/bulk", json=asked, headers=far)
    assert [(one["code"], one["tracking_number"]) for one in answer.json()["items"]] == [("case_not_found", None)]
    assert service.client.post("/api/v1/cases/bulk", json=asked, headers=key(service, "a", "auditor")).status_code == 403
    assert service.client.post("/api/v1/cases/bulk", json=asked).status_code == 401


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"action": "merge", "cases": [{"case_id": 1, "version": 1}]}, 422, "not_in_bulk"),
        ({"action": "nonsense", "cases": [{"case_id": 1, "version": 1}]}, 404, "unknown_event"),
        ({"action": "file", "cases": [{"case_id": 1, "version": 1}] * 2}, 422, "case_twice"),
        ({"action": "file", "cases": []}, 422, None),
        ({"action": "file", "cases": [{"case_id": n, "version": 1} for n in range(1, 202)]}, 422, None),
        ({"action": "file", "cases": [{"case_id": "1", "version": 1}]}, 422, None),
    ],
)
def test_what_cannot_be_done_to_many_is_refused_before_anything_happens(
    service: Service, said: dict, status: int, code: str | None
) -> None:
    reported(service, 1)
    before = head(service)
    answer = service.client.post("/api/v1/cases/bulk", json=said, headers=service.operator)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["code"] == code
    assert head(service) == before


def test_only_what_something_takes_back_is_called_undoable() -> None:
    routing = Routing(1, "certain", "point", "A", "grid", {}, [], False, None, None, None, None, None, None, None, None, None, None)
    one = Case(
        1,
        "n",
        "handling",
        "web",
        "c",
        "normal",
        "d",
        None,
        routing,
        None,
        NOW,
        NOW,
        NOW,
        None,
        None,
        3,
        owner="agency:1",
        cohandlers=("post:1",),
    )
    found = {name: undo_of(name, one, reason="r") for name in (*UNDOABLE, "file", "dispatch", "close", "note", "void")}
    assert {name for name, back in found.items() if back} == set(UNDOABLE)
    assert found["hand_over"] == ("hand_over", {"owner": "agency:1", "reason": "r"})
    assert found["suspend"] == ("resume", {})
