"""A file edited on a desktop comes back: what was done in it as named operations, in a draft of its own or in the one it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from boundaries.editing.adopt import Adoption, adopt_file
from boundaries.errors import GenerationError
from boundaries.files import read_edited_layer
from boundaries.files.columns import text_column
from boundaries.files.sources import Source
from boundaries.store.drafts import DraftRecord, append, create_draft, draft_record, locked_areas
from boundaries.store.repository import current_number, generation
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import ConflictError, RequestError
from geo_service.flows.planning.reach import require_draft
from geo_service.flows.planning.service import require_head, require_open


@dataclass(frozen=True, slots=True)
class Edited:
    """A file as it came back, and what it says it grew from: None where it does not say."""

    frame: Any
    base: int | None
    draft: int | None
    head: int | None


def read_edited(source: Source | str | Path, *, crs: str | None = None) -> Edited:
    """The file, read strictly. RequestError `several_bases`, `bad_base`; otherwise as `read_edited_layer`."""
    frame = read_edited_layer(source, crs=crs)
    return Edited(frame, *(_number(frame, column) for column in ("base_generation", "draft", "draft_head")))


def _number(frame: Any, column: str) -> int | None:
    """The one number that a column holds; rows added on the desktop hold none."""
    said = sorted(set(text_column(frame, column).tolist()) - {""}) if column in frame.columns else []
    if len(said) > 1:
        raise RequestError(
            "several_bases",
            en="the column {field} names several: {said}",
            zh="{field} 列包含多个取值：{said}",
            field=column,
            said=", ".join(said[:5])[:200],
        )
    if said and not (said[0].isascii() and said[0].isdigit() and len(said[0]) < 10):
        raise RequestError("bad_base", en="{said} in the column {field} is no number", zh="{field} 列中的 {said} 不是编号", field=column,
                           said=said[0][:40])  # fmt: skip
    return int(said[0]) if said else None


def understand(connection: Connection, wiring: Wiring, edited: Edited) -> tuple[int, Adoption]:
    """(base generation, what the file changes in it): of the generation in force where it names none. Nothing is written.

    Locked areas refuse changes here as in any draft. Raises GenerationError `generation_unknown`, EditError SHIFTED, SHRUNK.
    """
    number = edited.base if edited.base is not None else current_number(connection)
    if number is None:
        raise GenerationError("generation_none_published", en="No generation has been published yet.", zh="尚未发布任何版本。")
    generation(connection, number)
    with wiring.drafts.guard:
        base = wiring.drafts.base(connection, number).copy()
    base.policy = replace(base.policy, locked=frozenset(locked_areas(connection)))
    return number, adopt_file(base, edited.frame)


def understand_in(
    connection: Connection, wiring: Wiring, draft_id: int, edited: Edited, *, expected_head: int | None
) -> tuple[DraftRecord, Adoption]:
    """(the draft, what the file changes in its present state). Nothing is written. expected_head: None for a dry run.

    The file must have been exported from the draft at its present head, or from its base while the draft is empty: an older file would
    take back what was done since. StaleError `draft_moved_on`, ConflictError `file_of_another_state`, `draft_closed`.
    """
    record = draft_record(connection, draft_id)
    require_open(record)
    if expected_head is not None:
        require_head(connection, record, expected_head)
    if edited.draft is not None and edited.draft == draft_id and edited.head is not None:
        require_head(connection, record, edited.head)
    elif edited.draft is not None or record.head > 0 or edited.base not in (None, record.base_generation):
        raise ConflictError(
            "file_of_another_state",
            en="the file was not exported from draft {draft_id} as it is: export the draft, edit that file, and send it again",
            zh="该文件并非由草稿 {draft_id} 的当前状态导出：请重新导出草稿、编辑后再提交",
            draft_id=draft_id,
        )
    with wiring.drafts.guard:
        state = wiring.drafts.draft(connection, record).workspace.copy()
    return record, adopt_file(state, edited.frame)


def keep(connection: Connection, adoption: Adoption, *, base: int, title: str, open_cases: str, actor: Actor, now: datetime) -> DraftRecord:
    """A draft with the operations that a file came to. DeniedError where they touch an area beyond the planner's."""
    require_draft(actor, adoption.draft)
    record = create_draft(connection, title=title, base_generation=base, open_cases=open_cases, owner=actor.name, at=now)
    for change in adoption.draft.effective:
        record = append(connection, record, change, client_id=uuid4().hex, actor=actor.name, at=now)
    return record


def keep_in(connection: Connection, wiring: Wiring, seen: DraftRecord, adoption: Adoption, *, actor: Actor, now: datetime) -> DraftRecord:
    """The operations of a file behind those of the draft, all or none.

    StaleError when the draft moved on since it was `seen`, ConflictError when it was closed, DeniedError where the file touches an area
    beyond the planner's.
    """
    require_draft(actor, adoption.draft)
    record = draft_record(connection, seen.draft_id, lock_row=True)
    require_open(record)
    require_head(connection, record, seen.head)
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        for change in adoption.draft.effective:
            record = append(connection, record, change, client_id=uuid4().hex, actor=actor.name, at=now)
            draft.install(change)
    return record
