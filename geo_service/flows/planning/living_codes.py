"""Where areas are named by code and live on: what follows when an area gets another code, and what is history and stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.accounts.tables import account_grant, api_key
from geo_service.cases.consulting.tables import rule_proposal
from geo_service.desk.tables import saved_view
from geo_service.facilities.tables import facility
from geo_service.geocoding.tables import address
from geo_service.notify.tables import subscription
from geo_service.workers.tables import agency, compound_body, post

_CHUNK = 500
Areas = Mapping[tuple[str, str], str]
"""(level, code before) -> code now."""


@dataclass(frozen=True)
class Named:
    """A column that names an area and lives on. level: the column that says of which level, or the level itself; None: not said."""

    what: str
    column: sa.Column[Any]
    level: sa.Column[Any] | str | None = None
    where: sa.ColumnElement[bool] | None = None


LIVING: tuple[Named, ...] = (
    Named("posts", post.c.area_code, post.c.area_level),
    Named("agencies", agency.c.area_code),
    Named("grants", account_grant.c.area_code),
    Named("grants", api_key.c.area_code),
    Named("facilities", facility.c.area_code),
    Named("subscriptions", subscription.c.area_code),
    Named("addresses", address.c.community_code, "community"),
    Named("addresses", address.c.micro_grid_code),
    Named("addresses", address.c.compound_code, "compound"),
    Named("compounds", compound_body.c.compound_code, "compound"),
    Named("rule proposals", rule_proposal.c.area, None, rule_proposal.c.state == "proposed"),
)

HISTORY = {
    "visit.area_code": "what was written down in the ledger stays",
    "patrol.area_code": "what was observed stays where it was observed",
    "case_record.area_code": "open cases follow by an event of their own, ended ones keep what they recorded",
    "case_area.area_code": "follows its case",
    "area_version.code": "the code itself",
    "agency.code": "names an agency, no area",
}
"""column -> why it does not follow here."""


def follow(connection: Connection, codes: Areas, *, kept: Iterable[str]) -> dict[str, int]:
    """Writes the new codes wherever the old ones are named, all at once, so that two areas may change places; counts by what they are of.

    kept: codes that some other area still has; where no level is said they go on meaning that one.
    """
    anywhere = {old: new for (_, old), new in codes.items() if old not in set(kept)}
    counts: dict[str, int] = {}
    for one in LIVING:
        counts[one.what] = counts.get(one.what, 0) + _rewritten(connection, one, codes, anywhere)
    counts["served"] = _served(connection, anywhere)
    counts["views"] = _views(connection, anywhere)
    return {what: number for what, number in counts.items() if number}


def _rewritten(connection: Connection, one: Named, codes: Areas, anywhere: Mapping[str, str]) -> int:
    table = one.column.table
    keys = list(table.primary_key.columns)
    level = sa.literal(one.level) if isinstance(one.level, str) else sa.null() if one.level is None else one.level
    wanted = sorted({old for _, old in codes})
    found: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(level.label("level"), one.column.label("code"), *keys).where(one.column.in_(wanted[start : start + _CHUNK]))
        found += connection.execute(query if one.where is None else query.where(one.where)).all()
    changes = []
    for row in found:
        said, code, *key = tuple(row)
        new = anywhere.get(code) if said is None else codes.get((said, code))
        if new is not None:
            changes.append({"new": new, **{f"key_{n}": value for n, value in enumerate(key)}})
    if changes:
        same = [column == sa.bindparam(f"key_{n}", type_=column.type) for n, column in enumerate(keys)]
        connection.execute(sa.update(table).where(*same).values({one.column: sa.bindparam("new")}), changes)
    return len(changes)


def _served(connection: Connection, anywhere: Mapping[str, str]) -> int:
    """The areas a facility serves beside the one it lies in."""
    t, done = facility.c, 0
    for row in connection.execute(sa.select(t.facility_id, t.serves).where(t.serves.is_not(None))).all():
        now = [anywhere.get(code, code) for code in row.serves or ()]
        if now != list(row.serves or ()):
            connection.execute(sa.update(facility).where(t.facility_id == row.facility_id).values(serves=now))
            done += 1
    return done


def _views(connection: Connection, anywhere: Mapping[str, str]) -> int:
    """Filters that somebody saved."""
    t, done = saved_view.c, 0
    for row in connection.execute(sa.select(t.view_id, t.query).where(t.query.contains("area="))).all():
        said = parse_qsl(row.query, keep_blank_values=True)
        now = [(name, anywhere.get(value, value) if name == "area" else value) for name, value in said]
        if now != said:
            connection.execute(sa.update(saved_view).where(t.view_id == row.view_id).values(query=urlencode(now)))
            done += 1
    return done
