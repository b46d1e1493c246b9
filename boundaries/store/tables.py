"""The tables of the library: one city, its levels, areas with their immutable versions, and generations as explicit member lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

from boundaries.store.columns import BigKey, Geom, Json, UtcDateTime
from boundaries.store.objects import ensure_objects

__all__ = [
    "NAMING_CONVENTION",
    "area",
    "area_version",
    "city",
    "create_all",
    "current_generation",
    "ensure_objects",
    "generation",
    "generation_member",
    "level",
    "metadata",
]

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING_CONVENTION)

city = Table(
    "city",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("division_code", String, nullable=False),
    Column("metric_crs", String, nullable=False),  # 'auto' until the first import settles it
    Column("srid", Integer, nullable=False),  # 0 until then
    Column("timezone", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("id = 1", name="one_city"),
)

level = Table(
    "level",
    metadata,
    Column("name", String, primary_key=True),
    Column("rank", Integer),  # null: beside the ladder
    Column("zh", String, nullable=False),
    Column("en", String, nullable=False),
    Column("leaf", Boolean, nullable=False),
    Column("code_pattern", String, nullable=False),
    Column("shown_from_zoom", Float, nullable=False),
)

generation = Table(
    "generation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", ForeignKey("generation.number")),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("source", String, nullable=False),
    Column("datum", String, nullable=False),
    Column("metric_crs", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("effective_from", UtcDateTime),
    Column("effective_until", UtcDateTime),
    Column("actor", String, nullable=False),
    Column("published_by", String),
    Column("proof", Json, nullable=False),
    Column("defects", Json, nullable=False),
    CheckConstraint("kind IN ('import', 'draft', 'rollback')", name="kind_known"),
    CheckConstraint("status IN ('imported', 'published')", name="status_known"),
    CheckConstraint("(status = 'published') = (effective_from IS NOT NULL)", name="published_in_time"),
    CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="time_forward"),
    Index(None, "effective_from"),
)

area = Table(
    "area",
    metadata,
    Column("area_id", BigKey, primary_key=True, autoincrement=False),
    Column("level", ForeignKey("level.name"), nullable=False),
    Column("created_generation", ForeignKey("generation.number"), nullable=False),
    Column("retired_generation", ForeignKey("generation.number")),
)

area_version = Table(
    "area_version",
    metadata,
    Column("version_id", BigKey, primary_key=True, autoincrement=False),
    Column("area_id", ForeignKey("area.area_id"), nullable=False),
    Column("level", ForeignKey("level.name"), nullable=False),
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("parent_id", ForeignKey("area.area_id")),
    Column("geometry", Geom),  # metres of the city's metric_crs
    Column("min_x", Float),
    Column("min_y", Float),
    Column("max_x", Float),
    Column("max_y", Float),
    Column("households", Integer, nullable=False),
    Column("shares_face_of", ForeignKey("area.area_id")),
    Column("content_hash", String, nullable=False),
    UniqueConstraint("area_id", "content_hash"),
    CheckConstraint("households >= 0", name="households_counted"),
    Index(None, "level", "code"),
)

generation_member = Table(
    "generation_member",
    metadata,
    Column("number", ForeignKey("generation.number"), primary_key=True),
    Column("area_id", ForeignKey("area.area_id"), primary_key=True),
    Column("version_id", ForeignKey("area_version.version_id"), nullable=False),
)

current_generation = Table(
    "current_generation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", ForeignKey("generation.number")),  # null until the first is published; the row is there to be locked
    CheckConstraint("id = 1", name="one_current"),
)


@event.listens_for(metadata, "after_create")
def _objects_too(_target: MetaData, connection: Connection, **_options: Any) -> None:
    ensure_objects(connection)


def create_all(bind: Engine | Connection) -> None:
    """Makes the library's tables, triggers and indexes where they are missing: for use without the service and its migrations.

    An engine: in a transaction of its own. A connection: in the caller's transaction.
    """
    metadata.create_all(bind)
