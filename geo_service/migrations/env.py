"""Alembic's entry: runs migrations on the engine it is handed, or on CITYGRID_DATABASE_URL for a developer's alembic command."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Engine, event

from boundaries.store.columns import BigKey, Geom, Json, UtcDateTime
from boundaries.store.engine import make_engine
from geo_service.migrations.runner import ensure_objects, target_metadata
from geo_service.settings import StorageSettings

OWN_TYPES = (BigKey, Geom, Json, UtcDateTime)


def render_item(kind: str, obj: Any, autogen: Any) -> str | Literal[False]:
    """Writes our column types by their repr."""
    if kind == "type" and isinstance(obj, OWN_TYPES):
        autogen.imports.add(f"from {type(obj).__module__} import {type(obj).__name__}")
        return repr(obj)
    return False


def include_object(_obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leaves PostGIS' own tables and the spatial indexes (made by ensure_objects) out of the comparison."""
    if kind == "table" and reflected and compare_to is None:
        return name not in ("spatial_ref_sys", "topology", "layer")
    return not (kind == "index" and name is not None and name.endswith("_gist"))


def compare_type(_context: Any, _inspected: Any, _column: Any, _found: Any, declared: Any) -> bool | None:
    """Shapes and documents have no type of their own on SQLite: what is declared is right."""
    return False if isinstance(declared, OWN_TYPES) else None


def run(engine: Engine) -> None:
    """Upgrades, then makes the triggers again: altering a table on SQLite loses them in silence."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata(),
            render_item=render_item,
            include_object=include_object,
            compare_type=compare_type,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    with engine.begin() as connection:
        ensure_objects(connection)


given = context.config.attributes.get("engine")
run(given if given is not None else make_engine(StorageSettings().database_url))
