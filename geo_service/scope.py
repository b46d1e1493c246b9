"""What part of the city somebody sees: areas with all that lies in them, categories with their subtrees, or what an owner has.

Pure, and below everything else: accounts say what a scope is, cases are found within one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """One way a case comes into sight: it has the owner; or it lies in the area (None: anywhere) and is of the categories (None: any)."""

    area_code: str | None = None
    categories: tuple[str, ...] | None = None
    owner: str | None = None

    def takes_in(self, *, areas: Collection[str], category: str | None, owner: str | None, cohandlers: Collection[str]) -> bool:
        """Whether a case with these facts is reached. areas: the codes of every area it lies in, of all levels."""
        if self.owner is not None:
            return self.owner == owner or self.owner in cohandlers
        if self.area_code is not None and self.area_code not in areas:
            return False
        return self.categories is None or (category is not None and any(is_within(category, wanted) for wanted in self.categories))

    def holds(self, other: Reach, *, areas: Collection[str]) -> bool:
        """Whether everything the other takes in is taken in here. areas: the codes of the other's area and of all above it."""
        if self.owner is not None or other.owner is not None:
            return self.owner == other.owner
        if self.area_code is not None and (other.area_code is None or self.area_code not in areas):
            return False
        if self.categories is None:
            return True
        inner = other.categories
        return inner is not None and all(any(one == mine or is_within(one, mine) for mine in self.categories) for one in inner)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases somebody reaches: everything, or what any of `reaches` takes in; nothing when there is neither."""

    everything: bool = False
    reaches: tuple[Reach, ...] = ()

    def takes_in(self, *, areas: Collection[str], category: str | None, owner: str | None = None, cohandlers: Collection[str] = ()) -> bool:
        """Whether a case with these facts is reached."""
        return self.everything or any(
            reach.takes_in(areas=areas, category=category, owner=owner, cohandlers=cohandlers) for reach in self.reaches
        )

    def holds(self, other: Reach, *, areas: Collection[str]) -> bool:
        """Whether one of `reaches` holds all of the other. areas: the codes of the other's area and of all above it."""
        return self.everything or any(reach.holds(other, areas=areas) for reach in self.reaches)


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def is_within(category: str, wanted: str) -> bool:
    """Whether a category is the wanted one or lies in its subtree: `gb47678:matter:06` holds all whose code begins with 06."""
    parts = wanted.split(":")
    if len(parts) == 3:
        return category.startswith(wanted) if len(parts[2]) == 2 else category == wanted
    return category.startswith(f"{wanted}:")
