"""What an operator's desk does beside the cases: who looks at what, saved views, a drawn shape, a caller's number; on both databases."""

import datetime as dt

import pytest

from geo_service import event_log
from geo_service.accounts import Grant, create_key
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_accounts import account, browser, sign_in
from tests.flows.test_reporting import PHONE, body, case_of, send


def key(service: Service, name: str, role: str, grant: Grant | None = None) -> dict[str, str]:
    with service.database.writing() as connection:
        made = create_key(connection, name=name, role=role, at=NOW, by="test", grant=grant)
    return {"Authorization": f"Bearer {made}"}


def shape(*corners: tuple[float, float], datum: str = "wgs84") -> str:
    return f"{datum}:" + ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in (city.lonlat(*corner) for corner in corners))


def test_a_colleague_sees_who_else_has_the_case_open_for_half_a_minute(service: Service) -> None:
    case_id = send(service, body(50, 50))["case_id"]
    other = key(service, "desk 2", "operator")
    for _ in range(2):
        assert service.client.post(f"/api/v1/cases/{case_id}/viewing", headers=other).status_code == 204
    assert case_of(service, case_id)["viewers"] == ["desk 2"]
    assert service.client.get(f"/api/v1/cases/{case_id}", headers=other).json()["viewers"] == []
    service.clock.at += dt.timedelta(seconds=31)
    assert case_of(service, case_id)["viewers"] == []
    service.client.post(f"/api/v1/cases/{case_id}/viewing", headers=other)
    service.client.request("DELETE", f"/api/v1/cases/{case_id}/viewing", headers=other)
    assert case_of(service, case_id)["viewers"] == []
    assert service.client.post("/api/v1/cases/999/viewing", headers=other).status_code == 404


def test_signed_in_people_are_shown_by_the_name_colleagues_know(service: Service) -> None:
    case_id = send(service, body(50, 50))["case_id"]
    account(service, "desk.7", Grant("operator"))
    somebody = browser(service)
    sign_in(somebody, "desk.7")
    assert somebody.post(f"/api/v1/cases/{case_id}/viewing").status_code == 204
    assert case_of(service, case_id)["viewers"] == ["Desk.7"]


def test_views_are_saved_replaced_and_removed_and_nobody_elses_are_seen(service: Service) -> None:
    other = key(service, "desk 2", "operator")
    saved = service.client.post("/api/v1/views", json={"name": "超期", "query": "light=red"}, headers=service.operator)
    assert saved.status_code == 201
    again = service.client.post("/api/v1/views", json={"name": "超期", "query": "light=red&state=all"}, headers=service.operator)
    assert again.json()["view_id"] == saved.json()["view_id"]
    held = service.client.get("/api/v1/views", headers=service.operator).json()["items"]
    assert [(one["name"], one["query"]) for one in held] == [("超期", "light=red&state=all")]
    assert service.client.get("/api/v1/views", headers=other).json()["items"] == []
    path = f"/api/v1/views/{saved.json()['view_id']}"
    assert service.client.delete(path, headers=other).status_code == 404
    assert service.client.delete(path, headers=service.operator).status_code == 204
    assert service.client.get("/api/v1/views", headers=service.operator).json()["items"] == []


def test_too_many_views_and_names_that_cannot_be_are_refused(service: Service) -> None:
    for number in range(50):
        assert service.client.post("/api/v1/views", json={"name": str(number), "query": "a=b"}, headers=service.operator).status_code == 201
    answer = service.client.post("/api/v1/views", json={"name": "51", "query": "a=b"}, headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")
    for wrong in ({"name": " ", "query": "a=b"}, {"name": "x\u0000", "query": "a=b"}, {"name": "x", "query": "a b"}, {"name": "x"}):
        assert service.client.post("/api/v1/views", json=wrong, headers=service.operator).status_code == 422


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_only_cases_within_a_drawn_shape_are_found(service: Service, datum: str) -> None:
    ids = [send(service, body(x, y))["case_id"] for x, y in ((30, 30), (80, 30), (30, 80), (250, 150))]
    send(service, {"description": "没有坐标", "address": "不知道哪里", "channel": "hotline"})
    triangle = shape((10, 10), (95, 10), (10, 95), datum=datum)  # its box holds the first three, the shape two of them and a half
    asked = {"within": triangle}
    listed = service.client.get("/api/v1/cases", params=asked, headers=service.operator).json()
    assert (listed["total"], [one["case_id"] for one in listed["items"]]) == (1, [ids[0]])
    for path, value in (("/api/v1/cases/positions", [ids[0]]), ("/api/v1/console/cases", [ids[0]])):
        assert service.client.get(path, params=asked, headers=service.operator).json()["id"] == value
    rows = service.client.get("/api/v1/console/rows", params={**asked, "ids": ",".join(map(str, ids))}, headers=service.operator).json()
    assert [one["case_id"] for one in rows["items"]] == [ids[0]]
    everywhere = {"within": shape((-500, -500), (900, -500), (900, 900), (-500, 900)), "cases": f"{ids[1]},{ids[3]}"}
    assert service.client.get("/api/v1/cases", params=everywhere, headers=service.operator).json()["total"] == 2
    nowhere = {"within": shape((-90, -90), (-80, -90), (-80, -80))}
    assert service.client.get("/api/v1/cases/counts", params=nowhere, headers=service.operator).json()["counts"] == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wgs84:113,37;114,37", "shape_corners"),
        ("113,37;114,37;114,38", "bad_shape"),
        ("wgs84:a,b;c,d;e,f", "bad_shape"),
        ("wgs84:113,37;114,38;113,38;114,37", "shape_crosses_itself"),
        ("wgs84:113,37;113,37;113,37", "shape_crosses_itself"),
        ("moon:113,37;114,37;114,38", "datum_unknown"),
        ("wgs84:113,97;114,37;114,38", "coordinate_out_of_range"),
        ("wgs84:" + ";".join(["113,37"] * 201), "shape_corners"),
    ],
)
def test_a_shape_that_cannot_be_is_refused_by_name(service: Service, text: str, code: str) -> None:
    answer = service.client.get("/api/v1/cases", params={"within": text}, headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("written", [PHONE, "138-0013-8000", "+86 138 0013 8000"])
def test_a_caller_is_found_by_the_whole_number_and_that_is_written_down(service: Service, written: str) -> None:
    mine = send(service, body(50, 50, reporter={"name": "某某", "phone": written}))["case_id"]
    send(service, body(50, 50, reporter={"phone": "13800138001"}))
    asked = {"phone": "138 0013 8000", "purpose": "来电询问进度"}
    answer = service.client.post("/api/v1/reporters/search", json=asked, headers=service.operator)
    assert (answer.status_code, answer.json()) == (200, {"case_ids": [mine]})
    for part in ("1380013800", "3800138000", "138001380"):
        found = service.client.post("/api/v1/reporters/search", json={**asked, "phone": part}, headers=service.operator)
        assert found.json() == {"case_ids": []}
    with service.database.reading() as connection:
        said = [event for event in event_log.after(connection, 0) if event.kind == "phone_searched"]
    assert len(said) == 4
    assert said[0].data == {"phone": "138****8000", "purpose": "来电询问进度", "found": 1}


def test_a_number_is_no_oracle_for_those_who_may_not_reveal(service: Service) -> None:
    send(service, body(50, 50, reporter={"phone": PHONE}))
    asked = {"phone": PHONE, "purpose": "来电询问进度"}
    for role in ("planner", "auditor", "api"):
        answer = service.client.post("/api/v1/reporters/search", json=asked, headers=key(service, role, role))
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert service.client.get("/api/v1/cases", params={"text": PHONE}, headers=service.operator).json()["total"] == 0
    elsewhere = key(service, "far", "operator", Grant("operator", "149902"))
    assert service.client.post("/api/v1/reporters/search", json=asked, headers=elsewhere).json() == {"case_ids": []}


def test_each_event_says_whether_its_hash_still_follows(service: Service) -> None:
    case_id = send(service, body(50, 50))["case_id"]
    send(service, body(80, 80))
    with service.database.reading() as connection:
        events = event_log.of_case(connection, case_id)
        assert event_log.chained(connection, events) == [True]
        forged = [event_log.Event(e.kind, e.case_id, "somebody else", e.at, e.data, e.position, e.hash) for e in events]
        assert event_log.chained(connection, forged) == [False]
    shown = service.client.get(f"/api/v1/cases/{case_id}/events", headers=service.operator).json()["items"]
    assert [(one["kind"], one["chained"], len(one["hash"])) for one in shown] == [("received", True, 64)]
