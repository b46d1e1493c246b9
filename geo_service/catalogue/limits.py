"""Limits and filing conditions: how long a stage may take for a category under a condition in a class of area. Versioned data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_service.catalogue.words import parents_of


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A filing condition (立案条件) that may be chosen for a category subtree, with its words."""

    category: str
    condition: str
    zh: str
    en: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes a line one of its kind."""
        return (self.category, self.condition)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A line of the limits table.

    category: a key or a subtree of one ('*', tree, tree:kind, major). condition: the filing condition (立案条件), '*' for any; its words
    stand in the table of conditions. area_class, stage, clock: of `words`. amount in units of the clock. closing: what
    must be true for the case to be closed (结案条件). source says where the number is from, mark how well it is known: S read in a
    source, M from memory, P ours.
    """

    category: str
    condition: str
    area_class: str
    stage: str
    amount: float
    clock: str
    closing: str
    source: str
    mark: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a line one of its kind."""
        return (self.category, self.condition, self.area_class, self.stage)


def limit_for(rows: Iterable[LimitRow], *, category: str, condition: str | None, area_class: str, stage: str = "handle") -> LimitRow | None:
    """The most specific line: the finer category first, then the named condition, then the named class of area; None without any."""
    depth = {name: i for i, name in enumerate(parents_of(category))}
    best: tuple[int, bool, bool] | None = None
    chosen: LimitRow | None = None
    for row in rows:
        if row.stage != stage or row.category not in depth:
            continue
        if row.condition not in ("*", condition) or row.area_class not in ("*", area_class):
            continue
        found = (depth[row.category], row.condition == "*", row.area_class == "*")
        if best is None or found < best:
            best, chosen = found, row
    return chosen


def conditions_of(rows: Iterable[ConditionRow], category: str) -> list[ConditionRow]:
    """The filing conditions one may choose from for a category: those of the finest subtree that names any."""
    every = list(rows)
    for name in parents_of(category):
        found = [row for row in every if row.category == name]
        if found:
            return found
    return []


def knows_condition(rows: Iterable[ConditionRow], category: str, condition: str) -> bool:
    """Whether the condition is named for the category or for a subtree that it lies in."""
    path = parents_of(category)
    return any(row.condition == condition and row.category in path for row in rows)
