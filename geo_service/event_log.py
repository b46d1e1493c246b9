"""The one append-only log: every change of a case, and who made it, in one order for the whole city.

`position` and `hash` come from one head row that the writing transaction locks last, so positions have no gaps and never appear
out of order: a reader that resumes after the last position it saw misses nothing and sees nothing twice. Each hash covers the one
before it. Triggers refuse UPDATE and DELETE.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import BigKey, Json, UtcDateTime, require_aware
from boundaries.store.objects import append_only
from boundaries.store.tables import NAMING_CONVENTION

metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)

event = sa.Table(
    "event",
    metadata,
    sa.Column("position", BigKey(), primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("case_id", BigKey(), nullable=True),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("data", Json(), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_event_case_id", "case_id", "position"),
)

event_head = sa.Table(
    "event_head",
    metadata,
    sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1", name="one_head"), primary_key=True, autoincrement=False),
    sa.Column("position", BigKey(), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

GENESIS = "0" * 64
CHANNEL = "citygrid_events"
"""PostgreSQL tells whoever listens here that the log grew."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What happened: kind, the case it belongs to (None for others), who did it, when, and the facts as JSON values."""

    kind: str
    case_id: int | None
    actor: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event(NewEvent):
    """An event in the log, with its place in the city's one order and the hash that chains it to the one before."""

    position: int
    hash: str


def chained_hash(previous: str, position: int, new: NewEvent) -> str:
    """SHA-256 over the previous hash and the event in canonical JSON (sorted keys, UTC instants), in hexadecimal.

    The text is one array: [previous hash, position, instant, kind, case, actor, facts].
    """
    return hashlib.sha256(f'["{previous}",{position},'.encode() + _told(new)).hexdigest()


def _told(new: NewEvent) -> bytes:
    """What a hash covers of the event itself: the end of that array, known before the event has its place in the log."""
    facts = [require_aware(new.at), new.kind, new.case_id, new.actor, new.data]
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)[1:]


def append(connection: Connection, events: Sequence[NewEvent]) -> int:
    """Adds events in this transaction and returns the last position. Call it last: it takes the lock every writer waits for."""
    if connection.dialect.name == "postgresql":  # in one round trip, since the whole city waits until it is over
        said = orjson.dumps([{**_columns(new), "told": _told(new).decode()} for new in events]).decode()
        return int(connection.exec_driver_sql("SELECT append_events(%s::jsonb)", (said,)).scalar_one())
    position, previous = _head(connection)
    rows = []
    for new in events:
        position += 1
        previous = chained_hash(previous, position, new)
        rows.append({"position": position, **_columns(new), "hash": previous})
    if rows:
        connection.execute(sa.insert(event), rows)
        connection.execute(sa.update(event_head).values(position=position, hash=previous))
    return position


def _columns(new: NewEvent) -> dict[str, Any]:
    return {"at": require_aware(new.at), "kind": new.kind, "case_id": new.case_id, "actor": new.actor, "data": new.data}


def _head(connection: Connection) -> tuple[int, str]:
    """The head, made by whoever comes first. SQLite's writer is alone from the beginning of its transaction."""
    head = connection.execute(sa.select(event_head)).one_or_none()
    if head is None:
        connection.execute(sa.insert(event_head).values(id=1, position=0, hash=GENESIS))
        return 0, GENESIS
    return int(head.position), str(head.hash)


_APPEND_EVENTS = f"""
CREATE OR REPLACE FUNCTION append_events(events jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  head event_head;
  new record;
BEGIN
  LOOP  -- locked until the transaction ends; made by whoever comes first
    SELECT * INTO head FROM event_head FOR UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO event_head (id, position, hash) VALUES (1, 0, '{GENESIS}') ON CONFLICT DO NOTHING;
  END LOOP;
  FOR new IN SELECT * FROM jsonb_to_recordset(events)
    AS row (at timestamptz, kind text, case_id bigint, actor text, data jsonb, told text)
  LOOP
    head.position := head.position + 1;
    head.hash := encode(sha256(convert_to('["' || head.hash || '",' || head.position || ',' || new.told, 'UTF8')), 'hex');
    INSERT INTO event (position, at, kind, case_id, actor, data, hash)
      VALUES (head.position, new.at, new.kind, new.case_id, new.actor, new.data, head.hash);
  END LOOP;
  IF jsonb_array_length(events) > 0 THEN
    UPDATE event_head SET position = head.position, hash = head.hash;
    PERFORM pg_notify('{CHANNEL}', '');  -- told to others when it commits, and only to wake them: what happened they read
  END IF;
  RETURN head.position;
END $$
"""
"""The same as `chained_hash` and `append`, where the lock is: it is held for one round trip less, and the city writes twice as fast."""


def of_case(connection: Connection, case_id: int) -> list[Event]:
    """The events of one case, oldest first."""
    return list(_read(connection, sa.select(event).where(event.c.case_id == case_id).order_by(event.c.position)))


def chained(connection: Connection, events: Sequence[Event]) -> list[bool]:
    """For each of these events, whether its hash follows from it and from the event before it in the log."""
    wanted = [one.position - 1 for one in events]
    rows = connection.execute(sa.select(event.c.position, event.c.hash).where(event.c.position.in_(wanted))).all()
    before = {0: GENESIS, **{row.position: row.hash for row in rows}}
    return [one.position - 1 in before and chained_hash(before[one.position - 1], one.position, one) == one.hash for one in events]


def after(connection: Connection, position: int, *, limit: int = 1000, upto: int | None = None) -> list[Event]:
    """The events behind a position, oldest first, and not behind `upto`."""
    where = [event.c.position > position]
    if upto is not None:
        where.append(event.c.position <= upto)
    return list(_read(connection, sa.select(event).where(*where).order_by(event.c.position).limit(limit)))


def every(connection: Connection) -> Generator[Event, None, None]:
    """All events in order, read in bounded memory; close it when you stop half way."""
    return _read(connection, sa.select(event).order_by(event.c.position).execution_options(yield_per=5000))


def head_of(connection: Connection) -> tuple[int, str]:
    """Position and hash of the last event; (0, GENESIS) before the first."""
    head = connection.execute(sa.select(event_head)).one_or_none()
    return (int(head.position), str(head.hash)) if head else (0, GENESIS)


def _read(connection: Connection, query: sa.Select[Any]) -> Generator[Event, None, None]:
    with connection.execute(query) as rows:  # closed also when the reader stops half way
        for row in rows:
            yield Event(row.kind, row.case_id, row.actor, row.at, row.data, row.position, row.hash)


def first_break(connection: Connection) -> int | None:
    """The first position whose hash does not follow from the one before, or None when the chain is whole up to the head."""
    previous, expected = GENESIS, 1
    with closing(every(connection)) as rows:
        for row in rows:
            if row.position != expected or chained_hash(previous, row.position, row) != row.hash:
                return expected
            previous, expected = row.hash, expected + 1
    return None if head_of(connection) == (expected - 1, previous) else expected


def ensure_objects(connection: Connection) -> None:
    """Makes the database refuse to change or remove an event, and able to add some, where the table exists.

    Idempotent; called after every migration.
    """
    if sa.inspect(connection).has_table(event.name):
        append_only(connection, [event.name])
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_APPEND_EVENTS.replace("%", "%%"))
