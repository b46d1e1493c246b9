"""Two ways of telling, in one order of time: what was drawn beforehand, and scenes that the service itself plays between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterable, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.demo.bulk import CHUNK
from geo_service.event_log import NewEvent

Scene = Generator[datetime, None, None]
"""Yields the instant of its next step, and takes the step when it is resumed."""


def tell(connection: Connection, history: Sequence[NewEvent], scenes: Iterable[Scene], *, until: datetime) -> None:
    """Appends the history, oldest first, and plays each step of each scene when the log has come to its instant.

    Steps at or behind `until` are not played: a scene stays where it stands then.
    """
    told = 0
    waiting = [(at, number, scene) for number, scene in enumerate(scenes) if (at := next(scene, None)) is not None]
    heapify(waiting)
    while waiting:
        at, number, scene = heappop(waiting)
        if at >= until:
            scene.close()
            continue
        upto = bisect_right(history, at, lo=told, key=lambda one: one.at)
        _append(connection, history[told:upto])
        told = upto
        following = next(scene, None)
        if following is not None:
            heappush(waiting, (max(following, at), number, scene))
    _append(connection, history[told:])


def _append(connection: Connection, some: Sequence[NewEvent]) -> None:
    for start in range(0, len(some), CHUNK):
        event_log.append(connection, some[start : start + CHUNK])
