"""For whoever receives webhooks: is this really from the city, is it fresh, and did I have it already?

Nothing here but the standard library, so that the file can be copied into the receiving program:

    verifier = Verifier(secret)
    try:
        again = verifier.check(request.headers, request.body)   # the bytes as they came, before any parsing
    except ValueError:
        answer 401                                              # forged, altered, too old, or recorded and sent again
    else:
        if not again:
            do what the message says
        answer 204                                              # also when it came before: then the sender stops sending it

A message may rightly come twice (the sender died before it could write down that it was sent): it then bears the same X-Citygrid-Id with
a new time and a new signature, and `check` says True.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

ID, TIMESTAMP, SIGNATURE = "X-Citygrid-Id", "X-Citygrid-Timestamp", "X-Citygrid-Signature"
WINDOW_S = 300
"""How far the clocks of both sides may differ, and how long a recorded message could be played again if nobody remembered it."""
REMEMBERED = 100_000


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>`, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Verifier:
    """Checks what arrives under one secret. Keep one for the life of the receiver; several processes need a shared memory instead."""

    def __init__(self, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._secret, self._now = secret, now
        self._signatures: OrderedDict[str, None] = OrderedDict()
        self._ids: OrderedDict[str, None] = OrderedDict()

    def check(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the message came before. ValueError: not from the city, altered, outside the window, or this very call came before."""
        given = {name.lower(): value for name, value in headers.items()}
        message_id, timestamp, signed = (given.get(name.lower(), "") for name in (ID, TIMESTAMP, SIGNATURE))
        if not hmac.compare_digest(signed.encode(), signature(self._secret, timestamp, body).encode()):
            raise ValueError("the signature does not fit")
        if not timestamp.isdecimal() or abs(self._now() - int(timestamp)) > WINDOW_S:
            raise ValueError("too old, or from the future")
        if _known(self._signatures, signed):
            raise ValueError("this very call came before")
        return _known(self._ids, message_id)


def _known(seen: OrderedDict[str, None], value: str) -> bool:
    known = value in seen
    seen[value] = None
    if len(seen) > REMEMBERED:
        seen.popitem(last=False)
    return known
