"""An evaluation as a plain table: one row a line, each rate with its numerator, its denominator and why it is withheld."""

from __future__ import annotations

from geo_service.cases.rates import RATES
from geo_service.catalogue.sheets import Cell
from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.service import Line
from geo_service.flows.evaluation.words import line_name

FIRST = (
    "key", "name", "received", "population", "population_basis", "households", "workers",
    "per_thousand_people", "per_thousand_households", "cases_per_worker", "households_per_worker",
)  # fmt: skip  # what is there, and what that comes to
JUDGED = ("score", "stars", "rank")
PARTS = ("", "_numerator", "_denominator", "_withheld")


def columns() -> list[str]:
    """The names of the columns; a rate has four."""
    return [*FIRST, *JUDGED, *(f"{code}{part}" for code in RATES for part in PARTS)]


def row(asked: Asked, line: Line, language: str) -> list[Cell]:
    """A line's cells in the order of `columns`."""
    cells: list[Cell] = [line.key, line_name(asked, line, language), line.received]
    people = line.people
    cells += [None, None] if people is None else [round(people.number), people.basis]
    cells += [line.households, line.workers, line.per_thousand_people[0]]
    cells += [line.per_thousand_households[0], line.cases_per_worker[0], line.households_per_worker[0]]
    cells += [line.score, line.stars, line.rank]
    for code in RATES:
        above, below, value, withheld = line.rate(code)
        cells += [value, above, below, withheld]
    return cells
