"""Writing many rows with keys of our own, alike on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

CHUNK = 5_000


def insert_rows(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], *, key: str | None = None) -> None:
    """Inserts the rows in chunks; none is fine. Every row has the same columns.

    key: the column that counts by itself and whose values the rows bring along. PostgreSQL's sequence is moved behind the largest,
    so that the next row without a key gets the next number (SQLite counts from the largest key anyway).
    """
    for start in range(0, len(rows), CHUNK):
        connection.execute(sa.insert(table), rows[start : start + CHUNK])
    if key is not None and rows and connection.dialect.name == "postgresql":
        largest = max(row[key] for row in rows)
        sequence = sa.func.pg_get_serial_sequence(table.name, key)
        connection.execute(sa.select(sa.func.setval(sa.cast(sequence, sa.Text), largest)))
