"""Facilities: where they are, when they are open, what they offer."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json
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
    sa.Column("opening_hours", sa.String(120), nullable=False),
    sa.Column("demonstration", sa.Boolean(), nullable=False),
    sa.Column("five_star", sa.Boolean(), nullable=False),
    sa.Column("services", Json(), nullable=False),
    sa.Column("attributes", Json(), nullable=False),
    sa.Column("lon", sa.Double(), nullable=False),
    sa.Column("lat", sa.Double(), nullable=False),
)
