"""Rules that hold from an instant to come: exactly from then on, for what is judged from then on; others are refused by what they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from geo_service import event_log
from geo_service.cases.rule_versions import book_in_force, books, rows_of
from tests import city
from tests.flows.conftest import NOW
from tests.flows.rule_desk import Desk
from tests.flows.test_dispatching import RUBBISH, reported
from tests.flows.test_planning import Desk as Drawing
from tests.flows.test_planning import key_of
from tests.flows.test_rules import EVERYTHING, changed

Act = Callable[..., Any]
LATER = NOW + dt.timedelta(days=7)
FASTER = {"category": RUBBISH, "stage": "handle", "area_class": "*"}


def plan(desk: Desk, kind: str, lines: Any, *, start: dt.datetime = LATER, **params: Any) -> Any:
    return desk.send(kind, lines, commit=True, effective_from=start.isoformat(), **params)


def test_a_dated_version_holds_exactly_from_its_instant(desk: Desk, act: Act) -> None:
    told = plan(desk, "limits", changed(desk.table("limits"), FASTER, amount="1", clock="urgent_hour"), note="from December")
    assert (told["committed"], told["version"]) == (True, 2)
    assert told["said"].startswith(f"version 2 will hold from {LATER.isoformat()}")
    assert desk.version("limits") == 1
    assert desk.get("/limits", at=(LATER - dt.timedelta(microseconds=1)).isoformat()).json()["version"] == 1
    assert desk.get("/limits", at=LATER.isoformat()).json()["version"] == 2

    before = reported(desk.service)
    assert act(before, "file", {"rules_version": 2}, status=422)["code"] == "rules_not_yet_in_force"
    assert act(before, "file", {"rules_version": 9}, status=422)["code"] == "unknown_rules_version"
    act(before, "file")
    desk.service.clock.at = LATER - dt.timedelta(minutes=1)  # the action itself happens at LATER
    behind = reported(desk.service)
    fresh = act(behind, "file", {"rules_version": 2})
    assert (fresh["rules_version"], act(behind, "dispatch")["limit"]) == (2, {"amount": 1.0, "clock": "urgent_hour"})
    kept = act(before, "dispatch")  # filed before, it keeps the earlier version
    assert (kept["rules_version"], kept["limit"]) == (1, {"amount": 4.0, "clock": "work_hour"})
    assert act(reported(desk.service), "file", {"rules_version": 1}, status=422)["code"] == "superseded_rules"


def test_a_rule_that_is_not_in_force_cannot_be_named(desk: Desk, act: Act) -> None:
    rows = desk.table("matrix")
    rows.append(["old", RUBBISH, city.STREET, "agency:S1", "", "5", "", "", "", ""])
    rows.append(["winter", RUBBISH, city.STREET, "agency:S1", "", "5", "2026-12-20", "", "", ""])
    desk.send("matrix", rows, commit=True)
    desk.send("matrix", [row for row in desk.table("matrix") if row[0] != "old"], commit=True)
    rows = desk.table("matrix")
    rows.append(["new", RUBBISH, city.STREET, "agency:S1", "", "6", "", "", "", ""])
    plan(desk, "matrix", rows)
    case_id = reported(desk.service)
    act(case_id, "file")
    for named, code in (
        ("old", "superseded_rule"),
        ("new", "rule_not_yet_in_force"),
        ("winter", "rule_not_yet_valid"),
        ("none", "unknown_rule"),
    ):
        refused = act(case_id, "dispatch", {"owner": "agency:S1", "rule": named}, status=422)
        assert (refused["code"], named in refused["detail"]) == (code, True)
    desk.service.clock.at = LATER
    assert act(case_id, "dispatch")["decision"]["rule"] == "new"


def test_nothing_slips_in_before_a_planned_version(desk: Desk) -> None:
    mine = desk.table("limits")
    plan(desk, "limits", changed(desk.table("limits"), EVERYTHING, amount="9"))
    refused = desk.send("limits", changed(mine, EVERYTHING, amount="8"), commit=True, status=409)
    assert refused["code"] == "rules_planned"
    assert plan(desk, "limits", mine, start=LATER + dt.timedelta(days=1), status=412)["code"] == "rules_moved_on"
    assert desk.send("duties", desk.table("duties"), status=409)["code"] == "rules_planned"  # the catalogue has one row of versions
    assert desk.send("entries", desk.table("entries"), commit=True)["changed"] is False

    def withdraw(version: int, status: int = 200) -> Any:
        answer = desk.service.client.delete(f"/api/v1/rules/limits/versions/{version}", headers=desk.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    assert withdraw(1, 409)["code"] == "rules_not_planned"
    assert withdraw(7, 404)["code"] == "rules_not_found"
    assert withdraw(2)["withdrawn_at"] is not None
    assert withdraw(2, 409)["code"] == "rules_not_planned"
    assert desk.send("limits", mine, commit=True)["version"] == 3
    desk.service.clock.at = LATER + dt.timedelta(days=1)
    assert desk.version("limits") == 3
    with desk.service.database.reading() as connection:
        kinds = [event.kind for event in event_log.after(connection, 0) if event.kind.startswith("rules_")]
    assert kinds == ["rules_changed", "rules_withdrawn", "rules_changed"]
    path = "/api/v1/rules/limits/versions/2"
    assert desk.service.client.delete(path, headers=desk.service.operator).status_code == 403


def test_a_version_that_was_given_up_cannot_be_named(desk: Desk, act: Act) -> None:
    plan(desk, "limits", changed(desk.table("limits"), EVERYTHING, amount="9"))
    assert desk.service.client.delete("/api/v1/rules/limits/versions/2", headers=desk.headers).status_code == 200
    assert act(reported(desk.service), "file", {"rules_version": 2}, status=422)["code"] == "rules_withdrawn"


@pytest.mark.parametrize(
    ("start", "code"),
    [((NOW - dt.timedelta(seconds=1)).isoformat(), "rules_dated_back"), ("2026-12-01T00:00:00", "malformed"), ("tomorrow", "malformed")],
)
def test_rules_are_never_dated_back_and_never_without_a_zone(desk: Desk, start: str, code: str) -> None:
    refused = desk.send("limits", desk.table("limits"), effective_from=start, status=422)
    assert refused["code"] == code


def test_a_planned_version_follows_a_code_that_changes_before_it_holds(desk: Desk) -> None:
    rows = desk.table("matrix")
    rows.append(["grid", RUBBISH, city.A1, "agency:S1", "", "5", "", "", "", ""])
    plan(desk, "matrix", rows)
    new, drawing = f"{city.A}077", Drawing(desk.service)
    drawing.do({"kind": "recode", "area": key_of(desk.service, city.A1), "code": new})
    drawing.publish()
    with desk.service.database.reading() as connection:
        now, later = (book_in_force(connection, "matrix", at=at) for at in (desk.service.clock.at, LATER))
        areas = [row["area"] for row in rows_of(connection, later) if row["rule_id"] == "grid"]
        planned = {one.version: one.withdrawn_at is not None for one in books(connection, "matrix")}
    assert (now.version, later.version, later.effective_from, areas) == (1, 3, LATER, [new])
    assert planned == {1: False, 2: True, 3: False}
