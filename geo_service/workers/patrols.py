"""The patrol log (看问记化): what was looked at, asked, recorded and resolved, and the case an observation became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.errors import NotFoundError
from geo_service.workers.tables import patrol, person, post


@dataclass(frozen=True, slots=True)
class NewPatrol:
    """An observation. lon, lat: WGS-84; raw_*: as it came, in `datum`. area_code: the leaf then, None outside the city."""

    post_id: int
    person_id: int | None
    step: str
    text: str
    raw_lon: float
    raw_lat: float
    datum: str
    accuracy_m: float | None
    lon: float
    lat: float
    generation: int
    area_code: str | None
    observed_at: datetime


def add_patrol(connection: Connection, new: NewPatrol, *, at: datetime, actor: str) -> int:
    """The id of the entry."""
    values = {**asdict(new), "recorded_at": at, "actor": actor, "case_id": None}
    return int(connection.execute(sa.insert(patrol).values(values).returning(patrol.c.patrol_id)).scalar_one())


def held_patrol(connection: Connection, patrol_id: int) -> sa.Row[Any]:
    """The entry, locked until the transaction ends, so that it becomes one case only. NotFoundError without one."""
    row = connection.execute(sa.select(patrol).where(patrol.c.patrol_id == patrol_id).with_for_update()).one_or_none()
    if row is None:
        raise patrol_not_found(patrol_id)
    return row


def patrol_not_found(patrol_id: int) -> NotFoundError:
    """The refusal of an id that no entry has, or none within the caller's reach."""
    return NotFoundError("patrol_not_found", en="there is no patrol entry {patrol_id}", zh="没有巡查记录 {patrol_id}", patrol_id=patrol_id)


def became_case(connection: Connection, patrol_id: int, case_id: int) -> None:
    """Says which case the entry became."""
    connection.execute(sa.update(patrol).where(patrol.c.patrol_id == patrol_id).values(case_id=case_id))


def find_patrols(
    connection: Connection,
    *,
    areas: Sequence[str] | None,
    post_id: int | None,
    step: str | None,
    start: datetime | None,
    end: datetime | None,
    after: int,
    limit: int,
) -> tuple[list[sa.Row[Any]], int]:
    """Entries behind an id with the walker's name and role, and how many match."""
    p = patrol.c
    where: list[sa.ColumnElement[bool]] = []
    if areas is not None:
        where.append(p.area_code.in_(areas))
    where += [p.post_id == post_id] if post_id is not None else []
    where += [p.step == step] if step is not None else []
    where += [p.observed_at >= start] if start is not None else []
    where += [p.observed_at < end] if end is not None else []
    total = connection.execute(sa.select(sa.func.count()).select_from(patrol).where(*where)).scalar_one()
    joined = patrol.join(post, post.c.post_id == p.post_id).outerjoin(person, person.c.person_id == p.person_id)
    query = sa.select(patrol, person.c.name, post.c.role).select_from(joined).where(*where, p.patrol_id > after)
    return list(connection.execute(query.order_by(p.patrol_id).limit(limit))), int(total)
