"""API keys. A key is shown once and stored as a digest; it is long and random, so one round of SHA-256 is enough."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import UtcDateTime
from geo_service.db import metadata

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("key_id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("created_by", sa.String(80), nullable=False),
    sa.Column("revoked_at", UtcDateTime(), nullable=True),
)
