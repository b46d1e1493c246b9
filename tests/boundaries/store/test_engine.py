"""Engines: durable writes, writers that queue, readers that never wait, and addresses that cannot be used."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from boundaries.errors import StoreError
from boundaries.store.engine import Engines, database_url, make_engine


def run(engine: Engine, statement: str) -> object:
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return result.scalar() if result.returns_rows else None


def test_sqlite_is_durable_and_keeps_foreign_keys(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/deep/folder/city.db")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA recursive_triggers")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000
    engine.dispose()


def test_a_reader_sees_the_last_commit_while_a_writer_writes(engines: Engines) -> None:
    run(engines.write, "CREATE TABLE note (words VARCHAR)")
    run(engines.write, "INSERT INTO note VALUES ('before')")
    with engines.write.begin() as writer:
        writer.execute(text("UPDATE note SET words = 'after'"))
        with engines.read.connect() as reader:
            assert reader.execute(text("SELECT words FROM note")).scalar() == "before"
    with engines.read.connect() as reader:
        assert reader.execute(text("SELECT words FROM note")).scalar() == "after"


def test_a_failed_transaction_leaves_nothing(engines: Engines) -> None:
    run(engines.write, "CREATE TABLE note (words VARCHAR)")

    def half() -> None:
        with engines.write.begin() as writer:
            writer.execute(text("INSERT INTO note VALUES ('half')"))
            writer.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(DBAPIError):
        half()
    assert run(engines.write, "SELECT count(*) FROM note") == 0


def test_sqlite_writers_take_the_lock_at_the_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/city.db"
    first, second = make_engine(url), make_engine(url)
    run(first, "CREATE TABLE note (words VARCHAR)")
    impatient = second.raw_connection()
    impatient.cursor().execute("PRAGMA busy_timeout=0")
    impatient.close()
    with first.begin():
        with pytest.raises(DBAPIError, match="locked"), second.begin():
            pass
        with second.connect().execution_options(sqlite_begin="DEFERRED") as reader:
            assert reader.execute(text("SELECT count(*) FROM note")).scalar() == 0
    first.dispose()
    second.dispose()


def test_a_read_only_engine_refuses_to_write(database_url: str, engines: Engines) -> None:
    reading = make_engine(database_url, read_only=True)
    with pytest.raises(DBAPIError), reading.begin() as connection:
        connection.execute(text("INSERT INTO current_generation (id) VALUES (1)"))
    reading.dispose()


def test_like_minds_case_on_both(engines: Engines) -> None:
    with engines.read.connect() as connection:
        matched = connection.execute(text("SELECT CASE WHEN 'Abc' LIKE 'abc' THEN 1 ELSE 0 END")).scalar()
    assert matched == 0


@pytest.mark.parametrize("address", ["mysql://u:secret@host/db", "nonsense://x", "sqlite://", "sqlite:///:memory:", "://", ""])
def test_an_unusable_address_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(StoreError) as refused:
        make_engine(address)
    assert refused.value.code == "url_unusable"
    assert "secret" not in refused.value.text("en") + refused.value.text("zh-CN")


def test_a_file_name_is_a_sqlite_file_and_postgres_means_psycopg() -> None:
    assert database_url("city.db").render_as_string() == "sqlite:///city.db"
    assert database_url("postgresql://u@host/name").drivername == "postgresql+psycopg"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as refused:
        make_engine(f"sqlite:///{tmp_path}/file/city.db")
    assert refused.value.code == "folder_not_made"
