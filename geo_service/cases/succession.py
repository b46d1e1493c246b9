"""Open cases of a post or a person that go to a successor, each by an event of its own. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.acting import write_all
from geo_service.cases.model import MOVABLE, OPEN_STATES, Case
from geo_service.cases.progress import from_json
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_record
from geo_service.cases.workflow import Recorded, Refusal, decide
from geo_service.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over: the post, who is there for it (None: nobody yet) and its agency."""

    post_id: int
    person_id: int | None
    agency: str | None


def open_cases_of_post(connection: Connection, post_id: int) -> list[Case]:
    """Open cases that a post answers for, owns or helps with, oldest first; held until the transaction ends."""
    c, owner = case_record.c, f"post:{post_id}"
    helps = sa.cast(c.cohandlers, sa.Text).contains(f'"{owner}"', autoescape=True)
    return _held(connection, (c.post_id == post_id) | (c.owner == owner) | helps)


def open_cases_of_person(connection: Connection, person_id: int) -> list[Case]:
    """Open cases that a person answers for by name, oldest first; held until the transaction ends."""
    return _held(connection, case_record.c.person_id == person_id)


def _held(connection: Connection, where: sa.ColumnElement[bool]) -> list[Case]:
    asked = sa.select(case_record).where(case_record.c.state.in_(OPEN_STATES), where).order_by(case_record.c.case_id)
    return [of_row(row) for row in connection.execute(asked.with_for_update())]


def succeed(connection: Connection, cases: Sequence[Case], *, from_post: int, to: Successor, reason: str, actor: str, at: datetime) -> None:
    """Gives the cases of a post to a successor: an event for each, all or none.

    Where the post is the owner the event is the workflow's `handed_over`, else `rerouted`; the place a case was routed to stays. The
    successor may be the same post in other hands. ConflictError names a case that cannot change hands (the successor helps with it).
    """
    write_all(connection, [(case, _event(case, from_post, to, reason, actor, at)) for case in cases])


def _event(case: Case, from_post: int, to: Successor, reason: str, actor: str, at: datetime) -> Recorded:
    at = max(at, case.updated_at)
    old, new = f"post:{from_post}", f"post:{to.post_id}"
    beside: dict[str, object] = {}
    if case.routing.post_id == from_post:
        moved = replace(case.routing, post_id=to.post_id, person_id=to.person_id, agency=to.agency)
        beside["routing"] = {name: getattr(moved, name) for name in MOVABLE}
    if case.owner == old:
        beside["answered_by"] = to.person_id
    if case.owner == old and new != old:
        outcome = decide(
            from_json(case.progress), "hand_over", role="system", actor=actor, payload={"owner": new, "reason": reason}, now=at
        )
        if isinstance(outcome, Refusal):
            raise ConflictError(
                "cannot_succeed",
                en="case {number} cannot go to the successor: {said_en}",
                zh="案件 {number} 不能移交给接任者：{said_zh}",
                number=case.tracking_number,
                said_en=outcome.en,
                said_zh=outcome.zh,
            )
        return replace(outcome.recorded, data={**outcome.recorded.data, **beside})
    if old in case.cohandlers and new != old:
        helpers = [one for one in (new if one == old else one for one in case.cohandlers) if one != case.owner]
        return Recorded("cohandlers_assigned", at, actor, {"cohandlers": list(dict.fromkeys(helpers)), "reason": reason, **beside})
    return Recorded("rerouted", at, actor, {"reason": reason, **beside})
