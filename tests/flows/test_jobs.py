"""Background work: asked for once, done by one, taken over after a crash, its end and its reason visible; on both databases."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import orjson
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from boundaries.errors import StoreError
from boundaries.store.tables import generation
from geo_service.api.wiring import Wiring
from geo_service.app import wire
from geo_service.backlog import enqueue, job, take
from geo_service.cli import app
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.jobs import run_forever, running
from geo_service.jobs.status import FailedJob, KindStatus, Status, TaskStatus
from geo_service.notify.outbox import Tally
from geo_service.settings import JobsSettings, Settings, StorageSettings
from tests import city
from tests.flows.conftest import NOW, Service, served
from tests.flows.test_planning import Desk, key_of, split
from tests.services.forked import ForkServerProcess, event, forked

WAIT_S = 300.0


def drafts_generations(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).where(generation.c.kind == "draft")).scalar_one())


def until(what: Any) -> None:
    end = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def busy(settings: Settings, founded: Database, service: Service) -> Iterator[Service]:
    """A second process of the service, as it were, that does the background work too."""
    settings.jobs = JobsSettings(jobs_in_app=True, jobs_poll_seconds=0.05)
    second = served(1)
    wire(second, settings, clock=service.clock)
    with TestClient(second, raise_server_exceptions=False) as client:
        client.headers["Accept-Language"] = "en"
        yield Service(client, founded, service.clock, service.key)


def test_preparing_is_a_job_with_a_place_to_look_at(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    answer = service.client.post(f"{desk.path}/prepare", headers=desk.headers)
    asked = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, asked["href"])
    assert (asked["kind"], asked["state"], asked["progress"], asked["result"]) == ("prepare_draft", "queued", 0.0, None)
    assert desk.post(f"{desk.path}/prepare", status=202)["job_id"] == asked["job_id"]  # asked twice, done once
    assert service.background()["jobs"] == 1
    done = desk.get(asked["href"])
    assert (done["state"], done["progress"], done["problem"]) == ("done", 1.0, None)
    assert done["result"] == {"draft_id": int(desk.path.rsplit("/", 1)[1]), "generation": 2, "defects": 1, "errors": 0, "publishable": True}
    assert desk.post(f"{desk.path}/prepare", status=202)["state"] == "done"
    tiles = list((service.wiring.settings.storage.data_dir / "tiles").glob("*.pmtiles"))
    assert len(tiles) == 2  # those of the generation in force, and those of the draft
    assert drafts_generations(service.database) == 1


@pytest.mark.parametrize("how", [{"params": {"wait": 60}}, {"headers": {"Prefer": "respond-async, wait=60"}}])
def test_who_wants_to_wait_gets_what_came_of_it(busy: Service, how: dict[str, Any]) -> None:
    desk = Desk(busy)
    desk.do(split(busy))
    headers = {**desk.headers, **how.get("headers", {})}
    answer = busy.client.post(f"{desk.path}/prepare", headers=headers, params=how.get("params", {}))
    assert answer.status_code == 200, answer.text
    prepared = answer.json()
    assert (prepared["generation"], prepared["publishable"], prepared["proof"]["edges_hold"]) == (2, True, True)
    assert desk.post(f"{desk.path}/publish")["generation"] == 2
    empty = Desk(busy, name="planner 2")
    refused = busy.client.post(f"{empty.path}/prepare", headers={**empty.headers, **how.get("headers", {})}, params=how.get("params", {}))
    assert (refused.status_code, refused.json()["code"]) == (409, "draft_empty")
    assert empty.post(f"{empty.path}/prepare?wait=999", status=422)["code"] == "malformed"


def test_a_job_that_failed_says_why_in_the_callers_language_and_may_be_asked_for_again(service: Service) -> None:
    desk = Desk(service)
    failed = desk.prepare()
    assert (failed["state"], failed["problem"]["status"], failed["problem"]["code"]) == ("failed", 409, "draft_empty")
    assert "changes nothing" in failed["problem"]["detail"]
    chinese = service.client.get(failed["href"], headers={**desk.headers, "Accept-Language": "zh-CN"}).json()
    assert "没有任何修改" in chinese["problem"]["detail"]
    desk.do(split(service))
    assert desk.prepare()["state"] == "done"
    overtaken = desk.post(f"{desk.path}/prepare", status=202)
    assert overtaken["state"] == "done"
    desk.step("undo")
    desk.step("redo")
    asked = desk.post(f"{desk.path}/prepare", status=202)
    desk.do({"kind": "rename", "area": key_of(service, city.B), "name": "乙乙社区"})
    service.background()
    assert desk.get(asked["href"])["problem"]["code"] == "draft_moved_on"
    assert desk.post("/api/v1/drafts/999/prepare", status=404)["code"] == "draft_unknown"


def test_a_job_is_seen_by_whom_it_concerns(service: Service) -> None:
    desk = Desk(service)
    asked = desk.post(f"{desk.path}/prepare", status=202)
    assert service.client.get(asked["href"]).status_code == 401
    assert service.client.get(asked["href"], headers=service.operator).status_code == 404
    for number in (0, -1, 10**30, 999):
        assert service.client.get(f"/api/v1/jobs/{number}", headers=desk.headers).status_code == 404


def test_a_job_is_held_by_one_and_taken_over_when_its_lease_is_over(service: Service) -> None:
    lease = dt.timedelta(seconds=30)
    with service.database.writing() as connection:
        asked = enqueue(connection, kind="prepare_draft", payload={"draft_id": 1, "head": 0}, key="k", actor="x", role="planner", at=NOW)
        assert enqueue(connection, kind="prepare_draft", payload={}, key="k", actor="y", role="planner", at=NOW) == asked
        kinds = ["prepare_draft"]
        assert take(connection, kinds=kinds, owner="one", now=NOW, lease=lease) is not None
        assert take(connection, kinds=kinds, owner="two", now=NOW + lease / 2, lease=lease) is None
        taken = take(connection, kinds=kinds, owner="two", now=NOW + lease, lease=lease)
    assert taken is not None
    assert (taken.owner, taken.attempts) == ("two", 2)


def test_what_keeps_ending_its_process_is_given_up(service: Service) -> None:
    desk = Desk(service)
    asked = desk.post(f"{desk.path}/prepare", status=202)
    with service.database.writing() as connection:
        for n in range(running.ATTEMPTS):
            at = NOW + dt.timedelta(minutes=n)
            assert take(connection, kinds=["prepare_draft"], owner=f"died {n}", now=at, lease=dt.timedelta(seconds=30)) is not None
    service.clock.at = NOW + dt.timedelta(hours=1)
    service.background()
    assert desk.get(asked["href"])["problem"]["code"] == "gave_up"


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [(StoreError("store_busy", en="busy", zh="忙"), "queued", None), (RuntimeError("secret"), "failed", "internal")],
)
def test_a_database_that_is_away_is_waited_for_and_a_fault_is_named(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, code: str | None
) -> None:
    def breaks(*_: object) -> dict[str, Any]:
        raise error

    desk = Desk(service)
    desk.do(split(service))
    asked = desk.post(f"{desk.path}/prepare", status=202)
    monkeypatch.setattr(running, "KINDS", {**running.KINDS, "prepare_draft": breaks})
    service.background()
    seen = desk.get(asked["href"])
    assert (seen["state"], (seen["problem"] or {}).get("code")) == (state, code)
    assert "secret" not in json.dumps(seen)
    monkeypatch.undo()
    service.clock.at = NOW + dt.timedelta(minutes=1)
    service.background()
    assert desk.get(asked["href"])["state"] == ("done" if state == "queued" else "failed")


def test_told_to_stop_a_job_goes_back_into_the_queue_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(service)
    desk.do(split(service))
    asked = desk.post(f"{desk.path}/prepare", status=202)
    stop, reached = threading.Event(), threading.Event()

    def waits(_: object, __: object, progress: Any) -> dict[str, Any]:
        progress(0.5, "proving")
        reached.set()
        assert stop.wait(WAIT_S)
        progress(0.6, "indexing")
        raise AssertionError("it went on")

    monkeypatch.setattr(running, "KINDS", {"prepare_draft": waits})
    loop = threading.Thread(target=run_forever, args=(service.wiring, stop))
    loop.start()
    assert reached.wait(WAIT_S)
    half = desk.get(asked["href"])
    assert (half["state"], half["progress"], half["step_text"]) == ("running", 0.5, "proving and checking")
    stop.set()
    loop.join(WAIT_S)
    monkeypatch.undo()
    back = desk.get(asked["href"])
    assert (back["state"], back["attempts"], back["progress"]) == ("queued", 0, 0.0)
    service.background()
    assert desk.get(asked["href"])["state"] == "done"


def run_loop(url: str, folder: Path, held: Any, lease_s: float) -> None:
    """The background's loop in a process of its own; with `held` it says so and sleeps in the middle of the first job."""
    real = running.KINDS["prepare_draft"]

    def prepare(wiring: Wiring, job: Any, progress: Any) -> Any:
        if held is not None:
            progress(0.1, "proving")
            held.set()
            time.sleep(600)
        return real(wiring, job, progress)

    running.KINDS = {"prepare_draft": prepare}
    jobs = JobsSettings(jobs_poll_seconds=0.05, jobs_lease_seconds=lease_s)
    settings = Settings(storage=StorageSettings(database_url=url, data_dir=folder), jobs=jobs)
    run_forever(Wiring(settings, Database(url), SystemClock()), threading.Event())


def loop_process(url: str, folder: Path, *, held: Any = None, lease_s: float = 60) -> ForkServerProcess:
    return forked(run_loop, url, folder, held, lease_s)


def test_two_processes_do_every_job_once(service: Service, tmp_path: Path) -> None:
    desks = [Desk(service, name=f"planner {n}") for n in range(4)]
    for desk in desks:
        desk.do(split(service))
    service.clock.at = SystemClock().now()
    processes = [loop_process(service.database.url, tmp_path / "var") for _ in range(2)]
    try:
        asked = [desk.post(f"{desk.path}/prepare", status=202)["href"] for desk in desks for _ in range(2)]
        until(lambda: all(desks[0].get(href)["state"] in ("done", "failed") for href in asked))
    finally:
        for process in processes:
            process.kill()
            process.join()
    assert [desks[0].get(href)["attempts"] for href in asked] == [1] * 8
    assert [desks[0].get(href)["state"] for href in asked] == ["done"] * 8
    assert drafts_generations(service.database) == 4


def test_after_kill_9_another_process_takes_the_job_over(service: Service, tmp_path: Path) -> None:
    desk = Desk(service)
    desk.do(split(service))
    service.clock.at = SystemClock().now()
    asked = desk.post(f"{desk.path}/prepare", status=202)
    held = event()
    first = loop_process(service.database.url, tmp_path / "var", held=held, lease_s=2)
    assert held.wait(WAIT_S)

    def lease_until() -> dt.datetime:
        with service.database.reading() as connection:
            held = job(connection, asked["job_id"])
        assert held.lease_until is not None
        return held.lease_until

    taken = lease_until()
    until(lambda: lease_until() > taken + dt.timedelta(seconds=2))  # renewed while the process lives, in the middle of a step
    first.kill()
    first.join()
    second = loop_process(service.database.url, tmp_path / "var")
    try:
        until(lambda: desk.get(asked["href"])["state"] == "done")
    finally:
        second.kill()
        second.join()
    assert desk.get(asked["href"])["attempts"] == 2
    assert drafts_generations(service.database) == 1


def test_a_job_whose_effect_is_there_already_is_completed_not_repeated(service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.prepare()
    with service.database.writing() as connection:  # killed after the commit of the work, before that of the job
        connection.exec_driver_sql("UPDATE job SET state = 'running', owner = 'died', lease_until = created_at, result = NULL")
    asked = desk.post(f"{desk.path}/prepare", status=202)
    assert asked["state"] == "running"
    service.background()
    assert desk.get(asked["href"])["result"]["generation"] == 2
    assert drafts_generations(service.database) == 1


def test_the_command_stops_on_sigterm_and_status_tells_everything(service: Service, tmp_path: Path) -> None:
    desk = Desk(service)
    desk.prepare()
    environment = {**os.environ, "CITYGRID_DATABASE_URL": service.database.url, "CITYGRID_DATA_DIR": str(tmp_path / "var")}
    running_command = subprocess.Popen([sys.executable, "-m", "geo_service.cli", "jobs", "run"], env=environment)

    def status(*words: str) -> Any:
        done = CliRunner().invoke(app, ["jobs", "status", *words], env={**environment, "LANG": "en"})
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if words else done.stdout

    try:
        # once by desk.prepare, then by the command
        until(lambda: all(task["runs"] > 1 for task in status("--json")["tasks"] if task["name"] in ("publish_due", "escalation", "tiles")))
        running_command.send_signal(signal.SIGTERM)
        assert running_command.wait(WAIT_S) == 0
    finally:
        running_command.kill()
    found = status("--json")
    assert (found["queued"], found["running"], found["failed"], found["oldest_s"]) == (0, [], 1, None)
    assert found["kinds"]["prepare_draft"] == {"queued": 0, "running": 0, "done": 0, "failed": 1, "oldest_s": None}
    assert found["recently_failed"][0]["code"] == "draft_empty"
    assert {task["holder"] for task in found["tasks"]} == {None}
    shown = status()
    assert "prepare_draft" in shown
    assert "escalation" in shown
    assert "changes nothing" in shown


def test_a_publication_at_a_date_is_done_by_the_background(busy: Service) -> None:
    desk = Desk(busy)
    desk.do(split(busy))
    desk.post(f"{desk.path}/prepare?wait=60")
    desk.post(f"{desk.path}/publish", {"at": (NOW + dt.timedelta(hours=3)).isoformat()})
    assert desk.get(desk.path)["status"] == "review"
    busy.clock.at = NOW + dt.timedelta(hours=4)
    until(lambda: desk.get(desk.path)["status"] == "published")


def test_the_status_has_the_shape_that_is_written_down(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk = Desk(service)
    desk.post(f"{desk.path}/prepare", status=202)
    service.background()
    monkeypatch.setenv("CITYGRID_DATABASE_URL", service.database.url)
    monkeypatch.setenv("CITYGRID_DATA_DIR", str(tmp_path / "var"))
    shown = CliRunner().invoke(app, ["jobs", "status", "--json"])
    assert shown.exit_code == 0, shown.output
    told = orjson.loads(shown.stdout)

    def keys(record: object) -> set[str]:
        return set(get_type_hints(record))

    assert told.keys() == keys(Status)
    assert told["kinds"]["prepare_draft"].keys() == keys(KindStatus)
    assert told["messages"].keys() == keys(Tally)
    assert all(task.keys() == keys(TaskStatus) for task in told["tasks"])
    [failed] = told["recently_failed"]
    assert (failed.keys(), failed["code"]) == (keys(FailedJob), "draft_empty")
    assert {task["name"] for task in told["tasks"] if task["runs"]} >= {"messages_made", "messages_sent", "retention", "escalation"}
