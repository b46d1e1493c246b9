"""The database of the service: connections, and the only place that commits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.engine import Engines, make_engines
from boundaries.store.refusals import store_errors
from boundaries.store.tables import NAMING_CONVENTION

metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)

GIVE_WAY_S = 0.002


class Database:
    """A city's database. Hand it a URL; take connections from `reading()` and `writing()`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.after_commit: list[Callable[[], None]] = []
        self.engines: Engines = make_engines(url)
        if self.dialect == "postgresql":
            for engine in {self.engines.write, self.engines.read}:
                sa.event.listen(engine, "connect", _say_everything)

    @property
    def dialect(self) -> str:
        return str(self.engines.write.dialect.name)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and writes nothing."""
        with store_errors(), self.engines.read.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose work is committed when the block ends, or not at all. Leaving the block means: it is durable.

        StoreError when the database cannot take it (full, busy, gone): then nothing was saved.
        """
        with store_errors(), self.engines.write.begin() as connection:
            yield connection
        for tell in self.after_commit:
            tell()

    def give_way(self) -> None:
        """Between two of many writes in a row: lets in who waits. SQLite has one writer, and who just ended would be first again."""
        time.sleep(GIVE_WAY_S)

    def close(self) -> None:
        """Closes every pooled connection."""
        self.engines.dispose()


def _say_everything(connection: Any, _: object) -> None:
    """A connection of the service sees every row unless a transaction says less: see cases.row_security."""
    connection.execute("SELECT set_config('citygrid.areas', '*', false)")
    connection.commit()
