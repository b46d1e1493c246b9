"""From the outbox to the receivers: taken under a lease, sent outside any transaction, marked one by one.

Who dies between sending and marking leaves a message that is sent again under the same id: never lost, at times double.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from geo_service.api.wiring import Wiring
from geo_service.cases import case as case_of
from geo_service.flows.messages.owners import Owners
from geo_service.notify import Message, Outgoing, Subscription, outbox, repository
from geo_service.notify.model import REPORTER, Outcome
from geo_service.notify.senders import Sender, senders
from geo_service.scope import NOTHING

log = logging.getLogger("citygrid.messages")

AT_ONCE = 16
"""Messages on their way at the same time."""
BUDGET_S = 5.0
"""After so long no further batch is begun: other tasks of this process wait. What is left is sent the next time."""


def send_due(wiring: Wiring, *, holder: str, through: Mapping[str, Sender] | None = None) -> int:
    """Sends what is due and returns how many messages arrived. through: channel -> sender; those of the settings where left out."""
    known = senders(wiring.settings.messages) if through is None else through
    settings = wiring.settings.messages
    lease = timedelta(seconds=settings.messages_lease_seconds)
    people = [channel for channel, sender in known.items() if sender.addressed_by != "url"]  # programs may be told as much as happens
    arrived, until = 0, time.monotonic() + BUDGET_S
    while time.monotonic() < until and anything_to_send(wiring, now=wiring.clock.now()):
        now = wiring.clock.now()
        with wiring.database.writing() as connection:
            taken = outbox.take(
                connection,
                owner=holder,
                now=now,
                lease=lease,
                limit=AT_ONCE,
                limited=people,
                most_hourly=settings.messages_most_hourly,
            )
            going = _still_wanted(connection, wiring, taken, now)
        if not taken:
            break
        arrived += _send(wiring, going, known)
    return arrived


def anything_to_send(wiring: Wiring, *, now: datetime) -> bool:
    """Whether a message is due."""
    with wiring.database.reading() as connection:
        return outbox.any_due(connection, now=now)


def _still_wanted(connection: Connection, wiring: Wiring, taken: list[Message], now: datetime) -> list[tuple[Message, Subscription]]:
    """What may still be sent; the rest is marked: its subscription ended, or its owner sees the case no more."""
    known = repository.by_id(connection, {one.subscription_id for one in taken})
    owners, going = Owners(connection, wiring), []
    for one in taken:
        subscription = known[one.subscription_id]
        why = "subscription_ended" if subscription.ended_at is not None else _hidden(connection, owners, subscription, one)
        if why is None:
            going.append((one, subscription))
        else:
            outbox.mark(connection, one, Outcome(why, permanent=True), now=now)
    return going


def _hidden(connection: Connection, owners: Owners, subscription: Subscription, one: Message) -> str | None:
    if subscription.owner_kind == REPORTER:
        return None
    if one.case_id is None:
        return "out_of_scope" if owners.reach(subscription) == NOTHING else None
    return None if owners.sees(subscription, case_of(connection, one.case_id)) else "out_of_scope"


def _send(wiring: Wiring, going: list[tuple[Message, Subscription]], known: Mapping[str, Sender]) -> int:
    if not going:
        return 0
    arrived, outcomes = 0, queue.Queue[tuple[Message, Outcome]]()

    def carry(one: Message, secret: str | None) -> None:
        outcomes.put((one, _one(wiring, one, secret, known)))

    for one, subscription in going:
        threading.Thread(target=carry, args=(one, subscription.secret), name="sender", daemon=True).start()
    until = time.monotonic() + wiring.settings.messages.messages_lease_seconds / 2
    for _ in going:
        try:
            one, outcome = outcomes.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:  # a sender that somebody added and that knows no end: when the lease is over, it is tried again
            log.warning("a message is not sent yet and is left to its lease")
            break
        with wiring.database.writing() as connection:
            marked = outbox.mark(connection, one, outcome, now=wiring.clock.now())
        arrived += marked and outcome.why is None
        if outcome.why is not None:  # the id tells all there is to tell: no address, no text
            log.info("message %s was not sent by %s: %s", one.message_id, one.channel, outcome.why)
    return arrived


def _one(wiring: Wiring, one: Message, secret: str | None, known: Mapping[str, Sender]) -> Outcome:
    sender = known.get(one.channel)
    if sender is None:
        return Outcome("channel_unavailable")
    going = Outgoing(
        message_id=one.message_id,
        channel=one.channel,
        address=one.address,
        language=one.language,
        subject=one.subject,
        body=one.body,
        payload=one.payload,
        secret=secret,
        at=wiring.clock.now(),
    )
    try:
        outcome = sender.send(going)
    except Exception as error:  # a sender somebody added may raise anything, with the address in its text
        return Outcome(f"sender_{type(error).__name__}"[:60])
    return replace(outcome, why=outcome.why and outcome.why[:60])
