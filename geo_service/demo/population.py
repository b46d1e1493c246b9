"""How many people the demonstration city's communities and villages have: made-up counts, about as many a household as such a city has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.rule_versions import BEGINNING, put_book
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames, text_or_none

USUAL = 2.5
"""People a household where no community states a count."""
SOURCE = "演示数据 / made up"


def fill_population(connection: Connection, city: CityFrames, *, seed: int, at: datetime) -> None:
    """A count for every community and village with households, drawn between 2.1 and 3.0 people each; a size for the rest of the city."""
    areas = city.areas
    above = dict(zip(areas["code"], map(text_or_none, areas["parent_code"]), strict=True))
    level = dict(zip(areas["code"], areas["level"], strict=True))
    homes: dict[str, int] = {}
    for code, households in zip(areas["code"], areas["households"], strict=True):
        place: str | None = code
        while place is not None and level[place] != "community":
            place = above[place]
        if place is not None:
            homes[place] = homes.get(place, 0) + int(households)
    rng, day = generator(seed, "population"), at.date().isoformat()
    rows = [
        _row(code, people=round(homes[code] * float(rng.triangular(2.1, USUAL, 3.0))), day=day) for code in sorted(homes) if homes[code]
    ]
    top = next(code for code in sorted(level) if level[code] == "city")
    rows.insert(0, _row(top, household_size=USUAL, day=day))
    note = "made up for the demonstration"
    put_book(connection, "population", rows, actor="demo", at=at, note=note, effective_from=BEGINNING)


def _row(area: str, *, day: str, people: int | None = None, household_size: float | None = None) -> dict[str, Any]:
    return {"area": area, "people": people, "household_size": household_size, "as_of": day, "source": SOURCE}
