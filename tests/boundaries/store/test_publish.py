"""Publishing: one generation is in force, time moves forward, and what is not proven stays out."""

import datetime as dt
from collections.abc import Callable

import geopandas
import pytest
from sqlalchemy import select

from boundaries.errors import GenerationError, StoreError
from boundaries.model import Defect, Generation
from boundaries.store import repository, tables
from boundaries.store.engine import Engines

Frame = geopandas.GeoDataFrame
Add = Callable[..., int]
Publish = Callable[..., None]
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


def read(engines: Engines, number: int) -> Generation:
    with engines.read.connect() as connection:
        return repository.generation(connection, number)


def current(engines: Engines) -> int | None:
    with engines.read.connect() as connection:
        return repository.current_number(connection)


def at(engines: Engines, moment: dt.datetime) -> int:
    with engines.read.connect() as connection:
        return repository.generation_at(connection, moment).number


def test_the_first_and_the_next(city: Engines, add: Add, publish_one: Publish, noon: dt.datetime) -> None:
    assert current(city) is None
    first = add()
    assert current(city) is None  # added is not published
    publish_one(first, noon)
    second = add(parent=first)
    publish_one(second, noon + HOUR)
    assert current(city) == second
    before, after = read(city, first), read(city, second)
    assert (before.status, before.effective_from, before.effective_until) == ("published", noon, noon + HOUR)
    assert (after.status, after.effective_from, after.effective_until) == ("published", noon + HOUR, None)


def test_every_instant_has_one_generation(city: Engines, add: Add, publish_one: Publish, noon: dt.datetime) -> None:
    first = add()
    publish_one(first, noon)
    second = add(parent=first)
    publish_one(second, noon + HOUR)
    assert at(city, noon) == first
    assert at(city, noon + HOUR - dt.timedelta(microseconds=1)) == first
    assert at(city, noon + HOUR) == second  # half open
    assert at(city, noon + 1000 * HOUR) == second
    shanghai = dt.timezone(dt.timedelta(hours=8))
    assert at(city, (noon + HOUR - SECOND).astimezone(shanghai)) == first
    with pytest.raises(GenerationError) as refused:
        at(city, noon - SECOND)
    assert refused.value.code == "generation_none_at"
    with pytest.raises(StoreError):
        at(city, noon.replace(tzinfo=None))


def test_time_never_runs_backwards(city: Engines, add: Add, publish_one: Publish, noon: dt.datetime) -> None:
    first = add()
    publish_one(first, noon)
    second = add(parent=first)
    publish_one(second, noon - HOUR)  # a clock that stands behind
    after = read(city, second)
    assert after.effective_from == noon + dt.timedelta(microseconds=1)
    assert after.published_at == noon - HOUR
    assert read(city, first).effective_until == after.effective_from


def refusal(engines: Engines, publish_one: Publish, number: int) -> str:
    before = current(engines)
    with pytest.raises(GenerationError) as refused:
        publish_one(number)
    assert current(engines) == before
    assert refused.value.text("zh") != refused.value.text("en")
    return refused.value.code


def test_what_may_not_be_published(city: Engines, add: Add, publish_one: Publish) -> None:
    assert refusal(city, publish_one, 99) == "generation_unknown"
    first, rival = add(), add()
    publish_one(first)
    assert refusal(city, publish_one, first) == "generation_in_force"
    assert refusal(city, publish_one, rival) == "base_superseded"
    second, late = add(parent=first), add(parent=first)
    publish_one(second)
    assert refusal(city, publish_one, late) == "base_superseded"
    assert refusal(city, publish_one, first) == "generation_was_published"


def test_errors_bar_publishing_and_warnings_do_not(city: Engines, add: Add, publish_one: Publish) -> None:
    warned = Defect("multipart", "warning", ("G1",), None, "in pieces", "多块")
    broken = Defect("overlap", "error", ("G1", "G2"), None, "overlap", "重叠")
    assert refusal(city, publish_one, add(defects=[warned, broken])) == "generation_has_errors"
    publish_one(add(defects=[warned]))
    assert current(city) == 2


def test_without_proof_nothing_is_published(city: Engines, add: Add, publish_one: Publish, tiny_frame: Frame) -> None:
    good = add()
    proof = read(city, good).proof
    tiny_frame.loc[6, "parent_code"] = "140303001"
    for other in ({}, {**proof, "coverage_lonlat": False}, {**proof, "coverage_metric": 1}, {**proof, "content_hash": "x"}):
        assert refusal(city, publish_one, add(proof=other)) == "proof_missing"
    assert refusal(city, publish_one, add(tiny_frame, proof=proof)) == "proof_missing"  # the proof of other areas
    publish_one(good)


def test_areas_that_left_are_marked_and_unmarked_when_back(city: Engines, add: Add, publish_one: Publish, tiny_frame: Frame) -> None:
    def retired() -> dict[int, int]:
        area = tables.area.c
        with city.read.connect() as connection:
            rows = connection.execute(select(area.area_id, area.retired_generation).where(area.retired_generation.is_not(None)))
            return {row.area_id: row.retired_generation for row in rows}

    def area_id(number: int, code: str) -> int:
        with city.read.connect() as connection:
            return {area.code: area.area_id for area in repository.members(connection, number)}[code]

    first = add()
    publish_one(first)
    second = add(tiny_frame[tiny_frame["code"] != "K1"].reset_index(drop=True), parent=first)
    assert retired() == {}
    publish_one(second)
    assert retired() == {area_id(first, "K1"): second}


def test_who_published_is_kept(city: Engines, add: Add, publish_one: Publish) -> None:
    publish_one(add())
    with city.read.connect() as connection:
        assert connection.execute(select(tables.generation.c.published_by)).scalar() == "tester"
