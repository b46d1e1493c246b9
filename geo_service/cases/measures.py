"""What evaluation counts, each as one SQL condition on a case: the numerators and denominators of all rates.

The same conditions filter lists of cases, so a number and the list behind it cannot disagree. All are of cases received in a period.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from boundaries.store.columns import UtcDateTime
from geo_service.cases.tables import case_record

Condition = sa.ColumnElement[bool]
c = case_record.c
_REFUSED = ("not_accepted", "merged", "void")
_DONE = ("closed", "evaluated")


@dataclass(frozen=True)
class Sql:
    """What a condition may ask for: the instant it is looked at."""

    now: datetime

    @property
    def at(self) -> sa.ColumnElement[datetime]:
        return sa.literal(self.now, UtcDateTime())

    def until(self, *columns: sa.ColumnElement[datetime | None]) -> sa.ColumnElement[datetime]:
        """The first of these instants that is there, else now."""
        return sa.func.coalesce(*columns, self.at, type_=UtcDateTime())


def _timed() -> Condition:
    return c.dispatched_at.is_not(None) & c.due_at.is_not(None)


def _repeats() -> Condition:
    """The same matter in the same leaf was reported in the thirty days before (`repeat_until_at` of an earlier case is not over)."""
    e = case_record.alias("earlier").c
    return sa.exists().where(
        e.area_code == c.area_code,
        e.category == c.category,
        e.case_id < c.case_id,
        e.repeat_until_at > c.received_at,
        e.repeat_until_at <= c.repeat_until_at,  # follows from the order of receipt; it bounds what the index looks at
    )


MEASURES: dict[str, Callable[[Sql], Condition]] = {
    "received": lambda sql: sa.true(),
    "valid": lambda sql: c.state.not_in(_REFUSED),
    "filed": lambda sql: c.filed_at.is_not(None),
    "dispatched": lambda sql: c.dispatched_at.is_not(None),
    "dispatched_on_time": lambda sql: c.filed_at.is_not(None) & (c.dispatched_at <= c.dispatch_due_at),
    "dispatch_due": lambda sql: c.dispatch_due_at.is_not(None) & (c.dispatched_at.is_not(None) | (c.dispatch_due_at < sql.at)),
    "timed": lambda sql: _timed(),
    "handled": lambda sql: c.handled_at.is_not(None),
    "handling_due": lambda sql: _timed() & (c.handled_at.is_not(None) | (sql.until(c.closed_at) > c.due_at)),
    "handled_on_time": lambda sql: _timed() & (c.handled_at <= c.due_at),
    "overdue": lambda sql: _timed() & (sql.until(c.handled_at, c.frozen_at, c.closed_at) > c.due_at),
    "returned": lambda sql: c.returns > 0,
    "reworked": lambda sql: c.reworks > 0,
    "extended": lambda sql: c.extensions > 0,
    "closed": lambda sql: c.filed_at.is_not(None) & c.state.in_(_DONE),
    "closed_once": lambda sql: c.state.in_(_DONE) | (c.reopenings > 0),
    "reopened": lambda sql: c.reopenings > 0,
    "repeated": lambda sql: _repeats(),
    "responded_asked": lambda sql: c.responded.is_not(None),
    "responded": lambda sql: c.responded.is_(True),
    "resolved_asked": lambda sql: c.resolved.is_not(None),
    "resolved": lambda sql: c.resolved.is_(True),
    "satisfied_asked": lambda sql: c.satisfied.is_not(None),
    "satisfied": lambda sql: c.satisfied.is_(True),
    "scored": lambda sql: c.score.is_not(None),
}
