"""The category trees that ship with the program, side by side.

A category is named `<tree>:<kind>:<code>`: the same five digits exist as a component and as a matter, so the kind is part of the
name. The national tree is a second-hand transcription (see data/SOURCE.md); nothing here claims conformance to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import orjson


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf of a category tree."""

    key: str
    tree: str
    kind: str
    code: str
    major: str
    name: str


@cache
def categories() -> MappingProxyType[str, Category]:
    """All categories by key, in the order of the trees."""
    data = files("geo_service.catalogue") / "data"
    national = orjson.loads((data / "gb47678_5_catalogue.json").read_bytes())
    social = orjson.loads((data / "social_governance.json").read_bytes())
    found: dict[str, Category] = {}
    for tree, kind, rows in (
        ("gb47678", "component", national["components"]),
        ("gb47678", "matter", national["matters"]),
        ("social", "matter", social["matters"]),
    ):
        for row in rows:
            key = f"{tree}:{kind}:{row['code']}"
            found[key] = Category(key, tree, kind, row["code"], row["major"], row["name"])
    return MappingProxyType(found)


def category(key: str) -> Category | None:
    """The category of this key, or None."""
    return categories().get(key)
