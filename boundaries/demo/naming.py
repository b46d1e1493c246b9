"""Names that fit: roads that go on under one name, compounds after their time and place, brooks, parks, schools, firms."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product
from typing import Any

import numpy as np

from boundaries.demo.compounds import Compound
from boundaries.demo.divisions import read_data
from boundaries.demo.land import Land

CLASSES = ("avenue", "road", "street", "lane")


class Names:
    """Gives every thing a name of its own."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.parts: dict[str, Any] = read_data("names.json")
        self.used: set[str] = set()

    def free(self, wanted: str) -> str:
        """The wanted name, or with a section or number behind it when it is taken."""
        for section in self.parts["section"]:
            name = wanted + section
            if name not in self.used:
                self.used.add(name)
                return str(name)
        k = 9
        while f"{wanted}{k}区" in self.used:
            k += 1
        self.used.add(f"{wanted}{k}区")
        return f"{wanted}{k}区"

    def numbered(self, road_class: str, k: int) -> str:
        """A road name with a number, for the time when the pool is empty."""
        first = self.parts["road_first"]
        return f"{first[k % len(first)]}{k // len(first) + 11}{self.parts['road_last'][road_class][0]}"

    def pool(self, road_class: str) -> list[str]:
        """Road names of a class in a mixed order, more than any town needs."""
        first, last = self.parts["road_first"], self.parts["road_last"][road_class]
        middle = self.parts["road_middle"]
        out = []
        for m in middle:
            names = [f + m + x for f, x in product(first, last)]
            out += [names[k] for k in self.rng.permutation(len(names))]
        return out


def name_roads(land: Land, names: Names) -> list[list[str]]:
    """For every town the names of its roads, in the order of `Town.roads`. Roads that go straight on at a crossing share one name."""
    pools = {c: iter(names.pool(c)) for c in CLASSES}
    count = dict.fromkeys(CLASSES, 0)
    out = []
    for town in land.towns:
        river = next(p["river"] for p in land.divisions.layout["patches"] if p["name"] == town.name)
        group = _straight_on(land, town.roads)
        given: dict[int, str] = {}
        row = []
        for k, (_, road_class) in enumerate(town.roads):
            root = group[k]
            if root not in given:
                if root == group[0] or (len(group) > 1 and root == group[1]):
                    given[root] = names.free(f"{river}{'南' if root == group[0] else '北'}路")
                else:
                    count[road_class] += 1
                    given[root] = names.free(next(pools[road_class], None) or names.numbered(road_class, count[road_class]))
            row.append(given[root])
        out.append(row)
    return out


def _straight_on(land: Land, roads: list[tuple[int, str]]) -> list[int]:
    """The group of each road: the first road of those that continue one another."""
    points, edges = land.mesh.points, land.mesh.edges
    ends: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for k, (e, _) in enumerate(roads):
        a, b = edges[e].a, edges[e].b
        (x0, y0), (x1, y1) = points[a], points[b]
        angle = math.atan2(y1 - y0, x1 - x0)
        ends[a].append((k, angle))
        ends[b].append((k, angle + math.pi))
    parent = list(range(len(roads)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for _, near in sorted(ends.items()):
        for i, (k, one) in enumerate(near):
            for j, two in near[i + 1 :]:
                bent = abs((one - two + 2 * math.pi) % (2 * math.pi) - math.pi)
                small = (roads[k][1] == "lane") == (roads[j][1] == "lane")
                if bent < 0.3 and small and root(k) != root(j):
                    parent[max(root(k), root(j))] = min(root(k), root(j))
    return [root(k) for k in range(len(roads))]


def name_compounds(land: Land, compounds: list[Compound], road_of: list[str], names: Names) -> None:
    """Names by style and time: yards and dormitories of works, estates after their community or road."""
    parts, rng = names.parts, names.rng
    community = {c.code: c.name for s in land.divisions.streets.values() for c in s.communities}
    for c, road in zip(compounds, road_of, strict=True):
        place = community[c.community].removesuffix(land.divisions.layout["made_up_suffix"]).removesuffix("社区")
        works = str(rng.choice(parts["mine_first"] if c.mining else parts["works"]))
        roll = float(rng.random())
        if c.style == "row":
            first, last = (works if c.mining or roll < 0.3 else place), str(rng.choice(parts["row_last"]))
        elif c.style == "slab":
            old = c.built_year < 1992
            yard = old and roll < 0.7
            last = str(rng.choice(parts["slab_yard_last"] if yard else parts["slab_estate_last"]))
            first = works if yard else place if roll < 0.6 else road[:2]
        else:
            first = str(rng.choice(parts["tower_first"])) if roll < 0.62 else place if roll < 0.82 else road[:2]
            last = str(rng.choice(parts["tower_last"]))
        c.name = names.free(first + last)
