"""Who has a case open now: said again and again while it is, forgotten half a minute after it was said last. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.desk.tables import case_viewing

KEPT = timedelta(seconds=30)


def look(connection: Connection, case_id: int, *, viewer: str, name: str, at: datetime) -> None:
    """Notes that somebody has the case open; forgets all whose time is over. viewer: who it is; name: what others are shown."""
    t = case_viewing
    connection.execute(sa.delete(t).where(t.c.seen_at < at - KEPT))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    said = insert(t).values(case_id=case_id, viewer=viewer, name=name, seen_at=at)
    connection.execute(said.on_conflict_do_update(index_elements=["case_id", "viewer"], set_={"name": name, "seen_at": at}))


def look_away(connection: Connection, case_id: int, *, viewer: str) -> None:
    """Notes that they closed it."""
    t = case_viewing.c
    connection.execute(sa.delete(case_viewing).where(t.case_id == case_id, t.viewer == viewer))


def viewers(connection: Connection, case_id: int, *, but: str, at: datetime) -> list[str]:
    """The names of those who have it open, without one of them, in the order of their names."""
    t = case_viewing.c
    query = sa.select(t.name).where(t.case_id == case_id, t.viewer != but, t.seen_at >= at - KEPT).order_by(t.name)
    return list(dict.fromkeys(connection.execute(query).scalars()))
