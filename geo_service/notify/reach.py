"""Which addresses on the network a message may go to: those of the outside world, and what the city's settings add.

A server that sends to any URL somebody typed is a way into the rooms it stands in: itself, the private networks, the machine that hands
out cloud credentials. So an address is judged after the name was resolved, and the connection is made to exactly that address.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[Any]]
"""As socket.getaddrinfo for a stream: (family, type, protocol, name, (address, port, ...)) each."""

_HIDDEN_V4 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_NEVER = tuple(
    ip_network(text) for text in ("168.63.129.16/32", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "2001::/32", "fec0::/10")
)
"""Public by number, yet of a cloud's or provider's inside: metadata services, shared and benchmark networks, tunnels."""


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks as the settings name them (10.1.0.0/16, 127.0.0.1/32). ValueError for what is none."""
    return tuple(ip_network(text, strict=False) for text in texts)


def system_resolve(host: str, port: int) -> Sequence[Any]:
    """The addresses of a name, by the machine's own resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def is_refused(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether nothing may be sent to an address. One inside another (::ffff:10.0.0.1, 6to4, NAT64) is judged by the inner one too."""
    forms = [address, *_within(address)]
    if any(form in network for form in forms for network in allowed if form.version == network.version):
        return False
    return any(
        not form.is_global
        or form.is_multicast
        or form.is_reserved
        or form.is_unspecified
        or any(form in network for network in _NEVER if form.version == network.version)
        for form in (forms[1:] or forms)
    )


def _within(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if any(address in network for network in _HIDDEN_V4) or int(address) >> 32 == 0:
        return [IPv4Address(int(address) & 0xFFFFFFFF)] if int(address) > 1 else []
    return []


def literal(host: str) -> Address | None:
    """The address a host is when it is no name: also in the forms that old resolvers read (2130706433, 0177.0.0.1, 0x7f.1)."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None


def addresses_of(host: str, port: int, *, resolve: Resolve, within_s: float) -> list[Address] | str:
    """The addresses of a host, asked for once; or why there are none: `unknown_host`, `timeout`."""
    found = literal(host)
    if found is not None:
        return [found]
    answers: queue.Queue[Sequence[Any] | None] = queue.Queue(1)

    def ask() -> None:  # in a thread of its own: resolvers know no deadline
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError):
            answers.put(None)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        rows = answers.get(timeout=within_s)
    except queue.Empty:
        return "timeout"
    return [ip_address(row[4][0]) for row in rows] if rows else "unknown_host"
