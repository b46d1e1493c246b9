"""Persons, and when they are away. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.columns import UtcDateTime
from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.workers.model import ABSENCES
from geo_service.workers.posts import ever_held, person_not_found
from geo_service.workers.repository import all_absences
from geo_service.workers.standing_in import Absence, leads_back, overlap
from geo_service.workers.tables import absence, holding, person, post


@dataclass(frozen=True, slots=True)
class Within:
    """Persons who ever held a post for one of these areas. unplaced: and those who never held any."""

    codes: Collection[str]
    unplaced: bool = False

    def holds(self, person_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """The condition of a person."""
        anywhere = sa.exists().where(holding.c.person_id == person_id, ever_held())
        here = sa.exists().where(
            holding.c.person_id == person_id, ever_held(), post.c.post_id == holding.c.post_id, post.c.area_code.in_(self.codes)
        )
        return here | ~anywhere if self.unplaced else here


def areas_held(connection: Connection, person_id: int, *, behind: datetime | None = None) -> set[str]:
    """The codes of the areas a person ever held a post for; behind: only those held at some time behind an instant."""
    h = holding.c
    query = sa.select(post.c.area_code).join(holding, h.post_id == post.c.post_id).where(h.person_id == person_id, ever_held())
    if behind is not None:
        query = query.where(h.until_at.is_(None) | (h.until_at > sa.literal(behind, UtcDateTime())))
    return set(connection.execute(query).scalars())


def add_person(connection: Connection, *, name: str, party_member: bool, phone: str | None) -> int:
    """The id of a new person."""
    values = {"name": name, "party_member": party_member, "phone": phone}
    return int(connection.execute(sa.insert(person).values(values).returning(person.c.person_id)).scalar_one())


def one_person(connection: Connection, person_id: int) -> sa.Row[Any]:
    """The person's row. NotFoundError without one."""
    row = connection.execute(sa.select(person).where(person.c.person_id == person_id)).one_or_none()
    if row is None:
        raise person_not_found(person_id)
    return row


def find_persons(
    connection: Connection, *, text: str | None, after: int, limit: int, within: Within | None = None
) -> tuple[list[sa.Row[Any]], int]:
    """Persons whose name holds a text, behind an id, and how many match in all. Who left is among them."""
    where = [person.c.name.contains(text, autoescape=True)] if text is not None else []
    where += [within.holds(person.c.person_id)] if within is not None else []
    total = connection.execute(sa.select(sa.func.count()).select_from(person).where(*where)).scalar_one()
    found = connection.execute(sa.select(person).where(*where, person.c.person_id > after).order_by(person.c.person_id).limit(limit))
    return list(found), int(total)


def mark_left(connection: Connection, person_id: int, *, at: datetime) -> None:
    """The person has left. ConflictError while named as a stand-in for an absence that is not over, or appointed from later on."""
    a, moment = absence.c, sa.literal(at, UtcDateTime())
    named = sa.select(a.absence_id).where(a.stand_in_person_id == person_id, a.until_at.is_(None) | (a.until_at > moment))
    ids = list(connection.execute(named.order_by(a.absence_id)).scalars())
    if ids:
        raise ConflictError(
            "still_stands_in",
            en="person {person_id} is named to stand in: absences {ids}; name somebody else there first",
            zh="人员 {person_id} 仍是代理人（请假记录 {ids}），请先更换",
            person_id=person_id,
            ids=", ".join(map(str, ids[:20])),
        )
    later = sa.select(holding.c.post_id).where(holding.c.person_id == person_id, holding.c.from_at > moment, ever_held())
    if (row := connection.execute(later).first()) is not None:
        raise ConflictError(
            "appointed_later",
            en="somebody is appointed to post {post_id} from a later instant on: withdraw that first",
            zh="岗位 {post_id} 已有此后生效的任职，请先撤回",
            post_id=row.post_id,
        )
    connection.execute(sa.update(person).where(person.c.person_id == person_id).values(left_at=at))


def record_absence(connection: Connection, new: Absence, *, actor: str) -> int:
    """The id of a new absence. Whoever calls keeps others from recording one meanwhile: two together could close a circle.

    NotFoundError: no such person. RequestError: an unknown reason, stand-in or an end before the beginning. ConflictError: the time
    overlaps another absence of the person, or the chain of stand-ins comes back to who is away.
    """
    _check(connection, new)
    for other in all_absences(connection, absence.c.person_id == new.person_id):
        if overlap(new.from_at, new.until_at, other.from_at, other.until_at):
            raise ConflictError(
                "absences_overlap",
                en="person {person_id} is away in that time already: absence {absence_id}",
                zh="人员 {person_id} 在该时段已有请假（记录 {absence_id}）",
                person_id=new.person_id,
                absence_id=other.absence_id,
            )
    refuse_circle(connection, new)
    names = ("person_id", "from_at", "until_at", "reason", "stand_in_person_id", "stand_in_post_id")
    values = {name: getattr(new, name) for name in names}
    return int(connection.execute(sa.insert(absence).values(**values, actor=actor).returning(absence.c.absence_id)).scalar_one())


def _check(connection: Connection, new: Absence) -> None:
    if new.reason not in ABSENCES:
        known = ", ".join(ABSENCES)
        raise RequestError("unknown_reason", en="the reason is one of {known}", zh="事由应为：{known}", known=known, field="reason")
    if new.until_at is not None and new.until_at <= new.from_at:
        raise RequestError("ends_before_it_begins", en="the end lies before the beginning", zh="结束早于开始", field="until_at")
    if new.stand_in_person_id is not None and new.stand_in_post_id is not None:
        raise RequestError(
            "two_stand_ins", en="a person or a post stands in, not both", zh="代理人与代理岗位只能填一个", field="stand_in_post_id"
        )
    away = connection.execute(sa.select(person.c.left_at).where(person.c.person_id == new.person_id)).one_or_none()
    if away is None:
        raise person_not_found(new.person_id)
    for value, field, query in (
        (new.stand_in_person_id, "stand_in_person_id", sa.select(person.c.left_at).where(person.c.person_id == new.stand_in_person_id)),
        (new.stand_in_post_id, "stand_in_post_id", sa.select(post.c.retired_at).where(post.c.post_id == new.stand_in_post_id)),
    ):
        row = None if value is None else connection.execute(query).one_or_none()
        if value is not None and (row is None or row[0] is not None):
            raise unknown_stand_in(value, field)


def unknown_stand_in(value: int, field: str) -> RequestError:
    """The refusal of a stand-in that nobody is, or nobody within the caller's reach."""
    return RequestError(
        "unknown_stand_in",
        en="there is no such person or post in office: {value}",
        zh="没有在任的人员或岗位：{value}",
        value=value,
        field=field,
    )


def refuse_circle(connection: Connection, new: Absence) -> None:
    """ConflictError, naming the chain, where the stand-ins of an absence lead back to who is away."""

    def holders(post_id: int, begin: datetime, end: datetime | None) -> list[int]:
        rows = connection.execute(sa.select(holding).where(holding.c.post_id == post_id).order_by(holding.c.holding_id))
        return [row.person_id for row in rows if overlap(begin, end, row.from_at, row.until_at)]

    chain = leads_back(new, absences=lambda one: all_absences(connection, absence.c.person_id == one), holders=holders)
    if chain is not None:
        rows = connection.execute(sa.select(person.c.person_id, person.c.name).where(person.c.person_id.in_(chain)))
        names = {row.person_id: row.name for row in rows}
        raise ConflictError(
            "circular_stand_ins",
            en="the stand-ins lead in a circle: {chain}",
            zh="代理关系成环：{chain}",
            chain=" → ".join(names[one] for one in chain),
        )


def end_absence(connection: Connection, absence_id: int, *, at: datetime) -> Absence:
    """The absence, ended at an instant: the person is back. NotFoundError without one; ConflictError when it is over already.

    One that has not begun by then never was: it ends where it begins.
    """
    one = absence_by_id(connection, absence_id)
    if one.until_at is not None and one.until_at <= at:
        raise ConflictError("absence_over", en="absence {absence_id} is over", zh="请假记录 {absence_id} 已结束", absence_id=absence_id)
    connection.execute(sa.update(absence).where(absence.c.absence_id == absence_id).values(until_at=max(at, one.from_at)))
    return all_absences(connection, absence.c.absence_id == absence_id)[0]


def absence_by_id(connection: Connection, absence_id: int) -> Absence:
    """The absence, locked until the transaction ends. NotFoundError without one."""
    held = connection.execute(sa.select(absence.c.absence_id).where(absence.c.absence_id == absence_id).with_for_update()).first()
    if held is None:
        raise absence_not_found(absence_id)
    return all_absences(connection, absence.c.absence_id == absence_id)[0]


def absence_not_found(absence_id: int) -> NotFoundError:
    """The refusal of an id that no absence has, or none within the caller's reach."""
    return NotFoundError("absence_not_found", en="there is no absence {absence_id}", zh="没有请假记录 {absence_id}", absence_id=absence_id)


def find_absences(
    connection: Connection, *, at: datetime | None, person_id: int | None, after: int, limit: int, within: Within | None = None
) -> tuple[list[sa.Row[Any]], int]:
    """Absences behind an id with the names of who is away and who stands in, and how many match; at: those in force then."""
    a, stand_in = absence.c, person.alias("stand_in")
    where: list[sa.ColumnElement[bool]] = []
    if at is not None:
        moment = sa.literal(at, UtcDateTime())
        where += [a.from_at <= moment, a.until_at.is_(None) | (a.until_at > moment)]
    if person_id is not None:
        where.append(a.person_id == person_id)
    where += [within.holds(a.person_id)] if within is not None else []
    total = connection.execute(sa.select(sa.func.count()).select_from(absence).where(*where)).scalar_one()
    joined = absence.join(person, person.c.person_id == a.person_id).outerjoin(stand_in, stand_in.c.person_id == a.stand_in_person_id)
    query = sa.select(absence, person.c.name, stand_in.c.name.label("stand_in_name")).select_from(joined)
    return list(connection.execute(query.where(*where, a.absence_id > after).order_by(a.absence_id).limit(limit))), int(total)
