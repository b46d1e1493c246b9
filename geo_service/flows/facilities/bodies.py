"""Who stands for the compounds of the register: kept with the people's ledgers, shown and changed with the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.facilities.model import BODY, kinds
from geo_service.workers.compounds import bodies_at, put_body


def split(kind: str, attributes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is kept in the record, who stands for it), of the attributes of a place."""
    known = kinds()[kind].attributes
    standing = {key: value for key, value in attributes.items() if key in known and known[key].type == BODY}
    return {key: value for key, value in attributes.items() if key not in standing}, standing


def with_bodies(connection: Connection, rows: Sequence[dict[str, Any]], *, at: datetime) -> list[dict[str, Any]]:
    """The rows, those of compounds with who stands for them at an instant among their attributes."""
    if not any(row["kind"] == "compound" for row in rows):
        return list(rows)
    standing: dict[str, dict[str, str]] = {}
    for code, kind, name in bodies_at(connection, at=at):
        standing.setdefault(code, {})[kind] = name
    return [
        row | {"attributes": row["attributes"] | standing.get(row["attributes"].get("compound_code", ""), {})}
        if row["kind"] == "compound"
        else row
        for row in rows
    ]


def put_bodies(connection: Connection, code: str, before: Mapping[str, Any], now_standing: Mapping[str, Any], *, at: datetime) -> None:
    """From an instant on these stand for the compound; those that are not named or are the same as before are left alone."""
    for kind, name in now_standing.items():
        if (name or None) != (before.get(kind) or None):
            put_body(connection, compound_code=code, kind=kind, name=name or None, at=at)
