"""Limits and filing conditions: how long a stage may take for a category under a condition in a class of area. Versioned data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo_service.catalogue.words import parents_of


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A line of the limits table.

    category: a key or a subtree of one ('*', tree, tree:kind, major). condition: the filing condition (立案条件), '*' for any; its words
    in condition_zh, condition_en. area_class, stage, clock: of `words`. amount in units of the clock. closing: what
    must be true for the case to be closed (结案条件). source says where the number is from, mark how well it is known: S read in a
    source, M from memory, P ours.
    """

    category: str
    condition: str
    condition_zh: str
    condition_en: str
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


def conditions_of(rows: Sequence[LimitRow], category: str) -> list[LimitRow]:
    """The filing conditions one may choose from for a category: one line each, of the finest subtree that names any."""
    for name in parents_of(category):
        found = {row.condition: row for row in rows if row.category == name and row.stage == "handle" and row.condition != "*"}
        if found:
            return list(found.values())
    return []
