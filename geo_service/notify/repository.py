"""Subscriptions and texts in the database. Takes a connection, never commits; what changes stands in the log, without any address."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.errors import NotFoundError
from geo_service.event_log import NewEvent
from geo_service.notify.model import REPORTER, Subscription
from geo_service.notify.tables import message, message_template, subscription
from geo_service.notify.wording import Template, require_text, shipped

_S = subscription.c


def subscribe(
    connection: Connection,
    *,
    owner: str,
    owner_kind: str,
    account_id: int | None,
    case_id: int | None,
    area_code: str | None,
    category: str | None,
    kinds: tuple[str, ...] | None,
    channel: str,
    address: str,
    language: str,
    secret: str | None,
    at: datetime,
) -> Subscription:
    """A new subscription: of what happens from now on. secret: the given one; a webhook without gets one of our making."""
    if channel == "webhook" and secret is None:
        secret = secrets.token_urlsafe(32)
    values = {
        "owner": owner,
        "owner_kind": owner_kind,
        "account_id": account_id,
        "case_id": case_id,
        "area_code": area_code,
        "category": category,
        "kinds": None if kinds is None else list(kinds),
        "channel": channel,
        "address": address,
        "language": language,
        "secret": secret,
        "from_position": event_log.head_of(connection)[0],
        "created_at": at,
    }
    made = connection.execute(sa.insert(subscription).values(values).returning(_S.subscription_id)).scalar_one()
    said = {"subscription": made, "channel": channel, "case": case_id, "area": area_code, "category": category}
    event_log.append(connection, [NewEvent("subscribed", None, owner, at, said)])
    return one_subscription(connection, made)


def subscribe_reporter(connection: Connection, case_id: int, *, channel: str, address: str, language: str, at: datetime) -> None:
    """Lets whoever reported hear of the case. Call it where the case is opened, before its first event: that one is told too."""
    values = {"owner": REPORTER, "owner_kind": REPORTER, "case_id": case_id, "channel": channel, "address": address}
    connection.execute(sa.insert(subscription).values(**values, language=language, from_position=0, created_at=at))


def one_subscription(connection: Connection, subscription_id: int) -> Subscription:
    """The subscription, ended or not. NotFoundError when there is none of this id."""
    row = connection.execute(sa.select(subscription).where(_S.subscription_id == subscription_id)).one_or_none()
    if row is None:
        raise no_subscription(subscription_id)
    return of_row(row)


def no_subscription(subscription_id: int) -> NotFoundError:
    """The refusal of an id that no subscription has, or none of the caller's."""
    return NotFoundError("subscription_not_found", en="there is no subscription {id}", zh="订阅 {id} 不存在", id=subscription_id)


def own_subscriptions(connection: Connection, *, owner: str, owner_kind: str) -> list[Subscription]:
    """What somebody subscribed to and did not end, oldest first."""
    where = (_S.owner == owner, _S.owner_kind == owner_kind, _S.ended_at.is_(None))
    return [of_row(row) for row in connection.execute(sa.select(subscription).where(*where).order_by(_S.subscription_id))]


def subscriptions_for(connection: Connection, case_ids: Collection[int]) -> list[Subscription]:
    """The subscriptions in force that an event of any of these cases may concern."""
    concerned = _S.case_id.is_(None) | _S.case_id.in_(sorted(case_ids))
    query = sa.select(subscription).where(_S.ended_at.is_(None), concerned).order_by(_S.subscription_id)
    return [of_row(row) for row in connection.execute(query)]


def any_in_force(connection: Connection) -> bool:
    """Whether anybody waits for messages at all."""
    return connection.execute(sa.select(_S.subscription_id).where(_S.ended_at.is_(None)).limit(1)).first() is not None


def behind(connection: Connection) -> list[Subscription]:
    """Subscriptions whose outbox was full and that are not whole again; some at a time."""
    query = sa.select(subscription).where(_S.behind_at.is_not(None), _S.ended_at.is_(None)).order_by(_S.behind_at).limit(50)
    return [of_row(row) for row in connection.execute(query)]


def by_id(connection: Connection, ids: Collection[int]) -> dict[int, Subscription]:
    """id -> the subscription."""
    rows = connection.execute(sa.select(subscription).where(_S.subscription_id.in_(sorted(ids))))
    return {row.subscription_id: of_row(row) for row in rows}


def end(connection: Connection, found: Subscription, *, by: str, at: datetime) -> None:
    """Ends a subscription; what waits for it in the outbox is not sent any more. Again it does nothing."""
    if found.ended_at is not None:
        return
    connection.execute(sa.update(subscription).where(_S.subscription_id == found.subscription_id).values(ended_at=at, behind_at=None))
    waiting = (message.c.subscription_id == found.subscription_id) & (message.c.state == "queued")
    connection.execute(sa.update(message).where(waiting).values(state="dead", last_error="subscription_ended"))
    event_log.append(connection, [NewEvent("unsubscribed", None, by, at, {"subscription": found.subscription_id})])


def texts_in_force(connection: Connection) -> Mapping[tuple[str, str, str], Template]:
    """(audience, kind, language) -> the city's newest text, else the shipped one."""
    t = message_template.c
    rows = connection.execute(sa.select(message_template).order_by(t.version))
    own = {(r.audience, r.kind, r.language): Template(r.audience, r.kind, r.language, r.subject, r.body, r.version) for r in rows}
    return {**shipped(), **own}


def put_text(connection: Connection, template: Template, *, by: str, at: datetime) -> Template:
    """The next version of a text. RequestError as `require_text`. The same text again changes nothing."""
    require_text(template)
    key = (template.audience, template.kind, template.language)
    before = texts_in_force(connection).get(key)
    if before is not None and (before.subject, before.body) == (template.subject, template.body):
        return before
    made = Template(*key, template.subject, template.body, version=(before.version if before else 0) + 1)
    values = {name: getattr(made, name) for name in ("audience", "kind", "language", "version", "subject", "body")}
    connection.execute(sa.insert(message_template).values(**values, actor=by, created_at=at))
    said = {"audience": made.audience, "kind": made.kind, "language": made.language, "version": made.version}
    event_log.append(connection, [NewEvent("message_template_changed", None, by, at, said)])
    return made


def of_row(row: sa.Row[Any]) -> Subscription:
    """The subscription of a row."""
    values = dict(row._mapping)
    return Subscription(**{**values, "kinds": None if values["kinds"] is None else tuple(values["kinds"])})
