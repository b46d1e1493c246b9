"""Putting a generation in force: one row changes hands, under a lock, and time moves forward."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy import Connection, Exists, exists, select, update

from boundaries.errors import GenerationError
from boundaries.model import Generation
from boundaries.store import tables
from boundaries.store.columns import require_aware, require_text
from boundaries.store.proof import is_proof
from boundaries.store.refusals import store_errors
from boundaries.store.repository import defects, generation, require_city

__all__ = ["publish"]

_TICK: Final = dt.timedelta(microseconds=1)

_REFUSALS: Final = {
    "generation_in_force": ("Generation {number} is in force already.", "版本 {number} 已经生效。"),
    "generation_was_published": (
        "Generation {number} was in force once and is history: a rollback is a new generation with its members.",
        "版本 {number} 曾经生效,已成为历史:回退须以其成员建立新版本。",
    ),
    "base_superseded": (
        "Generation {number} grew from {parent}, but {current} is in force now: redo the change on it.",
        "版本 {number} 基于 {parent},而当前生效的是 {current}:请在其上重做修改。",
    ),
    "generation_has_errors": (
        "Generation {number} has {errors} defects that bar publishing; the first: {first}",
        "版本 {number} 有 {errors} 处缺陷,不能发布;第一处:{first_zh}",
    ),
    "proof_missing": (
        "Generation {number} has no proof that its leaves fit together exactly: run the checks again.",
        "版本 {number} 缺少拼接完整性证明:请重新检查。",
    ),
}


@store_errors()
def publish(connection: Connection, *, number: int, actor: str, at: dt.datetime) -> Generation:
    """The generation, now in force; the one before ends at the same instant (half open).

    The row of the current generation is locked until the transaction ends, so a second publisher waits and then finds its base
    superseded. at: aware; a clock that stands behind the present generation's start is moved to one microsecond after it, so
    time never runs backwards. Raises GenerationError `generation_unknown`, `generation_in_force`, `generation_was_published`,
    `base_superseded`, `generation_has_errors`, `proof_missing`.
    """
    published_at = require_aware(at)
    require_text(actor=actor)
    require_city(connection)
    current = connection.execute(select(tables.current_generation.c.number).with_for_update()).scalar_one()
    wanted = generation(connection, number)
    _check(connection, wanted, current)
    effective_from = published_at
    if current is not None:
        began_at = generation(connection, current).effective_from
        if began_at is not None:
            effective_from = max(published_at, began_at + _TICK)
        connection.execute(update(tables.generation).where(tables.generation.c.number == current).values(effective_until=effective_from))
    connection.execute(
        update(tables.generation)
        .where(tables.generation.c.number == number)
        .values(
            status="published",
            published_at=published_at,
            effective_from=effective_from,
            published_by=actor,
        )
    )
    connection.execute(update(tables.current_generation).values(number=number))
    _retire(connection, before=current, now=number)
    return generation(connection, number)


def _check(connection: Connection, wanted: Generation, current: int | None) -> None:
    if wanted.number == current:
        raise _refusal("generation_in_force", wanted)
    if wanted.status == "published":
        raise _refusal("generation_was_published", wanted)
    if wanted.parent != current:
        raise _refusal("base_superseded", wanted, parent=wanted.parent or "-", current=current or "-")
    errors = [defect for defect in defects(connection, wanted.number) if defect.severity == "error"]
    if errors:
        first = errors[0]
        raise _refusal("generation_has_errors", wanted, errors=len(errors), first=first.message, first_zh=first.message_zh)
    if not is_proof(wanted.proof, wanted.content_hash):
        raise _refusal("proof_missing", wanted)


def _refusal(code: str, wanted: Generation, **params: Any) -> GenerationError:
    en, zh = _REFUSALS[code]
    return GenerationError(code, en=en, zh=zh, number=wanted.number, **params)


def _retire(connection: Connection, *, before: int | None, now: int) -> None:
    """Areas that left the city are marked with the generation that did without them; those that came back are unmarked."""
    area, member = tables.area.c, tables.generation_member.c

    def belongs(number: int | None) -> Exists:
        return exists().where(member.number == number, member.area_id == area.area_id)

    is_in = belongs(now)
    connection.execute(update(tables.area).where(belongs(before), ~is_in).values(retired_generation=now))
    connection.execute(update(tables.area).where(is_in, area.retired_generation.is_not(None)).values(retired_generation=None))
