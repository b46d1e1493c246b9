"""From the log to batches: each batch is a span of positions, the cases that changed in it as they are now, and who lost sight of one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases import Case
from geo_service.cases.model import light
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_record
from geo_service.cases.workflow import Recorded, fold
from geo_service.event_log import Event
from geo_service.masking import mask_text
from geo_service.scope import Scope

log = logging.getLogger("citygrid.stream")

MOST = 2000
"""Events in one batch at most; a reader further behind gets several."""
DESCRIPTION = 120


@dataclass(frozen=True, slots=True)
class Sight:
    """What a scope asks of a case: where it lies, what it is about, who has it."""

    areas: frozenset[str]
    category: str | None
    owner: str | None
    cohandlers: tuple[str, ...]

    def within(self, scope: Scope) -> bool:
        return scope.takes_in(areas=self.areas, category=self.category, owner=self.owner, cohandlers=self.cohandlers)


@dataclass(slots=True)
class Batch:
    """Events after `after` up to `position`. rows: case_id -> its row now; now, before: what a scope asks of it, then and before."""

    after: int
    position: int
    events: list[tuple[int, int, str]]
    rows: dict[int, dict[str, Any]]
    now: dict[int, Sight]
    before: dict[int, Sight]
    written: dict[Scope, bytes] = field(default_factory=dict)

    def event(self, scope: Scope) -> bytes:
        """The server-sent event for whoever has this scope; written once for all who share it."""
        if scope not in self.written:
            self.written[scope] = b"id: %d\r\nevent: batch\r\ndata: %b\r\n\r\n" % (self.position, self.within(scope))
        return self.written[scope]

    def within(self, scope: Scope) -> bytes:
        """The batch as JSON of one line, as far as a scope reaches. A case that left it says only that."""
        return orjson.dumps(self._seen(scope))

    def _seen(self, scope: Scope) -> dict[str, Any]:
        visible = {case_id for case_id, sight in self.now.items() if sight.within(scope)}
        left = {case_id for case_id, sight in self.before.items() if case_id not in visible and sight.within(scope)}
        kinds: dict[str, list[str]] = defaultdict(list)
        for _, case_id, kind in self.events:
            if case_id in visible:
                kinds[str(case_id)].append(kind)
        cases = [self.rows[case_id] for case_id in sorted(visible)] + [{"case_id": case_id, "left": True} for case_id in sorted(left)]
        events = [event for event in self.events if event[1] in visible]
        return {"after": self.after, "position": self.position, "cases": cases, "kinds": kinds, "events": events}


def read_batch(connection: Connection, after: int, *, now: datetime, upto: int | None = None) -> Batch | None:
    """The next batch behind a position, not reaching behind `upto`, or None when there is nothing new."""
    events = event_log.after(connection, after, limit=MOST, upto=upto)
    if not events:
        return None
    changed = [event for event in events if event.case_id is not None]
    cases = _cases(connection, {event.case_id for event in changed if event.case_id is not None})
    return Batch(
        after=after,
        position=events[-1].position,
        events=[(event.position, event.case_id or 0, event.kind) for event in changed],
        rows={case_id: changed_row(case, now) for case_id, case in cases.items()},
        now={case_id: sight_of(case) for case_id, case in cases.items()},
        before=_before(connection, cases, changed),
    )


def changed_row(case: Case, now: datetime) -> dict[str, Any]:
    """A case as the stream has it: what a list and a map show, phones in its texts masked."""
    r = case.routing
    return {
        "case_id": case.case_id,
        "version": case.version,
        "tracking_number": case.tracking_number,
        "state": case.state,
        "light": light(case, at=now),
        "queue": case.queue,
        "owner": case.owner,
        "urgency": case.urgency,
        "category": case.category,
        "channel": case.channel,
        "area_code": r.area_code,
        "areas": r.areas,
        "lon": r.lon,
        "lat": r.lat,
        "received_at": case.received_at,
        "due_at": case.due_at,
        "warn_at": case.warn_at,
        "updated_at": case.updated_at,
        "address": None if case.address is None else mask_text(case.address),
        "description": mask_text(case.description)[:DESCRIPTION],
        "left": False,
    }


def sight_of(case: Case) -> Sight:
    """What a scope asks of a case."""
    areas = {*case.routing.areas.values(), *((case.routing.area_code,) if case.routing.area_code else ())}
    return Sight(frozenset(areas), case.category, case.owner, tuple(case.cohandlers))


def _cases(connection: Connection, ids: Collection[int]) -> dict[int, Case]:
    rows = connection.execute(sa.select(case_record).where(case_record.c.case_id.in_(sorted(ids)))) if ids else ()
    return {row.case_id: of_row(row) for row in rows}


def _before(connection: Connection, cases: dict[int, Case], changed: Sequence[Event]) -> dict[int, Sight]:
    """What a scope saw of each case just before the batch, for those that an event took from one owner or area to another."""
    first: dict[int, int] = {}
    moved: set[int] = set()
    for event in changed:
        if event.case_id is not None:
            first.setdefault(event.case_id, event.position)
            if event.kind != "received" and not MOVING.isdisjoint(event.data):
                moved.add(event.case_id)
    known: dict[int, Sight] = {}
    for case_id in sorted(moved.intersection(cases)):
        earlier = [event for event in event_log.of_case(connection, case_id) if event.position < first[case_id]]
        try:
            if earlier:
                known[case_id] = _sight_after(earlier)
        except Exception as error:  # one case whose log tells no story must not end what everybody hears of all others
            log.warning("nobody is told that case %s left their sight, its log cannot be read: %r", case_id, error)
    return known


MOVING = frozenset({"routing", "owner", "cohandlers", "category", "state"})
"""What an event says when a case may come into or go out of somebody's sight."""


def _sight_after(events: Sequence[Event]) -> Sight:
    said: Mapping[str, Any] = events[0].data
    place = said
    for event in events:
        place = event.data.get("routing", place)
    state = fold([Recorded(event.kind, event.at, event.actor, event.data) for event in events])
    areas = {*(place.get("areas") or {}).values(), *((place["area_code"],) if place.get("area_code") else ())}
    return Sight(frozenset(areas), state.category, state.owner, tuple(state.cohandlers))
