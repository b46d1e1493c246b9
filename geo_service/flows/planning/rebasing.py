"""A draft whose base was superseded is carried over to the generation in force; what must be looked at is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from boundaries.editing.rebase import Rebased
from boundaries.editing.rebase import rebase as carry_over
from boundaries.store.drafts import DraftRecord, append, create_draft, draft_record, update_draft
from boundaries.store.repository import current_number
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import ConflictError
from geo_service.flows.planning.reach import require_draft
from geo_service.flows.planning.service import require_open


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """old: the draft as it was, kept and closed. new: its successor over the generation in force, None in a dry run."""

    old: DraftRecord
    new: DraftRecord | None
    result: Rebased


def rebase(connection: Connection, wiring: Wiring, draft_id: int, *, dry_run: bool, actor: Actor, now: datetime) -> CarriedOver:
    """Carries a draft over to the generation in force: verbatim where nothing it touches changed, else operation by operation.

    The old draft stays in the history, abandoned; its successor is a draft of its own. ConflictError when the base is still in force,
    DeniedError where either touches an area beyond the planner's.
    """
    record = draft_record(connection, draft_id, lock_row=not dry_run)
    require_open(record)
    current = current_number(connection)
    if current is None or current == record.base_generation:
        raise ConflictError("base_in_force", en="the base of this draft is still in force", zh="该草稿所依据的版本仍然有效")
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        require_draft(actor, draft)
        result = carry_over(draft, wiring.drafts.base(connection, current))
        require_draft(actor, result.draft)
    if dry_run:
        return CarriedOver(record, None, result)
    made = create_draft(connection, title=record.title, base_generation=current, open_cases=record.open_cases, owner=actor.name, at=now)
    for change in result.draft.changes:
        made = append(connection, made, change, client_id=uuid4().hex, actor=actor.name, at=now)
    old = update_draft(connection, draft_id, at=now, status="abandoned", publish_at=None)
    return CarriedOver(old, made, result)
