"""The yardstick in force: the city's own latest version, else the one that ships with the program. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.rule_versions import books, put_book, rows_of
from geo_service.cases.yardstick import Yardstick, shipped_yardstick, yardstick_from


@dataclass(frozen=True, slots=True)
class Standard:
    """A yardstick and its version; version 0 is the shipped one."""

    version: int
    yardstick: Yardstick


def standard_in_force(connection: Connection) -> Standard:
    """The latest one."""
    known = books(connection, "evaluation")
    if not known:
        return Standard(0, shipped_yardstick())
    return Standard(known[0].version, yardstick_from(rows_of(connection, known[0])[0]))


def put_standard(connection: Connection, row: Mapping[str, Any], *, actor: str, at: datetime, note: str = "") -> Standard:
    """Stores a new version of the city's yardstick. RequestError 'bad_yardstick' for one that cannot be used."""
    yardstick = yardstick_from(row)
    stored = put_book(connection, "evaluation", [dict(row)], actor=actor, at=at, note=note)
    return Standard(stored.version, yardstick)
