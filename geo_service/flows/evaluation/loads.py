"""What areas carry: their households, people and the workers on them, in one generation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.rule_versions import book_if_any, rows_of
from geo_service.flows.evaluation.people import People, people_of
from geo_service.published import Published
from geo_service.workers.tables import holding, post

_kept: dict[tuple[int, str], dict[str, int]] = {}
_people: dict[tuple[int, str, str], dict[str, People]] = {}


def households(published: Published) -> dict[str, int]:
    """Households of every area: the sum over its leaves. Kept for the last generation asked for."""
    key = (published.number, published.generation.content_hash)
    if key not in _kept:
        sums: dict[str, int] = {}
        above = {area.parent_id for area in published.areas.values()}
        ladder = {level.name for level in published.city.ladder}
        for area in published.areas.values():
            if area.area_id not in above and area.level in ladder:
                for one in published.chain(area):
                    sums[one.code] = sums.get(one.code, 0) + area.households
        _kept.clear()
        _kept[key] = sums
    return _kept[key]


def people(connection: Connection, published: Published, *, at: datetime) -> tuple[int, dict[str, People]]:
    """(version of the population table that holds at an instant, 0 for none; people of every area where known). The last one is kept."""
    found = book_if_any(connection, "population", at=at)
    if found is None:
        return 0, {}
    key = (published.number, published.generation.content_hash, found.digest)
    if key not in _people:
        made = people_of(published, households(published), rows_of(connection, found))
        _people.clear()
        _people[key] = made
    return found.version, _people[key]


def workers(connection: Connection, published: Published, roles: Sequence[str], *, at: datetime) -> dict[str, int]:
    """How many persons hold a post of these roles for an area or for one in it, at an instant; stand-ins are not counted."""
    query = sa.select(post.c.area_code, post.c.area_level, holding.c.person_id).join(holding, holding.c.post_id == post.c.post_id)
    query = query.where(
        post.c.role.in_(tuple(roles)),
        holding.c.from_at <= at,
        holding.c.until_at.is_(None) | (holding.c.until_at > at),
    )
    people: dict[str, set[int]] = {}
    for code, level, person_id in connection.execute(query):
        area = published.by_code.get(code)
        if area is None or area.level != level:
            continue
        for one in published.chain(area):
            people.setdefault(one.code, set()).add(person_id)
    return {code: len(found) for code, found in people.items()}
