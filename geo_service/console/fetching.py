"""One GET of a picture from a configured address: judged after its name was resolved, no redirects, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from geo_service.notify.exchange import unusable
from geo_service.notify.reach import Network, Resolve, addresses_of, is_refused, system_resolve

WHOLE_S: Final = 8.0
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Got:
    """What came: status 0 when nothing did, for whatever reason; the media type without parameters."""

    status: int = 0
    media_type: str = ""
    content: bytes = b""


def fetch(url: str, *, allowed: Sequence[Network] = (), largest: int, resolve: Resolve = system_resolve, whole_s: float = WHOLE_S) -> Got:
    """What an address answers. Nothing when it lies in a network that is not allowed, is larger than `largest` bytes, or takes too long."""
    if unusable(url, allowed) is not None:
        return Got()
    until = time.monotonic() + whole_s
    parts = urlsplit(url)
    host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    found = addresses_of(host, port, resolve=resolve, within_s=whole_s / 2)
    if isinstance(found, str) or any(is_refused(address, allowed) for address in found):
        return Got()
    try:
        with socket.create_connection((str(found[0]), port), timeout=whole_s / 2) as plain:
            plain.settimeout(max(0.1, until - time.monotonic()))
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
            with line:
                return _spoken(line, host, parts.netloc, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", largest, until)
    except (OSError, http.client.HTTPException, ValueError):
        return Got()


def _spoken(line: socket.socket, host: str, netloc: str, target: str, largest: int, until: float) -> Got:
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    headers = {"Host": netloc, "User-Agent": "citygrid", "Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    if answer.status != 200 or answer.isclosed() or int(answer.headers.get("Content-Length") or 0) > largest:
        return Got(status=answer.status if answer.status != 200 else 0)
    content = b""
    while len(content) <= largest:
        left = until - time.monotonic()
        if left <= 0:
            return Got()
        line.settimeout(left)
        piece = answer.read1(_PIECE)  # what is there: whoever sends a byte now and then does not hold the line for longer
        if not piece:
            return Got() if answer.length else Got(answer.status, answer.headers.get_content_type(), content)
        content += piece
    return Got()
