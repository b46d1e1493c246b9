"""What the receivers' side accepts: signed by the city, fresh, and each call once."""

import datetime as dt

import pytest

from geo_service.notify import Outgoing
from geo_service.notify.reach import networks
from geo_service.notify.verifying import WINDOW_S, Verifier, signature
from geo_service.notify.webhooks import DingtalkSender, WebhookSender, WecomSender
from tests.services.receivers import LOOPBACK, Arrived, receiving

AT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)
SECRET = "a secret of both sides"


def outgoing(url: str, at: dt.datetime = AT, secret: str | None = SECRET, body: str = "正文") -> Outgoing:
    return Outgoing("m-7-3", "webhook", url, "zh-CN", "主题", body, {"kind": "filed", "case": {"case_id": 1}}, secret, at)


def sent(*times: dt.datetime) -> list[Arrived]:
    with receiving() as receiver:
        for at in times:
            assert WebhookSender(networks(LOOPBACK)).send(outgoing(receiver.url, at)).why is None
        return receiver.arrived


def test_what_the_city_sent_is_accepted_and_a_second_delivery_is_recognised() -> None:
    first, second = sent(AT, AT + dt.timedelta(seconds=30))
    verifier = Verifier(SECRET, now=lambda: AT.timestamp() + 31)
    assert not verifier.check(first.headers, first.body)
    assert verifier.check(second.headers, second.body)
    assert first.message_id == second.message_id == "m-7-3"


def test_a_recorded_call_that_is_played_again_is_refused() -> None:
    call = sent(AT)[0]
    now = AT.timestamp()
    verifier = Verifier(SECRET, now=lambda: now)
    verifier.check(call.headers, call.body)
    with pytest.raises(ValueError, match="came before"):
        verifier.check(call.headers, call.body)
    forgetful = Verifier(SECRET, now=lambda: now + WINDOW_S + 1)
    with pytest.raises(ValueError, match="too old"):
        forgetful.check(call.headers, call.body)


@pytest.mark.parametrize("hour", [-3600, 3600])
def test_a_clock_an_hour_off_is_noticed(hour: int) -> None:
    call = sent(AT)[0]
    with pytest.raises(ValueError, match="too old, or from the future"):
        Verifier(SECRET, now=lambda: AT.timestamp() + hour).check(call.headers, call.body)


def test_what_was_altered_is_refused() -> None:
    call = sent(AT)[0]
    stamp = call.headers["x-citygrid-timestamp"]
    later = str(int(stamp) + 100)
    forged = {**call.headers, "x-citygrid-timestamp": later}
    none = {name: value for name, value in call.headers.items() if name != "x-citygrid-signature"}
    resigned = {**call.headers, "x-citygrid-signature": signature("another secret", stamp, call.body)}
    for headers, body in ((call.headers, call.body + b" "), (forged, call.body), (none, call.body), (resigned, call.body), ({}, b"")):
        with pytest.raises(ValueError, match="signature"):
            Verifier(SECRET, now=lambda: AT.timestamp()).check(headers, body)


def test_robots_say_in_the_body_whether_they_took_it() -> None:
    with receiving() as receiver:
        receiver.answer = lambda n: (200, {}, b'{"errcode": %d}' % (0, 45009, 93000)[n - 1])
        robot = WecomSender(networks(LOOPBACK))
        outcomes = [robot.send(outgoing(receiver.url, body="长" * 3000)) for _ in range(3)]
        assert [(one.why, one.permanent) for one in outcomes] == [(None, False), ("robot_45009", False), ("robot_93000", True)]
        receiver.answer = lambda n: (200, {}, b"<html>")
        assert robot.send(outgoing(receiver.url)).why == "robot_unreadable"
        receiver.answer = lambda n: (200, {}, b'{"errcode":0}')
        assert DingtalkSender(networks(LOOPBACK)).send(outgoing(f"{receiver.url}?access_token=x", body="长" * 3000)).why is None
