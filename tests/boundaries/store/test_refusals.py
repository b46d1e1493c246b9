"""What a database says, in words with a cure."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from boundaries.errors import StoreError
from boundaries.store.engine import Engines, make_engine
from boundaries.store.refusals import store_error, store_errors


@store_errors()
def run(engines: Engines, *statements: str) -> None:
    with engines.write.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_missing_table_names_the_cure(engines: Engines) -> None:
    with pytest.raises(StoreError, match="citygrid db migrate") as refused:
        run(engines, "SELECT 1 FROM nowhere")
    assert refused.value.code == "store_not_prepared"


def test_writing_where_one_may_only_read_is_refused(database_url: str, engines: Engines) -> None:
    reading = make_engine(database_url, read_only=True)
    with pytest.raises(StoreError) as refused:
        run(Engines(write=reading, read=reading), "INSERT INTO current_generation (id) VALUES (1)")
    assert refused.value.code == "store_read_only"
    reading.dispose()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/city.db")
    full = Engines(write=engine, read=engine)
    run(full, "CREATE TABLE note (words VARCHAR)")
    with pytest.raises(StoreError) as refused:
        run(full, "PRAGMA max_page_count=10", "INSERT INTO note VALUES ('kept?')", "INSERT INTO note SELECT hex(randomblob(100000))")
    assert refused.value.code == "store_full"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0
    engine.dispose()


def test_our_own_mistakes_are_not_dressed_up(engines: Engines) -> None:
    with pytest.raises(SQLAlchemyError) as raised:
        run(engines, "SELEC 1")
    assert not isinstance(raised.value, StoreError)
    assert isinstance(raised.value, ProgrammingError) or "syntax" in str(raised.value)


@pytest.mark.parametrize(
    "code", ["store_not_prepared", "store_busy", "store_full", "store_read_only", "not_a_database", "store_unreachable"]
)
def test_every_refusal_speaks_two_languages(code: str) -> None:
    error = store_error(code)
    assert error.text("en") != error.text("zh-CN")
    assert not error.text("zh-CN").isascii()
