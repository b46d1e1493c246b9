"""Accounts, what they hold, their sessions, failed attempts, and API keys. Secrets are stored as digests; a key is shown once."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("key_id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(30), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True),
    sa.Column("categories", Json(), nullable=True),
    sa.Column("acts_for", sa.String(80), nullable=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),  # long and random, so one round of SHA-256 is enough
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("created_by", sa.String(80), nullable=False),
    sa.Column("revoked_at", UtcDateTime(), nullable=True),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("account_id", BigKey(), primary_key=True),
    sa.Column("username", sa.String(40), nullable=False, unique=True),
    sa.Column("display_name", sa.String(60), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("must_change", sa.Boolean(), nullable=False),
    sa.Column("totp_secret", sa.String(64), nullable=True),
    sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
    sa.Column("totp_step", sa.BigInteger(), nullable=False),  # the last time step used: no code counts twice
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("created_by", sa.String(80), nullable=False),
    sa.Column("disabled_at", UtcDateTime(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
)

account_grant = sa.Table(
    "account_grant",
    metadata,
    sa.Column("account_id", BigKey(), sa.ForeignKey("account.account_id"), primary_key=True),
    sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(30), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True),
    sa.Column("categories", Json(), nullable=True),
    sa.Column("acts_for", sa.String(80), nullable=True),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account_id", BigKey(), sa.ForeignKey("account.account_id"), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("seen_at", UtcDateTime(), nullable=False),
    sa.Index("ix_session_account", "account_id"),
)

attempt = sa.Table(
    "attempt",
    metadata,
    # of the name that was tried, known or not: who asks learns nothing about which names exist, and people type passwords into that box
    sa.Column("name_digest", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer(), nullable=False),
    sa.Column("locked_until_at", UtcDateTime(), nullable=True),
    sa.Column("last_at", UtcDateTime(), nullable=False),
)

access_entry = sa.Table(
    "access_entry",
    metadata,
    sa.Column("entry_id", BigKey(), primary_key=True),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("method", sa.String(8), nullable=False),
    sa.Column("path", sa.String(200), nullable=False),
    sa.Column("status", sa.Integer(), nullable=False),
    sa.Column("client", sa.String(45), nullable=False),
    sa.Index("ix_access_entry_at", "at"),
)
