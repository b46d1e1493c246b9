"""Who has a case open, and saved views."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, UtcDateTime
from geo_service.db import metadata

case_viewing = sa.Table(
    "case_viewing",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True, autoincrement=False),
    sa.Column("viewer", sa.String(90), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("seen_at", UtcDateTime(), nullable=False),
    sa.Index("ix_case_viewing_seen_at", "seen_at"),
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("view_id", BigKey(), primary_key=True),
    sa.Column("owner", sa.String(90), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("query", sa.Text(), nullable=False),
    sa.Column("saved_at", UtcDateTime(), nullable=False),
    sa.UniqueConstraint("owner", "name"),
)
