"""A sender that is killed (-9) between sending and marking: what arrived may arrive again under the same id, nothing is lost."""

import datetime as dt
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import orjson
import pytest
from typer.testing import CliRunner

from geo_service.api.wiring import Wiring
from geo_service.cli import app
from geo_service.clock import FixedClock, SystemClock
from geo_service.db import Database
from geo_service.flows.messages.making import make_messages
from geo_service.flows.messages.sending import send_due
from geo_service.notify import Outgoing
from geo_service.notify.model import Outcome
from geo_service.settings import MessageSettings, Settings, StorageSettings
from tests.flows.conftest import NOW, Service
from tests.flows.post_office import PostOffice
from tests.flows.test_messages import happen
from tests.services.forked import ForkServerProcess, forked
from tests.services.receivers import receiving, talking


def send(url: str, at: dt.datetime) -> None:
    """Sends what is due, in a process of its own."""
    settings = Settings(storage=StorageSettings(database_url=url), messages=MessageSettings(messages_private_networks=["127.0.0.0/8"]))
    wiring = Wiring(settings, Database(url), FixedClock(at))
    while send_due(wiring, holder=f"process {at}"):
        pass


@pytest.fixture
def office(service: Service) -> Iterator[PostOffice]:
    with receiving() as receiver:
        made = PostOffice(service, receiver)
        made.configure()
        yield made


def sender(office: PostOffice, at: dt.datetime) -> ForkServerProcess:
    return forked(send, office.service.database.url, at)


def ended(process: ForkServerProcess) -> int | None:
    """How it ended, once it has."""
    process.join(timeout=120)
    return process.exitcode


def test_killed_between_sending_and_marking(office: PostOffice) -> None:
    case_id = office.report()["case_id"]
    for _ in range(4):
        office.subscribe(case_id=case_id)
    happen(office, case_id, 5)
    assert make_messages(office.wiring, now=NOW) == 20
    processes: list[ForkServerProcess] = []
    killed = threading.Event()

    def answer(n: int) -> tuple[int, dict[str, str], bytes]:
        if n == 13:  # in the second batch: some are marked, some are on their way, the rest waits
            os.kill(processes[0].pid, signal.SIGKILL)
            killed.set()
        return 204, {}, b""

    office.receiver.answer = answer
    processes.append(sender(office, NOW))
    assert ended(processes[0]) == -signal.SIGKILL
    assert killed.is_set()
    states = Counter(row.state for row in office.rows())
    assert states["sending"] > 0
    assert states["sent"] < 20
    before = set(office.receiver.ids)
    early = sender(office, NOW + dt.timedelta(seconds=30))  # what the dead one holds is not touched before its lease is over
    assert ended(early) == 0
    assert Counter(row.state for row in office.rows()) == {"sending": states["sending"], "sent": 20 - states["sending"]}
    late = sender(office, NOW + dt.timedelta(seconds=61))
    assert ended(late) == 0
    arrived = Counter(office.receiver.ids)
    assert set(arrived) == {row.message_id for row in office.rows()}  # none is lost
    doubled = {one for one, times in arrived.items() if times > 1}
    assert doubled <= before
    assert max(arrived.values()) <= 2
    assert {row.state for row in office.rows()} == {"sent"}
    assert sum(row.attempts for row in office.rows()) == 20 + states["sending"]


def test_a_receiver_that_hangs_takes_nobody_elses_turn(office: PostOffice) -> None:
    over = threading.Event()
    case_id = office.report()["case_id"]

    def hang(_line: socket.socket, _ended: threading.Event) -> None:
        over.wait(15)

    with talking(hang) as port:
        office.subscribe(case_id=case_id, address=f"http://127.0.0.1:{port}/")
        happen(office, case_id, 6)
        office.subscribe(case_id=case_id)
        happen(office, case_id, 1)
        make_messages(office.wiring, now=NOW)
        running = threading.Thread(target=send_due, args=(office.wiring,), kwargs={"holder": "a"})
        running.start()
        running.join(timeout=60)
        over.set()
        assert not running.is_alive()
    assert len(office.receiver.arrived) == 1
    failed = [row for row in office.rows() if row.last_error]
    assert {row.last_error for row in failed} <= {"timeout", "no_answer"}
    assert {row.state for row in failed} == {"queued"}


def test_a_sender_that_knows_no_end_is_left_and_its_message_taken_up_again(office: PostOffice) -> None:
    over = threading.Event()

    class Endless:
        addressed_by: Literal["url"] = "url"

        def send(self, message: Outgoing) -> Outcome:
            over.wait(60)
            raise RuntimeError(message.address)

    office.configure(messages_lease_seconds=15)
    case_id = office.report()["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 1)
    make_messages(office.wiring, now=NOW)
    assert send_due(office.wiring, holder="a", through={"webhook": Endless()}) == 0
    over.set()
    assert [row.state for row in office.rows()] == ["sending"]
    office.service.clock.at += dt.timedelta(seconds=15)
    assert send_due(office.wiring, holder="b", through={"webhook": Endless()}) == 0
    assert [(row.state, row.last_error) for row in office.rows()] == [("queued", "sender_RuntimeError")]
    office.service.clock.at += dt.timedelta(minutes=2)
    assert send_due(office.wiring, holder="c") == 1


def test_the_command_lists_shows_and_sends_again(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.receiver.answer = lambda n: (404, {}, b"")
    case_id = office.report()["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 2)
    office.service.background()
    monkeypatch.setenv("CITYGRID_DATABASE_URL", office.service.database.url)
    monkeypatch.setenv("LC_ALL", "C")
    run = CliRunner().invoke
    listed = orjson.loads(run(app, ["messages", "list", "--state", "dead", "--json"]).stdout)
    assert [one["last_error"] for one in listed] == ["http_404", "http_404"]
    assert "dead" in run(app, ["messages", "list"]).stdout
    shown = orjson.loads(run(app, ["messages", "show", listed[0]["message_id"]]).stdout)
    assert (shown["state"], shown["address"]) == ("dead", "http://127.0.0.1/***")
    assert run(app, ["messages", "list", "--state", "lost"]).exit_code == 2
    assert run(app, ["messages", "resend"]).exit_code == 2
    assert run(app, ["messages", "resend", listed[0]["message_id"]]).exit_code == 0
    assert run(app, ["messages", "resend", "--dead"]).exit_code == 0
    status = orjson.loads(run(app, ["jobs", "status", "--json"]).stdout)
    assert (status["messages"]["queued"], status["messages"]["dead"]) == (2, 0)
    office.receiver.answer = lambda n: (204, {}, b"")
    office.service.clock.at = SystemClock().now()  # the command goes by the machine's clock
    assert office.service.background()["messages_sent"] == 2
