"""The story of a patrol (看问记化): an observation is kept, and in one step becomes a case, settled on the spot or handed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.lookup import Location, locate
from boundaries.store.repository import current_number
from geo_service.accounts import Actor, scope
from geo_service.accounts.model import FIELD_ROLES
from geo_service.api.answers import candidate_values
from geo_service.api.wiring import Wiring
from geo_service.cases import Case, Routing
from geo_service.cases import case as case_of
from geo_service.cases.acting import write
from geo_service.cases.progress import from_json
from geo_service.cases.receiving import receive
from geo_service.cases.repository import NewCase
from geo_service.cases.workflow import Refusal, decide
from geo_service.errors import ConflictError, DeniedError, RequestError, ServiceError
from geo_service.flows.people.places import codes_below
from geo_service.flows.people.reach import Reached
from geo_service.flows.people.schemas import PatrolCaseIn, PatrolIn
from geo_service.published import Published
from geo_service.rulebooks import rulebook_in_force
from geo_service.workers import responsible_for
from geo_service.workers.model import PATROLLING, POST_TITLES
from geo_service.workers.patrols import NewPatrol, add_patrol, became_case, held_patrol, patrol_not_found
from geo_service.workers.posts import standing_post
from geo_service.workers.repository import responsible_of_post


@dataclass(frozen=True, slots=True)
class Turned:
    """An entry and the case it became; new: by this very call."""

    patrol_id: int
    case: Case | None
    new: bool


def observe(connection: Connection, wiring: Wiring, said: PatrolIn, *, actor: Actor, now: datetime) -> Turned:
    """Keeps an observation, and makes a case of it where one is asked for: both or neither.

    NotFoundError: no such post within reach. ConflictError: it is retired. RequestError: a post that does not patrol, an instant in the
    future, an unknown category. DeniedError: somebody else's post. Errors of the point as `locate`.
    """
    observed_at = said.observed_at or now
    if observed_at > now:
        raise RequestError("in_the_future", en="an observation lies in the past", zh="观察时间不能晚于当前", field="observed_at")
    Reached(wiring.published.current(), actor, "cases.report").post(connection, said.post_id)
    post = standing_post(connection, said.post_id)
    require_own_post(actor, said.post_id)
    if post.role not in PATROLLING:
        raise RequestError(
            "does_not_patrol",
            en="posts of role {role} keep no patrol log",
            zh="角色 {role} 的岗位不记巡查日志",
            role=post.role,
            field="post_id",
        )
    published = wiring.published.matching(connection, current_number(connection, lock=True))
    found = _found(wiring, published, lon=said.lon, lat=said.lat, datum=said.datum, accuracy_m=said.accuracy_m)
    there = responsible_of_post(connection, said.post_id, at=observed_at)
    new = NewPatrol(
        post_id=said.post_id,
        person_id=there.person_id if there else None,
        step=said.step,
        text=said.text,
        raw_lon=said.lon,
        raw_lat=said.lat,
        datum=str(said.datum),
        accuracy_m=said.accuracy_m,
        lon=found.lon,
        lat=found.lat,
        generation=published.number,
        area_code=found.area.code if found.area else None,
        observed_at=observed_at,
    )
    patrol_id = add_patrol(connection, new, at=now, actor=actor.name)
    if said.case is None:
        return Turned(patrol_id, None, new=True)
    return turn(connection, wiring, patrol_id, said.case, actor=actor, now=now)


def turn(connection: Connection, wiring: Wiring, patrol_id: int, said: PatrolCaseIn, *, actor: Actor, now: datetime) -> Turned:
    """The case an entry becomes, through channel `patrol`; the one it became already, where it did.

    said.resolved: what was done on the spot; then the case waits for its check, and the walker's post is its handler. DeniedError for a
    post that may not settle anything, ConflictError where the place or the category is missing for that.
    """
    row = held_patrol(connection, patrol_id)
    reached = codes_below(wiring.published.current(), None, scope(actor, "cases.report"))
    if reached is not None and row.area_code not in reached:
        raise patrol_not_found(patrol_id)
    require_own_post(actor, row.post_id)
    if row.case_id is not None:
        return Turned(patrol_id, case_of(connection, row.case_id), new=False)
    if said.category is not None and said.category not in rulebook_in_force(connection, at=now).categories:
        raise RequestError("unknown_category", en="there is no such category", zh="没有该类别", field="category")
    published = wiring.published.matching(connection, current_number(connection, lock=True))
    found = _found(wiring, published, lon=row.raw_lon, lat=row.raw_lat, datum=row.datum, accuracy_m=row.accuracy_m)
    new = NewCase(
        channel="patrol",
        category=said.category,
        urgency=said.urgency,
        description=said.description or row.text,
        address=None,
        routing=_routing(connection, published, row, found, now),
        queue=None if found.area else "unassigned",
        reporter=None,
    )
    case = receive(connection, new, actor=actor.name, at=now, timezone=published.city.timezone)
    became_case(connection, patrol_id, case.case_id)
    if said.resolved is not None:
        case = _resolved(connection, case, row.post_id, said.resolved, now)
    return Turned(patrol_id, case, new=True)


def _resolved(connection: Connection, case: Case, post_id: int, result: str, now: datetime) -> Case:
    role = str(standing_post(connection, post_id).role)
    outcome = decide(from_json(case.progress), "self_resolve", role=role, actor=f"post:{post_id}", payload={"result": result}, now=now)
    if isinstance(outcome, Refusal):
        kinds: dict[str, type[ServiceError]] = {"role": DeniedError, "payload": RequestError}
        kind = kinds.get(outcome.about, ConflictError)
        raise kind(outcome.code, en="{said_en}", zh="{said_zh}", said_en=outcome.en, said_zh=outcome.zh, field="case.resolved")
    return write(connection, case, outcome.recorded)


def _found(wiring: Wiring, published: Published, *, lon: float, lat: float, datum: str | None, accuracy_m: float | None) -> Location:
    certain_from = wiring.settings.routing.certain_from
    return locate(published.lookup, lon=lon, lat=lat, datum=datum, accuracy_m=accuracy_m, certain_from=certain_from)


def _routing(connection: Connection, published: Published, row: sa.Row[Any], found: Location, now: datetime) -> Routing:
    """How the case of an observation is routed: by its point alone."""
    chain = published.chain(found.area) if found.area else []
    who = responsible_for(connection, areas=[(a.level, a.code) for a in chain], at=now) if chain else None
    return Routing(
        generation=published.number,
        verdict=found.verdict,
        rule="point" if found.area else "none",
        area_code=found.area.code if found.area else None,
        area_level=found.area.level if found.area else None,
        areas={a.level: a.code for a in chain},
        candidates=[candidate_values(one) for one in found.candidates],
        on_border=found.on_border,
        raw_lon=row.raw_lon,
        raw_lat=row.raw_lat,
        datum=row.datum,
        accuracy_m=row.accuracy_m,
        lon=found.lon,
        lat=found.lat,
        address_level=None,
        post_id=who.post_id if who else None,
        person_id=who.person_id if who else None,
        agency=who.agency if who else None,
    )


def require_own_post(actor: Actor, post_id: int) -> None:
    """DeniedError for somebody outside the centre who does not act for this post."""
    if actor.role in FIELD_ROLES and f"post:{post_id}" not in {grant.acts_for for grant in actor.held}:
        raise DeniedError("not_your_post", en="post {post_id} is not yours", zh="岗位 {post_id} 不是您的岗位", post_id=post_id)


def title_of(role: str, language: str) -> str:
    """A post's title in the caller's language."""
    return POST_TITLES[role][0 if language.startswith("zh") else 1]
