"""The story of posts and persons: made, filled, left, and what becomes of the open cases of whoever goes. Without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.tables import current_generation
from geo_service import event_log
from geo_service.cases.model import STATES, Case
from geo_service.cases.succession import Successor, open_cases_of_person, open_cases_of_post, succeed
from geo_service.errors import ConflictError, RequestError
from geo_service.event_log import NewEvent
from geo_service.workers.persons import mark_left, one_person
from geo_service.workers.posts import appoint, end_holding, holders_at, posts_of, retire_post, standing_post
from geo_service.workers.repository import responsible_of_post

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Leaving:
    """When somebody goes or a post ends, why, and who takes over: a person (on the same post) or another post; neither is fine too,
    as long as no case is open."""

    at: datetime
    reason: str
    person_id: int | None = None
    post_id: int | None = None

    @property
    def named(self) -> bool:
        return self.person_id is not None or self.post_id is not None


def hold(connection: Connection) -> None:
    """Keeps reports from coming in and others from changing people until the transaction ends.

    Every report reads the generation in force with a lock, so that no case is given to somebody who goes in the same moment.
    """
    connection.execute(sa.select(current_generation.c.number).with_for_update())


def log(connection: Connection, kind: str, actor: str, at: datetime, **data: Any) -> None:
    """Puts down in the city's log who changed what; ids only, no names."""
    event_log.append(connection, [NewEvent(kind, None, actor, at, data)])


def relieve(connection: Connection, post_id: int, person_id: int, leaving: Leaving, *, actor: str, now: datetime) -> list[Case]:
    """A person leaves a post at an instant; returns the open cases that went to the successor.

    ConflictError names the open cases of the person there (of the post, when nobody else holds it) where no successor is named.
    """
    _check(leaving, now)
    hold(connection)
    moved = _leave_post(connection, post_id, person_id, leaving, actor=actor, now=now)
    log(connection, "relieved", actor, now, post_id=post_id, person_id=person_id, **_said(leaving, moved))
    return moved


def retire(connection: Connection, post_id: int, leaving: Leaving, *, actor: str, now: datetime) -> list[Case]:
    """A post ends; returns its open cases, which went to another post. ConflictError names them where none is named."""
    _check(leaving, now)
    if leaving.person_id is not None:
        raise RequestError(
            "successor_is_a_post",
            en="another post takes over the cases of a post that ends",
            zh="岗位撤销时，须由另一岗位接办其案件",
            field="successor.person_id",
        )
    hold(connection)
    cases = _settled(lambda: open_cases_of_post(connection, post_id), lambda: standing_post(connection, post_id))
    _refuse_open(cases, leaving)
    retire_post(connection, post_id, at=leaving.at)
    if cases:
        _give(connection, cases, post_id, leaving, actor=actor, now=now)
    log(connection, "post_retired", actor, now, post_id=post_id, **_said(leaving, cases))
    return cases


def remove(connection: Connection, person_id: int, leaving: Leaving, *, actor: str, now: datetime) -> list[Case]:
    """A person leaves every post; returns the open cases that went to the successor. ConflictError names them where none is named."""
    _check(leaving, now)
    hold(connection)
    if one_person(connection, person_id).left_at is not None:
        raise ConflictError("person_left", en="person {person_id} has left", zh="人员 {person_id} 已离任", person_id=person_id)
    posts = posts_of(connection, person_id, leaving.at)
    moved = [case for post_id in posts for case in _leave_post(connection, post_id, person_id, leaving, actor=actor, now=now)]
    rest = open_cases_of_person(connection, person_id)  # what came while standing in for somebody
    _refuse_open(rest, leaving)
    for case in rest:
        _give(connection, [case], case.routing.post_id or 0, leaving, actor=actor, now=now)
    mark_left(connection, person_id, at=leaving.at)
    log(connection, "person_left", actor, now, person_id=person_id, posts=posts, **_said(leaving, [*moved, *rest]))
    return [*moved, *rest]


def _leave_post(connection: Connection, post_id: int, person_id: int, leaving: Leaving, *, actor: str, now: datetime) -> list[Case]:
    everything = _settled(lambda: open_cases_of_post(connection, post_id), lambda: standing_post(connection, post_id))
    vacant = set(holders_at(connection, post_id, leaving.at)) == {person_id}
    cases = [case for case in everything if vacant or (case.routing.person_id == person_id and case.routing.post_id == post_id)]
    _refuse_open(cases, leaving)
    end_holding(connection, post_id=post_id, person_id=person_id, at=leaving.at, now=now)
    if leaving.person_id is not None and leaving.person_id not in holders_at(connection, post_id, leaving.at):
        appoint(connection, post_id=post_id, person_id=leaving.person_id, from_at=leaving.at)
    if cases:
        _give(connection, cases, post_id, leaving, actor=actor, now=now)
    return cases


def _settled(read: Callable[[], list[Case]], lock: Callable[[], Any]) -> list[Case]:
    """The cases after the post is locked: they are locked first, as whoever acts on a case does, then looked at again."""
    read()
    lock()
    return read()


def _give(connection: Connection, cases: Sequence[Case], post_id: int, leaving: Leaving, *, actor: str, now: datetime) -> None:
    succeed(
        connection, cases, from_post=post_id, to=_successor(connection, post_id, leaving, now), reason=leaving.reason, actor=actor, at=now
    )


def _successor(connection: Connection, post_id: int, leaving: Leaving, now: datetime) -> Successor:
    if leaving.person_id is not None:
        there = responsible_of_post(connection, post_id, at=now)
        return Successor(post_id, leaving.person_id, there.agency if there else None)
    assert leaving.post_id is not None, "a successor was named"
    if leaving.post_id == post_id:
        raise RequestError("successor_is_same", en="the post cannot follow itself", zh="接任岗位不能是本岗位", field="successor.post_id")
    standing_post(connection, leaving.post_id)
    there = responsible_of_post(connection, leaving.post_id, at=now)
    if there is None or there.person_id is None:
        raise ConflictError(
            "successor_vacant",
            en="nobody is there for post {post_id}: it cannot take over cases",
            zh="岗位 {post_id} 目前无人在岗，不能接办案件",
            post_id=leaving.post_id,
        )
    return Successor(leaving.post_id, there.person_id, there.agency)


def _check(leaving: Leaving, now: datetime) -> None:
    if leaving.at > now:
        raise RequestError(
            "leaves_in_the_future",
            en="who leaves, leaves now or has left: open cases change hands at once (an absence may be planned)",
            zh="离任只能即时或追溯办理：在办案件须当场移交（可预先登记请假）",
            field="at",
        )
    if leaving.person_id is not None and leaving.post_id is not None:
        raise RequestError(
            "two_successors", en="a person or a post takes over, not both", zh="接任人与接任岗位只能填一个", field="successor.post_id"
        )


def _refuse_open(cases: Sequence[Case], leaving: Leaving) -> None:
    if not cases or leaving.named:
        return
    items = [
        ConflictError(
            "open_case",
            en="case {number} is {state_en}",
            zh="案件 {number}：{state_zh}",
            number=one.tracking_number,
            state_en=STATES[one.state][1],
            state_zh=STATES[one.state][0],
            field=f"cases.{one.case_id}",
        )
        for one in cases[:SHOWN]
    ]
    numbers = ", ".join(one.tracking_number for one in cases[:SHOWN]) + (" …" if len(cases) > SHOWN else "")
    raise ConflictError(
        "open_cases",
        en="{count} open case(s): name a successor; {numbers}",
        zh="尚有 {count} 件在办案件，请指定接任者：{numbers}",
        items=items,
        count=len(cases),
        numbers=numbers,
    )


def _said(leaving: Leaving, moved: Sequence[Case]) -> dict[str, Any]:
    said = {"left_at": leaving.at.isoformat(), "reason": leaving.reason, "cases": [one.case_id for one in moved]}
    named = {"successor_person_id": leaving.person_id, "successor_post_id": leaving.post_id}
    return {**said, **{name: value for name, value in named.items() if value is not None}}
