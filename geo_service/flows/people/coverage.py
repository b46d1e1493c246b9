"""The story of the coverage report: where nobody stands, counted against what there is, with the list behind each number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from boundaries.model import AreaVersion
from geo_service.errors import RequestError
from geo_service.flows.people.places import COMPOUND, compound_homes, known_area, subtree
from geo_service.flows.people.schemas import OrphanOut
from geo_service.published import Published
from geo_service.workers.covering import RULES, Rule, covered
from geo_service.workers.model import POST_TITLES
from geo_service.workers.orphans import orphans


@dataclass(frozen=True, slots=True)
class Count:
    """How many areas lack what a rule asks for, of how many there are."""

    missing: int
    total: int

    @property
    def share(self) -> float | None:
        """The share of gaps, None where there is nothing to cover."""
        return self.missing / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Line:
    """An area and its counts, by the name of the rule."""

    area: AreaVersion
    counts: dict[str, Count]


@dataclass(frozen=True, slots=True)
class Gap:
    """An area that lacks what a rule asks for. inside: the areas above it, finest first (of a compound: of the place it counts for)."""

    rule: Rule
    area: AreaVersion
    inside: tuple[AreaVersion, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole below `top`, and a line for each area of the level asked for."""

    top: AreaVersion
    whole: dict[str, Count]
    lines: list[Line]


def coverage(connection: Connection, published: Published, *, area: str | None, level: str | None, at: datetime) -> Coverage:
    """Counts below an area (the city: None), by the areas of a level (none: only the whole), as of an instant.

    NotFoundError for an unknown area; RequestError for a level that is not of the ladder, or above the area.
    """
    top = _top(published, area)
    rank = {one.name: one.rank or 0 for one in published.city.ladder}
    if level is not None and level not in rank:
        known = ", ".join(rank)
        raise RequestError("unknown_level", en="level is one of {known}", zh="层级应为：{known}", known=known, field="level")
    if level is not None and rank[level] < rank[top.level]:
        raise RequestError("level_above_area", en="the level lies above the area", zh="层级高于所选区域", field="level")
    inside = subtree(published, top)
    heads = sorted((one for one in inside if one.level == level), key=lambda one: one.code)
    totals: dict[str, Counter[int]] = {rule.name: Counter() for rule in RULES}
    missing: dict[str, Counter[int]] = {rule.name: Counter() for rule in RULES}
    for rule in RULES:
        held = covered(connection, rule, at=at)
        for one, chain in _subjects(published, rule, top):
            for up in chain:
                totals[rule.name][up.area_id] += 1
                missing[rule.name][up.area_id] += one.code not in held

    def counts(one: AreaVersion) -> dict[str, Count]:
        return {rule.name: Count(missing[rule.name][one.area_id], totals[rule.name][one.area_id]) for rule in RULES}

    return Coverage(top, counts(top), [Line(one, counts(one)) for one in heads])


def gaps(connection: Connection, published: Published, rule: Rule, *, area: str | None, at: datetime) -> list[Gap]:
    """The list behind a number: the areas below `area` that lack what the rule asks for, by code."""
    held = covered(connection, rule, at=at)
    found = [
        Gap(rule, one, tuple(up for up in chain if up.area_id != one.area_id))
        for one, chain in _subjects(published, rule, _top(published, area))
        if one.code not in held
    ]
    return sorted(found, key=lambda gap: gap.area.code)


def rule_of(name: str) -> Rule:
    """The rule of a name. RequestError for an unknown one."""
    found = next((rule for rule in RULES if rule.name == name), None)
    if found is None:
        known = ", ".join(rule.name for rule in RULES)
        raise RequestError("unknown_gap", en="kind is one of {known}", zh="类型应为：{known}", known=known, field="kind")
    return found


def _top(published: Published, area: str | None) -> AreaVersion:
    if area is not None:
        return known_area(published, area)
    first = min(published.city.ladder, key=lambda level: level.rank or 0).name
    return next(one for one in published.areas.values() if one.level == first)


def _subjects(published: Published, rule: Rule, top: AreaVersion) -> Iterator[tuple[AreaVersion, list[AreaVersion]]]:
    """The areas a rule is about below `top`, each with itself and what is above it."""
    homes = compound_homes(published) if rule.level == COMPOUND else {}
    for one in published.areas.values():
        if one.level != rule.level:
            continue
        if rule.level == COMPOUND:
            home = homes.get(one.area_id)
            chain = [one, *(published.chain(home) if home is not None else [])]
        else:
            chain = published.chain(one)
        if any(up.area_id == top.area_id for up in chain):
            yield one, chain


def orphaned(connection: Connection, published: Published, *, at: datetime, language: str) -> list[OrphanOut]:
    """Posts whose area the generation does not have: nobody is ever routed to them, and the numbers do not count them."""
    present = {(one.level, one.code) for one in published.areas.values()}
    chosen = 0 if language.startswith("zh") else 1
    return [
        OrphanOut(post_id=one.post_id, role=one.role, title=POST_TITLES[one.role][chosen], level=one.area_level, code=one.area_code)
        for one in orphans(connection, at=at, present=present)
    ]


def orphan_note(count: int, language: str) -> str:
    """How many posts have no area, in words; nothing where there are none."""
    if not count:
        return ""
    return f"；{count} 个岗位所属区域已不存在" if language.startswith("zh") else f"; {count} posts whose area does not exist any more"


def note(found: Coverage, language: str) -> str:
    """What the counts come to, in words: also that there is nothing to cover, or no gap."""
    zh = language.startswith("zh")
    if not any(count.total for count in found.whole.values()):
        return (
            f"{found.top.name}范围内没有网格、微网格或小区" if zh else f"there are no grids, micro-grids or compounds in {found.top.name}"
        )
    if not any(count.missing for count in found.whole.values()):
        return f"{found.top.name}范围内没有缺口" if zh else f"no gaps in {found.top.name}"
    said = [f"{rule.zh if zh else rule.en} {count.missing}/{count.total}" for rule in RULES if (count := found.whole[rule.name]).missing]
    return ("；" if zh else "; ").join(said)


COLUMNS = ("code", "level", "name")


def table(found: Coverage) -> tuple[list[str], list[list[str | float | int | None]]]:
    """The report as a sheet: the whole first, then the lines; each rule with gaps, denominator and share."""
    columns = [*COLUMNS, *(f"{rule.name}{part}" for rule in RULES for part in ("", "_of", "_share"))]
    rows: list[list[str | float | int | None]] = []
    for line in [Line(found.top, found.whole), *found.lines]:
        row: list[str | float | int | None] = [line.area.code, line.area.level, line.area.name]
        for rule in RULES:
            count = line.counts[rule.name]
            row += [count.missing, count.total, count.share]
        rows.append(row)
    return columns, rows


def gap_table(found: Sequence[Gap]) -> tuple[list[str], list[list[str | float | int | None]]]:
    """A list of gaps as a sheet."""
    levels = ("grid", "community", "street", "district")
    rows: list[list[str | float | int | None]] = []
    for gap in found:
        above = {up.level: up.name for up in gap.inside}
        rows.append([gap.rule.name, gap.area.code, gap.area.level, gap.area.name, *(above.get(level) for level in levels)])
    return ["kind", "code", "level", "name", *levels], rows
