"""Facilities in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.errors import NotFoundError, StaleError
from geo_service.facilities.tables import facility


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facilities are meant; None means any. text: in name or address. retired: also those that are no more."""

    kind: str | None = None
    level: str | None = None
    text: str | None = None
    demonstration: bool | None = None
    five_star: bool | None = None
    retired: bool = False


def all_facilities(connection: Connection) -> list[dict[str, Any]]:
    """Every facility that stands, as a dictionary of its columns; lon, lat in WGS-84 degrees."""
    return find_facilities(connection, Wanted())


def find_facilities(connection: Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """The facilities that match, by id. A city has some hundreds to some thousands: they are read together."""
    f = facility.c
    where: list[sa.ColumnElement[bool]] = [] if wanted.retired else [f.retired_at.is_(None)]
    for name in ("kind", "level", "demonstration", "five_star"):
        if (value := getattr(wanted, name)) is not None:
            where.append(f[name] == value)
    if wanted.text:
        where.append(sa.or_(f.name.icontains(wanted.text, autoescape=True), f.address.icontains(wanted.text, autoescape=True)))
    query = sa.select(facility).where(*where).order_by(f.facility_id)
    return [dict(row._mapping) for row in connection.execute(query)]


def one_facility(connection: Connection, facility_id: int, *, locked: bool = False) -> dict[str, Any]:
    """A facility as a dictionary of its columns, retired or not. NotFoundError without one. locked: until the transaction ends."""
    query = sa.select(facility).where(facility.c.facility_id == facility_id)
    row = connection.execute(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        raise NotFoundError(
            "facility_not_found", en="there is no facility {facility}", zh="没有编号为 {facility} 的设施", facility=facility_id
        )
    return dict(row._mapping)


def add_facility(connection: Connection, values: Mapping[str, Any]) -> int:
    """The id of a new facility."""
    return int(connection.execute(sa.insert(facility).values(**values, version=1).returning(facility.c.facility_id)).scalar_one())


def change_facility(connection: Connection, facility_id: int, values: Mapping[str, Any], *, version: int) -> None:
    """Writes what changed of the facility that was looked at in this version, and raises the version. StaleError: it has another by now."""
    f = facility.c
    change = sa.update(facility).where(f.facility_id == facility_id, f.version == version).values(**values, version=version + 1)
    if connection.execute(change).rowcount != 1:
        raise stale(one_facility(connection, facility_id))


def stale(now: Mapping[str, Any]) -> StaleError:
    """The refusal of a change to what somebody else changed meanwhile."""
    return StaleError(
        "stale",
        en="facility {facility} was changed meanwhile and is in version {version} now: look again",
        zh="设施 {facility} 已被他人修改，现为第 {version} 版，请刷新后再操作",
        facility=now["facility_id"],
        version=now["version"],
    )


def note_event(connection: Connection, facility_id: int, position: int) -> None:
    """Remembers where the last change of a facility stands in the log; each names the one before it."""
    connection.execute(sa.update(facility).where(facility.c.facility_id == facility_id).values(last_event=position))
