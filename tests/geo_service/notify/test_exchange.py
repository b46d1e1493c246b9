"""One POST to somebody else's URL: pinned, bounded, never redirected."""

import socket
import threading
import time
from typing import Any

import pytest

from geo_service.notify.exchange import post
from geo_service.notify.reach import networks
from tests.services.receivers import LOOPBACK, receiving, talking

ALLOWED = networks(LOOPBACK)


class Resolver:
    """Answers with one address after the other, as a name whose owner changes it does; counts how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.asked = list(addresses), 0

    def __call__(self, _host: str, port: int) -> list[Any]:
        self.asked += 1
        address = self.addresses[min(self.asked, len(self.addresses)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def test_the_name_is_asked_for_once_and_kept_for_the_receiver() -> None:
    resolver = Resolver("127.0.0.1", "10.0.0.1")
    with receiving() as receiver:
        answer = post(f"http://receiver.example:{receiver.port}/a?b=c", b"body", {"X-One": "1"}, allowed=ALLOWED, resolve=resolver)
        assert (answer.status, answer.failed, resolver.asked) == (204, None, 1)
        assert receiver.arrived[0].body == b"body"
        assert receiver.arrived[0].headers["host"] == f"receiver.example:{receiver.port}"


def test_a_name_that_changes_after_the_look_gains_nothing() -> None:
    """Rebinding: good at the first question, inside at the second. There is no second question."""
    resolver = Resolver("192.0.2.1", "127.0.0.1")
    with receiving() as receiver:
        answer = post(
            f"http://receiver.example:{receiver.port}/", b"", {}, allowed=networks(["192.0.2.0/24"]), resolve=resolver, whole_s=0.5
        )
        assert answer.failed in ("timeout", "no_answer")
        assert (resolver.asked, receiver.arrived) == (1, [])


def test_a_redirect_is_not_followed() -> None:
    with receiving() as inside, receiving() as receiver:
        receiver.answer = lambda n: (307, {"Location": inside.url}, b"")
        assert post(receiver.url, b"{}", {}, allowed=ALLOWED).status == 307
        assert inside.arrived == []


def hang(_line: socket.socket, over: threading.Event) -> None:
    over.wait(20)


def drip(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        line.sendall(b"X: y\r\n" if over.is_set() else b"X")


def drip_lines(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    while not over.wait(0.05):
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("talk", [hang, drip, drip_lines])
def test_a_receiver_that_hangs_or_drips_is_left(talk: Any) -> None:
    with talking(talk) as port:
        begun = time.monotonic()
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, allowed=ALLOWED, whole_s=1.0, read=True)
        assert answer.failed in ("timeout", "no_answer")
        assert not answer.permanent
        assert time.monotonic() - begun < 15  # a deadline of one second, on a machine that may be busy: it did not hang


def test_a_resolver_that_hangs_is_left() -> None:
    over = threading.Event()

    def resolve(_host: str, _port: int) -> list[Any]:
        over.wait(20)
        return []

    assert post("http://receiver.example/", b"", {}, resolve=resolve, whole_s=0.3).failed == "timeout"
    over.set()


def test_of_an_endless_answer_no_more_than_a_little_is_read() -> None:
    sent = 0

    def flood(line: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            sent += line.send(b"x" * 65536)

    with talking(flood) as port:
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, allowed=ALLOWED, read=True)
    assert answer.status == 200
    assert len(answer.body) <= 64 * 1024


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000])
def test_what_is_no_answer_is_a_failure_to_be_tried_again(said: bytes) -> None:
    with talking(lambda line, over: line.sendall(said)) as port:
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, allowed=ALLOWED, whole_s=5)
    assert answer.failed in ("no_answer", "timeout")


def test_tls_asks_for_the_name_and_does_not_trust_a_stranger() -> None:
    said = b""

    def listen(line: socket.socket, over: threading.Event) -> None:
        nonlocal said
        said = line.recv(4096)

    with talking(listen) as port:
        answer = post(f"https://receiver.example:{port}/", b"{}", {}, allowed=ALLOWED, resolve=Resolver("127.0.0.1"), whole_s=5)
    assert answer.failed in ("no_answer", "timeout")
    assert said[:1] == b"\x16"  # a TLS handshake
    assert b"receiver.example" in said
