"""Planners redraw the tiny city over HTTP: every step on both databases, nothing lost, nothing half done."""

import datetime as dt
import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest

from geo_service.accounts import Actor, create_key
from geo_service.api.wiring import Wiring
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.flows.planning import publishing
from geo_service.settings import Settings, StorageSettings
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_locating import locate
from tests.flows.test_reporting import body, case_of, send


class Desk:
    """A planner's calls on one draft."""

    def __init__(self, service: Service, *, title: str = "试画", open_cases: str = "ask", name: str = "planner 1") -> None:
        with service.database.writing() as connection:
            key = create_key(connection, name=name, role="planner", at=NOW, by="test")
        self.service, self.headers, self.head = service, {"Authorization": f"Bearer {key}"}, 0
        made = self.post("/api/v1/drafts", {"title": title, "open_cases": open_cases}, status=201)
        self.path = f"/api/v1/drafts/{made['draft_id']}"

    def post(self, path: str, content: dict | None = None, *, status: int = 200, **headers: str) -> dict:
        answer = self.service.client.post(path, json={} if content is None else content, headers={**self.headers, **headers})
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str) -> dict:
        answer = self.service.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, operation: dict, *, status: int = 200, client_id: str | None = None) -> dict:
        content = {"operation": operation, **({"client_id": client_id} if client_id else {})}
        done = self.post(f"{self.path}/operations", content, status=status, **{"If-Match": f'"{self.head}"'})
        if status == 200:
            self.head = done["head"]
        return done

    def preview(self, operation: dict) -> dict:
        return self.post(f"{self.path}/operations?dry_run=1", {"operation": operation})

    def step(self, name: str) -> dict:
        done = self.post(f"{self.path}/{name}", {}, **{"If-Match": f'"{self.head}"'})
        self.head = done["head"]
        return done

    def prepare(self) -> dict:
        """Has the draft prepared in the background and returns the job as it ended."""
        asked = self.post(f"{self.path}/prepare", status=202)
        self.service.background()
        return self.get(asked["href"])

    def publish(self) -> dict:
        prepared = self.prepare()
        assert prepared["state"] == "done", prepared["problem"]
        assert prepared["result"]["publishable"]
        return self.post(f"{self.path}/publish")


def key_of(service: Service, code: str) -> int:
    published = service.wiring.published.current()
    return int(published.by_code[code].area_id)


def split(service: Service, code: str = f"{city.A2}01") -> dict:
    """Cuts the square (0..100, 100..200) at x = 40."""
    return {"kind": "split", "area": key_of(service, code), "line": [city.lonlat(40, 90), city.lonlat(40, 210)]}


def test_a_split_is_previewed_done_taken_back_and_done_again(service: Service) -> None:
    desk = Desk(service)
    seen = desk.preview(split(service))
    assert (seen["dry_run"], seen["head"]) == (True, 0)
    assert desk.get(desk.path)["head"] == 0
    done = desk.do(split(service))
    assert desk.head == 1
    kinds = sorted(a["change"] for a in done["areas"] if a["material"])
    assert kinds == ["founded", "reshaped"]
    assert any(a["change"] == "touched" for a in done["areas"])  # neighbours received the ends of the line
    sizes = sorted(round(a["after"]["area_m2"]) for a in done["areas"] if a["material"])
    assert sizes == [4000, 6000]
    assert done["lineage"][0]["kind"] == "split"
    taken_back = desk.step("undo")
    assert [a["change"] for a in taken_back["areas"] if a["material"] and a["after"] is None] == ["retired"]
    assert desk.step("redo")["can_undo"] is True
    refused = desk.post(f"{desk.path}/redo", {}, status=422, **{"If-Match": f'"{desk.head}"'})
    assert refused["code"] == "NOTHING_TO_REDO"


def test_a_refusal_has_a_code_a_place_and_the_callers_language(service: Service) -> None:
    desk = Desk(service)
    miss = {"kind": "split", "area": key_of(service, f"{city.A2}01"), "line": [city.lonlat(400, 50), city.lonlat(450, 50)]}
    refused = desk.do(miss, status=422)
    assert refused["code"] == "NO_SPLIT"
    apart = {"kind": "merge", "areas": [key_of(service, f"{city.A1}01"), key_of(service, city.V)]}
    refused = desk.do(apart, status=422)
    assert (refused["code"], refused["place"] is not None) == ("NOT_ADJACENT", True)
    chinese = desk.post(f"{desk.path}/operations", {"operation": apart}, status=422, **{"If-Match": '"0"', "Accept-Language": "zh-CN"})
    assert "公共边界" in chinese["detail"]
    assert desk.do({"kind": "dance"}, status=422)["code"] == "MALFORMED"
    assert desk.do({"kind": "split", "area": True, "line": []}, status=422)["code"] == "MALFORMED"


def test_an_operation_needs_the_head_and_the_same_client_id_is_done_once(service: Service) -> None:
    desk = Desk(service)
    without = service.client.post(f"{desk.path}/operations", json={"operation": split(service)}, headers=desk.headers)
    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    first = desk.do(split(service), client_id="a")
    desk.head = 0
    again = desk.do(split(service), client_id="a")
    assert again["areas"] == first["areas"]
    assert desk.get(desk.path)["head"] == 1
    desk.head = 0
    stale = desk.do({"kind": "rename", "area": key_of(service, city.A), "name": "甲甲"}, status=412)
    assert (stale["code"], "split" in stale["detail"]) == ("draft_moved_on", True)
    desk.head = 1
    bad = service.client.post(f"{desk.path}/operations", json={"operation": split(service)}, headers={**desk.headers, "If-Match": "x"})
    assert bad.status_code == 422


def test_a_draft_is_rebuilt_from_its_record(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    service.wiring.drafts.forget(int(desk.path.rsplit("/", 1)[1]))
    merged = desk.do({"kind": "merge", "areas": [key_of(service, f"{city.A1}01"), key_of(service, f"{city.A1}02")]})
    assert merged["head"] == 2
    assert desk.step("undo")["head"] == 3
    assert desk.step("undo")["can_undo"] is False


def test_a_published_split_routes_new_reports_and_asks_about_open_cases(service: Service) -> None:
    stays, goes = send(service, body(20, 150)), send(service, body(80, 150))
    desk = Desk(service)
    desk.do(split(service))
    unprepared = desk.post(f"{desk.path}/publish", {}, status=409)
    assert unprepared["code"] == "draft_not_prepared"
    assert f"{desk.path}/prepare" in unprepared["detail"]  # what to do about it
    done = desk.publish()
    assert (done["generation"], done["cases_to_ask"], done["cases_moved"]) == (2, 1, 0)
    founded = {send(service, body(x, 150))["area"]["code"] for x in (20, 80)}
    assert f"{city.A2}01" in founded
    assert len(founded) == 2
    cases = {case["case_id"]: case_of(service, case["case_id"]) for case in (stays, goes)}
    assert {c["area"]["code"] for c in cases.values()} == {f"{city.A2}01"}  # nothing is moved without asking
    assert sorted(str(c["queue"]) for c in cases.values()) == ["None", "border_changed"]
    assert desk.get(desk.path)["status"] == "published"
    assert desk.do(split(service), status=409)["code"] == "draft_closed"


@pytest.mark.parametrize(("policy", "moved"), [("move", 1), ("keep", 0)])
def test_the_policy_of_the_draft_decides_over_open_cases(service: Service, policy: str, moved: int) -> None:
    inside = [send(service, body(x, 150))["case_id"] for x in (20, 80)]
    desk = Desk(service, open_cases=policy)
    desk.do(split(service))
    done = desk.publish()
    assert (done["cases_moved"], done["cases_to_ask"]) == (moved, 0)
    codes = [case_of(service, case_id)["area"]["code"] for case_id in inside]
    assert len(set(codes)) == 1 + moved
    histories = [[e["kind"] for e in case_of(service, case_id)["events"]] for case_id in inside]
    assert sum("rerouted" in history for history in histories) == moved
    for case_id, code in zip(inside, codes, strict=True):
        assert case_of(service, case_id)["areas"]["micro_grid"] == code


def test_a_rollback_is_a_new_generation_with_the_old_borders(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.publish()
    back = desk.post("/api/v1/generations/1/restore?open_cases=keep")
    assert back["generation"] == 3
    assert {send(service, body(x, 150))["area"]["code"] for x in (20, 80)} == {f"{city.A2}01"}
    assert locate(service, 20, 150, generation=2)["generation"] == 2
    listed = desk.get("/api/v1/generations")["items"]
    assert [(g["number"], g["kind"], g["current"]) for g in listed] == [(3, "rollback", True), (2, "draft", False), (1, "import", False)]
    assert listed[0]["content_hash"] == listed[2]["content_hash"]
    assert desk.post("/api/v1/generations/99/restore", status=404)["code"] == "generation_unknown"
    same = desk.get("/api/v1/generations/1/diff/3")
    assert same["areas"] == []
    changed = desk.get("/api/v1/generations/1/diff/2")["areas"]
    assert {how for a in changed for how in a["how"]} == {"added", "reshaped", "recounted", "touched"}


def test_of_two_publishers_one_wins_and_the_other_is_told(service: Service) -> None:
    first, second = Desk(service), Desk(service, name="planner 2")
    first.do(split(service))
    second.do({"kind": "rename", "area": key_of(service, city.B), "name": "乙乙社区"})
    for desk in (first, second):
        desk.prepare()
    assert first.post(f"{first.path}/publish")["generation"] == 2
    told = second.post(f"{second.path}/publish", {}, status=409)
    assert told["code"] == "base_superseded"
    assert second.get(second.path)["superseded"] is True
    assert second.get(second.path)["status"] == "review"  # nothing of it is lost
    looked = second.post(f"{second.path}/rebase?dry_run=1")
    assert (looked["verbatim"], looked["draft"], [s["result"] for s in looked["steps"]]) == (True, None, ["identical"])
    carried = second.post(f"{second.path}/rebase")
    assert second.get(second.path)["status"] == "abandoned"
    second.path = f"/api/v1/drafts/{carried['draft']['draft_id']}"
    assert second.publish()["generation"] == 4


def test_a_draft_over_changed_ground_shows_what_became_of_each_operation(service: Service) -> None:
    first, second = Desk(service), Desk(service, name="planner 2")
    first.do(split(service))
    second.do(split(service))
    second.do({"kind": "rename", "area": key_of(service, city.B), "name": "乙乙社区"})
    first.publish()
    seen = second.post(f"{second.path}/rebase?dry_run=1")
    assert seen["verbatim"] is False
    assert [s["result"] for s in seen["steps"]] == ["refused", "identical"]
    assert seen["steps"][0]["code"]
    carried = second.post(f"{second.path}/rebase")
    assert carried["draft"]["head"] == 1
    assert second.post(f"{second.path}/rebase", {}, status=409)["code"] == "draft_closed"


def test_a_publication_at_a_date_happens_when_the_date_is_there(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.prepare()
    at = (NOW + dt.timedelta(hours=3)).isoformat()
    waiting = desk.post(f"{desk.path}/publish", {"at": at})
    assert waiting["publish_at"] is not None
    assert send(service, body(20, 150))["generation"] == 1
    service.clock.at = NOW + dt.timedelta(hours=4)
    assert service.background()["publish_due"] == 1
    assert service.background()["publish_due"] == 0
    assert send(service, body(20, 150))["generation"] == 2
    assert desk.get(desk.path)["status"] == "published"


def test_only_planners_may_draw(service: Service) -> None:
    refused = service.client.post("/api/v1/drafts", json={"title": "x"}, headers=service.operator)
    assert (refused.status_code, "planner" in refused.json()["detail"]) == (403, True)
    assert service.client.get("/api/v1/drafts").status_code == 401


@pytest.mark.parametrize("content", [{"title": ""}, {"title": "x", "open_cases": "burn"}, {"title": 7}, {"title": "x", "more": 1}])
def test_a_bad_draft_is_refused(service: Service, content: dict[str, Any]) -> None:
    desk = Desk(service)
    assert desk.post("/api/v1/drafts", content, status=422)["code"] == "malformed"


def test_impact_is_told_by_name_while_drawing_and_for_the_whole_draft(service: Service) -> None:
    near, far = send(service, body(20, 150)), send(service, body(80, 150))
    desk = Desk(service)
    seen = desk.post(f"{desk.path}/impact", {"operation": split(service)})
    assert seen["counts"]["open_cases"] == 1
    moved = seen["moves"]["open_cases"][0]
    assert moved["what"]["tracking_number"] in {near["tracking_number"], far["tracking_number"]}
    assert moved["levels"]["micro_grid"][0] == f"{city.A2}01"
    assert desk.get(desk.path)["head"] == 0
    loads = {(load["layer"], load["code"]): (load["before"], load["after"]) for load in seen["loads"]}
    assert loads["open_cases", f"{city.A2}01"] == (2, 1)
    desk.do(split(service))
    whole = desk.post(f"{desk.path}/impact")
    assert whole["counts"]["open_cases"] == 1
    merge = {"kind": "merge", "areas": [key_of(service, f"{city.A1}01"), key_of(service, f"{city.A1}02")]}
    merged = desk.post(f"{desk.path}/impact", {"operation": merge})
    assert {p["name"] for p in merged["people"]} >= {"王一", "钱五"}
    assert merged["counts"]["households"] >= 1
    past = desk.post(f"{desk.path}/replay", {"days": 7})
    assert (past["cases"], past["routed_elsewhere"]) == (2, 1)
    assert desk.post(f"{desk.path}/replay", {"days": 0}, status=422)["code"] == "malformed"


@pytest.mark.parametrize(("file_format", "begins"), [("geojson", b"{"), ("gpkg", b"SQLite format 3"), ("parquet", b"PAR1")])
def test_areas_of_a_level_are_downloaded_in_every_format(service: Service, file_format: str, begins: bytes) -> None:
    path = f"/api/v1/generations/1/areas?level=community&format={file_format}"
    answer = service.client.get(path, headers=service.operator)
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert service.client.get(path).status_code == 401
    assert service.client.get(path.replace("community", "planet"), headers=service.operator).status_code == 404
    assert service.client.get(path.replace(file_format, "shp"), headers=service.operator).status_code == 422


def test_a_locked_street_refuses_every_change_until_it_is_unlocked(service: Service) -> None:
    desk = Desk(service)
    locked = service.client.put(f"/api/v1/boundary-locks/{city.STREET}", json={"reason": "行政诉讼期间"}, headers=desk.headers)
    assert locked.json()["items"][0]["reason"] == "行政诉讼期间"
    refused = desk.do(split(service), status=422)
    assert (refused["code"], refused["place"] is not None) == ("LOCKED", True)
    assert service.client.put("/api/v1/boundary-locks/0", json={"reason": "x"}, headers=desk.headers).status_code == 404
    assert service.client.delete(f"/api/v1/boundary-locks/{city.STREET}", headers=desk.headers).json()["items"] == []
    assert desk.do(split(service))["head"] == 1


def publish_and_wait(url: str, folder: str, draft_id: int, reached: Any) -> None:
    """Publishes a draft but never commits: the test kills it."""
    settings = Settings(storage=StorageSettings(database_url=url, data_dir=Path(folder)))
    wiring = Wiring(settings, Database(url), SystemClock())
    with wiring.database.writing() as connection:
        publishing.publish(connection, wiring, draft_id, at=None, actor=Actor("planner 1", "planner"), now=wiring.clock.now())
        reached.set()
        time.sleep(60)


def test_a_process_killed_in_the_middle_of_publishing_leaves_everything_as_it_was(service: Service, tmp_path: Path) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.prepare()
    context = multiprocessing.get_context("spawn")
    reached = context.Event()
    draft_id = int(desk.path.rsplit("/", 1)[1])
    other = context.Process(target=publish_and_wait, args=(service.database.url, str(tmp_path / "var"), draft_id, reached))
    other.start()
    assert reached.wait(60)
    other.kill()
    other.join()
    assert [g["current"] for g in desk.get("/api/v1/generations")["items"]] == [False, True]
    assert desk.get(desk.path)["status"] == "review"
    assert desk.post(f"{desk.path}/publish")["generation"] == 2


def test_two_generations_are_drawn_side_by_side(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.do({"kind": "merge", "areas": [key_of(service, f"{city.A1}01"), key_of(service, f"{city.A1}02")]})
    desk.publish()
    page = service.client.get("/maps/compare?older=1&newer=2", headers=service.operator)
    assert page.status_code == 200, page.text[:300]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    same = service.client.get("/maps/compare?older=1&newer=1", headers=service.operator)
    assert same.status_code == 200
    assert service.client.get("/maps/compare?older=1&newer=9", headers=service.operator).status_code == 404
