"""Who leads a case of the demonstration: whoever the responsibility matrix that ships says, as the service itself would ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.responsibility import Decision, Rule, resolve, starter_rules
from geo_service.workers.tables import agency, post

Chain = Sequence[tuple[str, str]]
"""(level, code) of a place's areas, finest first."""


@dataclass(frozen=True, slots=True)
class Lead:
    """owner: 'agency:<code>' or 'post:<id>'. decision: why, as a dispatch records it; None where the matrix was not asked."""

    owner: str
    decision: dict[str, Any] | None = None


class Leads:
    """The matrix made out to the agencies of the database, and the posts that fill the roles it names."""

    def __init__(self, connection: Connection, *, city: str) -> None:
        found = connection.execute(sa.select(agency.c.code, agency.c.level, agency.c.area_code).order_by(agency.c.agency_id)).all()
        districts = sorted({row.area_code for row in found if row.level == "district"})
        self._agencies = {row.code for row in found}
        self._centre = Lead(f"agency:{city}-centre")
        self._rules = starter_rules([row.code for row in found], city=city, districts=districts)
        self._named = {rule.area for rule in self._rules}
        self._posts: dict[tuple[str, str, str], int] = {}
        for row in connection.execute(sa.select(post).order_by(post.c.post_id)):
            self._posts.setdefault((row.role, row.area_level, row.area_code), row.post_id)
        self._held: dict[date, tuple[Rule, ...]] = {}
        self._season: dict[date, tuple[str, ...]] = {}
        self._known: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Decision] = {}

    def lead(self, category: str, chain: Chain, on: date, *, answers: int | None) -> Lead:
        """The lead for a category in a place on a day. answers: the post that answers for the place, where no post fills the role."""
        if not chain:
            return self._centre
        areas = tuple(code for _, code in chain if code in self._named)
        if on not in self._held:
            self._held[on] = tuple(rule for rule in self._rules if rule.holds_on(on))
            self._season[on] = tuple(rule.rule_id for rule in self._held[on] if rule.season is not None)
        key = (category, areas, self._season[on])  # the rules that ship hold all the year round, but for those of a season
        if key not in self._known:
            self._known[key] = resolve(self._held[on], category, areas, on)
        decision = self._known[key]
        owner = self._filled(decision.lead, chain, answers)
        return self._centre if owner is None else Lead(owner, _record(decision, owner, category, chain, on))

    def instead(self, owner: str, areas: Mapping[str, str]) -> str:
        """Whom an owner names when it returns a case: the office of the street, or the city's centre."""
        street = f"agency:{areas.get('street')}"
        return street if areas.get("street") in self._agencies and street != owner else self._centre.owner

    def _filled(self, named: str | None, chain: Chain, answers: int | None) -> str | None:
        kind, _, name = (named or "").partition(":")
        if kind == "agency":
            return named
        nearest = next((self._posts[name, level, code] for level, code in chain if (name, level, code) in self._posts), answers)
        return None if nearest is None else f"post:{nearest}"


def _record(decision: Decision, owner: str, category: str, chain: Chain, on: date) -> dict[str, Any]:
    """As `flows.dispatch` records it: version 1 of the matrix is the one that ships."""
    return {
        "verdict": decision.verdict,
        "rule": decision.rule.rule_id if decision.rule else None,
        "matrix_version": 1,
        "inputs": {"category": category, "areas": dict(chain), "on": on.isoformat()},
        "lead": owner,
        "followed": True,
        "alternatives": [{"rule": one.rule_id, "lead": one.lead} for one in decision.alternatives[:5]],
        "en": decision.en,
        "zh": decision.zh,
    }
