"""Who answered for a place, for many places and instants at once: the roll of the whole city, read once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from geo_service.workers.repository import whole_roll


class Ladder:
    """Every answering post of the city, asked by the rule of `geo_service.workers.responsible_for`."""

    def __init__(self, connection: Connection) -> None:
        self._roll = whole_roll(connection)

    def responsible(self, areas: Sequence[tuple[str, str]], at_s: float) -> tuple[int, int | None, str | None] | None:
        """(post_id, person_id, agency) of whom `responsible_for` names; person_id is None while the post is vacant."""
        found = self._roll.responsible(areas, datetime.fromtimestamp(at_s, UTC))
        return (found.post_id, found.person_id, found.agency) if found else None
