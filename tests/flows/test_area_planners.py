"""A planner of a part of the city redraws that part and nothing else: by no operation, file, date or rollback; on both databases."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from geo_service.accounts import Grant, create_key
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_planning import key_of, split
from tests.flows.test_planning_adopting import Edit

SMALL = f"{city.A2}01"


@dataclass
class Room:
    """Planners by name: of the city, of community A, of grid A2, of a category; each works on any draft."""

    service: Service
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, body: Any = None, head: int = 0, status: int | None = None) -> Any:
        sent = {"json": {} if body is None else body} if method != "GET" else {}
        headers = {**self.headers[who], "If-Match": f'"{head}"', "Accept-Language": "en"}
        answer = self.service.client.request(method, f"/api/v1/{path}", headers=headers, **sent)
        assert status is None or answer.status_code == status, answer.text
        return answer.json()

    def draft(self, who: str) -> str:
        return f"drafts/{self.ask(who, 'POST', 'drafts', {'title': '试画'}, status=201)['draft_id']}"

    def do(self, who: str, draft: str, operation: dict[str, Any], head: int = 0, status: int = 200) -> Any:
        return self.ask(who, "POST", f"{draft}/operations", {"operation": operation}, head, status)

    def refused(self, who: str, method: str, path: str, body: Any = None, head: int = 0) -> str:
        """The code of a refusal, which names the area."""
        answer = self.ask(who, method, path, body, head, 403)
        assert answer["code"] == "outside_your_area"
        return str(answer["detail"])

    def rename(self, code: str, name: str = "新名") -> dict[str, Any]:
        return {"kind": "rename", "area": key_of(self.service, code), "name": name}

    def prepared(self, who: str, draft: str) -> None:
        job = self.ask(who, "POST", f"{draft}/prepare", status=202)
        self.service.background()
        assert self.ask(who, "GET", job["href"].removeprefix("/api/v1/"))["state"] == "done"


@pytest.fixture
def room(service: Service) -> Room:
    made = Room(service)
    grants = {
        "city": Grant("planner"),
        "a": Grant("planner", city.A),
        "a2": Grant("planner", city.A2),
        "social": Grant("planner", None, ("social",)),
    }
    with service.database.writing() as connection:
        for name, grant in grants.items():
            key = create_key(connection, name=name, role="planner", at=NOW, by="test", grant=grant)
            made.headers[name] = {"Authorization": f"Bearer {key}"}
    return made


def test_an_operation_stays_inside(room: Room) -> None:
    draft = room.draft("a2")
    told = room.refused("a2", "POST", f"{draft}/operations", {"operation": room.rename(city.B)})
    assert "乙社区" in told
    rehung = {"kind": "reassign", "areas": [key_of(room.service, SMALL)], "parent": key_of(room.service, city.A1)}
    strip = [city.lonlat(*at) for at in ((90, 90), (110, 90), (110, 110), (90, 110))]  # of four leaves, two of them in A2
    lasso = {"kind": "transfer", "target": key_of(room.service, SMALL), "lasso": strip}
    for operation in (rehung, lasso, room.rename(city.A), room.rename(f"{city.A1}01"), room.rename(city.V)):
        for query in ("", "?dry_run=1"):
            room.refused("a2", "POST", f"{draft}/operations{query}", {"operation": operation})
        room.refused("a2", "POST", f"{draft}/impact", {"operation": operation})
    for who in ("a2", "social"):
        assert "甲1-01" in room.refused(who, "POST", f"{draft}/operations", {"operation": room.rename(f"{city.A1}01")})
    assert room.ask("city", "GET", draft)["head"] == 0
    done = room.do("a2", draft, split(room.service, SMALL))  # its neighbours receive a vertex, which is theirs to keep
    assert any(area["change"] == "touched" for area in done["areas"])
    assert room.do("a", draft, rehung, head=1)["head"] == 2  # both grids lie in community A


def test_what_another_drew_outside_is_not_undone_published_or_ended_by_them(room: Room) -> None:
    draft = room.draft("city")
    room.do("city", draft, room.rename(city.B, "乙"))
    for path, body in (("undo", None), ("prepare", None), ("impact", {})):
        assert "乙" in room.refused("a2", "POST", f"{draft}/{path}", body, head=1)
    room.refused("a2", "PATCH", draft, {"status": "abandoned"}, head=1)
    room.prepared("city", draft)
    for body in ({}, {"at": "2026-12-01T00:00:00Z"}):
        room.refused("a2", "POST", f"{draft}/publish", body)
    assert room.ask("a2", "GET", "drafts")["items"][0]["publish_at"] is None
    room.ask("city", "POST", f"{draft}/publish", {}, status=200)
    room.refused("a2", "POST", "generations/1/restore")
    assert room.ask("city", "POST", "generations/1/restore", status=200)["generation"] == 3


def test_what_lies_inside_is_published_and_rolled_back(room: Room) -> None:
    draft = room.draft("a2")
    room.do("a2", draft, split(room.service, SMALL))
    room.do("a2", draft, room.rename(SMALL, "一"), head=1)
    room.ask("a2", "POST", f"{draft}/undo", head=2, status=200)
    room.prepared("a2", draft)
    assert room.ask("a2", "POST", f"{draft}/publish", {}, status=200)["generation"] == 2
    assert room.ask("a2", "POST", "generations/1/restore", status=200)["generation"] == 3


def test_a_draft_that_waits_for_its_date_takes_nothing_along(room: Room) -> None:
    draft = room.draft("a2")
    room.do("a2", draft, room.rename(SMALL, "一"))
    room.prepared("a2", draft)
    room.ask("a2", "POST", f"{draft}/publish", {"at": "2026-12-01T00:00:00Z"}, status=200)
    room.do("city", draft, room.rename(city.B, "乙"), head=1)
    room.refused("a2", "POST", f"{draft}/prepare")


def test_a_rebase_carries_nothing_over_that_is_not_theirs(room: Room) -> None:
    mine, theirs, now = room.draft("a2"), room.draft("city"), room.draft("city")
    room.do("a2", mine, room.rename(SMALL, "一"))
    room.do("city", theirs, room.rename(city.B, "乙"))
    room.do("city", now, room.rename(city.V, "丙"))
    room.prepared("city", now)
    room.ask("city", "POST", f"{now}/publish", {}, status=200)
    for query in ("", "?dry_run=1"):
        assert "乙" in room.refused("a2", "POST", f"{theirs}/rebase{query}")
    assert room.ask("a2", "POST", f"{mine}/rebase", status=200)["draft"]["head"] == 1


def test_locks_stay_inside(room: Room) -> None:
    for code in (city.A, city.B, city.STREET):
        room.refused("a2", "PUT", f"boundary-locks/{code}", {"reason": "no"})
    room.ask("city", "PUT", f"boundary-locks/{city.B}", {"reason": "court"}, status=200)
    room.refused("a2", "DELETE", f"boundary-locks/{city.B}")
    room.ask("a2", "PUT", f"boundary-locks/{SMALL}", {"reason": "yes"}, status=200)
    room.ask("a2", "DELETE", f"boundary-locks/{SMALL}", status=200)


def test_files_stay_inside(room: Room, tmp_path: Path) -> None:
    edit = Edit(room.service.client.get("/api/v1/generations/1/export", headers=room.headers["a2"]).content, tmp_path)
    draft = room.draft("a2")
    edit.frame.loc[edit.frame["code"] == SMALL, "name"] = "一"
    inside = edit.content()
    edit.frame.loc[edit.frame["code"] == city.V, "name"] = "丙"
    beyond = edit.content()
    for path in ("drafts/adopt", f"{draft}/adopt"):
        told = sent(room, path, beyond)
        assert (told.status_code, told.json()["code"]) == (403, "outside_your_area"), told.text
        assert city.V in told.json()["detail"]
    assert len(room.ask("city", "GET", "drafts")["items"]) == 1
    assert sent(room, "drafts/adopt", inside).status_code == 201
    assert sent(room, f"{draft}/adopt", inside).json()["draft"]["head"] == 1
    told = sent(room, "generations/import", inside)
    assert (told.status_code, told.json()["code"]) == (403, "whole_city_needed")


def sent(room: Room, path: str, content: bytes) -> Any:
    files = {"file": ("areas.gpkg", content, "application/geopackage+sqlite3")}
    headers = {**room.headers["a2"], "If-Match": '"0"', "Accept-Language": "en"}
    return room.service.client.post(f"/api/v1/{path}", files=files, headers=headers)
