"""What `rates` defines, as SQL conditions on a case: numerators and denominators of all rates, and all of them in one number.

The same conditions filter lists of cases, so a number and the list behind it cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from boundaries.store.columns import UtcDateTime
from geo_service.cases.rates import DONE, FED_BACK, REFUSED
from geo_service.cases.tables import case_record

Condition = sa.ColumnElement[bool]
c = case_record.c


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


def _valid() -> Condition:
    return c.state.not_in(REFUSED)


def _filed() -> Condition:
    return _valid() & c.filed_at.is_not(None)


def _dispatched() -> Condition:
    return _valid() & c.dispatched_at.is_not(None)


def _handled() -> Condition:
    return c.state.in_(FED_BACK) & c.dispatched_at.is_not(None) & c.handled_at.is_not(None)


def _handling_due(sql: Sql) -> Condition:
    return _dispatched() & c.due_at.is_not(None) & (_handled() | (sql.until(c.frozen_at, c.closed_at) > c.due_at))


def _handled_on_time() -> Condition:
    return _handled() & sa.func.coalesce(c.handled_at <= c.due_at, sa.false())


def _closed_once() -> Condition:
    return c.state.in_(DONE) | (c.reopenings > 0)


def _repeats() -> Condition:
    """The same matter in the same leaf was reported not long before (`repeat_until_at` of an earlier case was not over)."""
    e = case_record.alias("earlier").c
    earlier = sa.exists().where(
        e.area_code == c.area_code,
        e.category == c.category,
        e.case_id < c.case_id,
        e.repeat_until_at > c.received_at,
        e.repeat_until_at <= c.repeat_until_at,  # bounds what the index looks at
        e.state.not_in(REFUSED),
    )
    return _valid() & earlier


MEASURES: dict[str, Callable[[Sql], Condition]] = {
    "received": lambda sql: sa.true(),
    "valid": lambda sql: _valid(),
    "filed": lambda sql: _filed(),
    "dispatched": lambda sql: _dispatched(),
    "dispatch_due": lambda sql: (
        _valid() & c.dispatch_due_at.is_not(None) & (c.dispatched_at.is_not(None) | ((c.state == "filed") & (c.dispatch_due_at < sql.at)))
    ),
    "dispatched_on_time": lambda sql: _valid() & sa.func.coalesce(c.dispatched_at <= c.dispatch_due_at, sa.false()),
    "handled": lambda sql: _handled(),
    "handling_due": _handling_due,
    "handled_on_time": lambda sql: _handled_on_time(),
    "overdue": lambda sql: _handling_due(sql) & sa.not_(_handled_on_time()),
    "returned": lambda sql: _dispatched() & (c.returns > 0),
    "extended": lambda sql: _dispatched() & (c.extensions > 0),
    "fed_back": lambda sql: _valid() & c.handled_at.is_not(None),
    "reworked": lambda sql: _valid() & c.handled_at.is_not(None) & (c.reworks > 0),
    "closed": lambda sql: c.filed_at.is_not(None) & c.state.in_(DONE),
    "closed_once": lambda sql: _closed_once(),
    "reopened": lambda sql: c.reopenings > 0,
    "repeated": lambda sql: _repeats(),
    "called_back": lambda sql: c.filed_at.is_not(None) & c.state.in_(DONE) & c.satisfied.is_not(None),
    "responded_asked": lambda sql: c.responded.is_not(None),
    "responded": lambda sql: c.responded.is_(True),
    "resolved_asked": lambda sql: c.resolved.is_not(None),
    "resolved": lambda sql: c.resolved.is_(True),
    "satisfied_asked": lambda sql: c.satisfied.is_not(None),
    "satisfied": lambda sql: c.satisfied.is_(True),
    "scored": lambda sql: c.score.is_not(None),
}
BITS: dict[str, int] = {name: number for number, name in enumerate(MEASURES)}
"""The place of each measure in a case's mask."""


def mask(sql: Sql) -> sa.ColumnElement[int]:
    """All measures of a case in one whole number: bit BITS[name] is set where the measure holds."""
    terms = [sa.case((made(sql), sa.literal(1 << BITS[name], sa.BigInteger())), else_=0) for name, made in MEASURES.items()]
    total: sa.ColumnElement[int] = terms[0]
    for term in terms[1:]:
        total = total + term
    return sa.type_coerce(total, sa.BigInteger())
