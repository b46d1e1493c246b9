"""Duty lists (履职清单): what each level must do itself, and what it helps with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_service.catalogue.words import parents_of

DUTY_KINDS: dict[str, tuple[str, str]] = {"own": ("基本履职", "own duty"), "assisting": ("配合履职", "assists with")}


@dataclass(frozen=True, slots=True)
class Duty:
    """An item of a level's duty list. level: of the ladder of areas. category: the subtree it is about, '' for none of the trees."""

    code: str
    level: str
    kind: str
    name: str
    category: str = ""
    source: str = ""


def duties_about(duties: Iterable[Duty], category: str) -> list[Duty]:
    """The items about a category, by level, own duties first."""
    path = parents_of(category)
    found = [duty for duty in duties if duty.category and duty.category in path]
    return sorted(found, key=lambda duty: (duty.level, duty.kind != "own", path.index(duty.category), duty.code))
