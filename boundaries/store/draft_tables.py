"""The tables of editing: drafts, their operations in order, locks on parts of the city, and where the land of ended areas went."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint

from boundaries.store.columns import BigKey, Json, UtcDateTime
from boundaries.store.tables import metadata

__all__ = ["OPEN_CASE_POLICIES", "draft", "draft_operation", "lineage", "lock"]

OPEN_CASE_POLICIES = ("keep", "move", "ask")
"""What happens to open cases whose area a publication changes: they stay with the old area, move to the new one, or are asked about."""

draft = Table(
    "draft",
    metadata,
    Column("draft_id", BigKey, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("base_generation", ForeignKey("generation.number"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("open_cases", String(10), nullable=False),
    Column("head", Integer, nullable=False),  # number of the last operation; 0 before the first
    Column("prepared_generation", ForeignKey("generation.number")),
    Column("prepared_head", Integer),
    Column("publish_at", UtcDateTime),
    Column("owner", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("status IN ('open', 'review', 'published', 'abandoned')", name="status_known"),
    CheckConstraint("open_cases IN ('keep', 'move', 'ask')", name="open_cases_known"),
)

draft_operation = Table(
    "draft_operation",
    metadata,
    Column("draft_id", ForeignKey("draft.draft_id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("client_id", String(80), nullable=False),
    Column("operation", Json, nullable=False),
    Column("images", LargeBinary, nullable=False),  # states before and after, see `boundaries.store.images`
    Column("outline_drift_m2", Float, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("draft_id", "client_id"),
)

lineage = Table(
    "lineage",
    metadata,
    Column("lineage_id", BigKey, primary_key=True),
    Column("number", ForeignKey("generation.number"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("from_area", ForeignKey("area.area_id")),
    Column("to_area", ForeignKey("area.area_id"), nullable=False),
    Column("area_m2", Float, nullable=False),
    Column("area_share", Float, nullable=False),
    Column("household_share", Float, nullable=False),
)

lock = Table(
    "boundary_lock",
    metadata,
    Column("area_id", ForeignKey("area.area_id"), primary_key=True),
    Column("reason", String(200), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
