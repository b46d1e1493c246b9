"""Agencies, posts, persons, and who holds which post from when to when."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, UtcDateTime
from geo_service.db import metadata

agency = sa.Table(
    "agency",
    metadata,
    sa.Column("agency_id", BigKey(), primary_key=True),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("level", sa.String(20), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True),
)

post = sa.Table(
    "post",
    metadata,
    sa.Column("post_id", BigKey(), primary_key=True),
    sa.Column("role", sa.String(30), nullable=False),
    sa.Column("area_level", sa.String(30), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=False),
    sa.Column("agency_id", BigKey(), sa.ForeignKey("agency.agency_id"), nullable=True),
    sa.Column("duty_phone", sa.String(20), nullable=True),
    sa.Index("ix_post_area", "area_code", "area_level", "role"),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("person_id", BigKey(), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("party_member", sa.Boolean(), nullable=False),
)

holding = sa.Table(
    "holding",
    metadata,
    sa.Column("holding_id", BigKey(), primary_key=True),
    sa.Column("post_id", BigKey(), sa.ForeignKey("post.post_id"), nullable=False, index=True),
    sa.Column("person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=False, index=True),
    sa.Column("from_at", UtcDateTime(), nullable=False),
    sa.Column("until_at", UtcDateTime(), nullable=True),
    sa.Column("stands_in", sa.Boolean(), nullable=False),
    sa.Column("away_from_at", UtcDateTime(), nullable=True),
    sa.Column("away_until_at", UtcDateTime(), nullable=True),
)
