"""Posts whose area does not exist any more: they are shown, never silently unused."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.workers.tables import post


def orphans(
    connection: Connection,
    *,
    at: datetime,
    present: Collection[tuple[str, str]] | None = None,
    gone: Collection[tuple[str, str]] | None = None,
) -> list[sa.Row[Any]]:
    """Posts (post_id, role, area_level, area_code) that stand at an instant and have no area: by area, then by id.

    present: the (level, code) of all areas there are, or gone: those of areas that cease; one of the two.
    """
    p = post.c
    stands = p.retired_at.is_(None) | (p.retired_at > sa.literal(at, UtcDateTime()))
    query = sa.select(p.post_id, p.role, p.area_level, p.area_code).where(stands)
    rows: list[sa.Row[Any]] = list(connection.execute(query.order_by(p.area_code, p.post_id)))
    if gone is not None:
        return [row for row in rows if (row.area_level, row.area_code) in gone]
    assert present is not None, "say which areas there are, or which cease"
    return [row for row in rows if (row.area_level, row.area_code) not in present]
