"""The SQL of the measures against their definition: random cases, counted both ways, and by every grouping, on both databases."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, replace
from random import Random

import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from geo_service.cases.measures import BITS, MEASURES, Sql, mask
from geo_service.cases.model import Case, Routing
from geo_service.cases.rates import counted, person_of, repeats
from geo_service.cases.repository import area_rows, of_row
from geo_service.cases.tables import case_area, case_record
from geo_service.db import Database
from geo_service.flows.evaluation.asking import asked
from geo_service.flows.evaluation.lists import UNASSIGNED, WHOLE, cases_behind
from geo_service.flows.evaluation.service import evaluate
from geo_service.published import Published, load_published
from geo_service.scope import EVERYTHING
from tests import city
from tests.geo_service.cases.stored import routing, stored, wandered
from tests.geo_service.cases.ways import START

PLACES = (  # each with its areas finest first, as intake records them
    (50, 50, {"micro_grid": f"{city.A1}01", "grid": city.A1, "community": city.A}),
    (150, 50, {"micro_grid": f"{city.A1}03", "grid": city.A1, "community": city.A}),  # shares the face of ...02
    (250, 50, {"micro_grid": f"{city.B1}01", "grid": city.B1, "community": city.B}),
    (400, 100, {"community": city.V}),
    (None, None, {"grid": city.A2, "community": city.A}),
    (5000, 5000, {}),
    (None, None, {}),
)
ABOVE = {"street": city.STREET, "district": "149901", "city": "149900"}


def somewhere(chance: Random) -> Routing:
    x, y, areas = chance.choice(PLACES)
    lon, lat = (None, None) if x is None or y is None else city.lonlat(x, y)
    return routing({**areas, **(ABOVE if areas else {})}, lon=lon, lat=lat, person_id=chance.choice([None, 1, 2]))


def random_cases(seed: int, number: int) -> tuple[list[Case], dt.datetime]:
    chance = Random(seed)
    made, latest = [], START
    for case_id in sorted(chance.sample(range(1, 1000), number)):
        state, at = wandered(chance, steps=14)
        made.append(replace(stored(state, case_id, somewhere(chance)), answered_by=(None, 2, 3)[case_id % 3]))
        latest = max(latest, at)
    return made, latest + dt.timedelta(days=chance.choice([0, 3, 40]))


def store(connection: Connection, cases: Iterable[Case]) -> None:
    for table in (case_area, case_record):
        connection.execute(sa.delete(table))
    for case in cases:
        values = {**asdict(case), **asdict(case.routing), "cohandlers": list(case.cohandlers)}
        values.pop("routing")
        connection.execute(sa.insert(case_record).values(values))
        rows = area_rows(case.case_id, case.routing.areas, case.routing.area_code, case.routing.area_level)
        if rows:
            connection.execute(sa.insert(case_area), rows)


def test_sql_counts_what_the_definition_counts(founded: Database) -> None:
    seen: dict[str, set[bool]] = {name: set() for name in MEASURES}
    with founded.reading() as connection:
        published = load_published(connection, 1, index_dir=None)

    @settings(max_examples=5, phases=[Phase.generate])  # a smaller seed is no simpler example
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        cases, now = random_cases(seed, 30)
        with founded.writing() as connection:
            store(connection, cases)
            rows = connection.execute(sa.select(case_record).order_by(case_record.c.case_id)).all()
            assert [of_row(row) for row in rows] == cases
            defined = counted(cases, at=now, repeated=repeats(cases))
            masks = {row[0]: row[1] for row in connection.execute(sa.select(case_record.c.case_id, mask(Sql(now))))}
            for name, made in MEASURES.items():
                found = connection.execute(sa.select(case_record.c.case_id).where(made(Sql(now))).order_by(case_record.c.case_id))
                assert list(found.scalars()) == defined[name], name
                assert [one for one, bits in sorted(masks.items()) if bits >> BITS[name] & 1] == defined[name], name
                seen[name] |= {case.case_id in defined[name] for case in cases}
            groups_add_up(connection, published, cases, now, {name: set(ids) for name, ids in defined.items()})

    holds()
    assert {name: both for name, both in seen.items() if len(both) == 1} == {"received": {True}}, "the examples show each measure both ways"


def groups_add_up(connection: Connection, published: Published, cases: list[Case], now: dt.datetime, defined: dict[str, set[int]]) -> None:
    """Every grouping counts each case once, under the key the case itself names; the lists behind are those very cases."""
    start, end = min(case.received_at for case in cases), max(case.received_at for case in cases) + dt.timedelta(microseconds=1)
    for level in ("grid", "community", "city", "agency", "worker"):
        wanted = asked(connection, published, level=level, by=None, start=start, end=end, now=now, scope=EVERYTHING)
        found = evaluate(connection, wanted)
        expected: dict[str, set[int]] = {}
        for case in cases:
            expected.setdefault(key_of(case, level), set()).add(case.case_id)
        lines = {line.key: line for line in (*found.lines, *([found.unassigned] if found.unassigned else []))}
        for name, ids in defined.items():
            for key in {*expected, *lines}:
                assert lines[key].counts[name] == len(ids & expected.get(key, set())), (level, key, name)
            assert found.whole.counts[name] == len(ids)
        for key in {*sorted(expected)[:2], UNASSIGNED, WHOLE}:
            behind = cases_behind(connection, wanted, key=key, measure="overdue", before=None, limit=500)
            mine = defined["overdue"] & (expected.get(key, set()) if key != WHOLE else {case.case_id for case in cases})
            assert {item["case_id"] for item in behind.items} == mine
            assert behind.total == len(mine)


def key_of(case: Case, level: str) -> str:
    if level == "agency":
        owner = case.owner or ""
        return owner.removeprefix("agency:") if owner.startswith("agency:") else UNASSIGNED
    if level == "worker":
        return str(person_of(case) or UNASSIGNED)
    return case.routing.areas.get(level, UNASSIGNED)


def test_cases_are_placed_anew_by_the_borders_of_a_generation(founded: Database) -> None:
    """Generation 2 gives the cell of A1-01 to A2: points follow the border, records follow their codes, history stays."""
    frame = city.areas()
    frame.loc[frame["code"] == f"{city.A1}01", "parent_code"] = city.A2
    frame = frame[frame["code"] != city.V].reset_index(drop=True)
    with founded.writing() as connection:
        assert city.put_in_force(connection, frame, at=city.FOUNDED_AT + dt.timedelta(days=1), parent=1) == 2
        old, new = (load_published(connection, number, index_dir=None) for number in (1, 2))
        every = [
            stored(wandered(Random(number), steps=0)[0], number, routing({**areas, **(ABOVE if areas else {})}, **at(x, y)))
            for number, (x, y, areas) in enumerate(PLACES, start=1)
        ]
        store(connection, every)
        start, end = START - dt.timedelta(days=1), START + dt.timedelta(days=60)
        grids = {}
        for name, published, relocated in (("recorded", new, False), ("old", old, True), ("new", new, True)):
            wanted = asked(
                connection, published, level="grid", by="area", start=start, end=end, now=end, scope=EVERYTHING, relocated=relocated
            )
            found = evaluate(connection, wanted)
            grids[name] = {line.key: line.received for line in found.lines} | {"-": found.unassigned.received if found.unassigned else 0}
            assert found.whole.received == len(PLACES)
            for key, number in grids[name].items():
                assert cases_behind(connection, wanted, key=key, measure="received", before=None, limit=50).total == number
            if relocated:
                assert found.how is not None
                placed = (found.how.by_point, found.how.by_record, found.how.unplaced)
                assert placed == ((4, 1, 2) if name == "old" else (3, 1, 3))
        assert grids["recorded"] == grids["old"] == {city.A1: 2, city.A2: 1, city.B1: 1, "-": 3}
        assert grids["new"] == {city.A1: 1, city.A2: 2, city.B1: 1, "-": 3}
        wanted = asked(connection, new, level="micro_grid", by="area", start=start, end=end, now=end, scope=EVERYTHING, relocated=True)
        assert {line.key: line.received for line in evaluate(connection, wanted).lines}[f"{city.A1}03"] == 1  # the sharer it recorded
        within = asked(
            connection, new, level="grid", by="area", start=start, end=end, now=end, scope=EVERYTHING, area=city.A2, relocated=True
        )
        found = evaluate(connection, within)
        assert [(line.key, line.received) for line in found.lines] == [(city.A2, 2)]
        assert found.whole.received == 2
        assert [of_row(row) for row in connection.execute(sa.select(case_record).order_by(case_record.c.case_id))] == every


def at(x: float | None, y: float | None) -> dict[str, float]:
    if x is None or y is None:
        return {}
    lon, lat = city.lonlat(x, y)
    return {"lon": lon, "lat": lat}
