"""Who answers, asked of the database: the roll read for a place, for a post, for the whole city."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.workers.model import ANSWERING, POST_TITLES, Responsible
from geo_service.workers.roll import Held, Roll
from geo_service.workers.standing_in import Absence
from geo_service.workers.tables import absence, agency, holding, person, post

_JOINED = (
    post.outerjoin(agency, agency.c.agency_id == post.c.agency_id)
    .outerjoin(holding, holding.c.post_id == post.c.post_id)
    .outerjoin(person, person.c.person_id == holding.c.person_id)
)
_COLUMNS = (
    post.c.post_id,
    post.c.role,
    post.c.area_level,
    post.c.area_code,
    agency.c.name.label("agency"),
    post.c.duty_phone.label("phone"),
    post.c.retired_at,
    person.c.person_id,
    person.c.name,
    holding.c.from_at,
    holding.c.until_at,
)


def responsible_for(connection: Connection, *, areas: Sequence[tuple[str, str]], at: datetime) -> Responsible | None:
    """The one who answers for a place, at an instant.

    areas: (level, code) of the place's areas, finest first. The first area with an answering post that somebody holds and is
    present for decides; a present stand-in fills an absent holder's place; when nobody holds any post up the ladder, the finest
    vacant post is returned, and None only when there is no post at all.
    """
    where = post.c.area_code.in_([code for _, code in areas]), post.c.role.in_(ANSWERING)
    return _roll(connection, *where, at=at).responsible(areas, at)


def responsible_of_post(connection: Connection, post_id: int, *, at: datetime) -> Responsible | None:
    """Who is there for a post at an instant; without a person while nobody is; None when there is no such post then."""
    return _roll(connection, post.c.post_id == post_id, at=at).of_post(post_id, at)


def who_is_there(connection: Connection, post_ids: Sequence[int], *, at: datetime) -> dict[int, Responsible]:
    """post_id -> who is there for it at an instant, as `responsible_of_post`, for posts that stand then."""
    roll = _roll(connection, post.c.post_id.in_(post_ids), at=at)
    return {post_id: found for post_id in post_ids if (found := roll.of_post(post_id, at)) is not None}


def whole_roll(connection: Connection) -> Roll:
    """Every answering post with all its holders and all absences: for many places and instants at once."""
    rows = _rows(connection, post.c.role.in_(ANSWERING))
    away = all_absences(connection)
    behind = {one.stand_in_post_id for one in away if one.stand_in_post_id is not None} - {row.post_id for row in rows}
    named = {one.stand_in_person_id for one in away if one.stand_in_person_id is not None}
    return Roll([*rows, *(_rows(connection, post.c.post_id.in_(behind)) if behind else ())], away, _names(connection, named))


def all_absences(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Absence]:
    """Absences that match, oldest first."""
    a = absence.c
    names = (a.person_id, a.from_at, a.until_at, a.reason, a.stand_in_person_id, a.stand_in_post_id, a.absence_id)
    return [Absence(*row) for row in connection.execute(sa.select(*names).where(*where).order_by(a.from_at, a.absence_id))]


def away_at(at: datetime) -> sa.ColumnElement[bool]:
    """The condition of an absence that is in force at an instant."""
    moment = sa.literal(at, UtcDateTime())
    return (absence.c.from_at <= moment) & (absence.c.until_at.is_(None) | (absence.c.until_at > moment))


def _rows(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Held]:
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(*where).order_by(post.c.post_id, holding.c.holding_id)
    return [Held(*row) for row in connection.execute(query)]


def _roll(connection: Connection, *where: sa.ColumnElement[bool], at: datetime) -> Roll:
    """The posts that match, and the absences of that instant where anybody of them is away."""
    flagged = _JOINED.outerjoin(absence, (absence.c.person_id == holding.c.person_id) & away_at(at))
    query = sa.select(*_COLUMNS, absence.c.absence_id).select_from(flagged).where(*where).order_by(post.c.post_id, holding.c.holding_id)
    found = connection.execute(query).all()
    rows = [Held(*row[:-1]) for row in found]
    if all(row.absence_id is None for row in found):
        return Roll(rows)
    away = all_absences(connection, away_at(at))
    behind = {one.stand_in_post_id for one in away if one.stand_in_post_id is not None} - {row.post_id for row in rows}
    named = {one.stand_in_person_id for one in away if one.stand_in_person_id is not None}
    return Roll([*rows, *(_rows(connection, post.c.post_id.in_(behind)) if behind else ())], away, _names(connection, named))


def _names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row.person_id: row.name for row in connection.execute(sa.select(person).where(person.c.person_id.in_(wanted)))}


def posts_page(
    connection: Connection, *, area_code: str | None, role: str | None, after: int, limit: int, within: Collection[str] | None = None
) -> tuple[list[dict[str, Any]], int]:
    """A page of posts with their present and past holders, ordered by post_id behind `after`, and the count of all that match.

    within: the codes of the areas whose posts may be seen; None: of all.

    A holder who was or will be away is followed by the stand-in of the latest absence, with its time.
    """
    where = []
    if area_code is not None:
        where.append(post.c.area_code == area_code)
    if role is not None:
        where.append(post.c.role == role)
    if within is not None:
        where.append(post.c.area_code.in_(within))
    total = connection.execute(sa.select(sa.func.count()).select_from(post).where(*where)).scalar_one()
    paged = sa.select(post.c.post_id).where(*where, post.c.post_id > after).order_by(post.c.post_id).limit(limit)
    rows = _rows(connection, post.c.post_id.in_(connection.execute(paged).scalars().all()))
    latest = {one.person_id: one for one in all_absences(connection, absence.c.person_id.in_({row.person_id for row in rows}))}
    names = _names(connection, (one.stand_in_person_id for one in latest.values() if one.stand_in_person_id is not None))
    pages: dict[int, dict[str, Any]] = {}
    for row in rows:
        entry = pages.setdefault(
            row.post_id,
            {
                "post_id": row.post_id,
                "role": row.role,
                "area": {"level": row.area_level, "code": row.area_code},
                "agency": row.agency,
                "duty_phone": row.phone,
                "holders": [],
            },
        )
        away = None if row.person_id is None else latest.get(row.person_id)
        if row.person_id is not None:
            span = (away.from_at, away.until_at) if away else (None, None)
            entry["holders"].append(_holder(row.name, row.from_at, row.until_at, stands_in=False, away=span))
        if away is not None and away.stand_in_person_id is not None:
            name = names[away.stand_in_person_id]
            entry["holders"].append(_holder(name, away.from_at, away.until_at, stands_in=True, away=(None, None)))
    return list(pages.values()), int(total)


def _holder(
    name: str | None,
    from_at: datetime | None,
    until_at: datetime | None,
    *,
    stands_in: bool,
    away: tuple[datetime | None, datetime | None],
) -> dict[str, Any]:
    values = {"name": name, "from_at": from_at, "until_at": until_at, "stands_in": stands_in}
    return {**values, "away_from_at": away[0], "away_until_at": away[1]}


def names_of_holders(connection: Connection, *, at: datetime, codes: Sequence[str] | None = None) -> dict[tuple[str, str], tuple[str, str]]:
    """(level, code) -> (role, name) of who answers for it and is present, for every area of the city (or of these codes)."""
    where = [post.c.role.in_(ANSWERING)]
    if codes is not None:
        where.append(post.c.area_code.in_(codes))
    return _roll(connection, *where, at=at).first_present(at)


def nearest_post(connection: Connection, role: str, *, areas: Sequence[tuple[str, str]]) -> int | None:
    """The post of a role for the finest of a place's areas that has one, or None. areas: (level, code), finest first."""
    rank = {pair: number for number, pair in enumerate(areas)}
    query = sa.select(post.c.post_id, post.c.area_level, post.c.area_code).where(
        post.c.role == role, post.c.area_code.in_([code for _, code in areas]), post.c.retired_at.is_(None)
    )
    found = [
        (rank[row.area_level, row.area_code], row.post_id) for row in connection.execute(query) if (row.area_level, row.area_code) in rank
    ]
    return min(found)[1] if found else None


def owner_exists(connection: Connection, owner: str) -> bool:
    """Whether there is such an agency ('agency:<code>') or post ('post:<id>') that is not retired.

    A post is held until the transaction ends: it cannot be retired while a case is being given to it.
    """
    kind, _, name = owner.partition(":")
    if kind == "agency":
        query = sa.select(agency.c.agency_id).where(agency.c.code == name)
    elif name.isascii() and name.isdigit() and len(name) <= 18:
        query = sa.select(post.c.post_id).where(post.c.post_id == int(name), post.c.retired_at.is_(None)).with_for_update(read=True)
    else:
        return False
    return connection.execute(query).first() is not None


def owner_names(connection: Connection, owners: Iterable[str], *, at: datetime, language: str) -> dict[str, str]:
    """Whom 'agency:<code>' and 'post:<id>' mean: an agency's name, a post's title and the name of whoever is there for it now."""
    wanted = set(owners)
    codes = [one.removeprefix("agency:") for one in wanted if one.startswith("agency:")]
    posts = [int(one.removeprefix("post:")) for one in wanted if one.startswith("post:") and one[5:].isdigit()]
    names: dict[str, str] = {}
    if codes:
        query = sa.select(agency.c.code, agency.c.name).where(agency.c.code.in_(codes))
        names |= {f"agency:{row.code}": row.name for row in connection.execute(query)}
    if posts:
        roll = _roll(connection, post.c.post_id.in_(posts), at=at)
        for row in connection.execute(sa.select(post.c.post_id, post.c.role).where(post.c.post_id.in_(posts))):
            there = roll.of_post(row.post_id, at)
            title = POST_TITLES[row.role][0 if language.lower().startswith("zh") else 1]
            names[f"post:{row.post_id}"] = f"{title} {there.name}" if there and there.name else title
    return names
