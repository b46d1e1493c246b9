"""The table of jobs."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

__all__ = ["STATES", "job"]

STATES = ("queued", "running", "done", "failed")

job = sa.Table(
    "job",
    metadata,
    sa.Column("job_id", BigKey, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("progress", sa.Float, nullable=False),  # 0 ... 1
    sa.Column("step", sa.String(40)),  # a key of a text, never the text
    sa.Column("result", Json),
    sa.Column("problem", Json),  # {error, code, en, zh, params}: why it failed, or why the last attempt did
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("run_after", UtcDateTime, nullable=False),
    sa.Column("owner", sa.String(80)),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("key", sa.String(120), nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state_known"),
    sa.Index(None, "state", "job_id"),
    # one job a key; a failed one may be asked for again
    sa.Index("uq_job_key", "key", unique=True, sqlite_where=sa.text("state <> 'failed'"), postgresql_where=sa.text("state <> 'failed'")),
)
