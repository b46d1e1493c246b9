"""Posts and their holders in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.workers.model import ANSWERING, POST_TITLES, Responsible
from geo_service.workers.tables import agency, holding, person, post

_Row = sa.Row[*tuple[Any, ...]]

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
    post.c.duty_phone,
    agency.c.name.label("agency"),
    person.c.person_id,
    person.c.name,
    holding.c.from_at,
    holding.c.until_at,
    holding.c.stands_in,
    holding.c.away_from_at,
    holding.c.away_until_at,
)


def responsible_for(connection: Connection, *, areas: Sequence[tuple[str, str]], at: datetime) -> Responsible | None:
    """The one who answers for a place, at an instant.

    areas: (level, code) of the place's areas, finest first. The first area with an answering post that somebody holds and is
    present for decides; a present stand-in fills an absent holder's place; when nobody holds any post up the ladder, the finest
    vacant post is returned, and None only when there is no post at all.
    """
    wanted = {pair: rank for rank, pair in enumerate(areas)}
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(post.c.area_code.in_([code for _, code in areas]), post.c.role.in_(ANSWERING))
    best: tuple[Any, ...] | None = None
    chosen: Responsible | None = None
    for row in connection.execute(query):
        rank = wanted.get((row.area_level, row.area_code))
        if rank is None:
            continue
        present = _present(row, at)
        key = (not present, rank, ANSWERING.index(row.role), bool(row.stands_in), row.post_id, row.person_id or 0)
        if best is None or key < best:
            best, chosen = key, _responsible(row, present)
    return chosen


def _present(row: _Row, at: datetime) -> bool:
    if row.person_id is None or at < row.from_at or (row.until_at is not None and at >= row.until_at):
        return False
    away = row.away_from_at is not None and row.away_from_at <= at and (row.away_until_at is None or at < row.away_until_at)
    return not away


def _responsible(row: _Row, present: bool) -> Responsible:
    return Responsible(
        post_id=row.post_id,
        role=row.role,
        area_code=row.area_code,
        area_level=row.area_level,
        person_id=row.person_id if present else None,
        name=row.name if present else None,
        agency=row.agency,
        stands_in=bool(row.stands_in) if present else False,
        phone=row.duty_phone,
    )


def posts_page(
    connection: Connection, *, area_code: str | None, role: str | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of posts with their present and past holders, ordered by post_id behind `after`, and the count of all that match."""
    where = []
    if area_code is not None:
        where.append(post.c.area_code == area_code)
    if role is not None:
        where.append(post.c.role == role)
    total = connection.execute(sa.select(sa.func.count()).select_from(post).where(*where)).scalar_one()
    ids = (
        connection.execute(sa.select(post.c.post_id).where(*where, post.c.post_id > after).order_by(post.c.post_id).limit(limit))
        .scalars()
        .all()
    )
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(post.c.post_id.in_(ids)).order_by(post.c.post_id, holding.c.holding_id)
    pages: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query):
        entry = pages.setdefault(
            row.post_id,
            {
                "post_id": row.post_id,
                "role": row.role,
                "area": {"level": row.area_level, "code": row.area_code},
                "agency": row.agency,
                "duty_phone": row.duty_phone,
                "holders": [],
            },
        )
        if row.person_id is not None:
            entry["holders"].append(
                {
                    "name": row.name,
                    "from_at": row.from_at,
                    "until_at": row.until_at,
                    "stands_in": bool(row.stands_in),
                    "away_from_at": row.away_from_at,
                    "away_until_at": row.away_until_at,
                }
            )
    return list(pages.values()), int(total)


def names_of_holders(connection: Connection, *, at: datetime, codes: Sequence[str] | None = None) -> dict[tuple[str, str], tuple[str, str]]:
    """(level, code) -> (role, name) of the first present holder of an answering post, for every area of the city (or of these codes)."""
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(post.c.role.in_(ANSWERING)).order_by(post.c.post_id, holding.c.holding_id)
    if codes is not None:
        query = query.where(post.c.area_code.in_(codes))
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for row in connection.execute(query):
        if _present(row, at):
            out.setdefault((row.area_level, row.area_code), (row.role, row.name))
    return out


def nearest_post(connection: Connection, role: str, *, areas: Sequence[tuple[str, str]]) -> int | None:
    """The post of a role for the finest of a place's areas that has one, or None. areas: (level, code), finest first."""
    rank = {pair: number for number, pair in enumerate(areas)}
    query = sa.select(post.c.post_id, post.c.area_level, post.c.area_code).where(
        post.c.role == role, post.c.area_code.in_([code for _, code in areas])
    )
    found = [
        (rank[row.area_level, row.area_code], row.post_id) for row in connection.execute(query) if (row.area_level, row.area_code) in rank
    ]
    return min(found)[1] if found else None


def owner_exists(connection: Connection, owner: str) -> bool:
    """Whether there is such an agency ('agency:<code>') or post ('post:<id>')."""
    kind, _, name = owner.partition(":")
    if kind == "agency":
        query = sa.select(agency.c.agency_id).where(agency.c.code == name)
    elif name.isascii() and name.isdigit() and len(name) <= 18:
        query = sa.select(post.c.post_id).where(post.c.post_id == int(name))
    else:
        return False
    return connection.execute(query).first() is not None


def owner_names(connection: Connection, owners: Iterable[str], *, at: datetime, language: str) -> dict[str, str]:
    """Whom 'agency:<code>' and 'post:<id>' mean: an agency's name, a post's title and the name of whoever holds it now."""
    wanted = set(owners)
    codes = [one.removeprefix("agency:") for one in wanted if one.startswith("agency:")]
    posts = [int(one.removeprefix("post:")) for one in wanted if one.startswith("post:") and one[5:].isdigit()]
    names: dict[str, str] = {}
    if codes:
        query = sa.select(agency.c.code, agency.c.name).where(agency.c.code.in_(codes))
        names |= {f"agency:{row.code}": row.name for row in connection.execute(query)}
    if posts:
        query_posts = (
            sa.select(*_COLUMNS).select_from(_JOINED).where(post.c.post_id.in_(posts)).order_by(post.c.post_id, holding.c.stands_in)
        )
        for row in connection.execute(query_posts):
            present = _present(row, at)
            title = POST_TITLES[row.role][0 if language.lower().startswith("zh") else 1]
            if present or f"post:{row.post_id}" not in names:
                names[f"post:{row.post_id}"] = f"{title} {row.name}" if present else title
    return names
