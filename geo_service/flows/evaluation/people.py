"""How many people live in every area: what a table says of some areas, taken up to those above and down to those below. Pure.

A count is shared among the leaves below it by their households, less what areas in it state themselves; an area without a figure is the
sum of those in it, where all of them are known. Nothing is guessed where nothing is stated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from boundaries.model import AreaVersion
from geo_service.published import Published

Basis = Literal["stated", "summed", "by_households"]
"""A figure of its own; the sum of figures in it; worked out from households, for it or for an area in it."""


@dataclass(frozen=True, slots=True)
class People:
    """How many, and how that is known."""

    number: float
    basis: Basis


@dataclass
class _City:
    """The ladder of a generation with the figures of a table. children: area_id -> areas below it."""

    rows: Mapping[str, Mapping[str, Any]]
    households: Mapping[str, int]
    children: dict[int | None, list[AreaVersion]]
    found: dict[str, People] = field(default_factory=dict)

    def fill(self, area: AreaVersion, size: float | None) -> People | None:
        """The people of an area and of all areas in it. size: people a household, as stated above it."""
        row, homes, below = self.rows.get(area.code), self.households.get(area.code, 0), self.children[area.area_id]
        if row is not None:
            size = row["household_size"] if row["people"] is None else self._left_over(area, float(row["people"]))
        parts = [(one, self.fill(one, size)) for one in below]
        if row is not None and row["people"] is not None:
            there: People | None = People(float(row["people"]), "stated")
        elif below:
            there = self._sum(parts)
        else:
            there = None if size is None else People(homes * size, "by_households")
        if there is not None:
            self.found[area.code] = there
        return there

    def _sum(self, parts: Sequence[tuple[AreaVersion, People | None]]) -> People | None:
        if any(part is None and self.households.get(one.code, 0) for one, part in parts):
            return None
        told = [part for _, part in parts if part is not None]
        shared = any(part.basis == "by_households" and part.number for part in told)
        return People(sum(part.number for part in told), "by_households" if shared else "summed") if told else None

    def _left_over(self, area: AreaVersion, people: float) -> float | None:
        """People a household of what no area in it states itself; None where nobody lives in that."""
        stated, homes = self._stated(area)
        left = self.households.get(area.code, 0) - homes
        return max(0.0, people - stated) / left if left > 0 else None

    def _stated(self, area: AreaVersion) -> tuple[float, int]:
        """(people, households) of the areas below that state a figure, of those of one branch only the highest."""
        people, homes = 0.0, 0
        for one in self.children[area.area_id]:
            row, own = self.rows.get(one.code), self.households.get(one.code, 0)
            if row is None:
                more, its = self._stated(one)
            else:
                more, its = (own * row["household_size"] if row["people"] is None else float(row["people"])), own
            people, homes = people + more, homes + its
        return people, homes


def people_of(published: Published, households: Mapping[str, int], rows: Sequence[Mapping[str, Any]]) -> dict[str, People]:
    """code -> people of every area of the ladder whose number is known. rows: lines of the population table."""
    ladder = {level.name for level in published.city.ladder}
    children: dict[int | None, list[AreaVersion]] = defaultdict(list)
    for area in published.areas.values():
        if area.level in ladder:
            children[area.parent_id].append(area)
    city = _City({row["area"]: row for row in rows}, households, children)
    for top in list(children[None]):
        city.fill(top, None)
    return city.found
