"""The story of one action on a case, without HTTP: held, completed by the rules, decided by the workflow, written with its event."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.accounts import DEMO_OPERATOR, Actor
from geo_service.cases import Case
from geo_service.cases.acting import held_case, since, write
from geo_service.cases.progress import from_json
from geo_service.cases.workflow import PAYLOADS, CaseState, Refusal, Transition, allowed, decide
from geo_service.errors import ConflictError, DeniedError, NotFoundError, RequestError, ServiceError, StaleError
from geo_service.flows.dispatch.preparing import Asking, Prepared, prepare
from geo_service.published import Published

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
    case, state = held_case(connection, case_id)
    if event not in PAYLOADS:
        raise NotFoundError("unknown_event", en="there is no event {event}", zh="没有名为 {event} 的操作", event=event[:40])
    require_version(connection, case, expected_version)
    role, name = acting_as(actor, event)
    return apply_event(connection, published, case, state, event, said, role=role, name=name, now=now)


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
    return write(connection, case, _with_facts(outcome, prepared))


def _may_not(state: CaseState, event: str, role: str, name: str, said: dict[str, Any], now: datetime) -> Refusal | None:
    """Role, state and clock are asked first: nobody learns from a later check what they may not do."""
    outcome = decide(state, event, role=role, actor=name, payload=said, now=now)
    return outcome if isinstance(outcome, Refusal) and outcome.about in ("event", "role", "state", "clock") else None


def _with_facts(outcome: Transition, prepared: Prepared) -> Any:
    return replace(outcome.recorded, data={**outcome.recorded.data, **prepared.beside})


def acting_as(actor: Actor, event: str) -> tuple[str, str]:
    """(role, name in the log). The demonstration's operator is also its supervisor, under another name: no verifier is the handler."""
    if actor == DEMO_OPERATOR and event in _SUPERVISING:
        return "supervisor", f"{actor.name} supervisor"
    return actor.role, actor.name


def next_actions(case: Case, actor: Actor, *, now: datetime) -> list[str]:
    """What this actor may try on the case now."""
    state = from_json(case.progress)
    names = dict.fromkeys(allowed(state, actor.role, actor=actor.name, now=now))
    if actor == DEMO_OPERATOR:
        role, name = acting_as(actor, "check")
        names |= dict.fromkeys(one for one in allowed(state, role, actor=name, now=now) if one in _SUPERVISING)
    return list(names)


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
