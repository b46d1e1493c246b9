"""Earlier hard matters like a case, and what was ruled in them. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.consultation import Consultation, Likeness, Matter, likeness
from geo_service.cases.consultation.meeting import from_json
from geo_service.cases.consulting.facts import parties
from geo_service.cases.consulting.tables import consultation
from geo_service.cases.model import Case
from geo_service.cases.tables import case_record
from geo_service.cases.visible import in_category

LOOKED_AT = 500
"""The latest so many rulings on the same tree of categories are compared."""


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier ruling, on which case, and how alike the two matters are."""

    consultation_id: int
    case_id: int
    tracking_number: str
    category: str | None
    one: Consultation
    likeness: Likeness


def similar_rulings(connection: Connection, case: Case, *, finest_first: Sequence[str], limit: int) -> list[Similar]:
    """Rulings on matters like this case, the most alike first, of equal ones the latest; none without a category in common."""
    if case.category is None:
        return []
    t, c = consultation.c, case_record.c
    columns = (t.consultation_id, t.body, c.case_id, c.tracking_number, c.category, c.areas)
    query = sa.select(*columns).select_from(consultation.join(case_record, c.case_id == t.case_id))
    query = query.where(t.state == "ruled", t.case_id != case.case_id, in_category(case.category.split(":")[0]))
    lead, others = parties(connection, case)
    new = Matter(case.category, case.routing.areas, frozenset([*([lead] if lead else []), *others]))
    found = []
    for row in connection.execute(query.order_by(t.ended_at.desc(), t.consultation_id.desc()).limit(LOOKED_AT)):
        one = from_json(row.body)
        agencies = {*one.invited, *([one.ruling.lead, *one.ruling.cohandlers] if one.ruling else [])}
        alike = likeness(new, Matter(row.category, row.areas, frozenset(agencies)), finest_first=finest_first)
        if alike.category:
            found.append(Similar(row.consultation_id, row.case_id, row.tracking_number, row.category, one, alike))
    found.sort(key=lambda one: one.likeness.score, reverse=True)
    return found[:limit]
