"""Messages that arrive: made once, sent until they arrive or are given up, within the owner's sight; on both databases."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from geo_service import event_log
from geo_service.accounts import revoke_key
from geo_service.event_log import NewEvent
from geo_service.flows.messages.making import make_messages
from geo_service.flows.messages.sending import send_due
from geo_service.notify.forgetting import forget_reporters
from geo_service.notify.model import BACK_OFF_S
from geo_service.notify.verifying import Verifier
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.post_office import PostOffice, together
from tests.services.receivers import receiving


@pytest.fixture
def office(service: Service) -> Iterator[PostOffice]:
    with receiving() as receiver:
        made = PostOffice(service, receiver)
        made.configure()
        yield made


def happen(office: PostOffice, case_id: int, count: int, kind: str = "supervised") -> None:
    with office.service.database.writing() as connection:
        event_log.append(connection, [NewEvent(kind, case_id, "somebody", NOW, {"n": n}) for n in range(count)])


def test_what_happens_reaches_who_asked_for_it_signed(office: PostOffice) -> None:
    made = office.subscribe(area=city.A)
    assert (made["address"], len(made["secret"]) > 30) == ("http://127.0.0.1/***", True)
    told = office.report(description="call 13800138000 <b>now</b>\r\nBcc: x")
    office.report(250, 50)  # of another community
    office.service.background()
    [call] = office.receiver.arrived
    said = orjson.loads(call.body)
    assert not Verifier(made["secret"], now=lambda: NOW.timestamp()).check(call.headers, call.body)
    assert said["id"] == call.message_id == f"m-{said['position']}-{made['subscription_id']}"
    assert (said["kind"], said["case"]["case_id"], said["case"]["state"]) == ("received", told["case_id"], "received")
    assert "138****8000 ＜b＞now＜/b＞  Bcc: x" in said["text"]
    assert b"13800138000" not in call.body
    [sent] = office.messages()
    assert (sent["state"], sent["attempts"], sent["address"]) == ("sent", 1, "http://127.0.0.1/***")
    office.service.background()
    assert len(office.receiver.arrived) == 1


def test_two_loops_make_every_message_once_while_things_happen(office: PostOffice) -> None:
    case_id = office.report()["case_id"]
    subscribed = [office.subscribe(case_id=case_id)["subscription_id"], office.subscribe()["subscription_id"]]
    with office.service.database.reading() as connection:
        begin = event_log.head_of(connection)[0]

    def write() -> None:
        for _ in range(20):
            happen(office, case_id, 3)

    writer = threading.Thread(target=write)
    writer.start()
    made = sum(sum(together(lambda one: make_messages(one, now=NOW), list(office.others(2)))) for _ in range(4))
    writer.join()
    made += sum(together(lambda one: make_messages(one, now=NOW), list(office.others(2))))
    wanted = Counter((one, position) for one in subscribed for position in range(begin + 1, begin + 61))
    assert Counter((row.subscription_id, row.position) for row in office.rows()) == wanted
    assert made == 120


def test_four_runners_send_each_message_once(office: PostOffice) -> None:
    case_id = office.report()["case_id"]
    for _ in range(5):
        office.subscribe(case_id=case_id)
    happen(office, case_id, 4)
    assert make_messages(office.wiring, now=NOW) == 20
    arrived = together(lambda one: send_due(one, holder=f"runner {id(one)}"), list(office.others(4)))
    assert sum(arrived) == 20
    assert Counter(office.receiver.ids) == Counter(row.message_id for row in office.rows())
    assert {(row.state, row.attempts) for row in office.rows()} == {("sent", 1)}


def test_it_is_tried_again_later_and_later_and_then_given_up_and_sent_again_on_request(office: PostOffice) -> None:
    office.receiver.answer = lambda n: (503, {}, b"")
    case_id = office.report()["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 1)
    make_messages(office.wiring, now=NOW)
    clock = office.service.clock
    for n, wait_s in enumerate(BACK_OFF_S, start=1):
        send_due(office.wiring, holder="a")
        assert len(office.receiver.arrived) == n
        [row] = office.rows()
        assert (row.state, row.attempts, row.last_error, row.next_at) == ("queued", n, "http_503", clock.at + dt.timedelta(seconds=wait_s))
        clock.at += dt.timedelta(seconds=wait_s - 1)
        send_due(office.wiring, holder="a")
        assert len(office.receiver.arrived) == n  # not a second too early
        clock.at += dt.timedelta(seconds=1)
    send_due(office.wiring, holder="a")
    [dead] = office.messages(state="dead")
    assert (dead["attempts"], dead["last_error"], dead["next_at"]) == (10, "http_503", None)
    office.receiver.answer = lambda n: (204, {}, b"")
    for _ in range(2):
        answer = office.service.client.post(f"/api/v1/messages/{dead['message_id']}/resend", headers=office.service.operator)
        assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    assert send_due(office.wiring, holder="a") == 1
    assert set(office.receiver.ids) == {dead["message_id"]}
    answer = office.service.client.post(f"/api/v1/messages/{dead['message_id']}/resend", headers=office.service.operator)
    assert (answer.status_code, answer.json()["code"]) == (409, "message_sent")


@pytest.mark.parametrize(
    ("status", "state", "why"),
    [
        (404, "dead", "http_404"),
        (410, "dead", "http_410"),
        (302, "dead", "redirected"),
        (429, "queued", "http_429"),
        (408, "queued", "http_408"),
    ],
)
def test_what_will_not_pass_by_itself_is_given_up_at_once(office: PostOffice, status: int, state: str, why: str) -> None:
    office.receiver.answer = lambda n: (status, {"Location": "http://127.0.0.1:1/"}, b"")
    case_id = office.report()["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 1)
    office.service.background()
    assert [(row.state, row.last_error) for row in office.rows()] == [(state, why)]


def test_an_address_inside_is_refused_early_and_again_when_it_is_sent_to(office: PostOffice) -> None:
    case_id = office.report()["case_id"]
    office.subscribe(case_id=case_id)
    happen(office, case_id, 1)
    office.wiring.settings.messages = type(office.wiring.settings.messages)()  # nothing is allowed any more
    for address in ("http://127.0.0.1/x", "http://[::ffff:10.0.0.1]/x", "http://2130706433/", "http://169.254.169.254/latest/meta-data/"):
        assert office.subscribe(status=422, address=address)["code"] == "refused_address"
    assert office.subscribe(status=422, address="ftp://example.org/")["code"] == "bad_address"
    assert office.subscribe(status=422, channel="carrier_pigeon")["code"] == "channel_unavailable"
    office.service.background()
    assert [(row.state, row.last_error) for row in office.rows()] == [("dead", "refused_address")]
    assert office.receiver.arrived == []


def test_nobody_hears_beyond_their_roles(office: PostOffice) -> None:
    mine, whole = office.key("desk of A", area=city.A), office.service.operator
    assert office.subscribe(mine, status=403, area=city.B)["code"] == "outside_scope"
    assert office.subscribe(mine, status=403, category="social")["code"] == "outside_scope"
    assert office.subscribe(mine, status=422, area="149900000")["code"] == "unknown_area"
    foreign = office.report(250, 50)["case_id"]
    assert office.subscribe(mine, status=404, case_id=foreign)["code"] == "case_not_found"
    assert office.subscribe(mine, status=404, case_id=10**9)["code"] == "case_not_found"
    office.subscribe(mine, area=city.A1)
    everything = office.subscribe(mine)["subscription_id"]
    theirs = office.subscribe(whole)["subscription_id"]
    client = office.service.client
    assert client.delete(f"/api/v1/subscriptions/{theirs}", headers=mine).status_code == 404
    assert client.post(f"/api/v1/subscriptions/{theirs}/test", headers=mine).status_code == 404
    own = office.report()["case_id"]
    happen(office, foreign, 1)
    make_messages(office.wiring, now=NOW)
    assert {one["case_id"] for one in office.messages(mine)} == {own}
    assert len(office.messages(mine)) == 2
    [hidden] = [row for row in office.rows() if row.subscription_id == theirs and row.case_id == foreign]
    assert client.post(f"/api/v1/messages/{hidden.message_id}/resend", headers=mine).status_code == 404
    with office.service.database.writing() as connection:
        revoke_key(connection, name="desk of A", at=NOW, by="test")
    happen(office, own, 1)
    office.service.background()
    told = [row for row in office.rows() if row.subscription_id == everything]
    assert [(row.state, row.last_error) for row in told] == [("dead", "out_of_scope")]  # made before, not sent after


def test_whoever_reports_hears_of_their_case_alone_and_is_forgotten_with_it(office: PostOffice, tmp_path: Any) -> None:
    path = tmp_path / "messages.jsonl"
    phone = "13912345678"
    refused = office.report(notify={"channel": "sms", "address": phone}, status=422)
    assert (refused["code"], refused["errors"][0]["field"]) == ("channel_unavailable", "notify.channel")
    office.configure(messages_file=path, messages_file_channels=["sms"])
    assert office.report(notify={"channel": "webhook", "address": office.receiver.url}, status=422)["code"] == "channel_unavailable"
    assert office.report(notify={"channel": "sms", "address": "somebody"}, status=422)["code"] == "bad_address"
    mine = office.report(notify={"channel": "sms", "address": phone}, reporter={"name": "王\u2028小明"})
    other = office.report()
    happen(office, mine["case_id"], 1, "noted")  # of the centre's own affairs
    happen(office, mine["case_id"], 1, "closed")
    happen(office, other["case_id"], 1, "closed")
    office.service.background()
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert [line["payload"]["kind"] for line in lines] == ["received", "closed"]
    assert all(line["address"] == phone and mine["tracking_number"] in line["body"] for line in lines)
    assert phone not in orjson.dumps(office.messages(office.key("root", "administrator"))).decode()
    answer = office.service.client.get("/api/v1/messages", headers=office.service.operator)
    assert answer.json()["items"] == []
    with office.service.database.writing() as connection:
        forget_reporters(connection, [mine["case_id"]], at=NOW)
    assert {row.address for row in office.rows()} == {""}
    happen(office, mine["case_id"], 1, "reopened")
    assert make_messages(office.wiring, now=NOW) == 0


def test_a_full_outbox_drops_nothing_and_holds_nobody_else_up(office: PostOffice) -> None:
    office.configure(messages_most_queued=3)
    case_id = office.report()["case_id"]
    first = office.subscribe(case_id=case_id)["subscription_id"]
    happen(office, case_id, 3)
    make_messages(office.wiring, now=NOW)
    happen(office, case_id, 4)
    second = office.subscribe()["subscription_id"]
    happen(office, case_id, 2)
    make_messages(office.wiring, now=NOW)
    count = Counter(row.subscription_id for row in office.rows())
    assert (count[first], count[second]) == (3, 2)
    ready = office.service.client.get("/health/ready").json()
    assert any("full outbox" in warning for warning in ready["warnings"])
    for _ in range(6):
        office.service.background()
    positions = [row.position for row in office.rows() if row.subscription_id == first]
    assert (
        positions == list(range(min(p for p in positions if p), min(p for p in positions if p) + 10))[: len(positions)]
        or len(positions) == 9
    )
    assert Counter(row.subscription_id for row in office.rows()) == {first: 9, second: 2}
    assert {row.state for row in office.rows()} == {"sent"}
    assert not any("full outbox" in warning for warning in office.service.client.get("/health/ready").json()["warnings"])


def test_a_subscription_is_made_once_tried_and_ended(office: PostOffice) -> None:
    client, headers = office.service.client, {**office.service.operator, "Idempotency-Key": "one"}
    body = {"channel": "webhook", "address": office.receiver.url, "kinds": ["stage:follow_up", "supervised"]}
    first, again = (client.post("/api/v1/subscriptions", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (201, 201, "true")
    assert (first.json()["secret"] is None, again.json()["secret"]) == (False, None)
    number = first.json()["subscription_id"]
    assert again.json()["subscription_id"] == number
    listed = client.get("/api/v1/subscriptions", headers=office.service.operator).json()
    assert [one["subscription_id"] for one in listed["items"]] == [number]
    assert listed["channels"] == {"dingtalk": "url", "webhook": "url", "wecom": "url"}
    trials = [client.post(f"/api/v1/subscriptions/{number}/test", headers=office.service.operator) for _ in range(2)]
    assert [trial.status_code for trial in trials] == [202, 202]
    assert trials[0].json()["message_id"] == trials[1].json()["message_id"]
    case_id = office.report()["case_id"]
    happen(office, case_id, 1)
    happen(office, case_id, 1, "noted")
    office.service.background()
    arrived = sorted(orjson.loads(one.body)["kind"] for one in office.receiver.arrived)  # two ways at once: either may come first
    assert arrived == ["supervised", "trial"]
    happen(office, case_id, 1)
    make_messages(office.wiring, now=NOW)
    for _ in range(2):
        assert client.delete(f"/api/v1/subscriptions/{number}", headers=office.service.operator).status_code == 204
    happen(office, case_id, 1)
    office.service.background()
    assert len(office.receiver.arrived) == 2
    [waited] = office.messages(state="dead")
    assert waited["last_error"] == "subscription_ended"
    answer = client.post(f"/api/v1/messages/{waited['message_id']}/resend", headers=office.service.operator)
    assert answer.json()["code"] == "subscription_ended"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kinds": ["nothing"]}, "unknown_kind"),
        ({"category": "no:such"}, "unknown_category"),
        ({"case_id": 1, "area": city.A}, "case_or_area"),
        ({"secret": "short"}, "malformed"),
        ({"address": "http://x/\r\n"}, "malformed"),
        ({"more": 1}, "malformed"),
    ],
)
def test_what_cannot_be_subscribed_to_is_named(office: PostOffice, asked: dict[str, Any], code: str) -> None:
    assert office.subscribe(status=422, **asked)["code"] == code


def test_the_city_says_it_in_its_own_words(office: PostOffice) -> None:
    client, root = office.service.client, office.key("root", "administrator")
    path = "/api/v1/templates/staff/supervised/en"
    own = {"subject": "{tracking_number}: look", "body": "{event} in {area} ({category})"}
    assert client.put(path, json=own, headers=office.service.operator).json()["code"] == "role_missing"
    assert client.put(path, json=own, headers=office.key("part", "administrator", city.A)).json()["code"] == "whole_city_needed"
    assert client.put(path, json={**own, "body": "{secret}"}, headers=root).json()["code"] == "unknown_placeholder"
    assert client.put("/api/v1/templates/staff/nothing/en", json=own, headers=root).json()["code"] == "unknown_template"
    assert [client.put(path, json=own, headers=root).json()["version"] for _ in range(2)] == [1, 1]
    assert client.put(path, json={**own, "subject": "{tracking_number}: see"}, headers=root).json()["version"] == 2
    listed = client.get("/api/v1/templates", headers=office.service.operator).json()
    assert [one["version"] for one in listed["items"] if one["kind"] == "supervised"] == [2]
    told = office.report()
    office.subscribe(case_id=told["case_id"])
    happen(office, told["case_id"], 1)
    make_messages(office.wiring, now=NOW)
    [row] = office.rows()
    assert (row.subject, row.body) == (f"{told['tracking_number']}: see", "supervised in 甲1-01 (-)")


def test_refusals_are_told_in_both_languages(office: PostOffice) -> None:
    body = {"channel": "webhook", "address": "http://10.0.0.1/"}
    headers = {**office.service.operator, "Accept-Language": "zh-CN"}
    answer = office.service.client.post("/api/v1/subscriptions", json=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "内网" in answer.json()["detail"]
    assert "private" in office.subscribe(status=422, address="http://10.0.0.1/")["detail"]
