"""The access log: who looked at what is personal, and who was turned away. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.accounts.tables import access_entry


@dataclass(frozen=True, slots=True)
class Access:
    """A call that was answered. path: without its query, which may hold what somebody searched for."""

    at: datetime
    actor: str
    method: str
    path: str
    status: int
    client: str


def keep(connection: Connection, entries: Sequence[Access]) -> None:
    """Writes entries down."""
    if entries:
        connection.execute(sa.insert(access_entry), [asdict(entry) for entry in entries])


def accesses(
    connection: Connection, *, actor: str | None, path: str | None, before: int | None, limit: int
) -> tuple[list[tuple[int, Access]], int | None]:
    """Entries with their ids, newest first, and where the next page begins. path: the beginning of one."""
    c = access_entry.c
    where = [c.entry_id < before] if before is not None else []
    if actor is not None:
        where.append(c.actor == actor)
    if path is not None:
        where.append(c.path.startswith(path, autoescape=True))
    rows = connection.execute(sa.select(access_entry).where(*where).order_by(c.entry_id.desc()).limit(limit + 1)).all()
    found = [(row.entry_id, Access(row.at, row.actor, row.method, row.path, row.status, row.client)) for row in rows[:limit]]
    return found, (found[-1][0] if len(rows) > limit else None)


def drop_before(connection: Connection, instant: datetime) -> int:
    """Removes entries older than an instant and returns how many there were."""
    return int(connection.execute(sa.delete(access_entry).where(access_entry.c.at < instant)).rowcount)
