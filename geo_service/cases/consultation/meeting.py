"""A consultation as values: who was invited, what each said and when, what was decided. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

STANCES: dict[str, tuple[str, str]] = {
    "takes": ("承接", "takes it"),
    "assists": ("协办", "assists"),
    "declines": ("不属本单位", "not its duty"),
}

MEETING_STATES: dict[str, tuple[str, str]] = {
    "open": ("征求意见", "opinions are awaited"),
    "minuted": ("已形成纪要", "minutes are written"),
    "ruled": ("已裁定", "ruled"),
    "lifted": ("已提级", "handed to the next tier"),
    "settled": ("已协商一致", "settled without a ruling"),
}
RUNNING = ("open", "minuted")


@dataclass(frozen=True, slots=True)
class Tier:
    """How a tier works. quorum: the share of those invited that must be heard and attend. rulers: roles that may rule.

    opinion_days: working days for opinions, where nobody names a deadline.
    """

    number: int
    en: str
    zh: str
    quorum: Fraction
    rulers: tuple[str, ...]
    opinion_days: int = 3


TIERS: Mapping[int, Tier] = MappingProxyType(
    {
        1: Tier(1, "the district agency that received it first leads", "首接负责", Fraction(1, 2), ("agency", "operator", "supervisor"), 2),
        2: Tier(2, "city and district consult jointly", "市区联合会商", Fraction(2, 3), ("operator", "supervisor")),
        3: Tier(3, "a city leader takes the lead", "市领导牵头", Fraction(1, 2), ("city_leader",)),
    }
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an agency says. by: who entered it."""

    agency: str
    stance: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Adjournment:
    """Why it was put off, and until when opinions are taken now."""

    words: str
    at: datetime
    opinions_due_at: datetime


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was said, and who was there."""

    words: str
    attended: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who has it from now on. precedent: whether it is meant for all cases of its kind."""

    lead: str
    cohandlers: tuple[str, ...]
    words: str
    by: str
    at: datetime
    precedent: bool


@dataclass(frozen=True, slots=True)
class Consultation:
    """One tier's consultation on one case. state: of MEETING_STATES. invited includes the lead; whoever acts is 'agency:<code>' or
    'post:<id>'.

    opinions: the one that counts of each; earlier: those they replaced, oldest first. quorum: how many must be heard before the deadline
    and attend. chair: who leads the meeting, in words. why: the answer to "why is this case here" (en, zh, and what was measured).
    overdue_at: the deadline that passed without a quorum where no tier is left to go to.
    """

    case_id: int
    tier: int
    entry: str
    lead: str
    invited: tuple[str, ...]
    convened_at: datetime
    opinions_due_at: datetime
    quorum: int
    state: str = "open"
    opinions: tuple[Opinion, ...] = ()
    earlier: tuple[Opinion, ...] = ()
    adjournments: tuple[Adjournment, ...] = ()
    minutes: Minutes | None = None
    ruling: Ruling | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    convened_by: str = ""
    before_id: int | None = None
    chair: str | None = None
    why: Mapping[str, Any] = field(default_factory=dict)
    overdue_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.state in RUNNING

    @property
    def heard(self) -> bool:
        """Whether as many have been heard as must be."""
        return len(self.opinions) >= self.quorum


def to_json(one: Consultation) -> dict[str, Any]:
    """The consultation in JSON values."""
    said: dict[str, Any] = _plain(asdict(one))
    return said


def from_json(kept: Mapping[str, Any]) -> Consultation:
    """The consultation of those values."""
    values: dict[str, Any] = {name: _instant(value) if name.endswith("_at") else value for name, value in kept.items()}
    values["invited"] = tuple(kept["invited"])
    for name, kind in (("opinions", Opinion), ("earlier", Opinion), ("adjournments", Adjournment)):
        values[name] = tuple(kind(**_instants(one)) for one in kept.get(name, ()))
    if kept.get("minutes"):
        minutes = Minutes(**_instants(kept["minutes"]))
        values["minutes"] = replace(minutes, attended=tuple(minutes.attended))
    if kept.get("ruling"):
        ruling = Ruling(**_instants(kept["ruling"]))
        values["ruling"] = replace(ruling, cohandlers=tuple(ruling.cohandlers))
    return Consultation(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _instants(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _instant(value) if name == "at" or name.endswith("_at") else value for name, value in kept.items()}


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
