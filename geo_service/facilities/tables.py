"""Facilities: where they are, when they are open, what they offer."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

facility = sa.Table(
    "facility",
    metadata,
    sa.Column("facility_id", BigKey(), primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False, index=True),
    sa.Column("level", sa.String(30), nullable=True),
    sa.Column("area_code", sa.String(32), nullable=True, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("address", sa.String(200), nullable=False),
    sa.Column("phone", sa.String(20), nullable=True),
    sa.Column("opening_hours", sa.String(400), nullable=False),
    sa.Column("demonstration", sa.Boolean(), nullable=False),
    sa.Column("five_star", sa.Boolean(), nullable=False),
    sa.Column("services", Json(), nullable=False),
    sa.Column("attributes", Json(), nullable=False),
    sa.Column("lon", sa.Double(), nullable=False),
    sa.Column("lat", sa.Double(), nullable=False),
    sa.Column("serves", Json(), nullable=True),
    sa.Column("photos", Json(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("last_event", BigKey(), nullable=True),
    sa.Column("updated_at", UtcDateTime(), nullable=True),
    sa.Column("retired_at", UtcDateTime(), nullable=True),
)
