"""A report comes in: a case in the right hands, once, durable, and nobody learns who reported."""

import json

import sqlalchemy as sa

from geo_service import event_log
from geo_service.cases.tables import case_record, reporter
from tests import city
from tests.flows.conftest import Service
from tests.flows.test_locating import wait_for_generation

PHONE = "13800138000"


def body(x: float, y: float, **more: object) -> dict:
    lon, lat = city.lonlat(x, y)
    return {"lon": lon, "lat": lat, "datum": "wgs84", "description": "楼下垃圾没人清运", "channel": "mini_program", **more}


def send(service: Service, content: dict, **headers: str) -> dict:
    answer = service.client.post("/api/v1/reports", json=content, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def case_of(service: Service, case_id: int) -> dict:
    answer = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_report_becomes_a_case_of_its_micro_grid(service: Service) -> None:
    got = send(service, body(50, 50, category="gb47678:matter:06010", reporter={"name": "某某", "phone": PHONE}))
    assert got["area"]["code"] == f"{city.A1}01"
    assert got["responsible"]["name"] == "王一"
    assert got["state"] == "received"
    assert got["tracking_number"] == "20261124-000001"  # 10:30 in the city
    case = case_of(service, got["case_id"])
    assert case["areas"]["district"] == "149901"
    assert (case["rule"], case["datum"], case["generation"]) == ("point", "wgs84", 1)
    assert [e["kind"] for e in case["events"]] == ["received"]
    assert send(service, body(50, 50))["tracking_number"] == "20261124-000002"


def test_the_reporter_is_kept_apart_and_never_shown(service: Service) -> None:
    got = send(service, body(50, 50, reporter={"name": "某某某", "phone": PHONE}))
    with service.database.reading() as connection:
        kept = connection.execute(sa.select(reporter)).one()
    assert (kept.name, kept.phone) == ("某某某", PHONE)
    pages = [f"/api/v1/cases/{got['case_id']}", "/api/v1/cases", "/api/v1/workers", "/maps/cases", "/api/v1/areas", "/openapi.json"]
    for page in pages:
        answer = service.client.get(page, headers=service.operator)
        assert answer.status_code == 200, page
        assert "某某某" not in answer.text, page
        if page != "/openapi.json":  # its example is this fictional number
            assert PHONE not in answer.text, page
    with service.database.reading() as connection:
        assert PHONE not in json.dumps([e.data for e in event_log.after(connection, 0)])


def test_an_address_alone_finds_the_stairwell(service: Service) -> None:
    got = send(service, {"address": "测试区阳光小区2号楼2单元301", "description": "漏水", "channel": "hotline"})
    assert (got["verdict"], got["area"]["code"], got["responsible"]["name"]) == ("certain", f"{city.A1}03", "吴八")
    case = case_of(service, got["case_id"])
    assert (case["rule"], case["address_level"], case["lon"]) == ("address", "stairwell", None)


def test_an_address_decides_within_a_shared_tower(service: Service) -> None:
    got = send(service, body(150, 50, address="阳光小区2栋二单元"))
    assert (got["verdict"], got["area"]["code"]) == ("certain", f"{city.A1}03")
    assert case_of(service, got["case_id"])["rule"] == "point+address"


def test_an_address_beats_a_near_inaccurate_point_and_a_far_contradiction_is_asked_about(service: Service) -> None:
    near = send(service, body(104, 50, accuracy_m=15, address="阳光小区1号楼1单元"))
    assert (near["verdict"], near["area"]["code"]) == ("certain", f"{city.A1}01")
    far = send(service, body(400, 100, accuracy_m=15, address="阳光小区1号楼1单元"))
    assert (far["verdict"], far["area"]["code"]) == ("ask", city.V)
    assert f"{city.A1}01" in {c["code"] for c in far["candidates"]}


def test_a_vague_address_goes_to_the_level_it_reached(service: Service) -> None:
    compound = send(service, {"address": "阳光小区", "description": "停车难"})
    assert (compound["verdict"], compound["area"]["level"], compound["area"]["code"]) == ("ask", "grid", city.A1)
    assert compound["responsible"]["name"] == "李二"
    community = send(service, {"address": "甲社区门口", "description": "积水"})
    assert (community["area"]["level"], community["responsible"]["name"]) == ("community", "张三")
    nowhere = send(service, {"address": "某个说不清的地方", "description": "积水"})
    assert (nowhere["area"], nowhere["verdict"]) == (None, "ask")
    assert case_of(service, nowhere["case_id"])["queue"] == "unassigned"


def test_outside_the_city_is_accepted_into_the_queue(service: Service) -> None:
    got = send(service, body(5000, 5000))
    assert (got["verdict"], got["area"], got["responsible"]) == ("outside", None, None)
    listed = service.client.get("/api/v1/cases", params={"queue": "unassigned"}, headers=service.operator).json()
    assert [c["case_id"] for c in listed["items"]] == [got["case_id"]]


def test_the_same_key_twice_is_one_case_and_another_body_is_refused(service: Service) -> None:
    first = send(service, body(50, 50), **{"Idempotency-Key": "abc"})
    again = service.client.post("/api/v1/reports", json=body(50, 50), headers={"Idempotency-Key": "abc"})
    assert (again.status_code, again.json()) == (201, first)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = service.client.post("/api/v1/reports", json=body(150, 50), headers={"Idempotency-Key": "abc"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    with service.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(case_record)).scalar_one() == 1


def test_no_case_is_committed_under_a_superseded_generation(service: Service) -> None:
    frame = city.areas()
    frame.loc[frame["code"] == f"{city.A1}01", "name"] = "甲1-01改"
    with service.database.writing() as connection:
        city.put_in_force(connection, frame, at=service.clock.at, parent=1)
    got = send(service, body(50, 50))  # at once: before any refresh
    assert (got["generation"], got["area"]["name"]) == (2, "甲1-01改")
    wait_for_generation(service, 2)
    assert service.client.get("/api/v1/generations").json()["items"][0]["current"] is True


def test_every_case_is_in_the_log_and_the_chain_is_whole(service: Service) -> None:
    for _ in range(5):
        send(service, body(50, 50))
    with service.database.reading() as connection:
        events = event_log.after(connection, 0)
        assert [e.position for e in events] == [1, 2, 3, 4, 5, 6]
        assert [(e.kind, e.actor) for e in events] == [("key_created", "test"), *[("received", "anonymous")] * 5]
        assert event_log.first_break(connection) is None
    named = send(service, body(50, 50), **service.operator)
    assert case_of(service, named["case_id"])["events"][0]["actor"] == "desk 1"
