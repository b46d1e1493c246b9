"""Agencies, posts, persons, who holds which post, who is away; what they see: visits and patrols; who stands for a compound."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import BigKey, UtcDateTime
from boundaries.store.objects import append_only
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
    sa.Column("retired_at", UtcDateTime(), nullable=True),
    sa.Index("ix_post_area", "area_code", "area_level", "role"),
    sa.Index("ix_post_duty_phone", "duty_phone"),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("person_id", BigKey(), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("party_member", sa.Boolean(), nullable=False),
    sa.Column("phone", sa.String(30), nullable=True),
    sa.Column("left_at", UtcDateTime(), nullable=True),
)

holding = sa.Table(
    "holding",
    metadata,
    sa.Column("holding_id", BigKey(), primary_key=True),
    sa.Column("post_id", BigKey(), sa.ForeignKey("post.post_id"), nullable=False, index=True),
    sa.Column("person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=False, index=True),
    sa.Column("from_at", UtcDateTime(), nullable=False),
    sa.Column("until_at", UtcDateTime(), nullable=True),
    sa.Column("full_time", sa.Boolean(), nullable=False, default=True),
)

absence = sa.Table(
    "absence",
    metadata,
    sa.Column("absence_id", BigKey(), primary_key=True),
    sa.Column("person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("from_at", UtcDateTime(), nullable=False),
    sa.Column("until_at", UtcDateTime(), nullable=True),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("stand_in_person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=True, index=True),
    sa.Column("stand_in_post_id", BigKey(), sa.ForeignKey("post.post_id"), nullable=True, index=True),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Index("ix_absence_person", "person_id", "from_at"),
)

phone_range = sa.Table(
    "phone_range",
    metadata,
    sa.Column("range_id", BigKey(), primary_key=True),
    sa.Column("role", sa.String(30), nullable=False, index=True),
    sa.Column("first", sa.String(20), nullable=False),
    sa.Column("last", sa.String(20), nullable=False),
)

visit = sa.Table(
    "visit",
    metadata,
    sa.Column("visit_id", BigKey(), primary_key=True),
    sa.Column("post_id", BigKey(), sa.ForeignKey("post.post_id"), nullable=False),
    sa.Column("person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=False, index=True),
    sa.Column("visited_at", UtcDateTime(), nullable=False),
    sa.Column("found", sa.Text(), nullable=False),
    sa.Column("follow_up", sa.Text(), nullable=True),
    sa.Column("corrects", BigKey(), sa.ForeignKey("visit.visit_id"), nullable=True, unique=True),
    sa.Column("recorded_at", UtcDateTime(), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Index("ix_visit_person", "person_id", "visited_at"),
)

visit_quota = sa.Table(
    "visit_quota",
    metadata,
    sa.Column("from_on", sa.Date(), primary_key=True),
    sa.Column("per_month", sa.Double(), nullable=False),
)

patrol = sa.Table(
    "patrol",
    metadata,
    sa.Column("patrol_id", BigKey(), primary_key=True),
    sa.Column("post_id", BigKey(), sa.ForeignKey("post.post_id"), nullable=False),
    sa.Column("person_id", BigKey(), sa.ForeignKey("person.person_id"), nullable=True),
    sa.Column("step", sa.String(10), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("raw_lon", sa.Double(), nullable=False),
    sa.Column("raw_lat", sa.Double(), nullable=False),
    sa.Column("datum", sa.String(10), nullable=False),
    sa.Column("accuracy_m", sa.Double(), nullable=True),
    sa.Column("lon", sa.Double(), nullable=False),
    sa.Column("lat", sa.Double(), nullable=False),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True, index=True),
    sa.Column("observed_at", UtcDateTime(), nullable=False),
    sa.Column("recorded_at", UtcDateTime(), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("case_id", BigKey(), nullable=True, index=True),
    sa.Index("ix_patrol_post", "post_id", "patrol_id"),
)

compound_body = sa.Table(
    "compound_body",
    metadata,
    sa.Column("body_id", BigKey(), primary_key=True),
    sa.Column("compound_code", sa.String(32), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("from_at", UtcDateTime(), nullable=False),
    sa.Column("until_at", UtcDateTime(), nullable=True),
)


def ensure_objects(connection: Connection) -> None:
    """Makes the database refuse to change or remove a visit, where the table exists. Idempotent; called after every migration."""
    if sa.inspect(connection).has_table(visit.name):
        append_only(connection, [visit.name])
