"""A lease: one process at a time does a job; one that died is followed by another when its lease is over. Never commits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.cases.tables import job_lease

LEASE = timedelta(seconds=60)


def take(connection: Connection, name: str, *, holder: str, now: datetime) -> bool:
    """Whether this holder has the job now; its lease lasts LEASE from `now`."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(job_lease).values(name=name, last_done=0, runs=0).on_conflict_do_nothing())
    t = job_lease.c
    free = t.holder.is_(None) | (t.holder == holder) | (t.until_at <= now)
    taken = connection.execute(sa.update(job_lease).where(t.name == name, free).values(holder=holder, until_at=now + LEASE))
    return taken.rowcount == 1


def give_back(connection: Connection, name: str, *, holder: str, now: datetime, done: int) -> None:
    """Ends the lease and writes down how it went."""
    t = job_lease.c
    values = {"holder": None, "until_at": None, "last_run_at": now, "last_done": done, "runs": t.runs + 1}
    connection.execute(sa.update(job_lease).where(t.name == name, t.holder == holder).values(values))


def leases(connection: Connection) -> list[dict[str, Any]]:
    """Every job that ever ran: name, holder, until_at, last_run_at, last_done, runs."""
    return [
        {str(name): value for name, value in row._mapping.items()}
        for row in connection.execute(sa.select(job_lease).order_by(job_lease.c.name))
    ]
