"""The real names and codes of the model city, cut down or filled up to the wanted scale."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

KIND = {"subdistrict": "subdistrict", "town": "town", "township": "township", "quasi": "development_zone"}


@dataclass(frozen=True, slots=True)
class Place:
    """A community or a village: code (12 digits), name, whether it was made up."""

    code: str
    name: str
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Street:
    """A street, town or township with its communities and villages."""

    code: str
    name: str
    kind: str
    district: str
    communities: tuple[Place, ...]
    villages: tuple[Place, ...]


@dataclass(frozen=True)
class Divisions:
    """The ladder from the city down to communities and villages. streets: by code."""

    code: str
    name: str
    districts: dict[str, str]
    streets: dict[str, Street]
    layout: dict[str, Any] = field(repr=False)

    @property
    def communities(self) -> int:
        return sum(len(s.communities) for s in self.streets.values())


def read_data(name: str) -> Any:
    """A data file of the model city, by its name."""
    return json.loads((files("boundaries.demo") / "data" / name).read_text(encoding="utf-8"))


def read_divisions(scale: float) -> Divisions:
    """Names and codes at a scale: fewer of each below 1 (never none where there is one), made-up communities added above 1.

    Villages are never more than in the real list. Which district a street belongs to where sources differ is decided in the layout file.
    """
    tree, layout = read_data("yangquan_divisions.json"), read_data("layout.json")
    streets: dict[str, Street] = {}
    for district in tree["children"]:
        for s in district["children"]:
            code = s["code_nbs"]
            communities = [Place(c["code"], c["short"]) for c in s["children"] if c["type"] == "community"]
            villages = [Place(c["code"], _village_name(c["short"])) for c in s["children"] if c["type"] == "village"]
            if code in layout["made_up_communities"]:
                extra, name = layout["made_up_communities"][code]
                communities.append(Place(extra, name + layout["made_up_suffix"], True))
            communities = _scaled(communities, scale, s["name"], layout["made_up_suffix"])
            villages = villages[: max(1, round(len(villages) * min(1.0, scale)))] if villages else villages
            home = layout["district_of"].get(code, district["code"])
            streets[code] = Street(code, s["name"], KIND[s["type"]], home, tuple(communities), tuple(villages))
    districts = {d["code"]: d["name"] for d in tree["children"]}
    return Divisions(tree["code"], tree["name"], districts, streets, layout)


def _village_name(short: str) -> str:
    return short if short.endswith("村") else short + "村"


def _scaled(communities: list[Place], scale: float, street: str, suffix: str) -> list[Place]:
    if not communities or scale == 1:
        return communities
    want = max(1, round(len(communities) * scale))
    if want <= len(communities):
        return communities[:want]
    parent, used = communities[0].code[:9], {c.code for c in communities}
    free = (f"{parent}{n:03d}" for n in range(999, 0, -1))
    out = list(communities)
    for code in free:
        if len(out) == want:
            break
        if code not in used:
            out.append(Place(code, f"{street}新设{want - len(out):03d}社区{suffix}", True))
    return sorted(out, key=lambda c: c.code)
