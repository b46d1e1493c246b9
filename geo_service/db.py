"""The database of the service: connections, and the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.engine import Engines, make_engines
from boundaries.store.refusals import store_errors
from boundaries.store.tables import NAMING_CONVENTION

metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)


class Database:
    """A city's database. Hand it a URL; take connections from `reading()` and `writing()`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engines: Engines = make_engines(url)

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

    def close(self) -> None:
        """Closes every pooled connection."""
        self.engines.dispose()
