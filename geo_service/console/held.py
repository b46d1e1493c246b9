"""The columns of all cases in memory: read once, then only what happened since is read again, case by case, along the log.

Nothing is decided here about who may see what: a filter (and a scope) is asked of the database, which answers with ids.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases import STATES
from geo_service.cases.model import OPEN_STATES
from geo_service.cases.tables import case_area, case_record
from geo_service.event_log import event, event_head

LIGHTS: Final = ("none", "green", "yellow", "red")
URGENCIES: Final = ("normal", "urgent", "emergency")
MOST_BEHIND: Final = 5_000
"""Further behind than so many events, reading everything again is quicker."""
_IDS_AT_ONCE = 500

Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


@dataclass(slots=True)
class Table:
    """What is held, ordered by id. Instants are seconds since 1970, NaN for none.

    grid: a number of a code that `Held.found` lists; -1 for a case in no area.
    """

    id: Ids
    state: npt.NDArray[np.uint8]
    urgency: npt.NDArray[np.uint8]
    received: Floats
    due: Floats
    warn: Floats
    frozen: Floats
    closed: Floats
    lon: Floats
    lat: Floats
    grid: npt.NDArray[np.int32]

    def take(self, rows: npt.NDArray[np.intp]) -> Table:
        """The same columns of some rows."""
        return Table(*(getattr(self, name)[rows] for name in self.__slots__))

    def light(self, now: datetime) -> npt.NDArray[np.uint8]:
        """Each case's light at an instant, as a number in LIGHTS; the same as `finding.light_at`."""
        at = np.where(np.isnan(self.frozen), now.timestamp(), self.frozen)
        lit = np.where(at >= self.warn, 2, 1)  # never true where there is no warning
        lit = np.where(at > self.due, 3, lit)
        return np.where(np.isnan(self.due) | ~_OPEN[self.state], 0, lit).astype(np.uint8)

    def running(self, instants: Floats) -> Floats:
        """Instants of due or warn, NaN where the case's clock does not run: there the light stays as it is."""
        return np.where(np.isnan(self.frozen) & ~np.isnan(self.due) & _OPEN[self.state], instants, np.nan)


_STATE: Final = {name: number for number, name in enumerate(STATES)}
_URGENCY: Final = {name: number for number, name in enumerate(URGENCIES)}
_OPEN: Final = np.array([name in OPEN_STATES for name in STATES])


class Held:
    """All cases as columns. Safe to use from many threads; one a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._position = -1
        self._grid_at: dict[str, int] = {}
        self._table = _table([], {}, self._grid_at)

    def found(self, connection: Connection, where: Sequence[sa.ColumnElement[bool]]) -> tuple[int, Table, list[str]]:
        """(position of the log, the cases that the conditions leave, newest first, codes of grids).

        The table includes everything up to the position, and may include more: whoever follows the log from there sees no gap.
        """
        with self._lock:
            position = self._catch_up(connection)
            table, grids = self._table, list(self._grid_at)
        if not where:
            return position, table.take(np.arange(len(table.id))[::-1]), grids
        ids = np.fromiter(connection.execute(sa.select(case_record.c.case_id).where(*where)).scalars(), dtype=np.int64)
        ids.sort()
        rows = np.searchsorted(table.id, ids)
        known = rows < len(table.id)
        known[known] = table.id[rows[known]] == ids[known]  # what was filed since the position was read is told by the log
        return position, table.take(rows[known][::-1]), grids

    def read_ahead(self, connection: Connection) -> None:
        """Reads everything now, so that nobody has to wait for it later."""
        with self._lock:
            self._catch_up(connection)

    def _catch_up(self, connection: Connection) -> int:
        newest = int(connection.execute(sa.select(event_head.c.position)).scalar() or 0)
        if self._position < 0 or newest > self._position + MOST_BEHIND:
            self._grid_at = {}
            self._table = _read(connection, None, self._grid_at)
            self._position = newest
        elif newest > self._position:
            self._patch(connection, newest)
            self._position = newest
        return newest

    def _patch(self, connection: Connection, newest: int) -> None:
        behind = (
            sa.select(event.c.case_id)
            .distinct()
            .where(event.c.position > self._position, event.c.position <= newest, event.c.case_id.is_not(None))
        )
        touched = sorted(connection.execute(behind).scalars())
        for start in range(0, len(touched), _IDS_AT_ONCE):
            fresh = _read(connection, touched[start : start + _IDS_AT_ONCE], self._grid_at)
            kept = ~np.isin(self._table.id, fresh.id)
            both = [np.concatenate((getattr(self._table, name)[kept], getattr(fresh, name))) for name in Table.__slots__]
            self._table = Table(*both).take(np.argsort(both[0], kind="stable"))


def _read(connection: Connection, ids: list[int] | None, grid_at: dict[str, int]) -> Table:
    """The columns of these cases, of all without. Grids are read apart: a join row by row costs five times as much."""
    c = case_record.c
    rows = sa.select(c.case_id, c.state, c.urgency, c.received_at, c.due_at, c.warn_at, c.frozen_at, c.closed_at, c.lon, c.lat).order_by(
        c.case_id
    )
    lying = sa.select(case_area.c.case_id, case_area.c.area_code)
    if ids is not None:
        rows, lying = rows.where(c.case_id.in_(ids)), lying.where(case_area.c.case_id.in_(ids))
    grids: dict[int, str] = {}
    for level in ("district", "street", "community", "grid"):  # the finest says it: a case in no grid lies in something larger
        within = lying.where(case_area.c.area_level == level)
        if ids is None and level != "grid":
            elsewhere = sa.select(case_area.c.case_id).where(case_area.c.area_level == "grid")
            within = within.where(case_area.c.case_id.not_in(elsewhere))
        grids |= {row.case_id: row.area_code for row in connection.execute(within)}
    return _table(connection.execute(rows).all(), grids, grid_at)


def _table(rows: Sequence[Any], grids: dict[int, str], grid_at: dict[str, int]) -> Table:
    cut = list(zip(*rows, strict=True)) if rows else [()] * 10
    for code in grids.values():
        grid_at.setdefault(code, len(grid_at))
    instants = [np.array([np.nan if one is None else one.timestamp() for one in column], dtype=np.float64) for column in cut[3:8]]
    received, due, warn, frozen, closed = instants
    return Table(
        id=np.array(cut[0], dtype=np.int64),
        state=np.array([_STATE[one] for one in cut[1]], dtype=np.uint8),
        urgency=np.array([_URGENCY[one] for one in cut[2]], dtype=np.uint8),
        received=received,
        due=due,
        warn=warn,
        frozen=frozen,
        closed=closed,
        lon=np.array(cut[8], dtype=np.float64),
        lat=np.array(cut[9], dtype=np.float64),
        grid=np.array([grid_at[grids[one]] if one in grids else -1 for one in cut[0]], dtype=np.int32),
    )
