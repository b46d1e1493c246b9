"""Rules that name an area by its code, when the area gets another: a new version that says why. Old versions are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.rule_versions import KINDS, Book, book_if_any, books, hold, put_book, rows_of, withdraw
from geo_service.event_log import NewEvent
from geo_service.published import Published
from geo_service.responsibility import prove
from geo_service.rulebooks.in_force import matrix_in_force, rulebook_in_force
from geo_service.rulebooks.places import places_of


def recode_rules(connection: Connection, published: Published, codes: Mapping[str, str], *, actor: str, at: datetime) -> list[Book]:
    """The new versions, one for each kind of rules that names an area of `codes` (before -> now); none where no rule does.

    A planned version that names one is withdrawn for one that holds from the same instant. Each is in the log with how many lines
    changed; for the matrix, what its proof over the new generation says.
    """
    hold(connection)
    made = []
    for kind in KINDS:
        present = book_if_any(connection, kind, at=at)
        planned = sorted((one for one in books(connection, kind) if one.planned(at)), key=lambda one: (one.effective_from, one.version))
        for found in (*([present] if present else []), *planned):
            if (stored := _recoded(connection, published, found, codes, actor=actor, at=at)) is not None:
                made.append(stored)
    return made


def _recoded(
    connection: Connection, published: Published, present: Book, codes: Mapping[str, str], *, actor: str, at: datetime
) -> Book | None:
    before = rows_of(connection, present)
    after = [{**row, "area": codes[row["area"]]} if row.get("area") in codes else row for row in before]
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    if not changed:
        return None
    named = sorted({row["area"] for row in before if row.get("area") in codes})
    pairs = ", ".join(f"{old} → {codes[old]}" for old in named[:8]) + (" …" if len(named) > 8 else "")
    note = f"第 {published.number} 版网格变更区域代码 / codes changed by generation {published.number}: {pairs}"
    start = None
    if present.planned(at):
        start = withdraw(connection, present.kind, present.version, at=at).effective_from
    said: dict[str, Any] = {"actor": actor, "at": at, "note": note, "meta": present.meta, "effective_from": start, "beside_planned": True}
    stored = put_book(connection, present.kind, after, **said)
    data: dict[str, Any] = {"rules": present.kind, "book": present.kind, "from_version": present.version, "version": stored.version}
    data |= {"digest": stored.digest, "tables": {present.kind: {"changed": changed}}, "reason": "recoded", "generation": published.number}
    if start is not None:
        data["effective_from"] = start.isoformat()
    elif present.kind == "matrix":
        data["proof"] = _proof(connection, published, at)
    event_log.append(connection, [NewEvent("rules_changed", None, actor, at, data)])
    return stored


def _proof(connection: Connection, published: Published, at: datetime) -> dict[str, int]:
    keys = rulebook_in_force(connection, at=at).categories
    found = prove(matrix_in_force(connection, at=at).rules, keys, places_of(published), on=at.date())
    return {"gaps": found.gap_pairs, "double_claims": found.double_pairs, "strangers": len(found.strangers)}
