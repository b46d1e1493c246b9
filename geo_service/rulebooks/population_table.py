"""How many people live in an area, as people edit it: a count, or how many a household has. Both go down to the leaves by households."""

from __future__ import annotations

from geo_service.catalogue.records import Cells, cell_error, filled, number
from geo_service.catalogue.sheets import Cell
from geo_service.rulebooks.kinds import Kind, Known, Row, day_of, plain_number, short

COLUMNS = ("area", "people", "household_size", "as_of", "source")
MOST_PEOPLE, LARGEST_HOUSEHOLD = 100_000_000, 100


def _read(cells: Cells, known: Known) -> Row:
    """people: a whole number; household_size: people a household; one of them and not both. as_of: the day of the count, may be empty."""
    filled(cells, "area")
    if cells["area"] not in known.areas:
        raise cell_error(
            "area", "unknown_area", "there is no area of this code in the generation in force", "现行网格版本中没有这个区域代码"
        )
    if cells["area"] in known.beside:
        raise cell_error("area", "not_on_the_ladder", "this area is no part of the ladder of areas", "该区域不属于区划层级")
    if bool(cells["people"]) == bool(cells["household_size"]):
        raise cell_error("people", "people_or_size", "either people or household_size is needed", "人数与户均人数须填且只填一项")
    people = _people(cells["people"]) if cells["people"] else None
    size = number(cells, "household_size", largest=LARGEST_HOUSEHOLD) if cells["household_size"] else None
    day = day_of(cells, "as_of")
    if day is not None and day > known.today:
        raise cell_error("as_of", "not_counted_yet", "nobody can have counted on a day to come", "统计日期不能晚于生效日")
    source = short(cells, "source", longest=300)
    return {"area": cells["area"], "people": people, "household_size": size, "as_of": None if day is None else str(day), "source": source}


def _people(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= MOST_PEOPLE):
        raise cell_error("people", "bad_number", f"a whole number from 0 to {MOST_PEOPLE} is needed", f"应为 0 至 {MOST_PEOPLE} 的整数")
    return int(text)


def _write(row: Row) -> list[Cell]:
    plain = {**row, "household_size": plain_number(row["household_size"])}
    return [plain[name] if plain[name] is not None else "" for name in COLUMNS]


POPULATION_KIND = Kind("population", "population", "人口", "population", COLUMNS, ("area",), _read, _write)
