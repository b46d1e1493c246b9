"""The working calendar as a table: hours, holidays and its end, which is told in time and never guessed over in silence."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

import pytest

from geo_service.jobs.periodic import TASKS, run_task
from tests.flows.conftest import Service
from tests.flows.rule_desk import Desk, Lines
from tests.flows.test_dispatching import reported
from tests.flows.test_rules import changed


def until(lines: Lines, year: int) -> Lines:
    """The calendar as if nothing were known behind a year."""
    return [line for line in lines if not line[0][:4].isdigit() or int(line[0][:4]) <= year]


def test_a_holiday_that_is_added_moves_new_deadlines_and_no_old_one(desk: Desk, act: Callable[..., Any]) -> None:
    service = desk.service
    case_id = reported(service)
    act(case_id, "file")
    before = act(case_id, "dispatch")  # four working hours from 10:32 on Tuesday: 16:32
    assert before["due_at"][:16] == "2026-11-24T08:32"
    rows = desk.table("calendar")
    rows += [["2026-11-24", "off", "风暴停工", ""], ["2026-11-28", "work", "补班", ""]]
    told = desk.send("calendar", rows, commit=True)
    assert (told["changes"][0]["counts"], told["open_cases"]) == ({"added": 2, "changed": 0, "removed": 0}, 1)
    assert service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).json()["due_at"] == before["due_at"]
    other = reported(service)
    act(other, "file")
    assert act(other, "dispatch")["due_at"][:16] == "2026-11-25T04:00"  # Wednesday noon
    shown = desk.get("/calendar").json()
    assert shown["calendar"]["last_day"] == "2027-12-31"
    assert shown["calendar"]["warning"] is None


def test_working_hours_and_seasons_come_from_the_table(desk: Desk, act: Callable[..., Any]) -> None:
    rows = desk.table("calendar")
    rows += [["*", "hours", "09:00-12:00 13:00-18:00", ""], ["11-15..02-15", "hours", "10:00-12:00 13:00-15:00", ""]]
    desk.send("calendar", rows, commit=True)
    assert desk.send("calendar", desk.table("calendar"), commit=True)["changed"] is False
    case_id = reported(desk.service)
    act(case_id, "file")
    case = act(case_id, "dispatch")  # 10:32 to 12:00 and 13:00 to 15:00 on Tuesday, 32 minutes from 10:00 on Wednesday
    assert case["due_at"][:16] == "2026-11-25T02:32"


def test_a_calendar_that_contradicts_itself_is_refused_row_by_row(desk: Desk) -> None:
    good = desk.table("calendar")
    rows = [
        (["2026-11-24T00:00:00+08:00", "off", "x", ""], "day", "bad_date"),
        (["2026-02-30", "off", "x", ""], "day", "bad_date"),
        (["2026-10-01", "work", "x", ""], "day", "doubled"),
        (["2026", "year", "guessed", "x"], "name", "unknown_choice"),
        (["26", "year", "announced", "x"], "day", "bad_year"),
        (["*", "hours", "12:00-08:00", ""], "name", "bad_working_hours"),
        (["*", "hours", "25:00-26:00", ""], "name", "bad_working_hours"),
        (["02-31..03-01", "hours", "08:00-12:00", ""], "day", "bad_season"),
        (["2026-11-24", "holiday", "x", ""], "kind", "unknown_choice"),
    ]
    refused = desk.send("calendar", good + [row for row, _, _ in rows], status=422)
    assert [(e["column"], e["code"]) for e in refused["errors"]] == [(column, code) for _, column, code in rows]
    assert [e["row"] for e in refused["errors"]] == list(range(len(good) + 1, len(good) + 1 + len(rows)))
    for lines, code in (
        ([line for line in good if line[0] != "2025" and not line[0].startswith("2025-")], "calendar_gap"),
        (until(good, 2025), "calendar_ended"),
        ([*good, ["2028-01-03", "off", "元旦", ""]], "year_without_source"),
        ([line for line in good if line[1:2] != ["year"]], "no_years"),
    ):
        assert {e["code"] for e in desk.send("calendar", lines, status=422)["errors"]} == {code}


def test_the_end_of_the_table_is_told_sixty_days_before(
    desk: Desk,
    service: Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = desk.send("calendar", until(desk.table("calendar"), 2026), commit=True)
    assert told["warnings"] == ["the working calendar ends on 2026-12-31 (37 days left)"]
    ready = service.client.get("/health/ready").json()
    assert ready["calendar_until"] == "2026-12-31"
    assert "37 days left" in ready["warnings"][0]
    chinese = service.client.get("/health/ready", headers={"Accept-Language": "zh-CN"}).json()
    assert "剩余 37 天" in chinese["warnings"][0]
    assert "37 days left" in desk.get("/calendar").json()["calendar"]["warning"]
    assert desk.get("").json()["calendar"]["days_left"] == 37
    task = next(one for one in TASKS if one.name == "calendar")
    wiring = service.wiring
    with caplog.at_level(logging.WARNING, logger="citygrid.jobs"):
        assert run_task(wiring, task, holder="test", clock=service.clock) == 1
    assert "37" in caplog.text
    service.clock.at -= dt.timedelta(days=24)  # 61 days before
    assert service.client.get("/health/ready").json()["warnings"] == []
    assert run_task(wiring, task, holder="test", clock=service.clock) == 0


def test_a_deadline_behind_the_end_of_the_table_is_flagged(desk: Desk, act: Callable[..., Any]) -> None:
    service = desk.service
    service.clock.at = dt.datetime(2026, 12, 31, 8, 0, tzinfo=dt.UTC)  # Thursday 16:00
    first = reported(service)
    act(first, "file")
    assert act(first, "dispatch")["due_assumed"] is False
    desk.send("calendar", until(desk.table("calendar"), 2026), commit=True)
    second = reported(service)
    act(second, "file")
    case = act(second, "dispatch")
    assert case["due_assumed"] is True
    assert case["events"][-1]["data"]["beyond_calendar"] == "2026-12-31"
    exact = reported(service)
    act(exact, "file")
    assert act(exact, "dispatch", {"limit": {"amount": 24, "clock": "urgent_hour"}})["due_assumed"] is False


def test_the_ladder_of_the_table_is_the_one_that_is_climbed(desk: Desk, act: Callable[..., Any]) -> None:
    service = desk.service
    rows = desk.table("ladder")
    circle = changed([list(line) for line in rows], {"code": "late_leader"}, then="warn_owner")
    refused = desk.send("ladder", circle, status=422)
    assert [(e["code"], e["column"]) for e in refused["errors"]] == [("circular_escalation", "then")]
    strangers = changed([list(line) for line in rows], {"code": "late_leader"}, tells="emperor")
    assert desk.send("ladder", strangers, status=422)["errors"][0]["code"] == "unknown_role"
    short = [*rows[:2], ["only", "due", "1", "urgent_hour", "supervisor", ""]]
    desk.send("ladder", short, commit=True)
    case_id = reported(service)
    act(case_id, "file")
    act(case_id, "dispatch")
    service.clock.at += dt.timedelta(days=1)
    task = next(one for one in TASKS if one.name == "escalation")
    wiring = service.wiring
    assert run_task(wiring, task, holder="test", clock=service.clock) == 1
    events = service.client.get(f"/api/v1/cases/{case_id}/events", headers=service.operator).json()["items"]
    assert (events[-1]["kind"], events[-1]["data"]["rung"], events[-1]["data"]["tells"]) == ("escalated", "only", "supervisor")
