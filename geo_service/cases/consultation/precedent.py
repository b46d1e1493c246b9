"""A ruling that is meant for its kind becomes a proposed rule of the responsibility matrix: values only, somebody must adopt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo_service.cases.consultation.meeting import Consultation
from geo_service.errors import ConflictError

PROPOSAL_STATES: dict[str, tuple[str, str]] = {
    "proposed": ("待采纳", "proposed"),
    "accepted": ("已采纳", "accepted"),
    "declined": ("未采纳", "declined"),
}


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


@dataclass(frozen=True, slots=True)
class Matter:
    """What makes two hard matters alike. areas: {level: code}; agencies: everybody who had or was asked about it."""

    category: str | None
    areas: dict[str, str]
    agencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: category 0 to 4 (tree, kind, major, the same), the finest level both lie in, the agencies in both."""

    category: int
    level: str | None
    agencies: tuple[str, ...]

    @property
    def score(self) -> float:
        """Larger is more alike; 0 where the categories have nothing in common."""
        return 0.0 if not self.category else 10 * self.category + (1 if self.level else 0) + min(5, len(self.agencies))

    def text(self, language: str) -> str:
        """Why it is listed, in words."""
        zh, en = _CATEGORY_WORDS[self.category]
        if language.lower().startswith("zh"):
            place, them = f"；同属 {self.level}" if self.level else "", f"；共同单位 {'、'.join(self.agencies)}" if self.agencies else ""
            return zh + place + them
        place, them = (
            f"; in the same {self.level}" if self.level else "",
            f"; both about {', '.join(self.agencies)}" if self.agencies else "",
        )
        return en + place + them


_CATEGORY_WORDS = (
    ("类别不同", "another kind of matter"),
    ("同一类别树", "the same category tree"),
    ("同类（部件或事件）", "the same kind"),
    ("同一大类", "the same major category"),
    ("同一小类", "the same category"),
)


def likeness(new: Matter, old: Matter, *, finest_first: Sequence[str]) -> Likeness:
    """How alike two matters are. finest_first: the levels of areas; the finest in which both lie counts."""
    level = next((name for name in finest_first if name in new.areas and new.areas[name] == old.areas.get(name)), None)
    return Likeness(_shared(new.category, old.category), level, tuple(sorted(new.agencies & old.agencies)))


def _shared(one: str | None, other: str | None) -> int:
    if one is None or other is None:
        return 0
    if one == other:
        return 4
    a, b = one.split(":"), other.split(":")
    if len(a) != 3 or len(b) != 3 or a[0] != b[0]:
        return 0
    if a[1] != b[1]:
        return 1
    return 3 if a[2][:2] == b[2][:2] else 2
