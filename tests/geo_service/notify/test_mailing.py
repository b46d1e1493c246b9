"""A mail server, spoken to as mail servers are; and senders that somebody added."""

import datetime as dt
import socket
import threading
from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest

from geo_service.errors import RequestError
from geo_service.notify import Outgoing, senders
from geo_service.notify.mail_sender import MailSender
from geo_service.notify.model import Outcome
from geo_service.settings import MessageSettings
from tests.services.receivers import talking

AT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)
LETTER = Outgoing("m-7-3", "email", "desk@example.org", "zh-CN", "【测试】已立案", "编号 1\n第二行", {}, None, AT)


def mail_server(letters: list[bytes], refusals: dict[bytes, bytes]) -> Callable[[socket.socket, threading.Event], None]:
    """Takes mails. refusals: command -> what is answered to it instead."""

    def talk(line: socket.socket, over: threading.Event) -> None:
        line.settimeout(10)
        stream = line.makefile("rb")
        line.sendall(b"220 test\r\n")
        while command := stream.readline():
            word = command[:4].strip().upper()
            if word in refusals:
                line.sendall(refusals[word])
            elif word == b"DATA":
                line.sendall(b"354 go on\r\n")
                letter = b""
                while not letter.endswith(b"\r\n.\r\n"):
                    letter += stream.readline()
                letters.append(letter)
                line.sendall(b"250 taken\r\n")
            else:
                line.sendall(b"250 yes\r\n")
            if word == b"QUIT":
                return

    return talk


def sent(refusals: dict[bytes, bytes], letters: list[bytes]) -> Outcome:
    with talking(mail_server(letters, refusals)) as port:
        sender = MailSender("127.0.0.1", port, security="none", user=None, password=None, sender="citygrid@city.example")
        return sender.send(LETTER)


def test_a_mail_arrives_whole() -> None:
    letters: list[bytes] = []
    assert sent({}, letters) == Outcome()
    [letter] = letters
    assert b"\r\nTo: desk@example.org\r\n" in letter
    assert b"\r\nX-Citygrid-Id: m-7-3\r\n" in letter


@pytest.mark.parametrize(
    ("refusals", "why", "permanent"),
    [
        ({b"RCPT": b"550 nobody\r\n"}, "smtp_550", True),
        ({b"RCPT": b"450 later\r\n"}, "smtp_450", False),
        ({b"DATA": b"554 no\r\n"}, "smtp_554", True),
        ({b"MAIL": b"451 busy\r\n"}, "smtp_451", False),
    ],
)
def test_a_mail_server_says_whether_trying_again_is_of_use(refusals: dict[bytes, bytes], why: str, permanent: bool) -> None:
    assert sent(refusals, []) == Outcome(why, permanent)


def test_without_encryption_where_it_was_asked_for_nothing_is_sent() -> None:
    letters: list[bytes] = []
    with talking(mail_server(letters, {})) as port:
        sender = MailSender("127.0.0.1", port, security="starttls", user="u", password="p", sender="citygrid@city.example")
        assert sender.send(LETTER).why == "mail_server_away"
    assert letters == []


class Gateway:
    """A gateway for text messages, as a package would add it."""

    addressed_by = "phone"

    def send(self, message: Outgoing) -> Outcome:
        return Outcome()


def test_a_package_adds_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint(name="sms", group=senders.GROUP, value=f"{__name__}:Gateway")
    monkeypatch.setattr(senders, "_added", lambda: {entry.name: Gateway})
    settings = MessageSettings()
    senders.require_address(settings, "sms", "13800138000", field="", for_reporter=True)
    with pytest.raises(RequestError) as refused:
        senders.require_address(settings, "sms", "a name", field="")
    assert refused.value.code == "bad_address"
    assert isinstance(senders.senders(settings)["sms"], Gateway)


@pytest.mark.parametrize("network", ["10.0.0.0/99", "everything"])
def test_a_network_that_is_none_is_refused_when_the_settings_are_read(network: str) -> None:
    with pytest.raises(ValueError, match="messages_private_networks"):
        MessageSettings(messages_private_networks=[network])
