"""Two at a time: publishers, importers, and a case that holds on to its generation."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, text

from boundaries.errors import GenerationError, StoreError
from boundaries.store import repository
from boundaries.store.engine import Engines, make_engine, make_engines
from boundaries.store.publish import publish
from boundaries.store.refusals import store_errors

Add = Callable[..., int]


def test_of_two_publishers_one_wins(database_url: str, city: Engines, add: Add, noon: dt.datetime) -> None:
    rivals = [add(), add()]
    ready = threading.Barrier(2)

    def publishes(number: int) -> str:
        own = make_engines(database_url)
        try:
            ready.wait(10)
            with own.write.begin() as connection:
                publish(connection, number=number, actor="rival", at=noon)
            return "published"
        except GenerationError as refused:
            return refused.code
        finally:
            own.dispose()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(publishes, rivals))
    assert sorted(answers) == ["base_superseded", "published"]
    with city.read.connect() as connection:
        assert repository.current_number(connection) == rivals[answers.index("published")]


def test_a_second_publisher_waits_for_the_first_and_is_then_too_late(database_url: str, city: Engines, add: Add, noon: dt.datetime) -> None:
    first, rival = add(), add()
    own = make_engines(database_url)

    def publishes() -> int:
        with own.write.begin() as connection:
            return publish(connection, number=rival, actor="rival", at=noon).number

    with ThreadPoolExecutor(1) as pool:
        with city.write.begin() as connection:
            publish(connection, number=first, actor="tester", at=noon)
            late = pool.submit(publishes)
            with pytest.raises(TimeoutError):
                late.result(0.5)
        with pytest.raises(GenerationError) as refused:
            late.result(10)
    own.dispose()
    assert refused.value.code == "base_superseded"


def test_importers_get_numbers_of_their_own(city: Engines, add: Add) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda _: add(), range(4)))
    assert sorted(numbers) == [1, 2, 3, 4]
    with city.read.connect() as connection:
        versions = [area.version_id for number in numbers for area in repository.members(connection, number)]
    assert len(set(versions)) == 4 * 12


def test_a_locked_current_number_holds_publishers_back(database_url: str, city: Engines, add: Add, noon: dt.datetime) -> None:
    first = add()
    impatient = make_engine(database_url)
    postgresql = impatient.dialect.name == "postgresql"

    @event.listens_for(impatient, "connect")
    def hardly_waits(connection: Any, _entry: object) -> None:
        connection.cursor().execute("SET lock_timeout = '100ms'" if postgresql else "PRAGMA busy_timeout=100")
        if postgresql:
            connection.commit()

    def publishes() -> None:
        with store_errors(), impatient.begin() as connection:
            publish(connection, number=first, actor="tester", at=noon)

    with city.write.begin() as holder:
        assert repository.current_number(holder, lock=True) is None
        with pytest.raises(StoreError) as refused:
            publishes()
        assert refused.value.code == "store_busy"
        assert repository.current_number(holder, lock=True) is None
    impatient.dispose()
    with city.write.begin() as connection:
        assert publish(connection, number=first, actor="tester", at=noon).number == first
        assert connection.execute(text("SELECT number FROM current_generation")).scalar() == first
