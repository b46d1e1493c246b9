"""When a matter goes to consultation: rules as data over a few facts about the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from geo_service.errors import SetupError

DAY = timedelta(days=1)


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


MEASURE_TEXTS: dict[str, tuple[str, str]] = {
    "returns": ("退单 {value:g} 次", "returned {value:g} times"),
    "unclear_returns": ("因权属不清退单 {value:g} 次", "returned {value:g} times because ownership is unclear"),
    "whistles_unanswered": ("{value:g} 次吹哨未按时报到", "{value:g} whistles went unanswered"),
    "days_red": ("已超期 {value:.1f} 天", "overdue for {value:.1f} days"),
    "days_open": ("已受理 {value:.1f} 天未结", "open for {value:.1f} days"),
    "repeats": ("三十天内重复发生 {value:g} 次", "reported {value:g} times before within thirty days"),
}
"""measure -> what it says about a case (zh, en)."""


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


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a case, as far as the entry rules ask. returned_at, unclear_at, unanswered_at: instants, oldest first.

    red_from_at: the deadline of the handling clock, None without one. frozen_at: since when that clock stands still, None while it runs.
    """

    received_at: datetime
    red_from_at: datetime | None = None
    frozen_at: datetime | None = None
    returned_at: tuple[datetime, ...] = ()
    unclear_at: tuple[datetime, ...] = ()
    unanswered_at: tuple[datetime, ...] = ()
    repeats: int = 0
    tier: int = 0

    def facts(self, now: datetime) -> Facts:
        """The facts as of an instant; what happened later does not count."""
        at = min(self.frozen_at or now, now)
        red = max(timedelta(0), at - self.red_from_at) if self.red_from_at is not None else timedelta(0)
        counted = (sum(one <= now for one in them) for them in (self.returned_at, self.unclear_at, self.unanswered_at))
        returns, unclear, unanswered = counted
        days_open = max(timedelta(0), now - self.received_at) / DAY
        return Facts(returns, unclear, unanswered, red / DAY, days_open, self.repeats, self.tier)

    def since(self, rule: EntryRule) -> datetime:
        """The instant from which the rule holds, whenever somebody looks; for a rule that holds."""
        if rule.measure == "days_red" and self.red_from_at is not None:
            return self.red_from_at + rule.least * DAY
        if rule.measure == "days_open":
            return self.received_at + rule.least * DAY
        happened = {"returns": self.returned_at, "unclear_returns": self.unclear_at, "whistles_unanswered": self.unanswered_at}
        instants = happened.get(rule.measure, ())
        return instants[max(0, int(rule.least) - 1)] if len(instants) >= max(1, rule.least) else self.received_at


def entries(facts: Facts, rules: Sequence[EntryRule] = ENTRY_RULES) -> list[EntryRule]:
    """The rules by which the case may go one tier up now, in their order; each code once."""
    found: dict[str, EntryRule] = {}
    if facts.tier < 3:
        for one in rules:
            if one.from_tier == facts.tier and getattr(facts, one.measure) >= one.least:
                found.setdefault(one.code, one)
    return list(found.values())


def why(rule: EntryRule, history: History, *, now: datetime, version: int) -> dict[str, Any]:
    """Why a case is here, as values that stay: the rule and its version, what was measured, since when, and both in words."""
    value = float(getattr(history.facts(now), rule.measure))
    zh, en = (text.format(value=value) for text in MEASURE_TEXTS.get(rule.measure, ("{value:g}", "{value:g}")))
    return {
        "entry": rule.code,
        "measure": rule.measure,
        "value": round(value, 2),
        "least": rule.least,
        "since_at": history.since(rule).isoformat(),
        "rules_version": version,
        "en": f"{rule.en}: {en}; the rule asks for {rule.least:g} or more",
        "zh": f"{rule.zh}：{zh}；规则要求不少于 {rule.least:g}",
    }
