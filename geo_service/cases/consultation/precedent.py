"""A ruling that is meant for its kind becomes a proposed rule of the responsibility matrix: values only, somebody must adopt it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from geo_service.cases.consultation.tiers import Consultation
from geo_service.errors import ConflictError


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """What the matrix would say: its fields are those of a rule there. source: the ruling it follows."""

    rule_id: str
    category: str
    area: str
    lead: str
    cohandlers: tuple[str, ...]
    source: str
    proposed_at: datetime


def proposed_rule(one: Consultation, *, category: str, area: str, number: int) -> ProposedRule:
    """The rule that a precedent proposes for a category subtree in an area subtree. ConflictError unless it was ruled as one."""
    if one.ruling is None or not one.ruling.precedent:
        raise ConflictError("no_precedent", en="this consultation set no precedent", zh="该会商未形成先例")
    source = f"会商裁定 {one.ruling.at:%Y-%m-%d} 案件 {one.case_id}"
    return ProposedRule(f"precedent-{number}", category, area, one.ruling.lead, one.ruling.cohandlers, source, one.ruling.at)
