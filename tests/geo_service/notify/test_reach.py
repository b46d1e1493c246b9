"""Where a message must never go: into the rooms the server itself stands in, however the address is spelled."""

import socket
from ipaddress import ip_address

import pytest

from geo_service.notify.exchange import post, unusable
from geo_service.notify.reach import is_refused, literal, networks

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:0:0:1",
    "2001:db8::1",
]
OUTSIDE = ["8.8.8.8", "101.226.4.6", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
SPELLED = [
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "3232235777",
]


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_refused(text: str) -> None:
    assert is_refused(ip_address(text), ())


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_address_of_the_outside_world_is_not(text: str) -> None:
    assert not is_refused(ip_address(text), ())


@pytest.mark.parametrize("host", SPELLED)
def test_other_spellings_of_an_inside_address_are_seen_through(host: str) -> None:
    assert literal(host) is not None
    assert unusable(f"http://{host}/x", ()) == "refused_address"


def test_settings_allow_a_network_and_no_more() -> None:
    allowed = networks(["10.1.0.0/16"])
    assert not is_refused(ip_address("10.1.2.3"), allowed)
    assert not is_refused(ip_address("::ffff:10.1.2.3"), allowed)
    assert is_refused(ip_address("10.2.0.1"), allowed)
    assert is_refused(ip_address("::1"), allowed)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://user:password@example.org/",
        "http://example.org/\r\nX-Evil: 1",
        "http://example.org/ x",
        "http://exa\tmple.org/",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://例子.cn/",
        "http://example.org/#part",
        "http://[::1",
        "https://example.org/" + "x" * 600,
        "http://exam%70le.org/",
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    assert unusable(url, ()) == "bad_url"


def answers(*addresses: str) -> object:
    def resolve(_host: str, port: int) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize("found", [("10.0.0.1",), ("169.254.169.254",), ("8.8.8.8", "127.0.0.1"), ("::ffff:192.168.0.1",), ("fe80::1%2",)])
def test_a_name_that_leads_inside_is_refused_even_if_one_of_its_addresses_is_good(found: tuple[str, ...]) -> None:
    answer = post("https://receiver.example/", b"{}", {}, resolve=answers(*found))  # type: ignore[arg-type]  # a list of rows
    assert (answer.failed, answer.permanent) == ("refused_address", True)


def test_a_name_nobody_knows_may_be_known_later() -> None:
    def resolve(_host: str, _port: int) -> list[object]:
        raise socket.gaierror(-2, "unknown")

    answer = post("https://receiver.example/", b"{}", {}, resolve=resolve)
    assert (answer.failed, answer.permanent) == ("unknown_host", False)
