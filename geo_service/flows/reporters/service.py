"""Revealing and forgetting. Takes a connection, never commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases import Case
from geo_service.cases.model import Reporter
from geo_service.cases.reporters import due_to_forget, forget, reporter_of
from geo_service.cases.visible import visible_case
from geo_service.db import Database
from geo_service.event_log import NewEvent
from geo_service.masking import mask_text
from geo_service.notify.forgetting import forget_reporters
from geo_service.scope import Scope

BATCH = 200


def reveal(connection: Connection, case_id: int, *, scope: Scope, purpose: str, actor: str, at: datetime) -> tuple[Reporter, Case]:
    """Who reported a case, and the case as it was written.

    That it was asked for, by whom and why, stands in the log before the answer is given.

    NotFoundError when there is no such case within the scope.
    """
    found = visible_case(connection, case_id, scope)
    said = {"case": found.case_id, "purpose": mask_text(purpose)}
    event_log.append(connection, [NewEvent("revealed", None, actor, at, said)])
    return reporter_of(connection, case_id) or Reporter(), found


def forget_due(database: Database, *, days: int, now: datetime) -> int:
    """Forgets the reporters of cases that ended more than `days` ago, some at a time; returns how many. Twice does no harm."""
    done = 0
    while True:
        with database.writing() as connection:
            some = due_to_forget(connection, ended_before=now - timedelta(days=days), limit=BATCH)
            if some:
                forget(connection, some)
                forget_reporters(connection, some, at=now)
                event_log.append(connection, [NewEvent("anonymised", None, "system", now, {"cases": some})])
        done += len(some)
        if len(some) < BATCH:
            return done
