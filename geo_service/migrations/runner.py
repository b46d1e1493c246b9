"""Bringing a database to this program's schema, and refusing one that is newer."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import boundaries.store.tables as boundary_tables
import geo_service.accounts.tables
import geo_service.backlog.tables
import geo_service.cases.consulting.tables
import geo_service.cases.tables
import geo_service.desk.tables
import geo_service.facilities.tables
import geo_service.geocoding.tables
import geo_service.notify.tables
import geo_service.workers.tables  # tables register themselves in db.metadata
from boundaries.store.draft_tables import draft, draft_operation, lineage, lock
from boundaries.store.engine import database_url, make_engine
from boundaries.store.refusals import store_errors
from geo_service import db, event_log, idempotency
from geo_service.cases import row_security
from geo_service.errors import SetupError

LOCK_KEY = 0x6369_7467  # any constant of ours: PostgreSQL's advisory lock for building and migrating


EDITING = (draft, draft_operation, lineage, lock)
"""Tables that join the library's metadata when they are imported."""


def target_metadata() -> list[sa.MetaData]:
    """All tables of both packages."""
    return [boundary_tables.metadata, event_log.metadata, idempotency.metadata, db.metadata]


def ensure_objects(connection: Connection) -> None:
    """Triggers and spatial indexes that table definitions cannot say. Idempotent."""
    boundary_tables.ensure_objects(connection)
    event_log.ensure_objects(connection)
    row_security.ensure_objects(connection)
    geo_service.workers.tables.ensure_objects(connection)


def migrate(url: str, *, locked: bool = False) -> str:
    """Brings the database to this program's schema and returns the revision. locked: the caller holds `database_lock` already.

    SetupError when the database is newer than this program, or another process builds or migrates it now.
    """
    with nullcontext() if locked else database_lock(url), store_errors():
        engine = make_engine(url)
        try:
            _refuse_newer(_revision(engine))
            config = _config()
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
            return _revision(engine) or ""
        finally:
            engine.dispose()


def check_version(url: str) -> None:
    """Passes when the database has this program's schema. SetupError names the cure when it is missing, older or newer."""
    address = database_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        raise SetupError(
            "no_database",
            en="there is no database at {file}: run citygrid init, or make demo for a demonstration",
            zh="{file} 处没有数据库：请运行 citygrid init，或用 make demo 建立演示城市",
            file=str(address.database),
        )
    engine = make_engine(url)
    try:
        with store_errors():
            found = _revision(engine)
    finally:
        engine.dispose()
    _refuse_newer(found)
    if found != _head():
        raise SetupError(
            "database_older",
            en="the database is older than this program: run citygrid db migrate",
            zh="数据库版本低于本程序：请运行 citygrid db migrate",
        )


def holds_city(url: str) -> bool:
    """Whether a city was founded in this database; False also where there is no database yet."""
    address = database_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return False
    engine = make_engine(url)
    try:
        with store_errors(), engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            if not sa.inspect(connection).has_table(boundary_tables.city.name):
                return False
            return connection.execute(sa.select(boundary_tables.city.c.id)).first() is not None
    finally:
        engine.dispose()


def _refuse_newer(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SetupError(
            "database_newer",
            en="the database was made by a newer program (schema {found}): update citygrid",
            zh="数据库由更新版本的程序建立（结构版本 {found}）：请升级 citygrid",
            found=found,
        )


def _revision(engine: Engine) -> str | None:
    with engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


@contextmanager
def database_lock(url: str) -> Iterator[None]:
    """Held while a database is built or migrated; a second holder is refused with SetupError, a running service is not.

    SQLite: a lock on a file beside the database, which the system drops when the process dies. PostgreSQL: an advisory lock.
    """
    address = database_url(url)
    busy = SetupError(
        "database_locked", en="another process is building or migrating this database now", zh="另一进程正在建立或迁移此数据库"
    )
    if address.get_backend_name() == "postgresql":
        engine = make_engine(url)
        try:
            with store_errors(), engine.connect() as connection:
                if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(LOCK_KEY))).scalar_one():
                    raise busy
                yield
        finally:
            engine.dispose()
        return
    beside = Path(f"{address.database}.lock")
    beside.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise busy from None
        yield
