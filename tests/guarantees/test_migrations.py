"""The migrations lead to the tables that the code declares, on both databases."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from boundaries.store.engine import make_engine
from geo_service.migrations import runner


def differences(url: str) -> str:
    """What a new migration would have to do for the database to be what the code declares; empty when there is nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    engine = config.attributes["engine"] = make_engine(url)
    try:
        command.check(config)
    except CommandError as error:
        return str(error)
    finally:
        engine.dispose()
    return ""


def test_migrated_databases_have_the_declared_tables(database_url: str) -> None:
    runner.migrate(database_url)
    assert differences(database_url) == ""


@pytest.mark.parametrize(
    "statement", ["ALTER TABLE area ADD COLUMN colour TEXT", "DROP TABLE tracking_day", "CREATE TABLE colour (name TEXT)"]
)
def test_the_rule_can_fail(database_url: str, statement: str) -> None:
    runner.migrate(database_url)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert "upgrade operations" in differences(database_url)
