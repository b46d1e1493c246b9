"""What happens to hard matters by itself: once, whoever looks, and how the command says it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from geo_service.cli import app
from geo_service.flows.consultation.entering import enter_due
from tests.flows.acting import Act
from tests.flows.room import DAY, HOUSING, WATER, Room
from tests.flows.test_consultation import passed_around
from tests.flows.test_dispatching import reported
from tests.flows.test_whistles import STREET, answer, blow


def test_two_that_look_at_once_do_it_once(room: Room, act: Act) -> None:
    cases = [reported(room.service) for _ in range(4)]
    for case_id in cases:
        passed_around(act, case_id)
    blow(room, case_id=cases[0])
    now = room.service.clock.at + DAY
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: enter_due(room.service.database, now=now), range(3)))
    assert sum(done) == 5  # four cases and a whistle
    room.service.clock.at = now
    assert [len(room.see(f"cases/{case_id}/consultations")["items"]) for case_id in cases] == [1, 1, 1, 1]


def test_one_call_does_no_more_than_it_may_and_the_next_goes_on(room: Room, act: Act) -> None:
    for _ in range(3):
        passed_around(act, reported(room.service))
    now = room.service.clock.at
    assert [enter_due(room.service.database, now=now, most=2) for _ in range(3)] == [2, 1, 0]


def test_a_case_in_the_wrong_hands_keeps_no_other_one_back(room: Room, act: Act) -> None:
    """The first of two cases has an event from the future: a machine's clock was wrong."""
    first, second = reported(room.service), reported(room.service)
    for case_id in (second, first):
        passed_around(act, case_id)
    now = room.service.clock.at - DAY / 24 / 30  # two minutes ago: the first case has later events
    assert enter_due(room.service.database, now=now) == 1
    assert [len(room.see(f"cases/{case_id}/consultations")["items"]) for case_id in (first, second)] == [0, 1]


def test_the_commands_say_what_is_due_and_do_it(room: Room, act: Act, tmp_path: Path) -> None:
    room.service.clock.at -= 300 * DAY  # the command looks at the machine's own clock: what it is to see is long past
    case_id = reported(room.service)
    passed_around(act, case_id)
    number = blow(room, agencies=[HOUSING, WATER])["whistle_id"]
    answer(room, number, "report_in", who=HOUSING)
    answer(room, number, "rate", who=STREET, agency=HOUSING, stars=4)
    environment = {"CITYGRID_DATABASE_URL": room.service.database.url, "CITYGRID_DATA_DIR": str(tmp_path), "LANG": "en_US.UTF-8"}

    def command(*words: str, code: int = 0) -> list[Any]:
        done = CliRunner().invoke(app, ["consultations", *words], env=environment)
        assert done.exit_code == code, done.output
        return [json.loads(line) for line in done.stdout.splitlines()] if "--json" in words else done.stdout.splitlines()

    [due] = command("due", "--json")
    assert (due["case_id"], due["tier"], due["entry"]) == (case_id, 1, "duty_unclear")
    [line] = command("due")
    assert line.split("\t")[:3] == [str(case_id), "1", "duty_unclear"]
    figures = {one["agency"]: one for one in command("whistles", "--json")}
    assert (figures[HOUSING]["in_time"], figures[HOUSING]["mean_stars"]) == (1, 4.0)
    assert command("whistles", "--to", "2026-01-01T00:00:00+08:00") == []
    command("whistles", "--from", "yesterday", code=2)
    command("whistles", "--from", "2026-01-01T00:00:00", code=2)
