"""The same request sent twice happens once: a key, a digest of the body, and the answer to give again.

The key is claimed inside the transaction that does the work, so a crash leaves neither or both. On PostgreSQL a second caller
waits on the unique key until the first commits; on SQLite the writer's lock does the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from boundaries.store.columns import Json, UtcDateTime
from boundaries.store.tables import NAMING_CONVENTION

metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)

idempotency_key = sa.Table(
    "idempotency_key",
    metadata,
    sa.Column("scope", sa.String(120), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("request_digest", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("status", sa.Integer(), nullable=True),
    sa.Column("response", Json(), nullable=True),
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer that was given when this key came first."""

    request_digest: str
    status: int
    response: dict[str, Any]


def digest(body: bytes) -> str:
    """SHA-256 of the request body, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def claim(connection: Connection, *, scope: str, key: str, request_digest: str, at: datetime) -> Earlier | None:
    """Claims the key for this transaction: None if it is new, else what was answered the first time."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    done = connection.execute(
        insert(idempotency_key)
        .values(scope=scope, key=key, request_digest=request_digest, created_at=at)
        .on_conflict_do_nothing()
        .returning(idempotency_key.c.key)
    ).one_or_none()
    if done is not None:
        return None
    t = idempotency_key.c
    row = connection.execute(sa.select(idempotency_key).where(t.scope == scope, t.key == key)).one()
    return Earlier(row.request_digest, row.status, row.response)


def answered(connection: Connection, *, scope: str, key: str) -> Earlier | None:
    """What was answered under a key, None where it was never claimed; nothing is claimed."""
    t = idempotency_key.c
    row = connection.execute(sa.select(idempotency_key).where(t.scope == scope, t.key == key)).one_or_none()
    return None if row is None else Earlier(row.request_digest, row.status, row.response)


def remember(connection: Connection, *, scope: str, key: str, status: int, response: dict[str, Any]) -> None:
    """Keeps the answer beside the claimed key."""
    t = idempotency_key.c
    connection.execute(sa.update(idempotency_key).where(t.scope == scope, t.key == key).values(status=status, response=response))
