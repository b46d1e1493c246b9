"""Nobody sees beyond their roles: another's ids are as if they did not exist, and personal data is in no byte one may not fetch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from geo_service.accounts import Grant, create_key
from tests import city
from tests.flows.conftest import NOW, Service

WORD, PHONE = "marshmallow", "13812348000"
NOBODY = 987_654
FORMS: dict[str, Any] = {
    "/api/v1/cases/{case_id}/reveal": {"purpose": "curious"},
    "/api/v1/cases/{case_id}/consultations": {"reason": "long_standing", "question": "who"},
    "/api/v1/patrols/{patrol_id}/case": {},
    "/api/v1/cases/{case_id}/actions/{event}": {"note": "a note"},
}
ASKED = {  # what a list cannot do without
    "/api/v1/evaluation": "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
    "/api/v1/evaluation/cases": "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&key=&measure=received",
    "/api/v1/evaluation/report": "month=2026-11",
    "/api/v1/geocode": "text=光明路12号",
    "/api/v1/reverse": "lon=113.001&lat=34.001&datum=wgs84",
    "/api/v1/locate": "lon=113.001&lat=34.001&datum=wgs84",
    "/api/v1/console/rows": "ids=1,2,3",
    "/api/v1/console/changes": "after=0",
    "/api/v1/cases/counts": "by=grid",
    "/api/v1/people/coverage/gaps": "kind=grid_without_worker",
    "/maps/compare": "older=1&newer=1",
    "/api/v1/visits/summary": "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
    "/api/v1/facilities/nearest": "lon=113.001&lat=34.001&datum=wgs84",
}
MAY_SEE = {("administrator", "/api/v1/persons/{person_id}")}
"""Who keeps the register of persons sees their numbers, one person at a time."""
SLOW = re.compile(r"/api/v1/events|.*\.pbf|/health/.*|/ui.*")


@dataclass
class Two:
    """A city in which somebody of community A planted a word and a phone everywhere; and the keys of others."""

    service: Service
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def get(self, path: str, who: str) -> Any:
        return self.service.client.get(path, headers={**self.keys[who], "Accept": "*/*"})

    def post(self, path: str, body: Any, who: str = "city", *, match: str = "*", status: int | None = None) -> Any:
        answer = self.service.client.post(path, json=body, headers={**self.keys[who], "If-Match": match})
        assert status is None or answer.status_code == status, answer.text
        return answer


@pytest.fixture
def two(service: Service) -> Two:
    made = Two(service, {"city": service.operator})
    grants = {
        "b": Grant("operator", city.B),
        "a": Grant("operator", city.A),
        "stranger agency": Grant("agency", None, None, "agency:water"),
        "b by category": Grant("operator", None, ("social:matter:99",)),
        **{role: Grant(role) for role in ("supervisor", "planner", "administrator", "auditor", "api", "grid_worker", "city_leader")},
    }
    with service.database.writing() as connection:
        for name, grant in grants.items():
            key = create_key(connection, name=f"of {name}", role=grant.role, at=NOW, by="test", grant=grant)
            made.keys[name] = {"Authorization": f"Bearer {key}"}
    lon, lat = city.lonlat(50, 50)
    text = f"{WORD} call {PHONE}"
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "channel": "hotline", "description": text, "address": f"光明路12号 {text}"}
    reporter = {"name": f"王{WORD}", "phone": PHONE}
    made.ids["case_id"] = made.post("/api/v1/reports", {**body, "reporter": reporter}, status=201).json()["case_id"]
    path = f"/api/v1/cases/{made.ids['case_id']}"
    version = made.get(path, "city").headers["etag"]
    made.post(f"{path}/actions/note", {"note": text}, match=version, status=200)
    due = "2026-11-25T02:30:00Z"
    whistle = {"case_id": made.ids["case_id"], "agencies": ["agency:S1"], "about": text, "due_at": due, "street": "post:4"}
    made.ids["whistle_id"] = made.post("/api/v1/whistles", whistle, status=201).json()["whistle_id"]
    there = {"lon": city.lonlat(280, 50)[0], "lat": city.lonlat(280, 50)[1], "datum": "wgs84", "description": "pebble"}
    made.ids["other_case"] = made.post("/api/v1/reports", there, status=201).json()["case_id"]
    person = {"name": "冯十", "phone": PHONE}
    made.post("/api/v1/persons", person, "administrator", status=201)
    patrol = {"post_id": 2, "text": text, "lon": lon, "lat": lat, "datum": "wgs84"}
    made.ids["patrol_id"] = made.post("/api/v1/patrols", patrol, status=201).json()["patrol_id"]
    return made


def routes(client: TestClient) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that can be called."""
    for path, methods in client.app.openapi()["paths"].items():  # type: ignore[attr-defined]  # a FastAPI app
        if not SLOW.fullmatch(path):
            yield from ((method.upper(), path) for method in methods)


def filled(path: str, ids: dict[str, Any]) -> str | None:
    """The path with ids in it, or None when one is not known."""
    names = re.findall(r"{(\w+)}", path)
    if not all(name in ids for name in names):
        return None
    for name in names:
        path = path.replace(f"{{{name}}}", str(ids[name]))
    return path


SOMEBODYS = ("case_id", "whistle_id", "patrol_id")
STRANGERS = ("b", "stranger agency", "b by category")


def test_anothers_ids_are_as_if_they_did_not_exist(two: Two) -> None:
    for who in STRANGERS:
        ids_do_not_exist(two, who)


def ids_do_not_exist(two: Two, who: str) -> None:
    asked = 0
    for method, path in routes(two.service.client):
        ids = {"event": "note", "verb": "report_in", **{name: two.ids[name] for name in SOMEBODYS}}
        if not any(f"{{{name}}}" in path for name in SOMEBODYS):
            continue
        theirs, none = filled(path, ids), filled(path, {**ids, **dict.fromkeys(SOMEBODYS, NOBODY)})
        assert theirs is not None
        assert none is not None
        body = FORMS.get(path)
        said = {"json": body} if method in ("POST", "PUT", "PATCH") else {}
        headers = {**two.keys[who], "If-Match": '"1"'}
        first = two.service.client.request(method, theirs, headers=headers, **said)
        second = two.service.client.request(method, none, headers=headers, **said)
        told = (first.status_code, first.json()["code"])
        assert told == (second.status_code, second.json()["code"]), f"{method} {path}"
        assert first.status_code in ((404, 403) if who == "stranger agency" else (404,)), f"{method} {path}: {first.text}"
        assert WORD not in first.text
        asked += 1
    assert asked >= 8


def test_no_list_count_map_or_figure_holds_what_lies_beyond(two: Two) -> None:
    for who in STRANGERS:
        nothing_lies_beyond(two, who)


def nothing_lies_beyond(two: Two, who: str) -> None:
    number = two.get(f"/api/v1/cases/{two.ids['case_id']}", "city").json()["tracking_number"]
    seen = 0
    for method, path in routes(two.service.client):
        if method != "GET" or ("{" in path and path != "/maps/{name}"):
            continue
        for name in ("areas", "cases", "facilities") if "{name}" in path else ("",):
            url = path.replace("{name}", name) + (f"?{ASKED[path]}" if path in ASKED else "")
            answer = two.get(url, who)
            assert answer.status_code in (200, 403), f"{url}: {answer.text}"
            assert WORD not in answer.text, url
            assert number not in answer.text, url
            seen += answer.status_code == 200
    assert seen > 15
    assert two.get("/api/v1/cases", who).json()["total"] == (1 if who == "b" else 0)
    assert sum(two.get("/api/v1/cases/counts?by=state", who).json()["counts"].values()) == (1 if who == "b" else 0)
    whole = two.get(f"/api/v1/evaluation?{ASKED['/api/v1/evaluation']}", who)
    assert whole.status_code == 403 or whole.json()["whole"]["received"] == (1 if who == "b" else 0)


def test_those_within_reach_see_and_act(two: Two) -> None:
    assert two.get("/api/v1/cases", "a").json()["total"] == 1
    found = two.get(f"/api/v1/cases/{two.ids['case_id']}", "a")
    assert WORD in found.text
    assert "file" in found.json()["allowed"]
    assert two.get(f"/api/v1/cases/{two.ids['other_case']}", "a").status_code == 404
    said = {"category": "gb47678:matter:06010"}
    done = two.post(f"/api/v1/cases/{two.ids['case_id']}/actions/file", said, "a", match=found.headers["etag"])
    assert done.status_code == 200, done.text
    revealed = two.post(f"/api/v1/cases/{two.ids['case_id']}/reveal", {"purpose": "call back"}, "a")
    assert revealed.json()["phone"] == PHONE


def test_a_case_of_another_cannot_be_merged_into(two: Two) -> None:
    found = two.get(f"/api/v1/cases/{two.ids['other_case']}", "b")
    told = []
    for into in (two.ids["case_id"], NOBODY):
        path = f"/api/v1/cases/{two.ids['other_case']}/actions/merge"
        answer = two.post(path, {"into": into}, "b", match=found.headers["etag"])
        told.append((answer.status_code, answer.json()["code"]))
    assert told == [(422, "unknown_case")] * 2


def test_planted_phones_are_in_no_byte_of_any_answer(two: Two) -> None:
    for who in ("city", "supervisor", "planner", "administrator", "auditor", "api", "grid_worker", "city_leader", "a"):
        no_phone_is_shown(two, who)


def no_phone_is_shown(two: Two, who: str) -> None:
    ids = {**two.ids, "name": "cases", "kind": "matrix", "number": 1, "generation": 1, "older": 1, "newer": 1, "code": f"{city.A1}01"}
    ids |= {"person_id": 10, "post_id": 2, "draft_id": 1, "job_id": 1, "facility_id": 1, "consultation_id": 1, "proposal_id": 1}
    seen = 0
    for method, path in routes(two.service.client):
        url = filled(path, ids)
        if method != "GET" or url is None or (who, path) in MAY_SEE:
            continue
        answer = two.get(url + (f"?{ASKED[path]}" if path in ASKED else ""), who)
        seen += answer.status_code == 200
        assert PHONE.encode() not in answer.content, f"{who}: {url}"
    assert seen > 15
