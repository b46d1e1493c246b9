"""Who stands for a residential compound: its owners' committee, party organisation and property firm, from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.errors import RequestError
from geo_service.workers.model import BODIES
from geo_service.workers.tables import compound_body


def put_body(connection: Connection, *, compound_code: str, kind: str, name: str | None, at: datetime) -> None:
    """From an instant on this body stands for the compound; name None: nobody does. What was before stays in the history.

    RequestError for an unknown kind, and for an instant before the present body began.
    """
    if kind not in BODIES:
        known = ", ".join(BODIES)
        raise RequestError("unknown_body", en="the body is one of {known}", zh="组织类型应为：{known}", known=known, field="kind")
    b = compound_body.c
    moment = sa.literal(at, UtcDateTime())
    same = (b.compound_code == compound_code) & (b.kind == kind)
    if connection.execute(sa.select(b.body_id).where(same, b.from_at >= moment)).first() is not None:
        raise RequestError("ends_before_it_begins", en="the end lies before the beginning", zh="结束早于开始", field="from_at")
    connection.execute(sa.update(compound_body).where(same, b.until_at.is_(None)).values(until_at=at))
    if name is not None:
        values = {"compound_code": compound_code, "kind": kind, "name": name, "from_at": at, "until_at": None}
        connection.execute(sa.insert(compound_body).values(values))


def bodies_of(connection: Connection, compound_code: str) -> list[sa.Row[Any]]:
    """Who stands and stood for a compound, by kind, oldest first."""
    b = compound_body.c
    query = sa.select(compound_body).where(b.compound_code == compound_code).order_by(b.kind, b.from_at, b.body_id)
    return list(connection.execute(query))


def compounds_with(connection: Connection, kind: str, *, at: datetime) -> set[str]:
    """The codes of compounds that have a body of this kind at an instant."""
    b, moment = compound_body.c, sa.literal(at, UtcDateTime())
    query = sa.select(b.compound_code).where(b.kind == kind, b.from_at <= moment, b.until_at.is_(None) | (b.until_at > moment))
    return set(connection.execute(query).scalars())


def bodies_at(connection: Connection, *, at: datetime) -> list[tuple[str, str, str]]:
    """(compound_code, kind, name) of everybody who stands for a compound at an instant."""
    b, moment = compound_body.c, sa.literal(at, UtcDateTime())
    query = sa.select(b.compound_code, b.kind, b.name).where(b.from_at <= moment, b.until_at.is_(None) | (b.until_at > moment))
    return [(row.compound_code, row.kind, row.name) for row in connection.execute(query)]
