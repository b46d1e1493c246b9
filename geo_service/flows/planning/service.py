"""The story of a draft, without HTTP: create it, work on it, take back, always in step with its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from boundaries.editing import Change, Draft, from_json
from boundaries.model import AreaVersion
from boundaries.store.drafts import DraftRecord, append, changes_after, create_draft, draft_record, operation_of_client
from boundaries.store.repository import current_number
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import ConflictError, NotFoundError, SetupError, StaleError
from geo_service.flows.planning.reach import require_change
from geo_service.published import Published


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was done, or previewed: the change, the record after it, and the draft it belongs to."""

    change: Change
    record: DraftRecord
    draft: Draft


def create(connection: Connection, *, title: str, open_cases: str, actor: Actor, now: datetime) -> DraftRecord:
    """A draft over the generation in force. SetupError before any was published."""
    base = current_number(connection)
    if base is None:
        raise SetupError("nothing_published", en="nothing is published yet to draw on", zh="尚未发布任何边界，无法起草")
    return create_draft(connection, title=title, base_generation=base, open_cases=open_cases, owner=actor.name, at=now)


def preview(connection: Connection, wiring: Wiring, draft_id: int, document: dict[str, Any], *, actor: Actor) -> Done:
    """What an operation would do; nothing is written. Raises EditError with code and place, DeniedError beyond the planner's area."""
    record = draft_record(connection, draft_id)
    operation = from_json(document)
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        change = draft.preview(operation)
        require_change(actor, change, before=draft.workspace, after=draft.workspace)
        return Done(change, record, draft)


def perform(
    connection: Connection,
    wiring: Wiring,
    draft_id: int,
    document: dict[str, Any],
    *,
    expected_head: int,
    client_id: str | None,
    actor: Actor,
    now: datetime,
) -> Done:
    """Does an operation and records it, in the caller's transaction.

    The same client_id again gives what was done the first time. StaleError when the draft moved on since `expected_head`,
    ConflictError when it is closed, EditError with code and place when the operation is refused, DeniedError where it touches an area
    beyond the planner's.
    """
    operation = from_json(document)
    record = draft_record(connection, draft_id, lock_row=True)
    with wiring.drafts.guard:
        if client_id is not None and (earlier := operation_of_client(connection, draft_id, client_id)) is not None:
            return Done(earlier[1], record, wiring.drafts.draft(connection, record))
        require_open(record)
        require_head(connection, record, expected_head)
        draft = wiring.drafts.draft(connection, record)
        change = draft.preview(operation)
        require_change(actor, change, before=draft.workspace, after=draft.workspace)
        moved_on = append(connection, record, change, client_id=client_id or uuid4().hex, actor=actor.name, at=now)
        draft.install(change)
    return Done(change, moved_on, draft)


def area_of(published: Published, code: str) -> AreaVersion:
    """The area of this code in force. NotFoundError where there is none."""
    area = published.by_code.get(code)
    if area is None:
        raise NotFoundError("area_not_found", en="there is no area {area}", zh="没有代码为 {area} 的区域", area=code)
    return area


def require_open(record: DraftRecord) -> None:
    """ConflictError when the draft was published or abandoned."""
    if record.status not in ("open", "review"):
        raise ConflictError(
            "draft_closed",
            en="draft {draft_id} is {status}",
            zh="草稿 {draft_id} 已结束（{status}）",
            draft_id=record.draft_id,
            status=record.status,
        )


def require_head(connection: Connection, record: DraftRecord, expected: int) -> None:
    """StaleError, with the present head and what was done since, when the caller looked at an older state."""
    if record.head == expected:
        return
    since = [change.operation.kind for change in changes_after(connection, record.draft_id, expected)] if expected < record.head else []
    raise StaleError(
        "draft_moved_on",
        en="the draft is at version {head}; since yours ({expected}) there was: {since}",
        zh="草稿已到版本 {head}；自您的版本（{expected}）之后：{since}",
        head=record.head,
        expected=expected,
        since=", ".join(since[:20]) or "-",
    )
