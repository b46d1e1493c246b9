"""Two at a time: publishers, importers, and a case that holds on to its generation."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from boundaries.errors import GenerationError
from boundaries.store import repository
from boundaries.store.engine import Engines, make_engines
from boundaries.store.publish import publish

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


def test_importers_get_numbers_of_their_own(city: Engines, add: Add) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda _: add(), range(4)))
    assert sorted(numbers) == [1, 2, 3, 4]
    with city.read.connect() as connection:
        versions = [area.version_id for number in numbers for area in repository.members(connection, number)]
    assert len(set(versions)) == 4 * 12


def test_a_locked_current_number_holds_publishers_back(database_url: str, city: Engines, add: Add, noon: dt.datetime) -> None:
    first = add()
    impatient = make_engines(database_url)
    waits = "SET lock_timeout = '100ms'" if city.write.dialect.name == "postgresql" else "PRAGMA busy_timeout=100"

    def publishes() -> None:
        with impatient.write.begin() as connection:
            publish(connection, number=first, actor="tester", at=noon)

    raw = impatient.write.raw_connection()
    raw.cursor().execute(waits)
    raw.commit()
    with city.write.begin() as holder:
        assert repository.current_number(holder, lock=True) is None
        with pytest.raises((DBAPIError, BaseException), match="(?i)lock|busy|writing"):
            publishes()
        assert repository.current_number(holder, lock=True) is None
    raw.close()
    impatient.dispose()
    with city.write.begin() as connection:
        assert publish(connection, number=first, actor="tester", at=noon).number == first
        assert connection.execute(text("SELECT number FROM current_generation")).scalar() == first
