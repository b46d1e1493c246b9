"""A trial message: to see whether a subscription's address works, without waiting for something to happen."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from geo_service.errors import ConflictError
from geo_service.notify import Message, Subscription, outbox, repository
from geo_service.notify.wording import chosen, written

KIND = "trial"


def try_out(connection: Connection, one: Subscription, *, now: datetime) -> Message:
    """Puts a trial message into the outbox. One that waits already is returned. ConflictError for a subscription that has ended."""
    if one.ended_at is not None:
        raise ConflictError("subscription_ended", en="its subscription has ended", zh="对应的订阅已终止")
    for state in ("queued", "sending"):
        waiting = outbox.page(connection, state=state, case_id=None, subscription_id=one.subscription_id, owner=None, before=None, limit=50)
        for found in waiting:
            if found.kind == KIND:
                return found
    message_id = f"t-{uuid4().hex[:12]}-{one.subscription_id}"
    text = chosen(repository.texts_in_force(connection), audience="staff", kind=KIND, stage=None, language=one.language)
    assert text is not None, "a trial has a text of its own in both languages"
    subject, body = written(text, {"id": message_id})
    row = {
        "message_id": message_id,
        "subscription_id": one.subscription_id,
        "position": None,
        "case_id": None,
        "kind": KIND,
        "channel": one.channel,
        "address": one.address,
        "language": one.language,
        "subject": subject,
        "body": body,
        "payload": {"kind": KIND, "position": None, "at": now.isoformat(), "case": None},
        "state": "queued",
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }
    outbox.add(connection, [row])
    return outbox.one_message(connection, message_id)
