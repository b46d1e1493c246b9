"""Visits and patrols over HTTP: a ledger that is only added to, and an observation that becomes one case in one step."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from geo_service.accounts import create_key
from geo_service.workers.tables import visit
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_people import Call, at, call, the_log_is_whole

__all__ = ["call"]
RUBBISH = "gb47678:matter:06010"
SEEN = {"area_code": f"{city.A1}01", "visited_at": at(-3), "found": "楼道堆物", "follow_up": "一周后再看"}


@pytest.fixture
def leader(call: Call) -> int:
    """A person linked to grid A1 for sixty days."""
    made = call("POST", "/posts", {"role": "linked_leader", "area_code": city.A1}, status=201)["post_id"]
    someone = call("POST", "/persons", {"name": "领导"}, status=201)["person_id"]
    call("POST", f"/posts/{made}/appoint", {"person_id": someone, "from_at": at(-60)})
    return int(someone)


def observed(**more: Any) -> dict[str, Any]:
    lon, lat = city.lonlat(50, 50)
    return {"post_id": 1, "text": "垃圾满溢", "lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 5, **more}


def test_a_visit_is_entered_and_corrected_by_another_entry(service: Service, call: Call, leader: int) -> None:
    first = call("POST", "/visits", {"person_id": leader, **SEEN}, status=201)
    assert (first["name"], first["corrects"]) == ("领导", None)
    better = {"person_id": leader, **SEEN, "found": "楼道已清理", "corrects": first["visit_id"]}
    second = call("POST", "/visits", better, status=201)
    assert call("POST", "/visits", better, status=409)["code"] == "corrected_already"
    assert [one["visit_id"] for one in call("GET", "/visits", area=city.A)["items"]] == [second["visit_id"]]
    assert call("GET", "/visits", person=leader, corrected=True)["total"] == 2
    assert call("GET", "/visits", area=city.B)["total"] == 0
    for change in (sa.update(visit).values(found="nothing"), sa.delete(visit)):
        with pytest.raises(DBAPIError, match="append-only"), service.database.engines.write.begin() as connection:
            connection.execute(change)
    the_log_is_whole(service)


def test_visits_are_counted_against_what_is_owed(call: Call, leader: int) -> None:
    period = {"from": "2026-10-31T16:00:00Z", "to": "2026-11-30T16:00:00Z"}  # November in the city
    assert call("GET", "/visits/summary", **period)[0]["required"] == 0.0
    call("PUT", "/visits/quota", {"from_on": "2026-01-01", "per_month": 2})
    call("PUT", "/visits/quota", {"from_on": "2026-11-16", "per_month": 4})
    call("POST", "/visits", {"person_id": leader, **SEEN}, status=201)
    call("POST", "/visits", {"person_id": leader, **SEEN, "area_code": f"{city.A1}02", "follow_up": None}, status=201)
    line = call("GET", "/visits/summary", **period)[0]
    assert (line["grids"], line["visits"], line["micro_grids"], line["follow_ups"]) == (1, 2, 2, 1)
    assert line["required"] == 3.0  # 15 days of 2 a month and 15 of 4
    assert line["missing"] == 1.0
    assert call("GET", line["list"].removeprefix("/api/v1"))["total"] == 2
    assert call("GET", "/visits/summary", **{**period, "from": "2026-11-15T16:00:00Z"})[0]["required"] == 2.0
    assert call("GET", "/visits/summary", area=city.B, **period) == []
    assert call("GET", "/visits/summary", status=422, **{"from": period["to"], "to": period["from"]})["code"] == "empty_period"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"area_code": f"{city.B1}01"}, 422, "not_linked"),
        ({"area_code": city.A1}, 422, "not_a_micro_grid"),
        ({"area_code": "nowhere"}, 422, "unknown_area"),
        ({"visited_at": at(1)}, 422, "in_the_future"),
        ({"visited_at": at(-90)}, 422, "not_linked"),
        ({"visited_at": "2026-11-20T00:00:00"}, 422, "malformed"),
        ({"found": "a\x00b"}, 422, "malformed"),
        ({"found": "  "}, 422, "malformed"),
        ({"corrects": 4711}, 404, "visit_not_found"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(call: Call, leader: int, more: dict[str, Any], status: int, code: str) -> None:
    assert call("POST", "/visits", {"person_id": leader, **SEEN, **more}, status=status)["code"] == code
    assert call("GET", "/visits")["total"] == 0


def test_an_observation_becomes_one_case(service: Service, call: Call) -> None:
    seen = call("POST", "/patrols", observed(step="ask"), status=201)
    assert seen["case_id"] is None
    path = f"/patrols/{seen['patrol_id']}/case"
    made = call("POST", path, {"category": RUBBISH}, status=201)
    assert call("POST", path, {"category": RUBBISH}, status=200) == made
    case = call("GET", f"/cases/{made['case_id']}")
    assert (case["channel"], case["description"], case["category"], case["state"]) == ("patrol", "垃圾满溢", RUBBISH, "received")
    assert (case["area"]["code"], case["responsible"]["name"]) == (f"{city.A1}01", "王一")
    entry = call("GET", "/patrols", area=city.A1)["items"][0]
    assert (entry["case_id"], entry["name"], entry["title"], entry["step"]) == (made["case_id"], "王一", "micro-grid leader", "ask")
    assert call("GET", "/cases", channel="patrol")["total"] == 1
    the_log_is_whole(service, made["case_id"])


def test_what_was_settled_on_the_spot_waits_for_its_check_only(service: Service, call: Call) -> None:
    said = observed(step="resolve", case={"category": RUBBISH, "resolved": "已当场清运"})
    key = {"Idempotency-Key": "walk-1"}
    made = call("POST", "/patrols", said, status=201, headers=key)
    assert made["state"] == "checking"
    assert call("POST", "/patrols", said, status=201, headers=key) == made
    assert call("POST", "/patrols", {**said, "text": "another"}, status=422, headers=key)["code"] == "key_reused"
    assert (call("GET", "/patrols")["total"], call("GET", "/cases")["total"]) == (1, 1)
    case = call("GET", f"/cases/{made['case_id']}")
    assert [(event["kind"], event["actor"]) for event in case["events"]] == [("received", "admin 1"), ("self_resolved", "post:1")]
    assert (case["owner"], case["owner_name"]) == ("post:1", "micro-grid leader 王一")
    the_log_is_whole(service, made["case_id"])


def test_what_cannot_be_settled_leaves_nothing(service: Service, call: Call) -> None:
    member = call("POST", "/posts", {"role": "micro_grid_member", "area_code": f"{city.A1}01"}, status=201)["post_id"]
    settled = {"category": RUBBISH, "resolved": "done"}
    far = dict(zip(("lon", "lat"), city.lonlat(5000, 5000), strict=True))
    for more, status, code in (
        ({"post_id": member, "case": settled}, 403, "role_not_allowed"),
        ({"case": {"resolved": "done"}}, 409, "category_needed"),
        ({**far, "case": settled}, 409, "grid_needed"),
        ({"case": {"category": "gb47678:matter:99999"}}, 422, "unknown_category"),
        ({"post_id": 4}, 422, "does_not_patrol"),
        ({"post_id": 4711}, 404, "post_not_found"),
        ({"datum": None}, 422, "datum_missing"),
        ({"lon": 200.0}, 422, "out_of_range"),
        ({"observed_at": at(1)}, 422, "in_the_future"),
        ({"observed_at": "2026-11-20T00:00:00"}, 422, "malformed"),
        ({"text": "\x07"}, 422, "malformed"),
        ({"step": "dance"}, 422, "malformed"),
    ):
        assert call("POST", "/patrols", observed(**more), status=status)["code"] == code, more
    assert (call("GET", "/patrols")["total"], call("GET", "/cases")["total"]) == (0, 0)
    outside = call("POST", "/patrols", observed(**far, case={}), status=201)
    assert outside["area_code"] is None
    assert call("GET", f"/cases/{outside['case_id']}")["queue"] == "unassigned"
    assert call("POST", "/patrols/4711/case", {}, status=404)["code"] == "patrol_not_found"


def test_the_log_is_kept_by_those_who_walk(service: Service) -> None:
    with service.database.writing() as connection:
        key = create_key(connection, name="plan 1", role="planner", at=NOW, by="test")
    headers = {"Authorization": f"Bearer {key}"}
    assert service.client.post("/api/v1/patrols", json=observed(), headers=headers).status_code == 403
    assert service.client.get("/api/v1/patrols", headers=headers).status_code == 200
    assert service.client.get("/api/v1/patrols").status_code == 401
    assert service.client.post("/api/v1/patrols", json=observed(), headers=service.operator).status_code == 201


def test_whoever_stood_in_is_who_observed(service: Service, call: Call) -> None:
    call("POST", "/persons/1/absences", {"from_at": at(-2), "until_at": at(-1), "reason": "leave", "stand_in_person_id": 9}, status=201)
    for days in (-1.5, -0.5):
        call("POST", "/patrols", observed(observed_at=at(days)), status=201)
    items = call("GET", "/patrols", **{"from": (NOW - dt.timedelta(days=3)).isoformat()})["items"]
    assert [one["name"] for one in items] == ["郑九", "王一"]
