"""The log: one order, an unbroken chain, and a database that refuses to bend it."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from geo_service import event_log
from geo_service.db import Database
from geo_service.event_log import NewEvent
from geo_service.migrations import migrate

AT = dt.datetime(2026, 11, 24, 2, 30, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    migrate(database_url)
    opened = Database(database_url)
    yield opened
    opened.close()


def some(count: int, case_id: int = 1) -> list[NewEvent]:
    return [NewEvent("received", case_id, "王一", AT + dt.timedelta(seconds=n), {"n": n, "文": "字", "x": 0.1}) for n in range(count)]


def test_events_come_back_as_they_went_in_and_the_chain_is_whole(database: Database) -> None:
    with database.writing() as connection:
        assert event_log.append(connection, some(3)) == 3
        assert event_log.append(connection, some(2, case_id=2)) == 5
    with database.reading() as connection:
        read = event_log.after(connection, 0)
        assert [e.position for e in read] == [1, 2, 3, 4, 5]
        assert read[0].at == AT
        assert read[0].data == {"n": 0, "文": "字", "x": 0.1}
        assert [e.position for e in event_log.of_case(connection, 2)] == [4, 5]
        assert [e.position for e in event_log.after(connection, 3)] == [4, 5]
        assert event_log.first_break(connection) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'nobody' WHERE position = 2",
        "DELETE FROM event WHERE position = 2",
        "INSERT OR REPLACE INTO event (position, at, kind, actor, data, hash) VALUES (2, '2026-01-01', 'x', 'x', '{}', 'x')",
    ],
)
def test_the_database_refuses_to_change_the_past(database: Database, statement: str) -> None:
    if "REPLACE" in statement and database.dialect == "postgresql":
        statement = "TRUNCATE event"
    with database.writing() as connection:
        event_log.append(connection, some(3))
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.execute(sa.text(statement))
    with database.reading() as connection:
        assert event_log.first_break(connection) is None


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE event SET actor = 'nobody' WHERE position = 2", 2),
        ("DELETE FROM event WHERE position = 3", 3),
        ("DELETE FROM event WHERE position > 3", 4),
        ("UPDATE event_head SET hash = 'x'", 6),
    ],
)
def test_a_bent_chain_is_found_at_its_place(database: Database, statement: str, place: int) -> None:
    with database.writing() as connection:
        event_log.append(connection, some(5))
    with database.writing() as connection:  # as somebody would who owns the database
        if database.dialect == "postgresql":
            connection.execute(sa.text("ALTER TABLE event DISABLE TRIGGER USER"))
        else:
            connection.execute(sa.text("DROP TRIGGER event_no_update"))
            connection.execute(sa.text("DROP TRIGGER event_no_delete"))
        connection.execute(sa.text(statement))
    with database.reading() as connection:
        assert event_log.first_break(connection) == place


def test_a_reader_that_resumes_misses_nothing_while_four_write(database: Database) -> None:
    done = threading.Event()

    def write(worker: int) -> None:
        for _ in range(25):
            with database.writing() as connection:
                event_log.append(connection, some(2, case_id=worker))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(1, 5)]
    seen: list[int] = []

    def read() -> None:
        while True:
            last_round = done.is_set()
            with database.reading() as connection:
                seen.extend(e.position for e in event_log.after(connection, seen[-1] if seen else 0))
            if last_round:
                return

    reader = threading.Thread(target=read)
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert seen == list(range(1, 201))


def test_nothing_is_logged_when_the_transaction_fails(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as connection:
            event_log.append(connection, some(1))
            raise RuntimeError("after the append")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.reading() as connection:
        assert event_log.after(connection, 0) == []
