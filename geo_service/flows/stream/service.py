"""One reader of the log a process, many listeners: it follows the log's position and hands every batch to whoever waits."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boundaries.errors import BoundariesError
from geo_service import event_log
from geo_service.db import Database
from geo_service.flows.stream.batches import Batch, read_batch

log = logging.getLogger("citygrid.stream")

PAUSE_S = 0.25
"""Between two batches at least: four a second at most, however much happens."""
LOOK_S = 0.04
"""How often the log's head is looked at while nobody woke the reader."""
REST_S = 0.05
"""Between two wake-ups at least: in a busy hour the database says hundreds a second, and a batch takes them all."""
KEPT = 240
"""Batches kept in memory for listeners that come back: a minute of the busiest hour."""
TOO_OLD = 5_000
"""A listener further behind than this many events reads its lists anew."""
QUEUE = 64
"""Batches that wait for a listener; one that is slower than that is dropped, and resumes where it was."""


IDLE_S = 2.0
"""After so long without a batch the caller is asked whether it may still listen."""


@dataclass(eq=False)
class Listener:
    """Somebody who listens: batches arrive in `queue`; dropped once it was too slow to take them."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Batch] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    dropped: bool = False

    def offer(self, batch: Batch) -> None:
        """Called in the listener's loop."""
        try:
            self.queue.put_nowait(batch)
        except asyncio.QueueFull:
            self.dropped = True


def _offer(listeners: list[Listener], batch: Batch) -> None:
    for listener in listeners:
        listener.offer(batch)


class Feed:
    """Follows the log while anybody listens. Safe to use from many threads."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._recent: deque[Batch] = deque(maxlen=KEPT)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.position = 0

    def wake(self) -> None:
        """Something was committed: look now."""
        self._wake.set()

    def close(self) -> None:
        """Ends the reader; listeners are told by their connections."""
        self._stop.set()
        self._wake.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    def join(self, listener: Listener) -> tuple[int, list[Batch]]:
        """Adds a listener; the position up to which everything is in the batches returned or known, and those batches."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                with self._database.reading() as connection:
                    self.position = event_log.head_of(connection)[0]
                self._recent.clear()
                self._stop.clear()
                self._thread = threading.Thread(target=self._follow, name="stream", daemon=True)
                self._thread.start()
                if self._database.dialect == "postgresql":
                    threading.Thread(target=self._listen, args=(self._thread,), name="stream wake-up", daemon=True).start()
            self._listeners.add(listener)
            return self.position, list(self._recent)

    def leave(self, listener: Listener) -> None:
        """Removes a listener; the reader rests when the last one left."""
        with self._lock:
            self._listeners.discard(listener)

    def missed(self, after: int, upto: int) -> list[Batch]:
        """The batches between two positions, read from the log."""
        found = []
        with self._database.reading() as connection:
            while after < upto:
                batch = read_batch(connection, after, now=self._now(), upto=upto)
                if batch is None:
                    break
                found.append(batch)
                after = batch.position
        return found

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                batch = self._next()
            except BoundariesError as error:
                log.warning("the log cannot be read now: %s", error)
                batch = None
            if batch is not None:
                with self._lock:
                    self.position = batch.position
                    self._recent.append(batch)
                    waiting = defaultdict(list)
                    for listener in self._listeners:
                        waiting[listener.loop].append(listener)
                    for loop, listeners in waiting.items():  # a loop is woken once, however many listen in it
                        loop.call_soon_threadsafe(_offer, listeners, batch)
                self._stop.wait(PAUSE_S)
                continue
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
            self._wake.wait(LOOK_S)
            self._wake.clear()

    def _listen(self, reader: threading.Thread) -> None:
        """Wakes the reader when another process wrote: PostgreSQL says so. Without it the reader looks by itself, a little later."""
        try:
            with self._database.engines.read.connect() as connection:
                raw: Any = connection.connection.driver_connection
                connection.connection.detach()
                try:
                    raw.autocommit = True
                    raw.execute(f"LISTEN {event_log.CHANNEL}")
                    while reader.is_alive() and not self._stop.is_set():
                        for _ in raw.notifies(timeout=1, stop_after=1):
                            self.wake()
                        self._stop.wait(REST_S)
                finally:
                    raw.close()
        except Exception as error:
            log.warning("no wake-up from the database, looking every %s s: %s", LOOK_S, error)

    def _next(self) -> Batch | None:
        with self._database.reading() as connection:
            if event_log.head_of(connection)[0] <= self.position:
                return None
            return read_batch(connection, self.position, now=self._now())


@dataclass(frozen=True, slots=True)
class Hello:
    """Where a listener stands when it begins. resumed: False when its position was too old, or of another log: it reads its lists anew."""

    position: int
    resumed: bool


async def follow(feed: Feed, after: int | None) -> AsyncIterator[Hello | Batch | None]:
    """A Hello, then the batches behind a position, without a gap and without a double, until the listener is too slow.

    None now and then while nothing happens, so that the caller can look whether it may still listen.
    """
    listener = Listener(asyncio.get_running_loop())
    position, recent = await asyncio.to_thread(feed.join, listener)
    try:
        resumed = after is None or 0 <= position - after <= TOO_OLD
        yield Hello(position, resumed)
        at = after if after is not None and resumed else position
        if at < position:
            for batch in await _between(feed, recent, at, position):
                at = batch.position
                yield batch
        while not listener.dropped:
            try:
                async with asyncio.timeout(IDLE_S):  # not wait_for: that makes a task for every batch of every listener
                    arrived = await listener.queue.get()
            except TimeoutError:
                yield None
                continue
            if arrived.position > at:
                at = arrived.position
                yield arrived
    finally:
        feed.leave(listener)


async def _between(feed: Feed, recent: list[Batch], after: int, position: int) -> list[Batch]:
    """The batches from one position to another: from memory where they begin there, else from the log."""
    kept = [batch for batch in recent if batch.after >= after]
    if kept and kept[0].after == after and kept[-1].position == position:
        return kept
    return await asyncio.to_thread(feed.missed, after, position)
