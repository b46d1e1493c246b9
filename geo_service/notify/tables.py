"""Subscriptions, the outbox, how far the log was turned into messages, and texts a city gave in place of the shipped ones."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("subscription_id", BigKey(), primary_key=True),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("owner_kind", sa.String(10), nullable=False),
    sa.Column("account_id", BigKey(), nullable=True),
    sa.Column("case_id", BigKey(), nullable=True),
    sa.Column("area_code", sa.String(32), nullable=True),
    sa.Column("category", sa.String(60), nullable=True),
    sa.Column("kinds", Json(), nullable=True),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("address", sa.String(600), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("secret", sa.String(120), nullable=True),  # as it is: what signs cannot be a digest
    sa.Column("from_position", BigKey(), nullable=False),
    sa.Column("behind_at", BigKey(), nullable=True),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("ended_at", UtcDateTime(), nullable=True),
    sa.Index("ix_subscription_case", "case_id", "ended_at"),
    sa.Index("ix_subscription_owner", "owner", "owner_kind"),
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("number", BigKey(), primary_key=True),
    sa.Column("message_id", sa.String(50), nullable=False, unique=True),
    sa.Column("subscription_id", BigKey(), sa.ForeignKey("subscription.subscription_id"), nullable=False),
    sa.Column("position", BigKey(), nullable=True),  # None for a trial
    sa.Column("case_id", BigKey(), nullable=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("address", sa.String(600), nullable=False),
    sa.Column("recipient", sa.String(32), nullable=False),  # a digest by which messages to one recipient are counted
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("payload", Json(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("next_at", UtcDateTime(), nullable=False),
    sa.Column("leased_until_at", UtcDateTime(), nullable=True),
    sa.Column("lease_owner", sa.String(80), nullable=True),
    sa.Column("last_error", sa.String(60), nullable=True),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("sent_at", UtcDateTime(), nullable=True),
    sa.Column("forgotten_at", UtcDateTime(), nullable=True),  # when its text and address were removed
    sa.UniqueConstraint("subscription_id", "position", name="uq_message_once"),
    sa.Index("ix_message_due", "state", "next_at"),
    sa.Index("ix_message_recipient", "recipient", "sent_at"),
    sa.Index("ix_message_kept", "forgotten_at", "created_at"),
    sa.Index("ix_message_case", "case_id", "number"),
    sa.Index("ix_message_waiting", "subscription_id", "state"),
)

message_cursor = sa.Table(
    "message_cursor",
    metadata,
    sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1", name="one_cursor"), primary_key=True, autoincrement=False),
    sa.Column("position", BigKey(), nullable=False),
)

message_template = sa.Table(
    "message_template",
    metadata,
    sa.Column("audience", sa.String(10), primary_key=True),
    sa.Column("kind", sa.String(40), primary_key=True),
    sa.Column("language", sa.String(10), primary_key=True),
    sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
)
