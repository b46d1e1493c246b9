"""Drafts and their operations in the tables. Everything takes a connection and nothing here commits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from boundaries.editing import Change
from boundaries.errors import GenerationError
from boundaries.store.columns import require_aware, require_text
from boundaries.store.draft_tables import draft, draft_operation, lock
from boundaries.store.images import change_of, images_of
from boundaries.store.refusals import store_errors

__all__ = [
    "DraftRecord",
    "OperationRecord",
    "append",
    "changes_after",
    "create_draft",
    "draft_record",
    "draft_records",
    "lock_area",
    "locked_areas",
    "operation_of_client",
    "operations",
    "unlock_area",
    "update_draft",
]


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """What is kept about a draft. head: number of its last operation, the value of its ETag. prepared_*: the generation made of it,
    good for as long as prepared_head is the head."""

    draft_id: int
    title: str
    base_generation: int
    status: str
    open_cases: str
    head: int
    prepared_generation: int | None
    prepared_head: int | None
    publish_at: dt.datetime | None
    owner: str
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """An operation of a draft as it was asked and decided."""

    sequence: int
    client_id: str
    operation: dict[str, Any]
    actor: str
    at: dt.datetime


@store_errors()
def create_draft(connection: Connection, *, title: str, base_generation: int, open_cases: str, owner: str, at: dt.datetime) -> DraftRecord:
    """A new, empty draft over a generation."""
    moment = require_aware(at)
    require_text(title=title, owner=owner)
    values = {
        "title": title,
        "base_generation": base_generation,
        "status": "open",
        "open_cases": open_cases,
        "head": 0,
        "owner": owner,
        "created_at": moment,
        "updated_at": moment,
    }
    draft_id = connection.execute(insert(draft).values(values).returning(draft.c.draft_id)).scalar_one()
    return draft_record(connection, draft_id)


@store_errors()
def draft_record(connection: Connection, draft_id: int, *, lock_row: bool = False) -> DraftRecord:
    """The draft of this number. lock_row: nobody else may change it until the transaction ends.

    Raises GenerationError `draft_unknown`.
    """
    asked = select(draft).where(draft.c.draft_id == draft_id)
    row = connection.execute(asked.with_for_update() if lock_row else asked).one_or_none()
    if row is None:
        raise GenerationError("draft_unknown", en="There is no draft {draft_id}.", zh="没有草稿 {draft_id}。", draft_id=draft_id)
    return DraftRecord(**row._mapping)


@store_errors()
def draft_records(connection: Connection) -> list[DraftRecord]:
    """All drafts, newest first."""
    return [DraftRecord(**row._mapping) for row in connection.execute(select(draft).order_by(draft.c.draft_id.desc()))]


@store_errors()
def update_draft(connection: Connection, draft_id: int, *, at: dt.datetime, **values: Any) -> DraftRecord:
    """Changes what is kept about a draft."""
    connection.execute(update(draft).where(draft.c.draft_id == draft_id).values(updated_at=require_aware(at), **values))
    return draft_record(connection, draft_id)


@store_errors()
def append(connection: Connection, record: DraftRecord, change: Change, *, client_id: str, actor: str, at: dt.datetime) -> DraftRecord:
    """Adds an operation behind the draft's head; the caller holds the draft's row."""
    sequence = record.head + 1
    connection.execute(
        insert(draft_operation).values(
            draft_id=record.draft_id,
            sequence=sequence,
            client_id=client_id,
            operation=change.operation.to_json(),
            images=images_of(change),
            outline_drift_m2=change.outline_drift_m2,
            actor=actor,
            at=require_aware(at),
        )
    )
    return update_draft(connection, record.draft_id, at=at, head=sequence)


@store_errors()
def changes_after(connection: Connection, draft_id: int, sequence: int) -> list[Change]:
    """The changes of a draft behind a number, in order."""
    t = draft_operation.c
    asked = select(t.operation, t.images, t.outline_drift_m2).where(t.draft_id == draft_id, t.sequence > sequence).order_by(t.sequence)
    return [change_of(row.operation, row.images, outline_drift_m2=row.outline_drift_m2) for row in connection.execute(asked)]


@store_errors()
def operations(connection: Connection, draft_id: int) -> list[OperationRecord]:
    """The operations of a draft in order, what was taken back included: history is never deleted."""
    t = draft_operation.c
    asked = select(t.sequence, t.client_id, t.operation, t.actor, t.at).where(t.draft_id == draft_id).order_by(t.sequence)
    return [OperationRecord(**row._mapping) for row in connection.execute(asked)]


@store_errors()
def operation_of_client(connection: Connection, draft_id: int, client_id: str) -> tuple[int, Change] | None:
    """(sequence, change) of the operation a client sent under this id before, or None."""
    t = draft_operation.c
    asked = select(t.sequence, t.operation, t.images, t.outline_drift_m2).where(t.draft_id == draft_id, t.client_id == client_id)
    row = connection.execute(asked).one_or_none()
    return None if row is None else (row.sequence, change_of(row.operation, row.images, outline_drift_m2=row.outline_drift_m2))


@store_errors()
def lock_area(connection: Connection, *, area_id: int, reason: str, actor: str, at: dt.datetime) -> None:
    """Forbids changes to an area and all below it, in every draft, until it is unlocked. Locking twice keeps the first."""
    if area_id not in locked_areas(connection):
        connection.execute(insert(lock).values(area_id=area_id, reason=reason, actor=actor, at=require_aware(at)))


@store_errors()
def unlock_area(connection: Connection, *, area_id: int) -> None:
    """Allows changes again; nothing happens where there was no lock."""
    connection.execute(lock.delete().where(lock.c.area_id == area_id))


@store_errors()
def locked_areas(connection: Connection) -> dict[int, str]:
    """{area_id: reason} of all locks."""
    return {row.area_id: row.reason for row in connection.execute(select(lock.c.area_id, lock.c.reason))}
