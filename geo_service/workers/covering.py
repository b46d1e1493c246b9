"""Which areas somebody stands for: what the coverage report counts against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.workers.compounds import compounds_with
from geo_service.workers.posts import held_at
from geo_service.workers.tables import holding, post


@dataclass(frozen=True, slots=True)
class Rule:
    """A gap that can be: areas of `level` that lack a post of `role` with a holder, or a compound's body of that kind.

    full_time: the holder must be. Whoever is away still holds the post.
    """

    name: str
    level: str
    zh: str
    en: str
    role: str | None = None
    body: str | None = None
    full_time: bool = False


RULES: tuple[Rule, ...] = (
    Rule("grid_without_worker", "grid", "无专职网格员的网格", "grids without a full-time worker", role="grid_worker", full_time=True),
    Rule("grid_without_linked_leader", "grid", "无包联领导的网格", "grids without a linked leader", role="linked_leader"),
    Rule("micro_grid_without_leader", "micro_grid", "无微网格长的微网格", "micro-grids without a leader", role="micro_grid_leader"),
    Rule("compound_without_committee", "compound", "无业主委员会的小区", "compounds without an owners' committee", body="owners_committee"),
    Rule("compound_without_party", "compound", "无党组织的小区", "compounds without a party organisation", body="party_organisation"),
    Rule("compound_without_firm", "compound", "无物业公司的小区", "compounds without a property firm", body="property_firm"),
)


def covered(connection: Connection, rule: Rule, *, at: datetime) -> set[str]:
    """Codes of the areas of the rule's level that do have what it asks for, at an instant."""
    if rule.body is not None:
        return compounds_with(connection, rule.body, at=at)
    query = sa.select(post.c.area_code).join(holding, holding.c.post_id == post.c.post_id)
    query = query.where(post.c.role == rule.role, post.c.area_level == rule.level, held_at(at))
    if rule.full_time:
        query = query.where(holding.c.full_time.is_(True))
    return set(connection.execute(query.distinct()).scalars())
