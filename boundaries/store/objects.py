"""What a table definition cannot say on both databases: triggers that refuse to change the past, and PostGIS' spatial indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, inspect

__all__ = ["append_only", "ensure_objects", "spatial_index"]

_APPEND_ONLY: Final = ("area_version", "generation_member", "draft_operation", "lineage")
_SPATIAL: Final = (("area_version", "geometry"),)


def ensure_objects(connection: Connection) -> None:
    """Makes the triggers and spatial indexes of this package's tables that exist; running it again changes nothing.

    To be called after every migration: SQLite's way of altering a table loses its triggers in silence.
    """
    existing = set(inspect(connection).get_table_names())
    append_only(connection, [table for table in _APPEND_ONLY if table in existing])
    for table, column in _SPATIAL:
        if table in existing:
            spatial_index(connection, table, column)


def append_only(connection: Connection, tables: Sequence[str]) -> None:
    """Makes the database refuse UPDATE and DELETE on these tables (PostgreSQL: TRUNCATE too). Idempotent.

    On SQLite INSERT OR REPLACE is refused too, provided the connection has `recursive_triggers` on, as every engine of ours.
    """
    if connection.dialect.name == "postgresql":
        _append_only_postgresql(connection, tables)
        return
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _append_only_postgresql(connection: Connection, tables: Sequence[str]) -> None:
    if not tables:
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in tables:
        # Row triggers, since a statement trigger of a partitioned table is passed by writing to the partition.
        for name, when in (("row", "UPDATE OR DELETE ON {0} FOR EACH ROW"), ("truncate", "TRUNCATE ON {0} FOR EACH STATEMENT")):
            connection.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {table}_append_only_{name} BEFORE {when.format(table)} EXECUTE FUNCTION refuse_change()"
            )


def spatial_index(connection: Connection, table: str, column: str) -> None:
    """A GiST index for desktop programs on PostGIS; nothing on SQLite. No answer of ours depends on it. Idempotent."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS ix_{table}_{column}_gist ON {table} USING gist ({column})")
