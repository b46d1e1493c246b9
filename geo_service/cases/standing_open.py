"""Open cases as whoever changes the rules asks for them: how many, about what, where, and due when. Takes a connection, never commits."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.model import OPEN_STATES
from geo_service.cases.tables import case_record

_c = case_record.c


def open_by_category_and_area(connection: Connection) -> list[tuple[str | None, str | None, int]]:
    """(category, code of the finest area, how many open cases) for every pair that has any."""
    query = sa.select(_c.category, _c.area_code, sa.func.count()).where(_c.state.in_(OPEN_STATES)).group_by(_c.category, _c.area_code)
    return [(category, area, int(count)) for category, area, count in connection.execute(query)]


def open_with_deadline(connection: Connection, *, clocks: tuple[str, ...] | None = None, from_at: datetime | None = None) -> int:
    """How many open cases have a deadline at or behind an instant, on one of these clocks; any where None."""
    where: list[sa.ColumnElement[bool]] = [_c.state.in_(OPEN_STATES), _c.due_at.is_not(None)]
    if clocks is not None:
        where.append(_c.limit_clock.in_(clocks))
    if from_at is not None:
        where.append(_c.due_at >= from_at)
    return int(connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one())
