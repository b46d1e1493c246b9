"""The escalation ladder through the service: each rung once, with the instant it was reached, whatever happened meanwhile."""

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from geo_service import event_log
from geo_service.cases.rule_versions import put_book
from geo_service.cli import app
from geo_service.clock import FixedClock
from geo_service.event_log import NewEvent
from geo_service.jobs import run_due, status
from geo_service.jobs.escalation import escalate
from geo_service.jobs.leases import LEASE, take
from tests.flows.acting import Act
from tests.flows.conftest import Service
from tests.flows.test_dispatching import reported, the_row_is_the_fold_of_its_events, walk


def rungs(service: Service, case_id: int) -> list[tuple[str, str]]:
    events = service.client.get(f"/api/v1/cases/{case_id}/events", headers=service.operator).json()["items"]
    return [(e["data"]["rung"], e["data"]["reached_at"]) for e in events if e["kind"] == "escalated"]


def run_at(service: Service, at: dt.datetime) -> int | None:
    """How many rungs are climbed at an instant."""
    return run_due(service.wiring, clock=FixedClock(at))["escalation"]


def instant(case: dict[str, Any], name: str) -> dt.datetime:
    return dt.datetime.fromisoformat(case[name])


def test_each_rung_is_climbed_once_and_again_finds_nothing(service: Service, act: Act) -> None:
    case_id = reported(service)
    sent = walk(act, case_id, "dispatch")
    assert run_at(service, instant(sent, "warn_at") - dt.timedelta(seconds=1)) == 0
    assert run_at(service, instant(sent, "warn_at")) == 1
    assert run_at(service, instant(sent, "warn_at")) == 0
    assert run_at(service, instant(sent, "due_at") + dt.timedelta(seconds=1)) == 2
    assert [rung for rung, _ in rungs(service, case_id)] == ["warn_owner", "due_owner", "due_operator"]
    the_row_is_the_fold_of_its_events(service, case_id)


def test_downtime_changes_no_rung_and_no_instant(service: Service, act: Act) -> None:
    ids = [reported(service), reported(service)]
    sent = [walk(act, case_id, "dispatch") for case_id in ids]
    later = instant(sent[1], "due_at") + dt.timedelta(days=30)
    assert run_at(service, later) == 10
    found = rungs(service, ids[0])
    assert [rung for rung, _ in found] == ["warn_owner", "due_owner", "due_operator", "late_supervisor", "late_leader"]
    assert dt.datetime.fromisoformat(found[0][1]) == instant(sent[0], "warn_at")
    assert dt.datetime.fromisoformat(found[1][1]) == instant(sent[0], "due_at")
    assert found == sorted(found, key=lambda one: one[1])


def test_late_cases_without_a_rung_to_climb_keep_no_operator_waiting(service: Service, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = reported(service)
    later = instant(walk(act, case_id, "dispatch"), "due_at") + dt.timedelta(days=30)
    assert escalate(service.database, now=later) == 5

    def refuse() -> Any:
        raise AssertionError("nothing is to be written")

    monkeypatch.setattr(service.database, "writing", refuse)
    assert escalate(service.database, now=later) == 0


def test_operators_write_in_the_middle_of_many_escalations(service: Service, act: Act) -> None:
    ids = [reported(service) for _ in range(12)]
    later = max(instant(walk(act, case_id, "dispatch"), "due_at") for case_id in ids) + dt.timedelta(days=30)
    climbing = threading.Thread(target=escalate, args=(service.database,), kwargs={"now": later})
    noted = threading.Event()

    def note() -> None:
        with service.database.writing() as connection:
            event_log.append(connection, [NewEvent("noted", None, "operator", service.clock.at, {})])
        noted.set()

    climbing.start()
    while not rungs(service, ids[0]):
        pass
    threading.Thread(target=note).start()
    climbing.join()
    assert noted.wait(60)
    with service.database.reading() as connection:
        events = event_log.after(connection, 0)
    last = max(event.position for event in events if event.kind == "escalated")
    assert next(event.position for event in events if event.kind == "noted") < last


def test_what_is_handled_or_suspended_is_left_alone(service: Service, act: Act) -> None:
    handled, hung = reported(service), reported(service)
    walk(act, handled, "feed_back")
    walk(act, hung, "sign")
    act(hung, "request_suspension", {"reason": "frozen ground"})
    act(hung, "suspend", who="supervisor")
    assert run_at(service, service.clock.at + dt.timedelta(days=60)) == 0


def test_a_job_is_done_by_one_and_taken_over_when_its_lease_is_over(service: Service) -> None:
    now = service.clock.at
    with service.database.writing() as connection:
        assert take(connection, "escalation", holder="one", now=now)
        assert not take(connection, "escalation", holder="two", now=now)
    assert run_due(service.wiring, clock=FixedClock(now), holder="two")["escalation"] is None
    assert run_due(service.wiring, clock=FixedClock(now + LEASE), holder="two")["escalation"] == 0
    tasks = {task["name"]: task for task in status(service.wiring, language="en")["tasks"]}
    assert (tasks["escalation"]["holder"], tasks["escalation"]["runs"]) == (None, 1)


def test_the_commands_run_jobs_and_prove_the_matrix(service: Service, tmp_path: Path) -> None:
    environment = {"CITYGRID_DATABASE_URL": service.database.url, "CITYGRID_DATA_DIR": str(tmp_path)}

    def command(*words: str) -> list[Any]:
        done = CliRunner().invoke(app, [*words], env=environment)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    [done] = command("jobs", "run", "--once")
    assert (done["escalation"], done["tiles"], done["jobs"]) == (0, 1, 0)
    [shown] = command("jobs", "status", "--json")
    assert {task["name"]: (task["runs"], task["holder"]) for task in shown["tasks"]}["escalation"] == (1, None)
    [proof] = command("matrix", "prove", "--json", "--out", str(tmp_path / "gaps.geojson"))
    assert (proof["leaves"], proof["complete"], proof["gaps"], proof["double_claims"]) == (8, True, [], [])
    assert json.loads((tmp_path / "gaps.geojson").read_text()) == {"type": "FeatureCollection", "features": []}
    service.clock.at = dt.datetime.now(dt.UTC)
    with service.database.writing() as connection:
        put_book(connection, "matrix", [], actor="test", at=service.clock.at)
    done = CliRunner().invoke(app, ["matrix", "prove", "--json", "--out", str(tmp_path / "gaps.geojson")], env=environment)
    assert done.exit_code == 1
    assert json.loads(done.stdout)["gap_pairs"] == 8 * proof["categories"]
    drawn = json.loads((tmp_path / "gaps.geojson").read_text())["features"]
    assert len(drawn) == 7  # all but the leaf that shares its face
