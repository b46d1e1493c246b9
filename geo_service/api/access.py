"""Keeps the access log: notes calls as they are answered, and writes them down some at a time, so that no reader waits for a disk."""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boundaries.errors import BoundariesError
from geo_service.accounts.access import Access, keep
from geo_service.api.wiring import Wiring

log = logging.getLogger("citygrid.access")

NOTED = re.compile(r"/api/v1/(cases/\d+|cases/export|audit/.*|accounts|keys|persons.*|posts.*|visits.*|patrols.*|reporters.*)")
"""What is personal: one case, exports, people, the log. Lists and maps show cases masked and are not noted."""
REFUSED = (401, 403)
FLUSH_S, MOST = 2.0, 10_000


class AccessLog:
    """Entries that wait to be written. Safe to use from many threads; what waits when the machine dies is lost, some seconds of it."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._lock = threading.Lock()
        self._waiting: list[Access] = []

    def now(self) -> datetime:
        """The instant, by the service's clock."""
        return self._wiring.clock.now()

    def note(self, entry: Access) -> None:
        """Takes an entry; when the database is away for long the oldest give way."""
        with self._lock:
            self._waiting.append(entry)
            del self._waiting[:-MOST]

    def flush(self) -> None:
        """Writes down what waits."""
        with self._lock:
            some, self._waiting = self._waiting, []
        if not some:
            return
        try:
            with self._wiring.database.writing() as connection:
                keep(connection, some)
        except BoundariesError as error:
            log.warning("the access log waits: %s", error)
            with self._lock:
                self._waiting = (some + self._waiting)[-MOST:]

    def run(self, stop: threading.Event) -> None:
        """Writes until told to stop, and once more then."""
        while not stop.wait(FLUSH_S):
            self.flush()
        self.flush()


class Noting:
    """ASGI wrapper: notes what NOTED says, and every refusal, once it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, int(message["status"]))
            await send(message)

        await self.app(scope, receive, sent)

    def _note(self, scope: Scope, status: int) -> None:
        path = str(scope["path"])
        noted = scope["method"] == "GET" and NOTED.fullmatch(path) is not None
        if not noted and status not in REFUSED:
            return
        entries: AccessLog = scope["app"].state.accesses
        actor = scope.get("state", {}).get("actor")
        client = scope.get("client")
        name = actor.name if actor is not None else "anonymous"
        entries.note(Access(entries.now(), name, scope["method"], path[:200], status, client[0][:45] if client else ""))
