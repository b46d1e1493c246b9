"""The story of one action on a case, without HTTP: held, completed by the rules, decided by the workflow, written with its event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.accounts import DEMO_OPERATOR, Actor, Grant, may, scope
from geo_service.api.sight import sight_of
from geo_service.cases import Case
from geo_service.cases.acting import held_case, since, write
from geo_service.cases.answering import TAKING
from geo_service.cases.consulting.sight import must_see
from geo_service.cases.progress import from_json
from geo_service.cases.visible import reaches, visible_case
from geo_service.cases.workflow import PAYLOADS, CaseState, Recorded, Refusal, Transition, allowed, apply, decide
from geo_service.errors import ConflictError, DeniedError, NotFoundError, RequestError, ServiceError, StaleError
from geo_service.flows.dispatch.preparing import Asking, Prepared, merged_into, prepare, unknown_case
from geo_service.published import Published
from geo_service.workers.repository import responsible_of_post

SHOWN_CHANGES = 20
_SUPERVISING = ("check", "close")


def act(
    connection: Connection,
    published: Published,
    case_id: int,
    event: str,
    said: dict[str, Any],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> Case:
    """The case after the event, in the caller's transaction.

    NotFoundError: no such case or event. StaleError: the case changed since `expected_version`. DeniedError: another role does this.
    ConflictError: not in this state. RequestError: what was said cannot be, field by field.
    """
    known_event(event)
    into = merged_into(event, said)
    case, state = held_case(connection, case_id, beside=into)
    require_reach(connection, case, actor)
    require_version(connection, case, expected_version)
    if into is not None:
        _seen_to_merge_into(connection, into, actor)
    role, name = acting_as(actor, event, case)
    return apply_event(connection, published, case, state, event, said, role=role, name=name, now=now)


def _seen_to_merge_into(connection: Connection, into: int, actor: Actor) -> None:
    """RequestError for a case that is not there for the actor: one that nobody has and one that is not theirs are told alike."""
    try:
        visible_case(connection, into, scope(actor, "cases.read"))
    except NotFoundError as missing:
        raise unknown_case(into) from missing


def hold(connection: Connection, case_id: int, *, expected_version: int, actor: Actor) -> None:
    """Holds a case until the transaction ends, in the version somebody looked at. NotFoundError, StaleError."""
    case, _ = held_case(connection, case_id)
    require_reach(connection, case, actor)
    require_version(connection, case, expected_version)


def require_reach(connection: Connection, case: Case, actor: Actor) -> None:
    """NotFoundError for a case the actor does not see, as if there were none; DeniedError for one it sees and may not act on."""
    must_see(connection, case, sight_of(actor))
    if not reaches(scope(actor, "cases.act"), case):
        raise DeniedError(
            "outside_reach", en="your roles do not reach this case for acting on it", zh="您的角色权限范围不包含对该案件的操作"
        )


def known_event(event: str) -> None:
    """NotFoundError for what is no event of the workflow."""
    if event not in PAYLOADS:
        raise NotFoundError("unknown_event", en="there is no event {event}", zh="没有名为 {event} 的操作", event=event[:40])


def apply_event(
    connection: Connection,
    published: Published,
    case: Case,
    state: CaseState,
    event: str,
    said: dict[str, Any],
    *,
    role: str,
    name: str,
    now: datetime,
) -> Case:
    """The event on a case that is held already. Errors as `act`."""
    refused = _may_not(state, event, role, name, said, now)
    if refused is not None:
        raise refusal_error(refused)
    prepared = prepare(Asking(connection, published, case, state, event, said, now))
    outcome = decide(state, event, role=role, actor=name, payload=prepared.payload, now=now)
    if isinstance(outcome, Refusal):
        raise refusal_error(outcome)
    return write(connection, case, _with_facts(outcome, prepared, _in_whose_hands(connection, state, outcome.recorded)))


def _in_whose_hands(connection: Connection, state: CaseState, recorded: Recorded) -> dict[str, Any]:
    """The person who is there for the post that owns the case behind the event; None for an agency and a vacant post."""
    if recorded.kind not in TAKING:
        return {}
    kind, _, number = (apply(state, recorded).owner or "").partition(":")
    there = responsible_of_post(connection, int(number), at=recorded.at) if kind == "post" else None
    return {"answered_by": None if there is None else there.person_id}


def _may_not(state: CaseState, event: str, role: str, name: str, said: dict[str, Any], now: datetime) -> Refusal | None:
    """Role, state and clock are asked first: nobody learns from a later check what they may not do."""
    outcome = decide(state, event, role=role, actor=name, payload=said, now=now)
    return outcome if isinstance(outcome, Refusal) and outcome.about in ("event", "role", "state", "clock") else None


def _with_facts(outcome: Transition, prepared: Prepared, hands: dict[str, Any]) -> Recorded:
    return replace(outcome.recorded, data={**outcome.recorded.data, **prepared.beside, **hands})


def acting_as(actor: Actor, event: str, case: Case) -> tuple[str, str]:
    """(role, name in the log): of the roles the actor holds for this case the first that the event is open to in its state.

    Who acts for an agency or a post acts in its name. The demonstration's operator is also its supervisor, under another name: no
    verifier is the handler.
    """
    if actor == DEMO_OPERATOR:
        return ("supervisor", f"{actor.name} supervisor") if event in _SUPERVISING else (actor.role, actor.name)
    held = _held_for(actor, case)
    state = from_json(case.progress)
    able = (one for one in held if event in allowed(state, one.role))
    chosen = next(able, held[0] if held else None)
    return (actor.role, actor.name) if chosen is None else (chosen.role, chosen.acts_for or actor.name)


def next_actions(case: Case, actor: Actor, *, now: datetime) -> list[str]:
    """What this actor may try on the case now; nothing for who only looks."""
    if not may(actor, "cases.act") or not reaches(scope(actor, "cases.act"), case):
        return []
    state = from_json(case.progress)
    if actor == DEMO_OPERATOR:
        names = dict.fromkeys(allowed(state, actor.role, actor=actor.name, now=now))
        role, name = acting_as(actor, "check", case)
        return list(names | dict.fromkeys(one for one in allowed(state, role, actor=name, now=now) if one in _SUPERVISING))
    held = _held_for(actor, case)
    return list(dict.fromkeys(one for g in held for one in allowed(state, g.role, actor=g.acts_for or actor.name, now=now)))


def _held_for(actor: Actor, case: Case) -> list[Grant]:
    """What the actor holds that reaches this case for acting on it, in the order it was granted."""
    alone = (replace(actor, role=grant.role, grants=(grant,)) for grant in actor.held)
    return [one.grants[0] for one in alone if reaches(scope(one, "cases.act"), case)]


def require_version(connection: Connection, case: Case, expected: int) -> None:
    """StaleError with the present version and what happened since, when the caller looked at another one."""
    if case.version == expected:
        return
    changes = since(connection, case.case_id, expected) if 0 < expected < case.version else []
    listed = [
        StaleError(
            f"changed_{kind}", en="{kind} by {by} at {at}", zh="{at} {by}：{kind}", kind=kind, by=by, at=at.isoformat(), field="version"
        )
        for kind, by, at in changes[-SHOWN_CHANGES:]
    ]
    raise StaleError(
        "case_moved_on",
        en="the case is at version {version}, you looked at {expected}; since then: {kinds}",
        zh="案件已到版本 {version}，您看到的是版本 {expected}；此后：{kinds}",
        items=listed,
        version=case.version,
        expected=expected,
        kinds=", ".join(kind for kind, _, _ in changes[-SHOWN_CHANGES:]) or "-",
        field="version",
    )


_KIND: dict[str, type[ServiceError]] = {"event": NotFoundError, "role": DeniedError, "payload": RequestError}


def refusal_error(refusal: Refusal) -> ServiceError:
    """The workflow's refusal as an error of the service."""
    kind = _KIND.get(refusal.about, ConflictError)
    items = [
        RequestError(one.code, en="{said_en}", zh="{said_zh}", said_en=one.en, said_zh=one.zh, field=one.field) for one in refusal.fields
    ]
    return kind(refusal.code, en="{said_en}", zh="{said_zh}", items=items, said_en=refusal.en, said_zh=refusal.zh)
