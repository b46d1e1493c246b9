"""One history for both databases: it makes the tables the code declares, can be run again, and refuses what is newer."""

import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from boundaries.store.columns import BigKey, Geom, Json, UtcDateTime
from boundaries.store.engine import make_engine
from geo_service.errors import SetupError
from geo_service.migrations import check_version, database_lock, migrate, target_metadata


def test_migrating_makes_the_declared_tables_and_running_it_again_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == migrate(database_url)
    check_version(database_url)
    engine = make_engine(database_url)
    own = (BigKey, Geom, Json, UtcDateTime)
    options = {
        "compare_type": lambda _c, _i, _m, _t, declared: False if isinstance(declared, own) else None,
        "include_object": lambda _o, name, kind, reflected, other: (
            not (kind == "table" and reflected and other is None and name == "spatial_ref_sys")
            and not (kind == "index" and str(name).endswith("_gist"))
        ),
    }
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), target_metadata())
    engine.dispose()
    assert differences == []


def test_the_triggers_are_there_after_migrating(database_url: str) -> None:
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = set(connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
            wanted = {f"{table}_no_{verb}" for table in ("event", "area_version", "generation_member") for verb in ("update", "delete")}
        else:
            found = set(connection.execute(sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars())
            tables = ("event", "area_version", "generation_member")
            wanted = {f"{table}_append_only_{kind}" for table in tables for kind in ("row", "truncate")}
    engine.dispose()
    assert wanted <= found


def test_a_newer_database_is_refused(database_url: str) -> None:
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for refused in (migrate, check_version):
        with pytest.raises(SetupError) as error:
            refused(database_url)
        assert error.value.code == "database_newer"


def test_a_missing_and_an_older_database_name_their_cure(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as error:
        check_version(f"sqlite:///{tmp_path / 'none.db'}")
    assert error.value.code == "no_database"
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    with pytest.raises(SetupError) as error:
        check_version(f"sqlite:///{tmp_path / 'empty.db'}")
    assert error.value.code == "database_older"
    assert "citygrid db migrate" in error.value.text("en")


def hold(url: str, held: "multiprocessing.synchronize.Event", free: "multiprocessing.synchronize.Event") -> None:
    with database_lock(url):
        held.set()
        free.wait(30)


def test_a_second_migration_of_the_same_database_is_refused_and_a_killed_one_is_forgotten(database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    held, free = context.Event(), context.Event()
    other = context.Process(target=hold, args=(database_url, held, free))
    other.start()
    assert held.wait(30)
    with pytest.raises(SetupError) as error:
        migrate(database_url)
    assert error.value.code == "database_locked"
    other.kill()
    other.join()
    for _ in range(100):  # PostgreSQL notices a dead client after a moment
        try:
            migrate(database_url)
            break
        except SetupError:
            free.wait(0.1)
    check_version(database_url)
