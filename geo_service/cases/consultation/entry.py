"""When a matter goes to consultation: rules as data over a few facts about the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from geo_service.errors import SetupError


@dataclass(frozen=True, slots=True)
class Facts:
    """What the entry rules look at, all as of now. days_red: since the deadline passed. tier: the highest so far, 0 for none."""

    returns: int = 0
    unclear_returns: int = 0
    whistles_unanswered: int = 0
    days_red: float = 0.0
    days_open: float = 0.0
    repeats: int = 0
    tier: int = 0


@dataclass(frozen=True, slots=True)
class EntryRule:
    """Enter when the fact named by `measure` reaches `least`. from_tier: only if the case has reached that tier, no higher."""

    code: str
    measure: str
    least: float
    from_tier: int
    en: str
    zh: str

    def __post_init__(self) -> None:
        if self.measure not in {one.name for one in fields(Facts)}:
            raise SetupError("unknown_measure", en="there is no fact {measure}", zh="没有名为 {measure} 的指标", measure=self.measure)


ENTRY_RULES: tuple[EntryRule, ...] = (
    EntryRule("whistle_unanswered", "whistles_unanswered", 1, 0, "the whistle went unanswered or was answered too slowly", "吹哨不灵"),
    EntryRule("duty_unclear", "unclear_returns", 1, 0, "nobody's duty, or passed around", "权责不清"),
    EntryRule("returned_often", "returns", 2, 0, "returned too often", "多次退单"),
    EntryRule("red_light", "days_red", 5, 0, "overdue", "超期红灯"),
    EntryRule("red_light", "days_red", 15, 1, "still overdue after the first consultation", "一级会商后仍超期"),
    EntryRule("red_light", "days_red", 30, 2, "still overdue after the second consultation", "二级会商后仍超期"),
    EntryRule("long_standing", "days_open", 60, 0, "long-standing", "长期积累"),
    EntryRule("long_standing", "repeats", 3, 0, "comes back again and again", "反复发生"),
)
"""What ships; a city has its own list."""


def entries(facts: Facts, rules: Sequence[EntryRule] = ENTRY_RULES) -> list[EntryRule]:
    """The rules by which the case may go one tier up now, in their order; each code once."""
    found: dict[str, EntryRule] = {}
    if facts.tier < 3:
        for one in rules:
            if one.from_tier == facts.tier and getattr(facts, one.measure) >= one.least:
                found.setdefault(one.code, one)
    return list(found.values())
