"""Engines for the two databases, set up so that a write is durable, writers queue, and readers never wait for them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from boundaries.errors import StoreError

__all__ = ["BUSY_TIMEOUT_MS", "Engines", "database_url", "make_engine", "make_engines"]

BUSY_TIMEOUT_MS: Final = 10_000

_PRAGMAS: Final = (
    f"busy_timeout={BUSY_TIMEOUT_MS}",  # first: the next one may have to wait
    "journal_mode=WAL",
    "synchronous=FULL",  # an acknowledged report survives a power cut
    "foreign_keys=ON",
    "recursive_triggers=ON",  # else INSERT OR REPLACE deletes a row without its delete trigger
    "secure_delete=ON",  # what was deleted is overwritten: a phone that was forgotten is nowhere in the file
    "case_sensitive_like=ON",  # as PostgreSQL does
)


@dataclass(frozen=True, slots=True)
class Engines:
    """One database, twice: `write` for what changes it, `read` for what does not.

    SQLite: one writing connection, so writers queue fairly in this process, and a pool of readers that never take the write lock.
    PostgreSQL: the same engine twice.
    """

    write: Engine
    read: Engine

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.write.dispose()
        self.read.dispose()


def make_engines(url: str | URL, *, pool_size: int = 5) -> Engines:
    """Both engines of a database. pool_size: connections kept (SQLite: readers). Errors as `make_engine`."""
    write = make_engine(url, pool_size=pool_size)
    if write.dialect.name == "postgresql":
        return Engines(write=write, read=write)
    return Engines(write=write, read=make_engine(url, read_only=True, pool_size=pool_size))


def make_engine(url: str | URL, *, read_only: bool = False, pool_size: int = 5) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://...` (psycopg); nothing is connected yet.

    SQLite: a transaction starts with BEGIN IMMEDIATE, so writers queue at its start and never fail half way; with
    `execution_options(sqlite_begin="DEFERRED")`, or read_only, it starts as a reader. read_only also refuses every write. The folder
    of the file is made. PostgreSQL: the session's zone is UTC, a dropped connection is replaced; read_only makes its transactions so.
    Raises StoreError `url_unusable` for other databases and for SQLite in memory, `folder_not_made` when that fails.
    """
    address = database_url(url)
    if address.get_backend_name() == "postgresql":
        read_only_option = " -c default_transaction_read_only=on" if read_only else ""
        return create_engine(
            address,
            pool_pre_ping=True,
            pool_size=pool_size,
            connect_args={"options": f"-c timezone=UTC{read_only_option}", "connect_timeout": 10},
        )
    _make_folder(Path(address.database or ""))
    engine = create_engine(
        address,
        pool_size=pool_size if read_only else 1,
        max_overflow=0,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    _prepare_sqlite(engine, read_only=read_only)
    return engine


def database_url(url: str | URL) -> URL:
    """The address with the driver this program uses. A plain file name (`city.db`) is a SQLite file. Errors as `make_engine`."""
    if isinstance(url, str) and "://" not in url:
        url = URL.create("sqlite", database=url)
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise _unusable("it cannot be read", "无法识别") from None
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise _unusable(f"{backend} is not supported", f"不支持 {backend}")
    if not address.database or address.database == ":memory:" or "mode=memory" in address.database:
        raise _unusable("SQLite needs a file name", "SQLite 需要文件名")
    return address


def _unusable(reason: str, reason_zh: str) -> StoreError:
    # The address itself is not repeated: it may hold a password.
    return StoreError(
        "url_unusable",
        en="The database address cannot be used: {reason}. Say sqlite:///city.db or postgresql://user@host/name.",
        zh="数据库地址不可用:{reason_zh}。请使用 sqlite:///city.db 或 postgresql://user@host/name。",
        reason=reason,
        reason_zh=reason_zh,
    )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "folder_not_made",
            en="The folder of {file} cannot be made: {reason}.",
            zh="无法创建 {file} 所在的文件夹:{reason}。",
            file=str(path),
            reason=error.strerror or str(error),
        ) from error


def _prepare_sqlite(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the module must not begin for us: see below
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options: dict[str, Any] = dict(connection.get_execution_options())
        mode = options.get("sqlite_begin", "DEFERRED" if read_only else "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")
