"""The proof that every leaf and every matter has exactly one lead, on every day of a span.

Not leaf by leaf: leaves under the same rules are one class, so are categories, and so are days between which no rule begins or ends.
Each pair of classes is decided once. The answer is that of the full product.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from geo_service.responsibility.matrix import EVERYTHING, Places, Rule, category_path, rank

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """A category subtree in an area subtree that nobody leads for (rules is empty), or that several rules claim, on the days between.

    pairs: how many (category, leaf) pairs it is made of.
    """

    category: str
    area: str
    pairs: int
    first_on: date
    last_on: date
    rules: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding in JSON values."""
        said: dict[str, Any] = {"category": self.category, "area": self.area, "pairs": self.pairs}
        said |= {"first_on": self.first_on.isoformat(), "last_on": self.last_on.isoformat()}
        return {**said, "rules": list(self.rules), "leads": list(self.leads)} if self.rules else said


@dataclass(frozen=True)
class Proof:
    """What was looked at and what was found. gap_pairs, double_pairs: (category, leaf, span of days) triples, all of them.

    gaps, double_claims: grouped into subtrees; at most MOST_LISTED each, left_off says how many more there are. strangers: rules on a
    category or an area that does not exist.
    """

    leaves: int
    categories: int
    spans: int
    gaps: tuple[Finding, ...]
    double_claims: tuple[Finding, ...]
    gap_pairs: int
    double_pairs: int
    left_off: int
    strangers: tuple[str, ...]
    seconds: float = field(compare=False)

    @property
    def complete(self) -> bool:
        """Whether everything has exactly one lead."""
        return not self.gap_pairs and not self.double_pairs

    def as_json(self) -> dict[str, Any]:
        """What `citygrid matrix prove --json` prints."""
        return {
            "leaves": self.leaves,
            "categories": self.categories,
            "complete": self.complete,
            "gaps": [one.as_json() for one in self.gaps],
            "double_claims": [one.as_json() for one in self.double_claims],
            "gap_pairs": self.gap_pairs,
            "double_pairs": self.double_pairs,
            "left_off": self.left_off,
            "strangers": list(self.strangers),
            "seconds": round(self.seconds, 3),
        }


def prove(rules: Sequence[Rule], categories: Iterable[str], places: Places, *, on: date, days: int = 366) -> Proof:
    """Whether every leaf and every category has exactly one lead on each of `days` days from `on`.

    categories: whole keys, of all trees. The cost grows with the rules and the classes they make, not with leaves times categories.
    """
    began = time.perf_counter()
    keys = tuple(dict.fromkeys(categories))
    subtrees = {name for key in keys for name in category_path(key)}
    strangers = tuple(rule.rule_id for rule in rules if rule.category not in subtrees or rule.area not in places.depths)
    ordered = sorted((r for r in rules if r.category in subtrees and r.area in places.depths), key=lambda r: (_rank(r, places), r.rule_id))
    ordered.reverse()
    gaps: list[Finding] = []
    doubles: list[Finding] = []
    counts = {"gap": 0, "double": 0}
    spans = list(_spans(ordered, on, days))
    tree = _children({key: category_path(key) for key in keys})
    ground = _children({leaf: places.chain(leaf) for leaf in places.leaves})
    for first_on, last_on in spans:
        held = [rule for rule in ordered if rule.holds_on(first_on)]
        for claim, pairs in _undecided(held, keys, places).items():
            for of_category, of_area in pairs:
                counts["double" if claim else "gap"] += len(of_category) * len(of_area)
                named = [held[i] for i in claim]
                leads = tuple(dict.fromkeys(rule.lead for rule in named))
                found = (
                    Finding(category, area, inside * within, first_on, last_on, tuple(rule.rule_id for rule in named), leads)
                    for category, inside in _cover(of_category, tree)
                    for area, within in _cover(of_area, ground)
                )
                (doubles if claim else gaps).extend(found)
    listed = [sorted(them, key=lambda one: (one.first_on, one.category, one.area))[:MOST_LISTED] for them in (gaps, doubles)]
    return Proof(
        leaves=len(places.leaves),
        categories=len(keys),
        spans=len(spans),
        gaps=tuple(listed[0]),
        double_claims=tuple(listed[1]),
        gap_pairs=counts["gap"],
        double_pairs=counts["double"],
        left_off=len(gaps) + len(doubles) - len(listed[0]) - len(listed[1]),
        strangers=strangers,
        seconds=time.perf_counter() - began,
    )


def _rank(rule: Rule, places: Places) -> tuple[int, int, int, bool]:
    """A rule is as specific at every place where it holds: its own depths decide."""
    return rank(rule, category_depth=len(category_path(rule.category)) - 1, area_depth=places.depths[rule.area])


def _spans(rules: Sequence[Rule], on: date, days: int) -> Iterator[tuple[date, date]]:
    """The spans of days between which no rule begins or ends."""
    behind = on + timedelta(days=days)
    one = timedelta(days=1)
    edges = {on, behind}
    for rule in rules:
        if rule.from_on is not None:
            edges.add(rule.from_on)
        if rule.until_on is not None and rule.until_on < date.max:
            edges.add(rule.until_on + one)
    if any(rule.season is not None for rule in rules):
        seasonal = [rule for rule in rules if rule.season is not None]
        before = [rule.holds_on(on) for rule in seasonal]
        for number in range(1, days):
            now = [rule.holds_on(on + number * one) for rule in seasonal]
            if now != before:
                edges.add(on + number * one)
                before = now
    marks = sorted(edge for edge in edges if on <= edge <= behind)
    yield from ((first, until - one) for first, until in pairwise(marks))


Groups = dict[int, list[str]]


def _undecided(held: Sequence[Rule], keys: Sequence[str], places: Places) -> dict[tuple[int, ...], list[tuple[list[str], list[str]]]]:
    """Which rules quarrel (none: a gap) -> the (categories, leaves) pairs of which that is true. held: the most specific rule first.

    A set of rules is an int whose bit i stands for held[i]: the lowest bit of an intersection is the rule that decides.
    """
    of_category = _classes(((key, category_path(key)) for key in keys), _bits(held, "category"))
    of_area = _classes(((leaf, places.chain(leaf)) for leaf in places.leaves), _bits(held, "area"))
    alike = _alike(held, places)
    found: dict[tuple[int, ...], dict[tuple[str, ...], list[str]]] = {}
    for by_category, inside in of_category.items():
        open_for: dict[tuple[int, ...], list[str]] = {}
        for by_area, leaves in of_area.items():
            both = by_category & by_area
            claim = _claim(both, held, alike) if both else ()
            if claim is not None:
                open_for.setdefault(claim, []).extend(leaves)
        for claim, leaves in open_for.items():
            found.setdefault(claim, {}).setdefault(tuple(leaves), []).extend(inside)
    return {claim: [(inside, list(leaves)) for leaves, inside in by_leaves.items()] for claim, by_leaves in found.items()}


def _claim(both: int, held: Sequence[Rule], alike: Sequence[int]) -> tuple[int, ...] | None:
    """The rules that quarrel among those that hold, or None where one lead is clear."""
    first = (both & -both).bit_length() - 1
    rivals = both & alike[first]
    if not rivals & (rivals - 1):
        return None
    named = tuple(_positions(rivals))
    return named if len({held[i].lead for i in named}) > 1 else None


def _positions(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def _alike(held: Sequence[Rule], places: Places) -> list[int]:
    """For each rule the set of those that are exactly as specific."""
    sets: dict[tuple[int, int, int, bool], int] = {}
    ranks = [_rank(rule, places) for rule in held]
    for i, found in enumerate(ranks):
        sets[found] = sets.get(found, 0) | 1 << i
    return [sets[found] for found in ranks]


def _bits(held: Sequence[Rule], name: str) -> dict[str, int]:
    bits: dict[str, int] = {}
    for i, rule in enumerate(held):
        node: str = getattr(rule, name)
        bits[node] = bits.get(node, 0) | 1 << i
    return bits


def _classes(paths: Iterable[tuple[str, Sequence[str]]], bits: Mapping[str, int]) -> Groups:
    """The set of rules that hold -> the leaves or categories of which that is true."""
    known: dict[str, int] = {}
    groups: Groups = {}
    for name, path in paths:
        held = 0
        for node in reversed(path):
            held = known[node] if node in known else known.setdefault(node, held | bits.get(node, 0))
        groups.setdefault(held, []).append(name)
    return groups


Tree = tuple[dict[str, str | None], dict[str, int]]


def _children(paths: Mapping[str, Sequence[str]]) -> Tree:
    """node -> the node above, and node -> how many leaves are below it."""
    above: dict[str, str | None] = {EVERYTHING: None}
    below: dict[str, int] = {}
    for path in paths.values():
        above |= dict(pairwise(path))
        for node in path:
            below[node] = below.get(node, 0) + 1
    return above, below


def _cover(leaves: Sequence[str], tree: Tree) -> list[tuple[str, int]]:
    """The fewest subtrees that hold exactly these leaves, each with how many it holds."""
    above, below = tree
    inside: dict[str, int] = {}
    for leaf in leaves:
        node: str | None = leaf
        while node is not None:
            inside[node] = inside.get(node, 0) + 1
            node = above[node]
    whole = {node for node, count in inside.items() if count == below[node]}
    return [(node, inside[node]) for node in inside if node in whole and above[node] not in whole]
