"""Keeping a lease while the work lasts, however long one step of it takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from boundaries.errors import BoundariesError

log = logging.getLogger("citygrid.jobs")


@contextmanager
def beating(renew: Callable[[], bool], *, every_s: float) -> Iterator[threading.Event]:
    """Calls `renew` every so often in a thread of its own; the event it yields is set once the lease turns out to be lost."""
    over, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not over.wait(every_s):
            try:
                if not renew():
                    lost.set()
                    return
            except BoundariesError as error:  # the database is away for a moment: the lease may outlast that
                log.warning("a lease could not be renewed: %s", error)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()
