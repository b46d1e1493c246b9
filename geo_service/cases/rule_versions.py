"""The rules cases are judged by, as data, version by version: a change is a new version, and an old case keeps the one it was judged by.

A version may be dated: it holds from an instant to come, exactly from then on, whatever runs or does not run at that moment.
Kinds: catalogue (categories, affairs, limits, duty lists), calendar (holidays), matrix (responsibility), ladder (escalation), entries
(consultation), evaluation (the yardstick), population (people of areas). A version is a list of rows in JSON values; what they mean is
the business of whoever asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import rule_row, rule_version
from geo_service.errors import ConflictError, NotFoundError, RequestError, SetupError

KINDS = ("catalogue", "calendar", "matrix", "ladder", "entries", "evaluation", "population")
KEPT = 64
T = TypeVar("T")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""From when the rules hold that a city begins with: there was nothing before them."""


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the rules of a kind. digest: of its rows and meta; equal digests mean equal rules, in any database.

    effective_from: the instant from which it holds, behind created_at for one that is planned. withdrawn_at: when a planned one was
    given up; it never held and never will.
    """

    kind: str
    version: int
    digest: str
    meta: Mapping[str, Any]
    created_at: datetime
    actor: str
    note: str
    effective_from: datetime
    withdrawn_at: datetime | None = None

    def planned(self, at: datetime) -> bool:
        """Whether it is to come into force behind the instant."""
        return self.withdrawn_at is None and self.effective_from > at


def put_book(
    connection: Connection,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: str,
    at: datetime,
    note: str = "",
    meta: Mapping[str, Any] | None = None,
    effective_from: datetime | None = None,
    beside_planned: bool = False,
) -> Book:
    """Stores a new version and returns it; the one that holds then, where nothing changed. It holds from `effective_from`, else from `at`.

    RequestError for an unknown kind. ConflictError `rules_planned` when another version is planned for later: it would undo this one in
    silence. beside_planned: the caller sees to the planned ones itself.
    """
    if kind not in KINDS:
        raise RequestError("unknown_rules", en="there are no rules of kind {kind}", zh="没有名为 {kind} 的规则", kind=kind, field="kind")
    plain = orjson.loads(orjson.dumps([list(map(dict, rows)), dict(meta or {})]))
    digest = digest_of(kind, *plain)
    start, known = effective_from or at, books(connection, kind)
    if not beside_planned:
        refuse_before_planned(known, start)
    last = _holding(known, start)
    if last is not None and last.digest == digest:
        return last
    version = max((one.version for one in known), default=0) + 1
    values = {"kind": kind, "version": version, "created_at": at, "actor": actor, "note": note[:300], "digest": digest, "meta": plain[1]}
    connection.execute(sa.insert(rule_version).values(**values, effective_from=start))
    if plain[0]:
        numbered = [{"kind": kind, "version": version, "number": number, "data": row} for number, row in enumerate(plain[0])]
        connection.execute(sa.insert(rule_row), numbered)
    return Book(kind, version, digest, plain[1], at, actor, note[:300], start)


def digest_of(kind: str, rows: Sequence[Mapping[str, Any]], meta: Mapping[str, Any]) -> str:
    """What tells equal rules from others: of JSON values."""
    return hashlib.sha256(kind.encode() + orjson.dumps([list(rows), meta], option=orjson.OPT_SORT_KEYS)).hexdigest()


def refuse_before_planned(known: Sequence[Book], start: datetime) -> None:
    """ConflictError when a version is planned for behind `start`."""
    later = [one for one in known if one.planned(start)]
    if later:
        first = min(later, key=lambda one: one.effective_from)
        raise ConflictError(
            "rules_planned",
            en="version {version} of these rules is planned for {start} and would undo this one: withdraw it first, or date this one later",
            zh="规则第 {version} 版定于 {start} 生效，将覆盖本次修改：请先撤回该版本，或将本次生效时间定在其后",
            version=first.version,
            start=first.effective_from.isoformat(),
            field="effective_from",
        )


def withdraw(connection: Connection, kind: str, version: int, *, at: datetime) -> Book:
    """Gives a planned version up. NotFoundError for none, ConflictError `rules_not_planned` for one that holds, held, or was given up."""
    found = book(connection, kind, version)
    if not found.planned(at):
        raise ConflictError(
            "rules_not_planned",
            en="version {version} is not a planned one: only what is not in force yet can be withdrawn",
            zh="第 {version} 版不是待生效版本：只有尚未生效的版本可以撤回",
            version=version,
        )
    t = rule_version.c
    connection.execute(sa.update(rule_version).where(t.kind == kind, t.version == version).values(withdrawn_at=at))
    return book(connection, kind, version)


def hold(connection: Connection) -> None:
    """Lets one transaction at a time make versions: who comes second sees what the first one made.

    PostgreSQL locks the first version of the catalogue, which every city has; SQLite's BEGIN IMMEDIATE locked the database already.
    """
    t = rule_version.c
    connection.execute(sa.select(t.version).where(t.kind == "catalogue").order_by(t.version).limit(1).with_for_update()).all()


def book(connection: Connection, kind: str, version: int) -> Book:
    """A version. NotFoundError for one that was never made."""
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


def book_in_force(connection: Connection, kind: str, *, at: datetime) -> Book:
    """The version that holds at an instant. SetupError where there is none."""
    found = book_if_any(connection, kind, at=at)
    if found is None:
        raise SetupError(
            "no_rules",
            en="this city has no {kind} rules yet: run citygrid matrix seed",
            zh="本市尚无 {kind} 规则：请运行 citygrid matrix seed",
            kind=kind,
        )
    return found


def book_if_any(connection: Connection, kind: str, *, at: datetime) -> Book | None:
    """The version that holds at an instant, None where none does: the one that came into force last; of two at once the later made."""
    t = rule_version.c
    wanted = sa.select(rule_version).where(t.kind == kind, t.effective_from <= at, t.withdrawn_at.is_(None))
    row = connection.execute(wanted.order_by(t.effective_from.desc(), t.version.desc()).limit(1)).one_or_none()
    return None if row is None else _of(row)


def books(connection: Connection, kind: str) -> list[Book]:
    """All versions of a kind, planned and withdrawn ones too, the last made first."""
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


def _holding(known: Sequence[Book], at: datetime) -> Book | None:
    there = [one for one in known if one.withdrawn_at is None and one.effective_from <= at]
    return max(there, key=lambda one: (one.effective_from, one.version), default=None)


def _of(row: sa.Row[Any]) -> Book:
    return Book(row.kind, row.version, row.digest, row.meta, row.created_at, row.actor, row.note, row.effective_from, row.withdrawn_at)
