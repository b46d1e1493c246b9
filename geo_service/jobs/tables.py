"""Who runs which job until when, and how it went."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import UtcDateTime
from geo_service.db import metadata

job_lease = sa.Table(
    "job_lease",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(80), nullable=True),
    sa.Column("until_at", UtcDateTime(), nullable=True),
    sa.Column("last_run_at", UtcDateTime(), nullable=True),
    sa.Column("last_done", sa.Integer(), nullable=False),
    sa.Column("runs", sa.Integer(), nullable=False),
)
