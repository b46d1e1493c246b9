"""The stories of subscribing, of looking after messages, and of the texts, without HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from geo_service.accounts import Actor, scope
from geo_service.api.wiring import Wiring
from geo_service.cases import case as case_of
from geo_service.cases.repository import case_not_found
from geo_service.errors import ConflictError, DeniedError, RequestError
from geo_service.flows.messages.facts import STAGES
from geo_service.flows.messages.owners import covers, is_within_scope
from geo_service.flows.messages.schemas import (
    MessageOut,
    NewSubscriptionOut,
    SubscriptionAsked,
    SubscriptionOut,
    TemplateAsked,
    TemplateOut,
)
from geo_service.notify import Message, Subscription, outbox, repository
from geo_service.notify.model import masked_address
from geo_service.notify.senders import require_address
from geo_service.notify.wording import ANY, AUDIENCES, LANGUAGES, Template, event_names
from geo_service.rulebooks import rulebook_in_force
from geo_service.scope import EVERYTHING, is_within

MOST_OWN = 50
"""Subscriptions of one owner."""


def is_caretaker(actor: Actor) -> bool:
    """Whether the actor looks after the whole city's messages: messages.write without bounds."""
    return scope(actor, "messages.write") == EVERYTHING


def subscribe(
    connection: Connection, wiring: Wiring, asked: SubscriptionAsked, *, actor: Actor, language: str, now: datetime
) -> NewSubscriptionOut:
    """A new subscription of the actor's. RequestError, DeniedError, NotFoundError for what the actor may not hear of or nobody can."""
    _require_sense(connection, asked, now)
    _require_scope(connection, wiring, asked, actor)
    require_address(wiring.settings.messages, asked.channel, asked.address, field="")
    if len(repository.own_subscriptions(connection, owner=actor.name, owner_kind=actor.kind)) >= MOST_OWN:
        raise ConflictError("too_many_subscriptions", en="at most {n} subscriptions each", zh="每个用户最多 {n} 个订阅", n=MOST_OWN)
    made = repository.subscribe(
        connection,
        owner=actor.name,
        owner_kind=actor.kind,
        account_id=actor.account_id,
        case_id=asked.case_id,
        area_code=asked.area,
        category=asked.category,
        kinds=None if asked.kinds is None else tuple(dict.fromkeys(asked.kinds)),
        channel=asked.channel,
        address=asked.address,
        language=asked.language or language,
        secret=asked.secret,
        at=now,
    )
    return NewSubscriptionOut(**subscription_out(made).model_dump(), secret=made.secret)


def _require_sense(connection: Connection, asked: SubscriptionAsked, now: datetime) -> None:
    if asked.case_id is not None and (asked.area is not None or asked.category is not None):
        raise RequestError(
            "case_or_area", en="say a case, or an area and category, not both", zh="请指定案件，或区域与类别，不能同时指定", field="case_id"
        )
    known = rulebook_in_force(connection, at=now).categories
    if asked.category is not None and not any(key == asked.category or is_within(key, asked.category) for key in known):
        raise RequestError("unknown_category", en="there is no such category", zh="没有该类别", field="category")
    possible = {*event_names(), *(f"stage:{stage}" for stage in STAGES)}
    for n, kind in enumerate(asked.kinds or ()):
        if kind not in possible:
            raise RequestError(
                "unknown_kind",
                en="nothing of this kind happens; possible: {known}",
                zh="没有这种事件；可用：{known}",
                known=", ".join(sorted(possible)),
                field=f"kinds.{n}",
            )


def _require_scope(connection: Connection, wiring: Wiring, asked: SubscriptionAsked, actor: Actor) -> None:
    """What is out of the actor's scope is refused; neither area nor category means whatever the actor may see, so that always is within."""
    reach = scope(actor, "cases.read")
    if asked.case_id is not None:
        if not is_within_scope(reach, case_of(connection, asked.case_id)):
            raise case_not_found(asked.case_id)
        return
    areas: set[str] = set()
    if asked.area is not None:
        published = wiring.published.current()
        area = published.by_code.get(asked.area)
        if area is None:
            raise RequestError("unknown_area", en="there is no such area", zh="没有该区域", field="area")
        areas = {one.code for one in published.chain(area)}
    if (asked.area is not None or asked.category is not None) and not covers(reach, area=asked.area, above=areas, category=asked.category):
        raise DeniedError("outside_scope", en="this is outside of what your role reaches", zh="超出您的权限范围")


def own_subscription(connection: Connection, subscription_id: int, *, actor: Actor) -> Subscription:
    """A subscription of the actor's, or anybody's for who looks after all; for others it does not exist."""
    found = repository.one_subscription(connection, subscription_id)
    if not is_caretaker(actor) and (found.owner, found.owner_kind) != (actor.name, actor.kind):
        raise repository.no_subscription(subscription_id)
    return found


def end(connection: Connection, subscription_id: int, *, actor: Actor, now: datetime) -> None:
    """Ends a subscription; what waits for it is not sent."""
    repository.end(connection, own_subscription(connection, subscription_id, actor=actor), by=actor.name, at=now)


def own_message(connection: Connection, message_id: str, *, actor: Actor) -> Message:
    """A message of a subscription of the actor's, or any for who looks after all; for others it does not exist."""
    found = outbox.one_message(connection, message_id)
    one = repository.one_subscription(connection, found.subscription_id)
    if not is_caretaker(actor) and (one.owner, one.owner_kind) != (actor.name, actor.kind):
        raise outbox.no_message(message_id)
    return found


def put_text(
    connection: Connection, asked: TemplateAsked, *, audience: str, kind: str, language: str, actor: Actor, now: datetime
) -> TemplateOut:
    """The next version of a text. RequestError for an audience, kind or language there is none of, and for a text that cannot be."""
    kinds = {*event_names(), *(f"stage:{stage}" for stage in STAGES), ANY, "trial"}
    for field, value, possible in (("audience", audience, AUDIENCES), ("kind", kind, kinds), ("language", language, LANGUAGES)):
        if value not in possible:
            raise RequestError(
                "unknown_template",
                en="there are no texts for this {field}; possible: {known}",
                zh="没有该 {field} 的文本；可用：{known}",
                known=", ".join(sorted(possible)),
                field=field,
            )
    made = repository.put_text(connection, Template(audience, kind, language, asked.subject, asked.body), by=actor.name, at=now)
    return TemplateOut(**asdict(made))


def subscription_out(one: Subscription) -> SubscriptionOut:
    """A subscription as the wire has it."""
    return SubscriptionOut(
        subscription_id=one.subscription_id,
        case_id=one.case_id,
        area=one.area_code,
        category=one.category,
        kinds=None if one.kinds is None else list(one.kinds),
        channel=one.channel,
        address=masked_address(one.address),
        language=one.language,
        full=one.behind_at is not None,
        created_at=one.created_at,
    )


def message_out(one: Message) -> MessageOut:
    """A message as the wire has it."""
    shown = {name: getattr(one, name) for name in MessageOut.model_fields if name not in ("address", "next_at")}
    return MessageOut(**shown, address=masked_address(one.address), next_at=one.next_at if one.state == "queued" else None)
