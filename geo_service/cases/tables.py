"""Cases, their reporters apart, and the day counters of tracking numbers."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

case_record = sa.Table(
    "case_record",
    metadata,
    sa.Column("case_id", BigKey(), primary_key=True),
    sa.Column("tracking_number", sa.String(20), nullable=False, unique=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("category", sa.String(60), nullable=True),
    sa.Column("urgency", sa.String(20), nullable=False),
    sa.Column("description", sa.Text(), nullable=False),
    sa.Column("address", sa.String(300), nullable=True),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("rule", sa.String(20), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True),
    sa.Column("area_level", sa.String(30), nullable=True),
    sa.Column("areas", Json(), nullable=False),
    sa.Column("candidates", Json(), nullable=False),
    sa.Column("on_border", sa.Boolean(), nullable=False),
    sa.Column("raw_lon", sa.Double(), nullable=True),
    sa.Column("raw_lat", sa.Double(), nullable=True),
    sa.Column("datum", sa.String(10), nullable=True),
    sa.Column("accuracy_m", sa.Double(), nullable=True),
    sa.Column("lon", sa.Double(), nullable=True),
    sa.Column("lat", sa.Double(), nullable=True),
    sa.Column("address_level", sa.String(20), nullable=True),
    sa.Column("post_id", BigKey(), nullable=True),
    sa.Column("person_id", BigKey(), nullable=True),
    sa.Column("agency", sa.String(100), nullable=True),
    sa.Column("queue", sa.String(20), nullable=True),
    sa.Column("received_at", UtcDateTime(), nullable=False),
    sa.Column("updated_at", UtcDateTime(), nullable=False),
    sa.Column("due_at", UtcDateTime(), nullable=True),
    sa.Column("closed_at", UtcDateTime(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Index("ix_case_record_state", "state", "case_id"),
    sa.Index("ix_case_record_area", "area_code", "case_id"),
)

case_area = sa.Table(
    "case_area",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True),
    sa.Column("area_code", sa.String(32), primary_key=True),
    sa.Index("ix_case_area_area_code", "area_code", "case_id"),
)

reporter = sa.Table(
    "reporter",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True),
    sa.Column("name", sa.String(60), nullable=True),
    sa.Column("phone", sa.String(30), nullable=True),
)

tracking_day = sa.Table(
    "tracking_day",
    metadata,
    sa.Column("day", sa.String(8), primary_key=True),
    sa.Column("last", sa.Integer(), nullable=False),
)
