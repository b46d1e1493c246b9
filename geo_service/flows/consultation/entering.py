"""What happens to hard matters by itself: whistles end, deadlines without a quorum go one tier up, cases enter by the entry rules.

Idempotent, and exact after downtime: what is written down names the instant from which it held, whenever somebody looks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.acting import held_case
from geo_service.cases.consultation import History, entries, missed, settle, why
from geo_service.cases.consultation.entry import EntryRule
from geo_service.cases.consulting import repository, whistles
from geo_service.cases.consulting.facts import CONSULTABLE, candidates, history_of
from geo_service.cases.consulting.repository import Kept, of_case, running_on
from geo_service.cases.consulting.stepping import later_than, stepped
from geo_service.cases.model import OPEN_STATES, Case
from geo_service.cases.repository import case as case_of
from geo_service.cases.rule_versions import book_if_any
from geo_service.db import Database
from geo_service.errors import ServiceError
from geo_service.flows.consultation.going_up import escalated, open_tier
from geo_service.flows.consultation.whistling import end_due
from geo_service.rulebooks import entries_in_force

log = logging.getLogger("citygrid.consultation")
MOST = 500


def enter_due(database: Database, *, now: datetime, most: int = MOST) -> int:
    """Does what is due with hard matters, each in a transaction of its own, and returns how much that was; again at once it finds nothing.

    most: bounds one call. One matter that cannot be moved (its case was ruled on meanwhile, say) keeps no other one back.
    """
    with database.reading() as connection:
        over = whistles.over(connection, now=now)
    done = _each(database, over, lambda connection, one: end_due(connection, one, now=now), most)
    with database.reading() as connection:
        late = repository.awaiting(connection, now=now)
    done += _each(database, late, lambda connection, one: go_up(connection, one, now=now), most - done)
    with database.reading() as connection:
        rules, version = entries_in_force(connection, at=now), entry_version(connection, at=now)
        found = [one for one in candidates(connection, rules, now=now) if _called(connection, one, rules, now=now)]
    return done + _each(database, found, lambda connection, one: enter_case(connection, one, rules, version, now=now), most - done)


def _each(database: Database, numbers: Iterable[int], do: Callable[[Connection, int], bool], most: int) -> int:
    done = 0
    for number in numbers:
        if done >= most:
            break
        try:
            with database.writing() as connection:
                done += do(connection, number)
        except ServiceError as error:
            log.info("hard matter %s stays where it is: %s", number, error)
        database.give_way()
    return done


def entry_version(connection: Connection, *, at: datetime) -> int:
    """The version of the entry rules that hold at an instant, 0 for those that ship."""
    found = book_if_any(connection, "entries", at=at)
    return found.version if found else 0


def reasons(connection: Connection, case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """Why a case may enter consultation now, or go a tier up: one for each rule that holds, in words of both languages."""
    if case.state not in CONSULTABLE:
        return []
    history = history_of(connection, case, now=now)
    found = entries(history.facts(now), entries_in_force(connection, at=now))
    return [why(rule, history, now=now, version=entry_version(connection, at=now)) for rule in found]


def would_enter(connection: Connection, *, now: datetime) -> list[tuple[int, int, dict[str, Any]]]:
    """(case_id, tier it would go to, why) of every case that a rule calls for now; nothing is changed."""
    rules, version = entries_in_force(connection, at=now), entry_version(connection, at=now)
    found = []
    for case_id in candidates(connection, rules, now=now):
        called = _called(connection, case_id, rules, now=now)
        if called is not None:
            history, holding, *_ = called
            found.append((case_id, case_of(connection, case_id).consult_tier + 1, why(holding[0], history, now=now, version=version)))
    return found


def enter_case(connection: Connection, case_id: int, rules: Iterable[EntryRule], version: int, *, now: datetime) -> bool:
    """Puts one case into consultation, or one tier up, where a rule holds for it; returns whether it went anywhere."""
    case, state = held_case(connection, case_id)
    called = _called(connection, case_id, rules, now=now)
    if called is None:
        return False
    history, holding, kept, running = called
    at = later_than(state, now)
    told = why(holding[0], history, now=now, version=version)
    _enter(connection, case, kept, running, holding[0], history, told, at)
    return True


def _called(
    connection: Connection, case_id: int, rules: Iterable[EntryRule], *, now: datetime
) -> tuple[History, list[EntryRule], list[Kept], Kept | None] | None:
    """What an entry needs to know, when a rule calls the case into consultation or a tier up; None when none does. Only reads."""
    case = case_of(connection, case_id)
    if case.state not in CONSULTABLE:
        return None
    history = history_of(connection, case, now=now)
    holding = list(entries(history.facts(now), list(rules)))
    kept = of_case(connection, case_id)
    running = running_on(kept)
    if not holding or (running is not None and not _may_be_lifted(running, now)):
        return None
    return history, holding, kept, running


def _may_be_lifted(running: Kept, now: datetime) -> bool:
    return running.one.minutes is not None or now > running.one.opinions_due_at


def _enter(
    connection: Connection,
    case: Case,
    kept: list[Kept],
    running: Kept | None,
    rule: EntryRule,
    history: History,
    told: dict[str, Any],
    at: datetime,
) -> None:
    if running is None:
        open_tier(connection, case, kept, entry=rule.code, role="system", actor="system", at=at, why=told)
        return
    reached = history.since(rule)
    escalated(
        connection,
        case,
        kept,
        running,
        entry=rule.code,
        reason=told["zh"],
        role="system",
        actor="system",
        at=at,
        why=told,
        reached_at=reached,
    )


def go_up(connection: Connection, consultation_id: int, *, now: datetime) -> bool:
    """What a deadline that has passed calls for: nothing where enough were heard, else the next tier; where there is none, or nobody to
    ask in it, that is written down. A consultation on a case that has ended is settled."""
    case, state = held_case(connection, repository.found(connection, consultation_id).one.case_id)
    kept = repository.found(connection, consultation_id)
    one = kept.one
    if case.state not in OPEN_STATES:
        at, said = later_than(state, now), {"reason": "案件已办结，会商随之结束"}
        stepped(connection, case, kept, settle(one, reason=said["reason"], at=at), "consultation_settled", said, actor="system", at=at)
        return True
    if not missed(one, now) or case.state not in CONSULTABLE:
        return False
    at = later_than(state, now)
    told: dict[str, Any] = {
        "entry": one.entry,
        "measure": "quorum",
        "value": len(one.opinions),
        "least": one.quorum,
        "since_at": one.opinions_due_at.isoformat(),
        "en": f"only {len(one.opinions)} of the {one.quorum} opinions that make a quorum came in by the deadline",
        "zh": f"截止时仅收到 {len(one.opinions)} 家意见，未达到规定的 {one.quorum} 家",
    }
    if one.tier < 3 and case.consult_tier == one.tier:
        try:
            with connection.begin_nested():
                everything = of_case(connection, case.case_id)
                due = one.opinions_due_at
                escalated(
                    connection,
                    case,
                    everything,
                    kept,
                    entry=one.entry,
                    reason=told["zh"],
                    role="system",
                    actor="system",
                    at=at,
                    why=told,
                    reached_at=due,
                )
            return True
        except ServiceError as error:
            log.info("consultation %s cannot go up: %s", consultation_id, error)
    said = {"overdue_at": one.opinions_due_at.isoformat(), "reason": told["zh"]}
    overdue = replace(one, overdue_at=one.opinions_due_at)
    stepped(connection, case, kept, overdue, "consultation_overdue", said, actor="system", at=at)
    return True
