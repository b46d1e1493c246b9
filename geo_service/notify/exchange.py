"""One POST to a URL somebody else chose: to one judged address, nowhere else, for ten seconds at most whatever the other side does."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from geo_service.notify.reach import Address, Network, Resolve, addresses_of, is_refused, literal, system_resolve

CONNECT_S, WHOLE_S = 5.0, 10.0
LARGEST_ANSWER = 64 * 1024
_URL = re.compile(r"https?://[!-~]+")
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and at most 64 kB of a body; or `failed`, a code. permanent: the address itself will not do."""

    status: int = 0
    body: bytes = b""
    failed: str | None = None
    permanent: bool = False


REFUSED = Answer(failed="refused_address", permanent=True)


def unusable(url: str, allowed: Sequence[Network]) -> str | None:
    """Why a URL cannot be sent to, as far as can be seen without asking anybody: `bad_url`, `refused_address`; None when it may do."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "bad_url"
    if not _URL.fullmatch(url) or len(url) > 600 or parts.username is not None or parts.fragment or port == 0:
        return "bad_url"
    if not _HOST.fullmatch(f"[{host}]" if ":" in host else host):
        return "bad_url"
    found = literal(host)
    if (found is not None and is_refused(found, allowed)) or (not allowed and (host == "localhost" or host.endswith(".localhost"))):
        return "refused_address"
    return None


@dataclass(slots=True)
class _Deadline:
    at: float

    def left(self, most: float = WHOLE_S) -> float:
        """Seconds that are left, at most so many. TimeoutError when none is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[Network] = (),
    resolve: Resolve = system_resolve,
    whole_s: float = WHOLE_S,
    read: bool = False,
) -> Answer:
    """Sends a body to a URL and says what came of it. read: the answer's body is wanted too, else only its status is waited for.

    The name is resolved once; one address that may not be reached among its addresses refuses the whole; the connection goes to the
    first, with the name kept for TLS and Host. A redirect is an answer like any other: it is not followed.
    """
    wrong = unusable(url, allowed)
    if wrong is not None:
        return Answer(failed=wrong, permanent=True)
    parts, deadline = urlsplit(url), _Deadline(time.monotonic() + whole_s)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = addresses_of(host, port, resolve=resolve, within_s=min(CONNECT_S, whole_s))
    if isinstance(found, str):
        return Answer(failed=found)
    if any(is_refused(address, allowed) for address in found):
        return REFUSED
    try:
        return _exchanged(found[0], port, parts, host, body, headers, deadline, read)
    except TimeoutError:
        return Answer(failed="timeout")
    except ssl.SSLCertVerificationError:
        return Answer(failed="bad_certificate")
    except (OSError, http.client.HTTPException, ValueError):
        return Answer(failed="no_answer")


def _exchanged(
    address: Address, port: int, parts: SplitResult, host: str, body: bytes, headers: Mapping[str, str], deadline: _Deadline, read: bool
) -> Answer:
    with socket.create_connection((str(address), port), timeout=deadline.left(CONNECT_S)) as plain:
        plain.settimeout(deadline.left(CONNECT_S))
        line: socket.socket = plain
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        with line:
            return _spoken(line, parts, host, body, headers, deadline, read)


def _spoken(
    line: socket.socket, parts: SplitResult, host: str, body: bytes, headers: Mapping[str, str], deadline: _Deadline, read: bool
) -> Answer:
    shown = f"[{host}]" if ":" in host else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(host)
    connection.sock = _Line(line, deadline)  # asked only to send, to be read and to close
    connection.request("POST", target, body, {"Host": f"{shown}{f':{parts.port}' if parts.port else ''}", "Connection": "close", **headers})
    response = connection.getresponse()
    return Answer(response.status, response.read(LARGEST_ANSWER) if read else b"")


class _Line:
    """A socket as an HTTP connection uses it, for no longer than the deadline. Whoever opened it closes it."""

    def __init__(self, line: socket.socket, deadline: _Deadline) -> None:
        self._line, self._deadline = line, deadline

    def sendall(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            self._line.settimeout(self._deadline.left())
            rest = rest[self._line.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Bounded(self._line, self._deadline))

    def close(self) -> None:
        pass


class _Bounded(io.RawIOBase):
    """What a socket has to say, as long as the deadline and the largest answer allow: drip by drip buys nobody time."""

    def __init__(self, line: socket.socket, deadline: _Deadline) -> None:
        self._line, self._deadline, self._left = line, deadline, LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(self._deadline.left())
        count = self._line.recv_into(buffer, min(len(buffer), self._left)) if self._left else 0
        self._left -= count
        return count
