"""Which generation this process answers from, and the swap to the next: one assignment, no restart."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from sqlalchemy import Connection

from boundaries.store.repository import current_number
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.published.generation import Published, load_published

KEPT = 4
"""Past generations kept in memory for lookups with generation= or at=."""


class Holder:
    """Hands out the current generation and loads others on demand. Safe to use from many threads."""

    def __init__(self, database: Database, *, index_dir: Path | None) -> None:
        self._database = database
        self._index_dir = index_dir
        self._loading = threading.Lock()
        self._current: Published | None = None
        self._others: OrderedDict[int, Published] = OrderedDict()

    def current(self) -> Published:
        """The generation in force as this process knows it. SetupError when none was ever published."""
        return self._current or self.refresh()

    def known(self) -> Published | None:
        """The generation this process answers from, if it loaded one; never looks in the database."""
        return self._current

    def current_or_none(self) -> Published | None:
        """The generation in force, or None before the first one is published."""
        try:
            return self.current()
        except SetupError:
            return None

    def refresh(self) -> Published:
        """Looks which generation is in force and swaps to it if it is another one."""
        with self._database.reading() as connection:
            return self.matching(connection, current_number(connection))

    def matching(self, connection: Connection, number: int | None) -> Published:
        """The current generation, made sure to be `number`: call it inside the transaction that read the number."""
        if number is None:
            raise SetupError(
                "nothing_published",
                en="no boundaries are published yet: run citygrid boundaries import, then publish",
                zh="尚未发布任何边界：请先运行 citygrid boundaries import，再运行 publish",
            )
        known = self._current
        if known is not None and known.number == number:
            return known
        with self._loading:
            if self._current is None or self._current.number != number:
                self._current = self._others.pop(number, None) or load_published(connection, number, index_dir=self._index_dir)
            return self._current

    def of(self, connection: Connection, number: int) -> Published:
        """Any generation, current or past. GenerationError when there is no such number."""
        known = self._current
        if known is not None and known.number == number:
            return known
        with self._loading:
            if number not in self._others:
                self._others[number] = load_published(connection, number, index_dir=self._index_dir)
                while len(self._others) > KEPT:
                    self._others.popitem(last=False)
            self._others.move_to_end(number)
            return self._others[number]
