"""A case that comes in: stored, and its first event in the log. Takes a connection, never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.model import Case
from geo_service.cases.repository import NewCase, open_new
from geo_service.event_log import NewEvent


def receive(connection: Connection, new: NewCase, *, actor: str, at: datetime, timezone: str) -> Case:
    """The new case. The event says how it was routed, never who reported or what was written."""
    case = open_new(connection, new, at=at, timezone=timezone)
    r = case.routing
    data = {
        "state": "received",
        "tracking_number": case.tracking_number,
        "channel": case.channel,
        "category": case.category,
        "generation": r.generation,
        "area_code": r.area_code,
        "areas": r.areas,
        "verdict": r.verdict,
        "rule": r.rule,
        "post_id": r.post_id,
    }
    event_log.append(connection, [NewEvent("received", case.case_id, actor, at, data)])
    return case
