"""Views saved under a name, each for the account or key that saved it. Takes a connection, never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.desk.tables import saved_view
from geo_service.errors import ConflictError, NotFoundError

MOST = 50


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter with its order and tab as the console's address holds it, under a name."""

    view_id: int
    name: str
    query: str
    saved_at: datetime


def views_of(connection: Connection, owner: str) -> list[SavedView]:
    """The owner's views by name."""
    t = saved_view.c
    query = sa.select(t.view_id, t.name, t.query, t.saved_at).where(t.owner == owner).order_by(t.name)
    return [SavedView(*row) for row in connection.execute(query)]


def save(connection: Connection, owner: str, *, name: str, query: str, at: datetime) -> SavedView:
    """Saves a view; one of the same name is replaced. ConflictError when there are too many."""
    held = {view.name: view.view_id for view in views_of(connection, owner)}
    if name in held:
        connection.execute(sa.update(saved_view).where(saved_view.c.view_id == held[name]).values(query=query, saved_at=at))
        return SavedView(held[name], name, query, at)
    if len(held) >= MOST:
        raise ConflictError("too_many_views", en="at most {most} views can be saved", zh="最多可保存 {most} 个视图", most=MOST)
    new = sa.insert(saved_view).values(owner=owner, name=name, query=query, saved_at=at).returning(saved_view.c.view_id)
    return SavedView(int(connection.execute(new).scalar_one()), name, query, at)


def drop(connection: Connection, owner: str, view_id: int) -> None:
    """Removes a view of the owner's. NotFoundError where there is none, or it is somebody else's."""
    t = saved_view.c
    gone = connection.execute(sa.delete(saved_view).where(t.view_id == view_id, t.owner == owner))
    if not gone.rowcount:
        raise NotFoundError("view_not_found", en="there is no view {number}", zh="没有编号为 {number} 的视图", number=view_id)
