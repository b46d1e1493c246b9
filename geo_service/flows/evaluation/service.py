"""The story of evaluation, without HTTP: who did how well, from one count over the cases received in a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.tables import area_version
from geo_service.cases.rate_rules import Standard, standard_in_force
from geo_service.cases.rates import RATES
from geo_service.cases.yardstick import Yardstick
from geo_service.flows.evaluation import loads
from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.counting import Counts, nothing, tally
from geo_service.flows.evaluation.lists import UNASSIGNED, WHOLE
from geo_service.flows.evaluation.people import People
from geo_service.flows.evaluation.relocating import How
from geo_service.workers.tables import agency, person

Told = tuple[float | None, str | None]
"""A value, or None and why it is withheld: no_cases, few_cases, no_households, few_households, no_population, few_people, no_workers,
no_data."""


@dataclass(frozen=True, slots=True)
class Line:
    """One area, agency or worker. counts: measure -> cases. households, workers: None where the line is no area.
    people: None where nobody stated how many.

    rank: 1 is the best score; None where there is no score, or fewer than two lines have one.
    """

    key: str
    name: str
    counts: Counts
    yardstick: Yardstick
    households: int | None = None
    people: People | None = None
    workers: int | None = None
    rank: int | None = None

    @property
    def received(self) -> int:
        return self.counts["received"]

    def rate(self, code: str) -> tuple[int, int, float | None, str | None]:
        """(numerator, denominator, value, why it is withheld) of a rate."""
        rate = RATES[code]
        return self.counts[rate.numerator], self.counts[rate.denominator], *self.yardstick.value(self.counts, code)

    @property
    def per_thousand_households(self) -> Told:
        """Load: cases received per 1,000 households, so that busy areas are not punished."""
        if self.households is None:
            return None, "no_data"
        if self.households < max(1, self.yardstick.small_households):
            return None, "few_households" if self.households else "no_households"
        return 1000 * self.received / self.households, None

    @property
    def per_thousand_people(self) -> Told:
        """Workload of a population: cases received per 1,000 people."""
        if self.households is None:
            return None, "no_data"
        if self.people is None:
            return None, "no_population"
        if self.people.number < max(1, self.yardstick.small_people):
            return None, "few_people"
        return 1000 * self.received / self.people.number, None

    @property
    def cases_per_worker(self) -> Told:
        """Workload: cases received per worker of the area."""
        return self._per_worker(self.received)

    @property
    def households_per_worker(self) -> Told:
        """How many households a worker of the area looks after."""
        return self._per_worker(self.households or 0)

    def _per_worker(self, number: int) -> Told:
        if self.workers is None:
            return None, "no_data"
        return (number / self.workers, None) if self.workers >= max(1, self.yardstick.small_workers) else (None, "no_workers")

    @property
    def score(self) -> float | None:
        """0..1 by the yardstick's weights, None where too few rates are told, and for cases that are nobody's."""
        return None if self.key == UNASSIGNED else self.yardstick.score(self.counts)

    @property
    def stars(self) -> int | None:
        """One to five, None where the cases are too few."""
        return self.yardstick.stars(self.score)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All lines of an evaluation, by key; the line of all cases; that of the cases no line has, None when there are none.

    population: the version of the population table that was taken, 0 for none.
    """

    asked: Asked
    standard: Standard
    lines: list[Line]
    whole: Line
    unassigned: Line | None
    how: How | None
    population: int = 0

    @property
    def per(self) -> Literal["people", "households"]:
        """By what load is told: people where their number is known for some line, else households."""
        return "people" if any(line.people for line in (self.whole, *self.lines)) else "households"


@dataclass(frozen=True, slots=True)
class _Carried:
    """What the areas of an evaluation carry, by code."""

    households: dict[str, int]
    people: dict[str, People]
    workers: dict[str, int]

    def on(self, line: Line, code: str) -> Line:
        """The line with what the area carries."""
        there = self.households.get(code, 0)
        return replace(line, households=there, people=self.people.get(code), workers=self.workers.get(code, 0))


def evaluate(connection: Connection, asked: Asked) -> Evaluation:
    """The evaluation: a line for each area of the level and each agency, also without cases; for each worker who has some."""
    standard = standard_in_force(connection, at=asked.now)
    counted = tally(connection, asked)
    yardstick = standard.yardstick
    blank = Line("", "", nothing(), yardstick)
    whole, version = replace(blank, key=WHOLE, counts=counted.whole), 0
    if asked.by == "area":
        version, carried = _carried(connection, asked, yardstick)
        lines = _area_lines(connection, asked, counted.keys, blank, carried)
        code = _whole_code(asked)
        whole = whole if code is None else carried.on(whole, code)
    else:
        lines = _lines(connection, asked, counted.keys, blank)
    unassigned = replace(blank, key=UNASSIGNED, counts=counted.unassigned) if counted.unassigned["received"] else None
    return Evaluation(asked, standard, ranked(lines), whole, unassigned, counted.how, version)


def ranked(lines: list[Line]) -> list[Line]:
    """The lines with their ranks by score; equal scores share a rank, lines without a score have none."""
    scores = [line.score for line in lines]
    told = sorted((round(score, 6) for score in scores if score is not None), reverse=True)
    if len(told) < 2:
        return lines
    first = {score: place for place, score in reversed(list(enumerate(told, start=1)))}
    return [line if score is None else replace(line, rank=first[round(score, 6)]) for line, score in zip(lines, scores, strict=True)]


def _area_lines(connection: Connection, asked: Asked, found: dict[str, Counts], blank: Line, carried: _Carried) -> list[Line]:
    published = asked.published
    top = None if asked.area is None else published.by_code[asked.area]
    there = {
        area.code: area
        for area in published.areas.values()
        if area.level == asked.level and (top is None or any(up.area_id == top.area_id for up in published.chain(area)))
    }
    names = _former_names(connection, [code for code in found if code not in there])
    lines = []
    for code in sorted({*there, *found}):
        line = replace(
            blank, key=code, name=there[code].name if code in there else names.get(code, code), counts=found.get(code, blank.counts)
        )
        lines.append(carried.on(line, code) if code in there else line)
    return lines


def _carried(connection: Connection, asked: Asked, yardstick: Yardstick) -> tuple[int, _Carried]:
    """(version of the population table, what areas carry): as of the end of the period, or of now where it is not over."""
    published, at = asked.published, min(asked.end, asked.now)
    version, people = loads.people(connection, published, at=at)
    workers = loads.workers(connection, published, yardstick.roles(asked.level), at=at)
    return version, _Carried(loads.households(published), people, workers)


def _whole_code(asked: Asked) -> str | None:
    """The area all cases together are about: the one that was asked for, or the city; None where several stand at the top."""
    published = asked.published
    ladder = {one.name for one in published.city.ladder}
    tops = [area.code for area in published.areas.values() if area.parent_id is None and area.level in ladder]
    return asked.area or (tops[0] if len(tops) == 1 else None)


def _former_names(connection: Connection, codes: list[str]) -> dict[str, str]:
    """Names of codes that the generation does not know at this level: those they had last."""
    if not codes:
        return {}
    v = area_version.c
    query = sa.select(v.code, v.name).where(v.code.in_(codes)).order_by(v.version_id)
    return {row.code: row.name for row in connection.execute(query)}


def _lines(connection: Connection, asked: Asked, found: dict[str, Counts], blank: Line) -> list[Line]:
    names: dict[str, str]
    if asked.by == "agency":
        names = {row.code: row.name for row in connection.execute(sa.select(agency.c.code, agency.c.name))}
        keys = {*found, *(names if asked.agency is None and asked.area is None else ())}
    else:
        names = {str(row.person_id): row.name for row in connection.execute(sa.select(person.c.person_id, person.c.name))}
        keys = set(found)
    order = sorted(keys, key=(lambda key: (len(key), key)) if asked.by == "worker" else None)
    return [replace(blank, key=key, name=names.get(key, key), counts=found.get(key, blank.counts)) for key in order]
