"""The responsibility matrix: a rule says who leads for a category subtree in an area subtree at some time of the year. Pure.

Several rules may hold for one place and matter; the most specific one decides: the higher `priority` first, then the deeper category,
then the deeper area, then the one bound to a season. Two such rules with different leads are a double claim, never a silent choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from geo_service.errors import RequestError

EVERYTHING = "*"
_LEAD = re.compile(r"(agency|post):[^\s:]{1,60}")
_CATEGORY = re.compile(r"\*|[^\s:*]+(:[^\s:*]+){0,2}")

Season = tuple[tuple[int, int], tuple[int, int]]
"""From one (month, day) to another, both included; it may run over the turn of the year."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the matrix.

    category: '*', '<tree>', '<tree>:<kind>', '<tree>:<kind>:<two digits>' (a major) or a whole key. area: the code of an area of any
    level, or '*'. lead, cohandlers: 'agency:<code>' or 'post:<role>' (the post of that role nearest to the place). from_on, until_on:
    first and last day it holds. season: when in the year. source: where it is from (a duty list, a ruling). RequestError otherwise.
    """

    rule_id: str
    category: str
    area: str
    lead: str
    cohandlers: tuple[str, ...] = ()
    priority: int = 0
    from_on: date | None = None
    until_on: date | None = None
    season: Season | None = None
    source: str = ""

    def __post_init__(self) -> None:
        wrong = [
            name
            for name, good in (
                ("rule_id", bool(self.rule_id.strip())),
                ("category", _CATEGORY.fullmatch(self.category) is not None),
                ("area", bool(self.area.strip())),
                ("lead", _LEAD.fullmatch(self.lead) is not None),
                ("cohandlers", all(_LEAD.fullmatch(one) for one in self.cohandlers) and self.lead not in self.cohandlers),
                ("until_on", self.from_on is None or self.until_on is None or self.from_on <= self.until_on),
                ("season", self.season is None or all(_is_day(*one) for one in self.season)),
            )
            if not good
        ]
        if wrong:
            raise RequestError(
                "bad_rule",
                en="rule {rule}: {field} cannot be",
                zh="规则 {rule} 的 {field} 有误",
                rule=self.rule_id,
                field=", ".join(wrong),
            )

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on that day."""
        if (self.from_on is not None and day < self.from_on) or (self.until_on is not None and day > self.until_on):
            return False
        if self.season is None:
            return True
        first, last = self.season
        at = (day.month, day.day)
        return first <= at <= last if first <= last else at >= first or at <= last


def _is_day(month: int, day: int) -> bool:
    try:
        date(2024, month, day)
    except (TypeError, ValueError):
        return False
    return True


def category_path(key: str) -> tuple[str, ...]:
    """A category and everything above it, finest first: its key, its major (two digits), kind, tree, '*'."""
    if key == EVERYTHING:
        return (EVERYTHING,)
    parts = key.split(":")
    above = [":".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if len(parts) == 3 and len(parts[2]) > 2:
        above.insert(1, f"{parts[0]}:{parts[1]}:{parts[2][:2]}")
    return (*above, EVERYTHING)


@dataclass(frozen=True)
class Places:
    """The areas of one generation. parents: code -> code of the area above, None at the top; leaves: those that own a place.

    RequestError for a parent that is missing, for a circle, and for a leaf above another.
    """

    parents: Mapping[str, str | None]
    leaves: tuple[str, ...]
    _chains: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        above = {code for leaf in self.leaves for code in self.chain(leaf)[1:]}
        nested = [leaf for leaf in self.leaves if leaf in above]
        if nested or len(set(self.leaves)) != len(self.leaves):
            raise RequestError(
                "bad_leaves",
                en="a leaf lies above another or is named twice: {codes}",
                zh="叶区域重复或含有其他叶区域：{codes}",
                codes=", ".join(nested[:5]),
                field="leaves",
            )

    def chain(self, code: str) -> tuple[str, ...]:
        """The area and everything above it, finest first, '*' last."""
        known = self._chains.get(code)
        if known is None:
            known = self._chains[code] = self._climb(code)
        return known

    def _climb(self, code: str) -> tuple[str, ...]:
        up: list[str] = []
        at: str | None = code
        while at is not None:
            if at not in self.parents or at in up:
                raise RequestError(
                    "bad_area_tree",
                    en="area {place_code}: what is above it is missing or a circle",
                    zh="区域 {place_code} 的上级缺失或成环",
                    place_code=code,
                    field="area",
                )
            up.append(at)
            at = self.parents[at]
        return (*up, EVERYTHING)

    @cached_property
    def depths(self) -> dict[str, int]:
        """How far below the top each area on the way to a leaf lies; '*' is 0."""
        return {code: len(chain) - 1 - i for chain in (self.chain(leaf) for leaf in self.leaves) for i, code in enumerate(chain)}


@dataclass(frozen=True, slots=True)
class Decision:
    """Who must act, and why. verdict: one | gap (no rule holds) | double (several equally specific rules name different leads).

    rule: the one that decided. alternatives: the other rules that hold, most specific first. en, zh: the answer to "why here?".
    """

    verdict: str
    rule: Rule | None
    lead: str | None
    cohandlers: tuple[str, ...]
    alternatives: tuple[Rule, ...]
    en: str
    zh: str

    def text(self, language: str) -> str:
        """Why here, in the caller's language."""
        return self.zh if language.lower().startswith("zh") else self.en


Rank = tuple[int, int, int, bool]


def rank(rule: Rule, *, category_depth: int, area_depth: int) -> Rank:
    """How specific a rule is at a place: larger decides."""
    return (rule.priority, category_depth, area_depth, rule.season is not None)


def resolve(rules: Sequence[Rule], category: str, area_chain: Sequence[str], at: date) -> Decision:
    """Who leads for a category at a place on a day.

    area_chain: codes of the place's areas, finest first (without '*'). Of rules that are equally specific and agree on the lead the one
    with the smallest id decides.
    """
    path = category_path(category)
    chain = (*[code for code in area_chain if code != EVERYTHING], EVERYTHING)
    depth_of = {code: len(chain) - 1 - i for i, code in enumerate(chain)}
    depth_in = {name: len(path) - 1 - i for i, name in enumerate(path)}
    held = [
        (rank(rule, category_depth=depth_in[rule.category], area_depth=depth_of[rule.area]), rule)
        for rule in rules
        if rule.category in depth_in and rule.area in depth_of and rule.holds_on(at)
    ]
    if not held:
        return Decision(
            "gap",
            None,
            None,
            (),
            (),
            f"no rule holds for {category} in {chain[0]} on {at}",
            f"{at} 没有适用于 {chain[0]} 的 {category} 的规则",
        )
    held.sort(key=lambda one: one[1].rule_id)
    held.sort(key=lambda one: one[0], reverse=True)
    best = held[0][0]
    first, others = held[0][1], tuple(rule for _, rule in held[1:])
    rivals = [rule for found, rule in held if found == best and rule.lead != first.lead]
    if rivals:
        names = ", ".join([first.rule_id, *(rule.rule_id for rule in rivals)])
        return Decision(
            "double",
            None,
            None,
            (),
            (first, *others),
            f"rules {names} are equally specific and name different leads",
            f"规则 {names} 同样具体，但指定的主办单位不同",
        )
    return Decision("one", first, first.lead, first.cohandlers, others, *_why(first, others))


def _why(rule: Rule, others: Sequence[Rule]) -> tuple[str, str]:
    en = f"rule {rule.rule_id}: {rule.lead} leads for {rule.category} in {rule.area}"
    zh = f"规则 {rule.rule_id}：{rule.area} 内的 {rule.category} 由 {rule.lead} 主办"
    if rule.season is not None:
        (m1, d1), (m2, d2) = rule.season
        en, zh = f"{en}, from {m1:02}-{d1:02} to {m2:02}-{d2:02}", f"{zh}（每年 {m1} 月 {d1} 日至 {m2} 月 {d2} 日）"
    if rule.source:
        en, zh = f"{en} ({rule.source})", f"{zh}（依据：{rule.source}）"
    if others:
        names = ", ".join(f"{one.rule_id} ({one.lead})" for one in others[:3])
        en, zh = f"{en}; more specific than {names}", f"{zh}；比 {names} 更具体"
    return en, zh
