"""HTTP of subscriptions, messages and their texts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from geo_service import idempotency
from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.once import IdempotencyKey, earlier_answer
from geo_service.flows.messages import service
from geo_service.flows.messages.facts import STAGES
from geo_service.flows.messages.schemas import (
    MessageOut,
    MessagesOut,
    NewSubscriptionOut,
    State,
    SubscriptionAsked,
    SubscriptionsOut,
    TemplateAsked,
    TemplateOut,
    TemplatesOut,
)
from geo_service.flows.messages.trying import try_out
from geo_service.notify import outbox, repository
from geo_service.notify.senders import senders
from geo_service.notify.wording import ANY, PLACEHOLDERS, event_names

router = APIRouter(prefix="/api/v1", tags=["messages"])

Reader = Annotated[Actor, Depends(permits("cases.read"))]
Writer = Annotated[Actor, Depends(permits("messages.write"))]
SubscriptionId = Annotated[int, Path(ge=1, le=2**53)]
MessageId = Annotated[str, Path(pattern=r"^[mt]-[0-9a-f]{1,19}-[0-9]{1,19}$", examples=["m-1042-7"])]

_AREA = {"area": "990101", "category": "gb47678:matter:06", "channel": "webhook", "address": "https://example.org/citygrid"}
_CASE = {"case_id": 17, "kinds": ["returned", "stage:follow_up"], "channel": "email", "address": "desk@example.org"}


@router.get("/subscriptions", summary="What I am told of, and by which channels messages can leave")
def own(connection: Reading, wiring: WiringDep, actor: Reader) -> SubscriptionsOut:
    """Needs cases.read. One's own only; addresses masked."""
    found = repository.own_subscriptions(connection, owner=actor.name, owner_kind=actor.kind)
    channels = {name: str(sender.addressed_by) for name, sender in sorted(senders(wiring.settings.messages).items())}
    return SubscriptionsOut(items=[service.subscription_out(one) for one in found], channels=channels)


@router.post(
    "/subscriptions",
    status_code=201,
    response_model=NewSubscriptionOut,
    openapi_extra=json_body(SubscriptionAsked, area=_AREA, case=_CASE),
    summary="Be told of a case, or of what happens in an area and of a category",
)
def subscribe(
    body: Annotated[Any, Depends(body_of(SubscriptionAsked))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    idempotency_key: IdempotencyKey = None,
) -> NewSubscriptionOut | Response:
    """Needs cases.read, and reaches no further than the caller's roles do, then and whenever something is told.

    Webhooks are signed: HMAC-SHA256 with the secret over `<X-Citygrid-Timestamp>.<body>` in X-Citygrid-Signature; X-Citygrid-Id stays the
    same when a message comes twice. `geo_service/notify/verifying.py` checks all of that and may be copied.
    """
    asked, raw = body
    mine, now = f"subscriptions:{actor.kind}:{actor.name}", wiring.clock.now()
    earlier = earlier_answer(connection, scope=mine, key=idempotency_key, raw=raw, at=now)
    if earlier is not None:
        return earlier
    made = service.subscribe(connection, wiring, asked, actor=actor, language=language, now=now)
    if idempotency_key is not None:
        kept = made.model_copy(update={"secret": None}).model_dump(mode="json")
        idempotency.remember(connection, scope=mine[:120], key=idempotency_key, status=201, response=kept)
    return made


@router.delete("/subscriptions/{subscription_id}", status_code=204, summary="Be told no more")
def end(subscription_id: SubscriptionId, connection: Writing, wiring: WiringDep, actor: Reader) -> Response:
    """One's own; anybody's with messages.write for the whole city. What still waits is not sent. Again: nothing happens."""
    service.end(connection, subscription_id, actor=actor, now=wiring.clock.now())
    return Response(status_code=204)


@router.post("/subscriptions/{subscription_id}/test", status_code=202, summary="Send a trial message")
def test(subscription_id: SubscriptionId, connection: Writing, wiring: WiringDep, actor: Reader) -> MessageOut:
    """What becomes of it is seen at GET /api/v1/messages. A trial that waits already is not doubled."""
    found = service.own_subscription(connection, subscription_id, actor=actor)
    return service.message_out(try_out(connection, found, now=wiring.clock.now()))


@router.get("/messages", summary="What was sent, what waits, what could not be sent")
def messages(
    connection: Reading,
    actor: Reader,
    state: State | None = None,
    case_id: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    subscription: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    cursor: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessagesOut:
    """Newest first. One's own subscriptions' messages; everybody's with messages.write for the whole city."""
    owner = None if service.is_caretaker(actor) else (actor.name, actor.kind)
    found = outbox.page(connection, state=state, case_id=case_id, subscription_id=subscription, owner=owner, before=cursor, limit=limit + 1)
    following = found[limit - 1].number if len(found) > limit else None
    return MessagesOut(items=[service.message_out(one) for one in found[:limit]], next=following)


@router.post("/messages/{message_id}/resend", summary="Send a dead message again")
def resend(message_id: MessageId, connection: Writing, wiring: WiringDep, actor: Reader) -> MessageOut:
    """Under the same id, with all attempts before it. 409 for one that arrived; one that waits stays as it is."""
    found = service.own_message(connection, message_id, actor=actor)
    return service.message_out(outbox.resend(connection, found, by=actor.name, now=wiring.clock.now()))


@router.get("/templates", summary="What messages say")
def templates(connection: Reading, _: Reader) -> TemplatesOut:
    """The texts in force: the city's own, else those that came with the program."""
    items = [TemplateOut(**asdict(one)) for _, one in sorted(repository.texts_in_force(connection).items())]
    kinds = [*event_names(), *(f"stage:{stage}" for stage in STAGES), ANY]
    return TemplatesOut(items=items, placeholders=list(PLACEHOLDERS), kinds=kinds)


@router.put(
    "/templates/{audience}/{kind}/{language}",
    openapi_extra=json_body(TemplateAsked, closed={"subject": "{tracking_number} 已结案", "body": "您反映的事项已办结。"}),
    summary="Say it in the city's own words",
)
def put_template(
    audience: Annotated[str, Path(max_length=10)],
    kind: Annotated[str, Path(max_length=40)],
    language: Annotated[str, Path(max_length=10)],
    body: Annotated[Any, Depends(body_of(TemplateAsked))],
    connection: Writing,
    wiring: WiringDep,
    actor: Writer,
) -> TemplateOut:
    """Needs messages.write for the whole city. Every version is kept; the newest is used for what happens from now on."""
    now = wiring.clock.now()
    return service.put_text(connection, body[0], audience=audience, kind=kind, language=language, actor=actor, now=now)
