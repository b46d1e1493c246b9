"""Rules of the matrix that precedents propose: kept until somebody accepts or declines them. Takes a connection, never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.consultation import ProposedRule
from geo_service.cases.consulting.tables import rule_proposal
from geo_service.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed rule and what became of it. findings: the proof before and after, as it was when somebody accepted it."""

    proposal_id: int
    consultation_id: int
    version: int
    state: str
    rule_id: str
    category: str
    area: str
    lead: str
    cohandlers: tuple[str, ...]
    priority: int
    source: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    matrix_version: int | None = None
    findings: dict[str, Any] | None = None


def propose(connection: Connection, rule: ProposedRule, *, consultation_id: int, actor: str) -> Proposal:
    """Stores a proposal, one a consultation."""
    values = {
        "consultation_id": consultation_id,
        "version": 1,
        "state": "proposed",
        "rule_id": rule.rule_id,
        "category": rule.category,
        "area": rule.area,
        "lead": rule.lead,
        "cohandlers": list(rule.cohandlers),
        "priority": 0,
        "source": rule.source,
        "proposed_at": rule.proposed_at,
        "proposed_by": actor,
    }
    made = connection.execute(sa.insert(rule_proposal).values(values).returning(rule_proposal.c.proposal_id)).scalar_one()
    return found(connection, int(made))


def found(connection: Connection, proposal_id: int, *, held: bool = False) -> Proposal:
    """One proposal. held: locked until the transaction ends. NotFoundError when there is none of this id."""
    query = sa.select(rule_proposal).where(rule_proposal.c.proposal_id == proposal_id)
    row = connection.execute(query.with_for_update() if held else query).one_or_none()
    if row is None:
        raise NotFoundError(
            "proposal_not_found",
            en="there is no proposed rule {proposal_id}",
            zh="没有编号为 {proposal_id} 的规则建议",
            proposal_id=proposal_id,
        )
    return _of(row)


def decided(connection: Connection, before: Proposal, **changes: Any) -> Proposal:
    """Stores what somebody decided on a proposal."""
    values = {**changes, "version": before.version + 1}
    connection.execute(sa.update(rule_proposal).where(rule_proposal.c.proposal_id == before.proposal_id).values(values))
    return found(connection, before.proposal_id)


def page(connection: Connection, *, state: str | None, before: int | None, limit: int) -> tuple[list[Proposal], int]:
    """Proposals of a state, newest first, with an id below `before`, and how many there are in all."""
    t = rule_proposal.c
    where: list[sa.ColumnElement[bool]] = [] if state is None else [t.state == state]
    total = connection.execute(sa.select(sa.func.count()).select_from(rule_proposal).where(*where)).scalar_one()
    if before is not None:
        where.append(t.proposal_id < before)
    query = sa.select(rule_proposal).where(*where).order_by(t.proposal_id.desc()).limit(limit)
    return [_of(row) for row in connection.execute(query)], int(total)


def of_consultation(connection: Connection, consultation_id: int) -> Proposal | None:
    """The proposal a consultation made, or None."""
    query = sa.select(rule_proposal).where(rule_proposal.c.consultation_id == consultation_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _of(row)


def _of(row: sa.Row[Any]) -> Proposal:
    return Proposal(**{**row._mapping, "cohandlers": tuple(row.cohandlers)})
