"""The drafts this process works on. The database is the record; what is kept here is a faster copy of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from boundaries.editing import Draft, Policy, Workspace
from boundaries.store.drafts import DraftRecord, changes_after, locked_areas
from boundaries.store.repository import members, require_city

KEPT_DRAFTS, KEPT_BASES = 16, 3

Households = Callable[[Connection, str], Any]
"""Gives the addresses of the city, weighted by households, in the metric system named."""


class Room:
    """Hands out the drafts of this process, each in the state its record says. Safe to use from many threads."""

    def __init__(self, households: Households = lambda connection, metric_crs: None) -> None:
        self.guard = threading.RLock()
        self._households = households
        self._drafts: OrderedDict[int, Draft] = OrderedDict()
        self._bases: OrderedDict[int, Workspace] = OrderedDict()

    def draft(self, connection: Connection, record: DraftRecord) -> Draft:
        """The draft of a record, up to its head: from memory as far as that goes, the rest from the database.

        A draft in memory that is ahead of the record belongs to a transaction that failed, and is forgotten.
        """
        with self.guard:
            kept = self._drafts.get(record.draft_id)
            if kept is None or len(kept.changes) > record.head or kept.base is not self.base(connection, record.base_generation):
                kept = Draft(self.base(connection, record.base_generation))
                self._drafts[record.draft_id] = kept
            for change in changes_after(connection, record.draft_id, len(kept.changes)) if len(kept.changes) < record.head else ():
                kept.install(change)
            kept.workspace.policy = replace(kept.workspace.policy, locked=frozenset(locked_areas(connection)))
            self._drafts.move_to_end(record.draft_id)
            while len(self._drafts) > KEPT_DRAFTS:
                self._drafts.popitem(last=False)
            return kept

    def forget(self, draft_id: int) -> None:
        """Drops a draft from memory; the database still has it."""
        with self.guard:
            self._drafts.pop(draft_id, None)

    def base(self, connection: Connection, number: int) -> Workspace:
        """The workspace of a generation, never to be changed."""
        with self.guard:
            if number not in self._bases:
                city = require_city(connection)
                households = self._households(connection, city.metric_crs)
                everything = members(connection, number)
                self._bases[number] = Workspace.of(everything, city.levels, city.metric_crs, policy=Policy(), households=households)
                while len(self._bases) > KEPT_BASES:
                    self._bases.popitem(last=False)
            self._bases.move_to_end(number)
            return self._bases[number]
