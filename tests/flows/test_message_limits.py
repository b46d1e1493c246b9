"""Nobody can make the service ring a stranger's phone all night, and what messages said is not kept for ever; on both databases."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from geo_service import event_log
from geo_service.flows.audit.service import verify
from geo_service.flows.messages.making import make_messages
from geo_service.flows.messages.sending import send_due
from geo_service.jobs.status import status
from geo_service.notify import outbox
from tests.flows.conftest import NOW, Service
from tests.flows.post_office import PostOffice
from tests.flows.test_messages import happen
from tests.services.receivers import receiving

PHONE = "13912345678"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def office(service: Service, tmp_path: Path) -> Iterator[PostOffice]:
    with receiving() as receiver:
        made = PostOffice(service, receiver)
        made.configure(messages_file=tmp_path / "sms.jsonl", messages_file_channels=["sms"], messages_most_hourly=3)
        yield made


def rung(office: PostOffice) -> Counter[str]:
    """How often each phone was rung."""
    path = office.wiring.settings.messages.messages_file
    assert path is not None
    return Counter(orjson.loads(line)["address"] for line in path.read_bytes().splitlines()) if path.exists() else Counter()


def send(office: PostOffice) -> int:
    return send_due(office.wiring, holder="a")


def test_a_phone_rings_so_often_within_an_hour_however_many_report_with_it(office: PostOffice) -> None:
    written = (PHONE, "139 1234 5678", "+86-13912345678", "139-1234-5678", PHONE, PHONE, PHONE)
    for address in written:
        office.report(notify={"channel": "sms", "address": address})
    office.report(notify={"channel": "sms", "address": "13700000000"})
    assert make_messages(office.wiring, now=NOW) == 8
    assert send(office) == 4
    assert rung(office)["13700000000"] == 1
    assert sum(rung(office).values()) == 4
    waiting = office.messages(office.key("root", "administrator"), state="queued")
    assert {(one["last_error"], one["attempts"]) for one in waiting} == {("held_back", 0)}
    assert {one["next_at"] for one in waiting} == {(NOW + HOUR).isoformat().replace("+00:00", "Z")}
    told = status(office.wiring, language="en")["messages"]
    assert (told["queued"], told["held_back"]) == (4, 4)
    clock = office.service.clock
    clock.at = NOW + HOUR - dt.timedelta(seconds=1)
    assert send(office) == 0
    clock.at = NOW + HOUR
    assert send(office) == 3
    clock.at = NOW + 2 * HOUR
    assert send(office) == 1
    assert sum(rung(office).values()) == 8
    assert {row.state for row in office.rows()} == {"sent"}
    assert status(office.wiring, language="en")["messages"]["held_back"] == 0


def test_who_has_to_wait_holds_nobody_up_and_programs_are_told_everything(office: PostOffice) -> None:
    for _ in range(20):
        office.report(notify={"channel": "sms", "address": PHONE})
    case_id = office.report(notify={"channel": "sms", "address": "13700000000"})["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 8)
    make_messages(office.wiring, now=NOW)
    assert send(office) == 3 + 1 + 8
    assert len(office.receiver.arrived) == 8


def test_a_clock_that_was_ahead_holds_back_for_an_hour_and_no_longer(office: PostOffice) -> None:
    clock = office.service.clock
    clock.at = NOW + HOUR
    for _ in range(4):
        office.report(notify={"channel": "sms", "address": PHONE})
    make_messages(office.wiring, now=clock.at)
    assert send(office) == 3
    clock.at = NOW
    office.report(notify={"channel": "sms", "address": PHONE})
    make_messages(office.wiring, now=NOW)
    send(office)
    assert max(row.next_at for row in office.rows() if row.state == "queued") <= NOW + 2 * HOUR
    clock.at = NOW + 2 * HOUR
    send(office)
    assert {row.state for row in office.rows()} == {"sent"}


def test_what_messages_said_is_removed_in_time_and_the_log_is_whole(office: PostOffice) -> None:
    case_id = office.report(notify={"channel": "sms", "address": PHONE}, description=f"call {PHONE}")["case_id"]
    office.subscribe(case_id=case_id, address="http://127.0.0.1:1/")
    headers = {**office.service.operator, "If-Match": '"1"'}
    noted = office.service.client.post(f"/api/v1/cases/{case_id}/actions/note", json={"note": "looked at"}, headers=headers)
    assert noted.status_code == 200, noted.text
    office.service.background()
    kept = [one for one in office.rows() if one.state == "sent"]
    assert all(one.body and one.payload and one.address for one in kept)
    clock = office.service.clock
    clock.at = NOW + dt.timedelta(days=89)
    office.service.background()
    assert all(one.body for one in office.rows())
    for _ in range(3):  # what could not be sent is given up
        clock.at += dt.timedelta(days=1)
        office.service.background()
    [sent] = [one for one in office.rows() if one.state == "sent"]
    assert (sent.subject, sent.body, sent.payload, sent.address, sent.recipient) == ("", "", {}, "", "")
    assert sent.forgotten_at is not None
    assert sent.message_id == kept[0].message_id
    assert make_messages(office.wiring, now=clock.at) == 0  # and told once
    shown = office.messages(office.key("root", "administrator"), state="sent")
    assert [(one["body"], one["forgotten_at"] is not None) for one in shown] == [("", True)]
    with office.service.database.reading() as connection:
        kinds = [event.kind for event in event_log.after(connection, 0)]
        found, _ = verify(connection, heads=office.wiring.settings.heads_file, key=None)
    assert found.whole, found.findings
    assert "messages_forgotten" in kinds


def test_a_message_without_its_text_is_not_sent_again(office: PostOffice) -> None:
    case_id = office.report()["case_id"]
    made = office.subscribe(case_id=case_id)
    office.receiver.answer = lambda n: (404, {}, b"")
    happen(office, case_id, 1)
    office.service.background()
    office.service.clock.at = NOW + dt.timedelta(days=91)
    office.service.background()
    [dead] = office.messages(subscription=made["subscription_id"])
    assert (dead["state"], dead["body"]) == ("dead", "")
    answer = office.service.client.post(f"/api/v1/messages/{dead['message_id']}/resend", headers=office.service.operator)
    assert (answer.status_code, answer.json()["code"]) == (409, "message_forgotten")
    with office.service.database.reading() as connection:
        assert outbox.dead_and_wanted(connection, limit=10) == []


def test_with_a_reporter_everything_that_was_told_of_the_case_is_forgotten(office: PostOffice) -> None:
    settings: Any = office.wiring.settings.privacy
    settings.message_days, settings.retention_days = 3650, 30
    case_id = office.report(reporter={"name": "王小明", "phone": PHONE})["case_id"]
    office.subscribe(case_id=case_id)
    headers = {**office.service.operator, "If-Match": '"1"'}
    path = f"/api/v1/cases/{case_id}/actions/not_accept"
    answer = office.service.client.post(path, json={"reason": "too_vague"}, headers=headers)
    assert answer.status_code == 200, answer.text
    office.service.background()
    assert all(one.body for one in office.rows())
    office.service.clock.at = NOW + dt.timedelta(days=31)
    office.service.background()
    assert {one.body for one in office.rows()} == {""}
    assert all(one.address for one in office.rows())  # of the desk, not of the reporter
