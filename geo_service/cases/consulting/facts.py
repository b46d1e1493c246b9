"""What the entry rules ask about cases, read from the cases, their events and their whistles. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.consultation import EntryRule, History
from geo_service.cases.consulting.tables import whistle
from geo_service.cases.consulting.whistles import of_cases
from geo_service.cases.model import Case
from geo_service.cases.tables import case_record

CONSULTABLE = ("filed", "dispatched", "handling", "suspended")
"""States in which the workflow lets a case be consulted on."""


def history_of(connection: Connection, case: Case, *, now: datetime) -> History:
    """What happened to a case, as far as the entry rules ask."""
    returned = [event for event in event_log.of_case(connection, case.case_id) if event.kind == "returned"]
    unanswered = []
    for kept in of_cases(connection, [case.case_id]):
        one = kept.one
        came = {arrival.agency for arrival in one.arrivals if arrival.at <= one.due_at}
        if now > one.due_at and set(one.agencies) - came:
            unanswered.append(one.due_at)
    return History(
        received_at=case.received_at,
        red_from_at=case.due_at if case.dispatched_at is not None else None,
        frozen_at=case.frozen_at,
        returned_at=tuple(event.at for event in returned),
        unclear_at=tuple(event.at for event in returned if event.data.get("reason") == "unclear_ownership"),
        unanswered_at=tuple(sorted(unanswered)),
        repeats=_repeats(connection, case),
        tier=case.consult_tier,
    )


def _repeats(connection: Connection, case: Case) -> int:
    """How often the same matter was reported in the same leaf in the thirty days before this report."""
    if case.category is None or case.routing.area_code is None:
        return 0
    c = case_record.c
    same = (c.area_code == case.routing.area_code, c.category == case.category)
    earlier = (c.case_id < case.case_id, c.repeat_until_at > case.received_at)
    return int(connection.execute(sa.select(sa.func.count()).select_from(case_record).where(*same, *earlier)).scalar_one())


def candidates(connection: Connection, rules: Sequence[EntryRule], *, now: datetime) -> list[int]:
    """Ids of the cases that a rule may hold for: none that it holds for is left out. Oldest first."""
    c = case_record.c
    by_tier: dict[int, list[sa.ColumnElement[bool]]] = {}
    for rule in rules:
        by_tier.setdefault(rule.from_tier, []).append(_may_hold(rule, now))
    if not by_tier:
        return []
    holds = sa.or_(*(sa.and_(c.consult_tier == tier, sa.or_(*them)) for tier, them in by_tier.items()))
    return list(connection.execute(sa.select(c.case_id).where(c.state.in_(CONSULTABLE), holds).order_by(c.case_id)).scalars())


def _may_hold(rule: EntryRule, now: datetime) -> sa.ColumnElement[bool]:
    c = case_record.c
    match rule.measure:
        case "returns" | "unclear_returns":
            return c.returns >= rule.least
        case "whistles_unanswered":
            return sa.exists().where(whistle.c.case_id == c.case_id, whistle.c.due_at < now)
        case "days_red":
            return c.due_at <= now - timedelta(days=rule.least)
        case "days_open":
            return c.received_at <= now - timedelta(days=rule.least)
        case "repeats":
            e = case_record.alias("earlier").c
            same = (e.area_code == c.area_code, e.category == c.category, e.case_id < c.case_id, e.repeat_until_at > c.received_at)
            times = sa.select(sa.func.count()).where(*same).correlate(case_record).scalar_subquery()
            return times >= rule.least
    return sa.true()


def parties(connection: Connection, case: Case) -> tuple[str | None, list[str]]:
    """(whoever received the case first, everybody else who had it, was proposed, helped or was called by a whistle), as owners' names.

    The first is whoever it was dispatched to first; where nobody was sent yet, the first who was called, else the post of the place.
    """
    named: dict[str, None] = {}
    first: str | None = None
    for event in event_log.of_case(connection, case.case_id):
        data = event.data
        owner = data.get("owner") or (f"agency:{data['agency_code']}" if data.get("agency_code") else None)
        if event.kind in ("dispatched", "ruled", "handed_over") and owner:
            first = first or owner
            named |= dict.fromkeys([owner, *data.get("cohandlers", ())])
        if event.kind == "returned" and data.get("proposed_owner"):
            named[data["proposed_owner"]] = None
        if event.kind == "cohandlers_assigned":
            named |= dict.fromkeys(data.get("cohandlers", ()))
    for kept in of_cases(connection, [case.case_id]):
        named |= dict.fromkeys(kept.one.agencies)
    if first is None:
        first = next(iter(named), None) or (f"post:{case.routing.post_id}" if case.routing.post_id is not None else None)
    return first, [one for one in named if one != first]
