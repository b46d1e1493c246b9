"""What a screen asks of a draft: its areas in a box, its list of operations, its proof; on both databases."""

from collections import Counter
from typing import Any

import pytest

from geo_service.flows.planning.looking import states_of
from tests import city
from tests.flows.conftest import Service
from tests.flows.test_planning import Desk, key_of, split

A201 = f"{city.A2}01"


def box(x0: float, y0: float, x1: float, y1: float) -> str:
    """A bbox of metres from the city's corner."""
    return ",".join(str(n) for n in (*city.lonlat(x0, y0), *city.lonlat(x1, y1)))


def ring(area: dict[str, Any]) -> list[tuple[float, float]]:
    return [tuple(position) for position in area["geometry"]["coordinates"][0][:-1]]


def test_a_box_shows_the_leaves_at_the_drafts_head_with_equal_numbers_on_both_sides(service: Service) -> None:
    desk = Desk(service)
    seen = desk.get(f"{desk.path}/areas?bbox={box(10, 110, 90, 190)}")
    assert [one["code"] for one in seen["leaves"]] == [A201]
    assert {one["level"] for one in seen["above"]} == {"city", "district", "street", "community", "grid"}
    desk.do(split(service))
    seen = desk.get(f"{desk.path}/areas?bbox={box(-50, -50, 600, 300)}")
    assert (seen["head"], seen["left_off"]) == (1, 0)
    leaves = {one["code"]: one for one in seen["leaves"]}
    assert leaves[f"{city.A1}03"]["geometry"] is None
    assert leaves[f"{city.A1}03"]["shares_face_of"] == leaves[f"{city.A1}02"]["key"]
    assert leaves[f"{city.A1}01"]["answers"] == "王一"
    parts = [one for one in seen["leaves"] if one["name"].startswith("甲2-01") or one["key"] < 0]
    assert len(parts) == 2
    shared = set(ring(parts[0])) & set(ring(parts[1]))
    assert len(shared) >= 2  # the very same numbers, not nearly the same
    owners = Counter(position for one in seen["leaves"] if one["geometry"] for position in set(ring(one)))
    assert owners[city.lonlat(100, 100)] == 4


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "10,10,5,20", "0,0,200,10", "nan,0,1,1"])
def test_a_bad_box_is_refused(service: Service, bbox: str) -> None:
    desk = Desk(service)
    answer = service.client.get(f"{desk.path}/areas", params={"bbox": bbox}, headers=desk.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_box")


def test_a_crowded_box_says_what_it_left_off(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_service.flows.planning.looking.MOST_LEAVES", 2)
    desk = Desk(service)
    seen = desk.get(f"{desk.path}/areas?bbox={box(5, 5, 95, 195)}")
    assert len(seen["leaves"]) == 2
    assert seen["left_off"] == 0
    assert desk.get(f"{desk.path}/areas?bbox={box(-50, -50, 600, 300)}")["left_off"] == 5


def test_the_list_of_operations_keeps_what_was_taken_back(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service), client_id="first")
    desk.step("undo")
    desk.step("redo")
    desk.do({"kind": "rename", "area": key_of(service, f"{city.A1}01"), "name": "甲甲"})
    desk.step("undo")
    done = desk.get(f"{desk.path}/operations")
    assert (done["head"], done["can_undo"], done["can_redo"]) == (5, True, True)
    assert [(one["kind"], one["state"]) for one in done["items"]] == [
        ("split", "holds"), ("undo", "step"), ("redo", "step"), ("rename", "taken_back"), ("undo", "step"),
    ]  # fmt: skip
    assert done["items"][0]["names"] == ["甲2-01"]
    assert (done["items"][0]["client_id"], done["items"][0]["actor"]) == ("first", "planner 1")


def test_the_states_of_many_undos_are_told_apart() -> None:
    assert states_of(["a", "b", "undo", "undo", "redo"]) == ["holds", "taken_back", "step", "step", "step"]
    assert states_of(["a", "undo", "b", "undo", "redo"]) == ["taken_back", "step", "holds", "step", "step"]


def test_the_whole_draft_is_proven_after_every_step(service: Service) -> None:
    desk = Desk(service)
    before = desk.get(f"{desk.path}/check")
    assert (before["holds"], before["head"], before["proof"]["leaves"]) == (True, 0, 7)
    assert "hole" in before["counts"]  # the hole of the tiny city
    desk.do(split(service))
    after = desk.get(f"{desk.path}/check")
    assert (after["holds"], after["head"], after["proof"]["leaves"]) == (True, 1, 8)
    assert after["proof"]["content_hash"] != before["proof"]["content_hash"]
    assert all("operations" in one and one["message"] for one in after["items"])


def test_a_draft_is_renamed_given_another_policy_and_abandoned(service: Service) -> None:
    desk = Desk(service)
    answer = service.client.patch(desk.path, json={"title": "新名", "open_cases": "move"}, headers=desk.headers)
    assert (answer.status_code, answer.json()["title"], answer.json()["open_cases"]) == (200, "新名", "move")
    assert service.client.patch(desk.path, json={"status": "published"}, headers=desk.headers).status_code == 422
    assert service.client.patch(desk.path, json={"status": "abandoned"}, headers=desk.headers).json()["status"] == "abandoned"
    assert desk.do(split(service), status=409)["code"] == "draft_closed"
    assert service.client.patch(desk.path, json={"title": "x"}, headers=desk.headers).status_code == 409


def test_only_planners_look_at_a_draft(service: Service) -> None:
    desk = Desk(service)
    for path in ("areas?bbox=0,0,1,1", "operations", "check"):
        assert service.client.get(f"{desk.path}/{path}", headers=service.operator).status_code == 403
        assert service.client.get(f"/api/v1/drafts/99/{path}", headers=desk.headers).status_code == 404
