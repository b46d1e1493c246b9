"""Who reported: read for a stated purpose, and forgotten when the time has come. Takes a connection, never commits."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.model import OPEN_STATES, Reporter
from geo_service.cases.tables import case_record, reporter
from geo_service.masking import mask_text


def reporter_of(connection: Connection, case_id: int) -> Reporter | None:
    """Who reported a case; None for an anonymous one, or one whose reporter was forgotten."""
    row = connection.execute(sa.select(reporter).where(reporter.c.case_id == case_id)).one_or_none()
    return None if row is None else Reporter(row.name, row.phone)


def due_to_forget(connection: Connection, *, ended_before: datetime, limit: int) -> list[int]:
    """Cases that ended (closed, or otherwise out of the open states) before an instant and still hold personal data, oldest first."""
    c = case_record.c
    ended = sa.func.coalesce(c.closed_at, c.updated_at, type_=c.updated_at.type) < ended_before
    query = sa.select(c.case_id).where(c.state.not_in(OPEN_STATES), ended, c.anonymised.is_(False)).order_by(c.case_id).limit(limit)
    return list(connection.execute(query).scalars())


def forget(connection: Connection, case_ids: list[int]) -> None:
    """Takes the reporter away, and phones and identity numbers out of description and address. The log never held them."""
    connection.execute(sa.delete(reporter).where(reporter.c.case_id.in_(case_ids)))
    c = case_record.c
    for row in connection.execute(sa.select(c.case_id, c.description, c.address).where(c.case_id.in_(case_ids))).all():
        masked = {"description": mask_text(row.description), "address": None if row.address is None else mask_text(row.address)}
        connection.execute(sa.update(case_record).where(c.case_id == row.case_id).values(anonymised=True, **masked))
