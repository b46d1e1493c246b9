"""Cases as columns: all that match a filter, what a screen needs to count, sort and place them, and nothing of their texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases import STATES, CaseFilter
from geo_service.cases.finding import conditions
from geo_service.console.held import LIGHTS, URGENCIES, Held
from geo_service.event_log import event, event_head

MOST_CHANGES = 1000


def head(connection: Connection) -> int:
    """The position of the newest event."""
    return int(connection.execute(sa.select(event_head.c.position)).scalar() or 0)


def columns(connection: Connection, held: Held, wanted: CaseFilter, *, now: datetime) -> dict[str, Any]:
    """Every case that matches, newest first, column by column; entry i of each list belongs to one case.

    state, light, urgency and grid count in the lists `states`, `lights`, `urgencies`, `grids` (-1: in no area; the nearest area above
    where a case is in no grid); received, due and closed
    are seconds since 1970 (due and closed may be null); yellow and red: when the
    light turns, null where its clock does not run; lon, lat WGS-84 or null. position: what the columns include of the log.
    """
    position, table, grids = held.found(connection, conditions(wanted))
    return {
        "position": position,
        "states": list(STATES),
        "lights": LIGHTS,
        "urgencies": URGENCIES,
        "grids": grids,
        "id": table.id,
        "state": table.state,
        "light": table.light(now),
        "urgency": table.urgency,
        "received": table.received.astype(np.int64),
        "due": _whole(table.due),
        "closed": _whole(table.closed),
        "yellow": _whole(table.running(table.warn)),
        "red": _whole(table.running(table.due)),
        "lon": table.lon.round(6),
        "lat": table.lat.round(6),
        "grid": table.grid,
    }


def _whole(instants: npt.NDArray[np.float64]) -> list[int | None]:
    """Whole seconds, None for none."""
    return [None if one != one else int(one) for one in instants.tolist()]


def changed_since(connection: Connection, position: int) -> tuple[int, dict[int, list[str]] | None]:
    """The newest position, and the cases with events behind `position` with the kinds of those; None when there are too many."""
    newest = head(connection)
    query = (
        sa.select(event.c.case_id, event.c.kind)
        .where(event.c.position > position, event.c.position <= newest, event.c.case_id.is_not(None))
        .order_by(event.c.position)
        .limit(MOST_CHANGES + 1)
    )
    rows = connection.execute(query).all()
    if len(rows) > MOST_CHANGES:
        return newest, None
    kinds: dict[int, list[str]] = {}
    for case_id, kind in rows:
        kinds.setdefault(case_id, []).append(kind)
    return newest, kinds
