"""Whose posts, persons and absences one sees and changes is bounded by areas as cases are; on both databases."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from geo_service.accounts import Grant, create_key
from tests import city
from tests.flows.conftest import NOW, Service

GRANTS = {
    "a": Grant("administrator", city.A),
    "b": Grant("operator", city.B),
    "water": Grant("agency", None, None, "agency:water"),
    "social": Grant("operator", city.B, ("social",)),
    "desk": Grant("administrator", None, ("social",)),
    "city": Grant("administrator"),
}
A_POSTS, A_PERSONS = {1, 2, 3, 5, 8}, {1, 2, 3, 5, 8}
"""Of community A: three micro-grid leaders, a grid worker and the secretary; who holds post n is person n."""


@dataclass
class Office:
    service: Service
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, body: Any = None, status: int = 200, **query: Any) -> Any:
        sent = {"json": body} if body is not None else {}
        answer = self.service.client.request(method, f"/api/v1/{path}", headers=self.headers[who], params=query or None, **sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    def ids(self, who: str, name: str, key: str) -> set[int]:
        found = self.ask(who, "GET", name)
        assert found["total"] == len(found["items"])
        return {one[key] for one in found["items"]}


@pytest.fixture
def office(service: Service) -> Office:
    made = Office(service)
    with service.database.writing() as connection:
        for name, grant in GRANTS.items():
            key = create_key(connection, name=f"of {name}", role=grant.role, at=NOW, by="test", grant=grant)
            made.headers[name] = {"Authorization": f"Bearer {key}"}
    return made


def test_lists_hold_who_is_within_reach(office: Office) -> None:
    for path in ("posts", "workers"):
        assert office.ids("a", path, "post_id") == A_POSTS
        assert office.ids("b", path, "post_id") == office.ids("social", path, "post_id") == {7}
        assert office.ids("water", path, "post_id") == set()
        assert office.ids("city", path, "post_id") == set(range(1, 9))
    assert office.ids("a", "persons", "person_id") == A_PERSONS | {9}  # 9 holds no post: whoever appoints may find them
    assert office.ids("b", "persons", "person_id") == {7}
    assert office.ids("water", "persons", "person_id") == set()
    assert office.ids("a", "absences", "absence_id") == office.ids("water", "absences", "absence_id") == set()
    assert office.ids("b", "absences", "absence_id") == office.ids("city", "absences", "absence_id") == {1}
    assert office.ask("b", "GET", "persons", text="王一")["items"] == []
    assert office.ask("b", "GET", "posts", area=city.STREET)["total"] == 1
    assert office.ask("b", "GET", "posts", person=1)["total"] == 0
    assert office.ask("b", "GET", "absences", person=1)["total"] == 0


def test_what_lies_outside_does_not_exist(office: Office) -> None:
    for path, code in (("posts/1", "post_not_found"), ("persons/1", "person_not_found")):
        assert office.ask("b", "GET", path, status=404)["code"] == code
        assert office.ask("water", "GET", path, status=404)["code"] == code
        assert office.ask("a", "GET", path)
    assert office.ask("b", "GET", "persons/9", status=404)["code"] == "person_not_found"
    assert office.ask("a", "GET", "posts/7", status=404)["code"] == "post_not_found"
    assert office.ask("b", "GET", "posts/7")["present"]["name"] == "郑九"  # who stands in for one's own is shown


def test_changes_stay_within_reach(office: Office) -> None:
    leave = {"reason": "transfer"}
    away = {"from_at": "2026-12-01T00:00:00Z", "reason": "leave"}
    outside: list[tuple[str, dict[str, Any], str]] = [
        ("posts/7/appoint", {"person_id": 9}, "post_not_found"),
        ("posts/1/appoint", {"person_id": 7}, "person_not_found"),
        ("posts/7/relieve", {**leave, "person_id": 7}, "post_not_found"),
        ("posts/1/relieve", {**leave, "person_id": 1, "successor": {"person_id": 7}}, "person_not_found"),
        ("posts/1/relieve", {**leave, "person_id": 1, "successor": {"post_id": 7}}, "post_not_found"),
        ("posts/7/retire", leave, "post_not_found"),
        ("posts/1/retire", {**leave, "successor": {"post_id": 4}}, "post_not_found"),
        ("persons/7/remove", leave, "person_not_found"),
        ("persons/7/absences", away, "person_not_found"),
        ("absences/1/end", {}, "absence_not_found"),
    ]
    for path, body, code in outside:
        assert office.ask("a", "POST", path, body, 404)["code"] == code, path
    for stand_in in ({"stand_in_person_id": 7}, {"stand_in_post_id": 4}):
        assert office.ask("a", "POST", "persons/1/absences", {**away, **stand_in}, 422)["code"] == "unknown_stand_in"
    for code in (city.B1, city.STREET):
        told = office.ask("a", "POST", "posts", {"role": "linked_leader" if code == city.B1 else "street_office", "area_code": code}, 403)
        assert told["code"] == "outside_your_area"
    assert office.ask("city", "GET", "posts", person=9)["total"] == 0


def test_one_who_serves_elsewhere_too_is_not_sent_away(office: Office) -> None:
    office.ask("city", "POST", "posts/7/appoint", {"person_id": 2})
    for path, body in (("remove", {"reason": "transfer"}), ("absences", {"from_at": "2026-12-01T00:00:00Z", "reason": "leave"})):
        status = 403
        assert office.ask("a", "POST", f"persons/2/{path}", body, status)["code"] == "outside_your_area"
    office.ask("a", "POST", "posts/2/relieve", {"person_id": 2, "reason": "transfer"})
    assert office.ask("city", "GET", "persons/2")["left_at"] is None


def test_nobody_changes_people_on_the_strength_of_some_categories(office: Office) -> None:
    assert office.ids("desk", "posts", "post_id") == set(range(1, 9))
    assert office.ids("desk", "persons", "person_id") == set(range(1, 10))
    assert office.ask("desk", "POST", "posts", {"role": "linked_leader", "area_code": city.A1}, 403)["code"] == "outside_your_area"
    for path, body in (("posts/1/appoint", {"person_id": 9}), ("posts/1/retire", {"reason": "x"}), ("persons/9/remove", {"reason": "x"})):
        assert office.ask("desk", "POST", path, body, 404), path
    known = office.ask("a", "POST", "persons", {"name": "新一", "phone": "13800138000"}, 201)["person_id"]
    assert office.ask("desk", "GET", f"persons/{known}")["phone"] == "138******00"


def test_an_administrator_of_a_part_makes_posts_and_fills_them(office: Office) -> None:
    made = office.ask("a", "POST", "posts", {"role": "linked_leader", "area_code": city.A2}, 201)["post_id"]
    person = office.ask("a", "POST", "persons", {"name": "新一", "phone": "13800138000"}, 201)["person_id"]
    assert office.ask("a", "POST", f"posts/{made}/appoint", {"person_id": person})["present"]["person_id"] == person
    assert office.ask("a", "GET", f"persons/{person}")["phone"] == "13800138000"
    away = {"from_at": "2026-12-01T00:00:00Z", "reason": "leave", "stand_in_person_id": 2}
    absence = office.ask("a", "POST", f"persons/{person}/absences", away, 201)["absence_id"]
    office.ask("a", "POST", f"absences/{absence}/end", {})
    office.service.clock.at = NOW + dt.timedelta(hours=1)
    office.ask("a", "POST", f"persons/{person}/remove", {"reason": "retired"})
    assert office.ask("b", "GET", f"persons/{person}", status=404)


def test_the_coverage_report_is_of_ones_own_part(office: Office) -> None:
    assert office.ask("a", "GET", "people/coverage")["whole"]["code"] == city.A
    assert office.ask("a", "GET", "people/coverage", area=city.A1)["whole"]["code"] == city.A1
    assert office.ask("a", "GET", "people/coverage", area=city.B, status=404)["code"] == "area_not_found"
    assert office.ask("city", "GET", "people/coverage")["whole"]["code"] == "149900"
    assert office.ask("water", "GET", "people/coverage", status=403)["code"] == "outside_your_area"
    listed = office.ask("b", "GET", "people/coverage/gaps", kind="grid_without_linked_leader")
    assert {one["code"] for one in listed["items"]} == {city.B1}
    assert office.ask("b", "GET", "people/coverage/gaps", kind="grid_without_linked_leader", area=city.A, status=404)
