"""The yardstick in force: the city's own latest version, else the one that ships with the program. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.rule_versions import book_if_any, put_book, rows_of
from geo_service.cases.yardstick import Yardstick, shipped_yardstick, yardstick_from


@dataclass(frozen=True, slots=True)
class Standard:
    """A yardstick and its version; version 0 is the shipped one."""

    version: int
    yardstick: Yardstick


def standard_in_force(connection: Connection, *, at: datetime) -> Standard:
    """The one that holds at an instant."""
    found = book_if_any(connection, "evaluation", at=at)
    if found is None:
        return Standard(0, shipped_yardstick())
    return Standard(found.version, yardstick_from(rows_of(connection, found)[0]))


def put_standard(connection: Connection, row: Mapping[str, Any], *, actor: str, at: datetime, note: str = "") -> Standard:
    """Stores a new version of the city's yardstick. RequestError 'bad_yardstick' for one that cannot be used."""
    yardstick = yardstick_from(row)
    stored = put_book(connection, "evaluation", [dict(row)], actor=actor, at=at, note=note)
    return Standard(stored.version, yardstick)
