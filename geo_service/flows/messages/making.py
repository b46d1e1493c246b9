"""From the log to the outbox: every event, every subscription it concerns, once.

An event was written in one transaction with its case, so the log is the outbox's first half and no case ever waits for a message. This
task follows the log from a cursor and, in the transaction that moves the cursor, writes the messages; whoever dies in between has done
neither. One row per subscription and position is all the table takes, however many do it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.repository import current_number
from geo_service import event_log
from geo_service.api.wiring import Wiring
from geo_service.cases import Case
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_record, reporter
from geo_service.event_log import Event
from geo_service.flows.messages.facts import payload, stage_of, values
from geo_service.flows.messages.owners import Owners, areas_of
from geo_service.notify import Subscription, outbox, repository
from geo_service.notify.model import message_id_of
from geo_service.notify.wording import chosen, written
from geo_service.rulebooks import rulebook_in_force

MOST = 500
"""Events in one transaction."""


def make_messages(wiring: Wiring, *, now: datetime) -> int:
    """Makes the messages of all that happened since the last time, and returns how many."""
    made, more = 0, True
    while more:
        with wiring.database.writing() as connection:
            count, more = _make_some(connection, wiring, now)
        made += count
    return made


def anything_to_make(wiring: Wiring) -> bool:
    """Whether the log holds anything that was not turned into messages."""
    with wiring.database.reading() as connection:
        return outbox.cursor(connection) < event_log.head_of(connection)[0] or bool(repository.behind(connection))


def _make_some(connection: Connection, wiring: Wiring, now: datetime) -> tuple[int, bool]:
    position = outbox.locked_cursor(connection)
    head = event_log.head_of(connection)[0]  # before the subscriptions are read: who subscribes later is told of later events alone
    if not repository.any_in_force(connection):
        outbox.set_cursor(connection, head)
        return 0, False
    making = _Making(connection, wiring, now)
    made, more = 0, False
    for late in repository.behind(connection):
        events = event_log.after(connection, late.behind_at or 0, limit=MOST, upto=position)
        count, at = making.add(late, events)
        reached = at if at is not None else events[-1].position if events else position
        outbox.set_behind(connection, late.subscription_id, None if reached >= position else reached)
        made, more = made + count, more or (at is None and len(events) == MOST)
    events = event_log.after(connection, position, limit=MOST, upto=head)
    if events:
        for one in repository.subscriptions_for(connection, {event.case_id for event in events if event.case_id is not None}):
            if one.behind_at is None:
                count, at = making.add(one, events)
                made += count
                if at is not None:
                    outbox.set_behind(connection, one.subscription_id, at)
        outbox.set_cursor(connection, events[-1].position)
    return made, more or len(events) == MOST


class _Making:
    """What messages of one transaction are made from, each read once."""

    def __init__(self, connection: Connection, wiring: Wiring, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._most = wiring.settings.messages.messages_most_queued
        number = current_number(connection)
        self._published = None if number is None else wiring.published.matching(connection, number)
        self._rulebook = rulebook_in_force(connection, at=now)
        self._texts = repository.texts_in_force(connection)
        self._owners = Owners(connection, wiring)
        self._waiting = outbox.waiting_counts(connection)
        self._cases: dict[int, Case | None] = {}

    def add(self, subscription: Subscription, events: Sequence[Event]) -> tuple[int, int | None]:
        """Adds the messages of one subscription: how many, and the position before which its outbox was full; None: it held them all."""
        rows: list[dict[str, Any]] = []
        waiting = self._waiting.get(subscription.subscription_id, 0)
        full_at = None
        for event in events:
            row = self._row(subscription, event)
            if row is None:
                continue
            if waiting + len(rows) >= self._most:
                full_at = event.position - 1
                break
            rows.append(row)
        self._waiting[subscription.subscription_id] = waiting + len(rows)
        return outbox.add(self._connection, rows), full_at

    def _row(self, one: Subscription, event: Event) -> dict[str, Any] | None:
        case = None if event.case_id is None or one.case_id not in (None, event.case_id) else self._case(event.case_id)
        if case is None:
            return None
        stage = stage_of(event)
        position, kind = event.position, event.kind
        if not one.wants(
            position=position, kind=kind, stage=stage, case_id=case.case_id, areas=areas_of(case), category=case.category
        ) or not self._owners.sees(one, case):
            return None
        text = chosen(self._texts, audience=one.audience, kind=event.kind, stage=stage, language=one.language)
        if text is None:
            return None
        name = self._reporter(case.case_id) if "{reporter}" in text.subject + text.body else None
        said = values(event, case, reporter=name, published=self._published, rulebook=self._rulebook, language=one.language)
        message_id = message_id_of(event.position, one.subscription_id)
        subject, body = written(text, {**said, "id": message_id})
        return {
            "message_id": message_id,
            "subscription_id": one.subscription_id,
            "position": event.position,
            "case_id": case.case_id,
            "kind": event.kind,
            "channel": one.channel,
            "address": one.address,
            "language": one.language,
            "subject": subject,
            "body": body,
            "payload": payload(event, case, audience=one.audience),
            "state": "queued",
            "attempts": 0,
            "next_at": self._now,
            "created_at": self._now,
        }

    def _case(self, case_id: int) -> Case | None:
        if case_id not in self._cases:
            row = self._connection.execute(sa.select(case_record).where(case_record.c.case_id == case_id)).one_or_none()
            self._cases[case_id] = None if row is None else of_row(row)
        return self._cases[case_id]

    def _reporter(self, case_id: int) -> str | None:
        name: str | None = self._connection.execute(sa.select(reporter.c.name).where(reporter.c.case_id == case_id)).scalar_one_or_none()
        return name
