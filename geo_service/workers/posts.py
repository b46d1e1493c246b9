"""Posts made and retired, persons appointed and relieved. Takes a connection, never commits; open cases are the story's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.workers.model import POST_TITLES, ROLE_LEVELS
from geo_service.workers.phones import check_phone
from geo_service.workers.tables import absence, agency, holding, person, post


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts are meant; None means any. areas: (level, code) pairs. vacant: nobody holds it at `at`. at: those that stand then."""

    at: datetime
    areas: Sequence[tuple[str, str]] | None = None
    role: str | None = None
    vacant: bool | None = None
    person_id: int | None = None
    retired: bool = False


def check_role(role: str) -> None:
    """RequestError for a role that no post has."""
    if role not in POST_TITLES:
        known = ", ".join(POST_TITLES)
        raise RequestError(
            "unknown_role", en="there is no role {role}: {known}", zh="没有角色 {role}：{known}", role=role[:40], known=known, field="role"
        )


def create_post(connection: Connection, *, role: str, level: str, code: str, agency_code: str | None, phone: str | None) -> int:
    """The id of a new post for an area. RequestError: unknown role or agency, a role not for this level, a number outside its range."""
    check_role(role)
    if level not in ROLE_LEVELS[role]:
        raise RequestError(
            "role_not_for_level",
            en="a post of role {role} is for areas of level {levels}, {area_code} is a {level}",
            zh="角色 {role} 的岗位只设在 {levels} 层级，{area_code} 属于 {level}",
            role=role,
            levels=", ".join(ROLE_LEVELS[role]),
            area_code=code,
            level=level,
            field="area_code",
        )
    agency_id = None if agency_code is None else _agency_id(connection, agency_code)
    number = None if phone is None else check_phone(connection, role=role, phone=phone)
    values = {"role": role, "area_level": level, "area_code": code, "agency_id": agency_id, "duty_phone": number}
    return int(connection.execute(sa.insert(post).values(values).returning(post.c.post_id)).scalar_one())


def _agency_id(connection: Connection, code: str) -> int:
    found = connection.execute(sa.select(agency.c.agency_id).where(agency.c.code == code)).scalar_one_or_none()
    if found is None:
        raise RequestError(
            "unknown_agency", en="there is no agency {agency}", zh="没有责任单位 {agency}", agency=code[:40], field="agency_code"
        )
    return int(found)


def held_post(connection: Connection, post_id: int) -> sa.Row[Any]:
    """The post's row, locked until the transaction ends. NotFoundError without one."""
    row = connection.execute(sa.select(post).where(post.c.post_id == post_id).with_for_update()).one_or_none()
    if row is None:
        raise post_not_found(post_id)
    return row


def post_not_found(post_id: int) -> NotFoundError:
    """The refusal of an id that no post has."""
    return NotFoundError("post_not_found", en="there is no post {post_id}", zh="没有编号为 {post_id} 的岗位", post_id=post_id)


def standing_post(connection: Connection, post_id: int) -> sa.Row[Any]:
    """The post's row, locked. NotFoundError without one, ConflictError for a retired one."""
    row = held_post(connection, post_id)
    if row.retired_at is not None:
        raise ConflictError(
            "post_retired",
            en="post {post_id} was retired at {at}",
            zh="岗位 {post_id} 已于 {at} 撤销",
            post_id=post_id,
            at=row.retired_at.isoformat(),
        )
    return row


def retire_post(connection: Connection, post_id: int, *, at: datetime) -> None:
    """Ends a post and every holding of it. ConflictError where somebody is appointed to it from a later instant on."""
    standing_post(connection, post_id)
    h = holding.c
    begins = h.from_at > sa.literal(at, UtcDateTime())
    if connection.execute(sa.select(h.holding_id).where(h.post_id == post_id, begins, ever_held())).first() is not None:
        raise ConflictError(
            "appointed_later",
            en="somebody is appointed to post {post_id} from a later instant on: withdraw that first",
            zh="岗位 {post_id} 已有此后生效的任职，请先撤回",
            post_id=post_id,
        )
    a, moment = absence.c, sa.literal(at, UtcDateTime())
    named = sa.select(a.absence_id).where(a.stand_in_post_id == post_id, a.until_at.is_(None) | (a.until_at > moment))
    if (row := connection.execute(named.order_by(a.absence_id)).first()) is not None:
        raise ConflictError(
            "post_still_stands_in",
            en="post {post_id} is named to stand in: absence {absence_id}; end that first",
            zh="岗位 {post_id} 仍是代理岗位（请假记录 {absence_id}），请先结束",
            post_id=post_id,
            absence_id=row.absence_id,
        )
    open_ended = h.until_at.is_(None) | (h.until_at > moment)
    connection.execute(sa.update(holding).where(h.post_id == post_id, open_ended).values(until_at=at))
    connection.execute(sa.update(post).where(post.c.post_id == post_id).values(retired_at=at))


def appoint(connection: Connection, *, post_id: int, person_id: int, from_at: datetime, full_time: bool = True) -> int:
    """The id of the new holding, from an instant on. ConflictError: the post is retired, the person left, or holds it in that time."""
    standing_post(connection, post_id)
    gone = connection.execute(sa.select(person.c.left_at).where(person.c.person_id == person_id).with_for_update()).one_or_none()
    if gone is None:
        raise person_not_found(person_id)
    if gone.left_at is not None:
        raise ConflictError("person_left", en="person {person_id} has left", zh="人员 {person_id} 已离任", person_id=person_id)
    h = holding.c
    ends_later = h.until_at.is_(None) | (h.until_at > sa.literal(from_at, UtcDateTime()))
    if connection.execute(sa.select(h.holding_id).where(h.post_id == post_id, h.person_id == person_id, ends_later, ever_held())).first():
        raise ConflictError(
            "holds_post_already",
            en="person {person_id} holds post {post_id} in that time already",
            zh="人员 {person_id} 在该时段已任岗位 {post_id}",
            person_id=person_id,
            post_id=post_id,
        )
    values = {"post_id": post_id, "person_id": person_id, "from_at": from_at, "until_at": None, "full_time": full_time}
    return int(connection.execute(sa.insert(holding).values(values).returning(h.holding_id)).scalar_one())


def person_not_found(person_id: int) -> NotFoundError:
    """The refusal of an id that no person has."""
    return NotFoundError("person_not_found", en="there is no person {person_id}", zh="没有编号为 {person_id} 的人员", person_id=person_id)


def ever_held() -> sa.ColumnElement[bool]:
    """The condition of a holding that was not withdrawn before it began."""
    return holding.c.until_at.is_(None) | (holding.c.until_at > holding.c.from_at)


def end_holding(connection: Connection, *, post_id: int, person_id: int, at: datetime, now: datetime) -> None:
    """Ends what a person holds; an appointment that has not begun by now is withdrawn.

    ConflictError where it holds nothing then; RequestError for an end before the beginning.
    """
    h = holding.c
    open_ended = h.until_at.is_(None) | (h.until_at > sa.literal(at, UtcDateTime()))
    row = connection.execute(
        sa.select(h.holding_id, h.from_at).where(h.post_id == post_id, h.person_id == person_id, open_ended, ever_held())
    ).one_or_none()
    if row is None:
        raise ConflictError(
            "holds_no_such_post",
            en="person {person_id} does not hold post {post_id} then",
            zh="人员 {person_id} 届时并未任岗位 {post_id}",
            person_id=person_id,
            post_id=post_id,
        )
    if row.from_at <= now and at <= row.from_at:
        raise RequestError("ends_before_it_begins", en="the end lies before the beginning", zh="结束早于开始", field="at")
    connection.execute(sa.update(holding).where(h.holding_id == row.holding_id).values(until_at=max(at, row.from_at)))


def holders_at(connection: Connection, post_id: int, at: datetime) -> list[int]:
    """The persons who hold a post at an instant, away or not."""
    return list(connection.execute(sa.select(holding.c.person_id).where(holding.c.post_id == post_id, held_at(at))).scalars())


def posts_of(connection: Connection, person_id: int, at: datetime) -> list[int]:
    """The posts a person holds at an instant."""
    query = sa.select(holding.c.post_id).where(holding.c.person_id == person_id, held_at(at)).order_by(holding.c.post_id)
    return list(connection.execute(query).scalars())


def held_at(at: datetime) -> sa.ColumnElement[bool]:
    """The condition of a holding that is in force at an instant."""
    moment = sa.literal(at, UtcDateTime())
    return (holding.c.from_at <= moment) & (holding.c.until_at.is_(None) | (holding.c.until_at > moment))


def find_posts(connection: Connection, wanted: PostFilter, *, after: int, limit: int) -> tuple[list[sa.Row[Any]], int]:
    """Posts that match behind an id, with the agency's code and name, and how many match in all."""
    p = post.c
    where: list[sa.ColumnElement[bool]] = []
    if wanted.areas is not None:
        where.append(sa.tuple_(p.area_level, p.area_code).in_(list(wanted.areas)) if wanted.areas else sa.false())
    if wanted.role is not None:
        where.append(p.role == wanted.role)
    if not wanted.retired:
        where.append(p.retired_at.is_(None) | (p.retired_at > sa.literal(wanted.at, UtcDateTime())))
    held = sa.exists().where(holding.c.post_id == p.post_id, held_at(wanted.at))
    if wanted.vacant is not None:
        where.append(~held if wanted.vacant else held)
    if wanted.person_id is not None:
        where.append(sa.exists().where(holding.c.post_id == p.post_id, holding.c.person_id == wanted.person_id, held_at(wanted.at)))
    total = connection.execute(sa.select(sa.func.count()).select_from(post).where(*where)).scalar_one()
    source = post.outerjoin(agency, agency.c.agency_id == p.agency_id)
    query = sa.select(post, agency.c.code.label("agency_code"), agency.c.name.label("agency")).select_from(source)
    return list(connection.execute(query.where(*where, p.post_id > after).order_by(p.post_id).limit(limit))), int(total)


def post_by_id(connection: Connection, post_id: int) -> sa.Row[Any]:
    """One post as `find_posts` gives it, retired or not. NotFoundError without one."""
    source = post.outerjoin(agency, agency.c.agency_id == post.c.agency_id)
    query = sa.select(post, agency.c.code.label("agency_code"), agency.c.name.label("agency")).select_from(source)
    row = connection.execute(query.where(post.c.post_id == post_id)).one_or_none()
    if row is None:
        raise post_not_found(post_id)
    return row


def holdings_of(connection: Connection, post_ids: Sequence[int]) -> list[sa.Row[Any]]:
    """Who ever held these posts, in the order of their beginning: post_id, person_id, name, from_at, until_at, full_time."""
    h = holding.c
    columns = (h.post_id, h.person_id, person.c.name, h.from_at, h.until_at, h.full_time)
    joined = holding.join(person, person.c.person_id == h.person_id)
    query = sa.select(*columns).select_from(joined).where(h.post_id.in_(post_ids), ever_held())
    query = query.order_by(h.post_id, h.from_at, h.holding_id)
    return list(connection.execute(query))


def agencies_page(
    connection: Connection, *, level: str | None, area_code: str | None, after: int, limit: int
) -> tuple[list[sa.Row[Any]], int]:
    """Agencies behind an id, and how many match in all."""
    a = agency.c
    where = [column == value for column, value in ((a.level, level), (a.area_code, area_code)) if value is not None]
    total = connection.execute(sa.select(sa.func.count()).select_from(agency).where(*where)).scalar_one()
    found = connection.execute(sa.select(agency).where(*where, a.agency_id > after).order_by(a.agency_id).limit(limit))
    return list(found), int(total)
