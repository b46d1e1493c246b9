"""The rules cases are judged by, as data, version by version: a change is a new version, and an old case keeps the one it was judged by.

Kinds: catalogue (categories, affairs, limits, duty lists), calendar (holidays), matrix (responsibility), ladder (escalation), entries
(consultation), evaluation (the yardstick). A version is a list of rows in JSON values; what they mean is the business of whoever asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import rule_row, rule_version
from geo_service.errors import NotFoundError, RequestError, SetupError

KINDS = ("catalogue", "calendar", "matrix", "ladder", "entries", "evaluation")
KEPT = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the rules of a kind. digest: of its rows and meta; equal digests mean equal rules, in any database."""

    kind: str
    version: int
    digest: str
    meta: Mapping[str, Any]
    created_at: datetime
    actor: str
    note: str


def put_book(
    connection: Connection,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: str,
    at: datetime,
    note: str = "",
    meta: Mapping[str, Any] | None = None,
) -> Book:
    """Stores a new version and returns it; the present one, where nothing changed. RequestError for an unknown kind."""
    if kind not in KINDS:
        raise RequestError("unknown_rules", en="there are no rules of kind {kind}", zh="没有名为 {kind} 的规则", kind=kind, field="kind")
    plain = orjson.loads(orjson.dumps([list(map(dict, rows)), dict(meta or {})]))
    digest = hashlib.sha256(kind.encode() + orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()
    last = _latest(connection, kind)
    if last is not None and last.digest == digest:
        return last
    version = (last.version if last else 0) + 1
    values = {"kind": kind, "version": version, "created_at": at, "actor": actor, "note": note[:300], "digest": digest, "meta": plain[1]}
    connection.execute(sa.insert(rule_version).values(values))
    if plain[0]:
        numbered = [{"kind": kind, "version": version, "number": number, "data": row} for number, row in enumerate(plain[0])]
        connection.execute(sa.insert(rule_row), numbered)
    return Book(kind, version, digest, plain[1], at, actor, note[:300])


def hold(connection: Connection) -> None:
    """Lets one transaction at a time make versions: who comes second sees what the first one made.

    PostgreSQL locks the first version of the catalogue, which every city has; SQLite's BEGIN IMMEDIATE locked the database already.
    """
    t = rule_version.c
    connection.execute(sa.select(t.version).where(t.kind == "catalogue").order_by(t.version).limit(1).with_for_update()).all()


def book(connection: Connection, kind: str, version: int | None = None) -> Book:
    """A version, the latest if none is named. NotFoundError for one that was never made, SetupError where there is none at all."""
    if version is None:
        found = _latest(connection, kind)
        if found is None:
            raise SetupError(
                "no_rules",
                en="this city has no {kind} rules yet: run citygrid matrix seed",
                zh="本市尚无 {kind} 规则：请运行 citygrid matrix seed",
                kind=kind,
            )
        return found
    t = rule_version.c
    row = connection.execute(sa.select(rule_version).where(t.kind == kind, t.version == version)).one_or_none()
    if row is None:
        raise NotFoundError(
            "rules_not_found",
            en="there is no version {version} of the {kind} rules",
            zh="{kind} 规则没有版本 {version}",
            kind=kind,
            version=version,
        )
    return _of(row)


def books(connection: Connection, kind: str) -> list[Book]:
    """All versions of a kind, the latest first."""
    t = rule_version.c
    return [_of(row) for row in connection.execute(sa.select(rule_version).where(t.kind == kind).order_by(t.version.desc()))]


def rows_of(connection: Connection, found: Book) -> list[dict[str, Any]]:
    """The rows of a version, in their order."""
    t = rule_row.c
    query = sa.select(t.data).where(t.kind == found.kind, t.version == found.version).order_by(t.number)
    return [dict(row) for row in connection.execute(query).scalars()]


_made: dict[tuple[str, str], Any] = {}
_making = Lock()


def made_of(connection: Connection, found: Book, make: Callable[[list[dict[str, Any]], Mapping[str, Any]], T]) -> T:
    """What `make` makes of a version's rows and meta, kept by digest: the same rules are read once a process."""
    key = (f"{found.digest}:{found.version}", make.__qualname__)
    with _making:
        if key in _made:
            kept: T = _made[key]
            return kept
    made = make(rows_of(connection, found), found.meta)
    with _making:
        _made[key] = made
        while len(_made) > KEPT:
            _made.pop(next(iter(_made)))
    return made


def _latest(connection: Connection, kind: str) -> Book | None:
    t = rule_version.c
    row = connection.execute(sa.select(rule_version).where(t.kind == kind).order_by(t.version.desc()).limit(1)).one_or_none()
    return None if row is None else _of(row)


def _of(row: sa.Row[Any]) -> Book:
    return Book(row.kind, row.version, row.digest, row.meta, row.created_at, row.actor, row.note)
