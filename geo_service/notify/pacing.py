"""How many messages one recipient gets within an hour: what is too many waits, and is seen to wait.

Anybody may name any phone when they report, so without a bound the service could be made to ring a stranger's all night.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.notify.tables import message

HELD_BACK = "held_back"
"""Stands in a message's last_error while it waits for its recipient's hour to pass."""
WINDOW = timedelta(hours=1)
_PHONE = re.compile(r"\+?[0-9][0-9 \-]*")
_M = message.c


def recipient_of(address: str) -> str:
    """A digest that is the same for every way to write an address: 138 1234 8000 is +86-13812348000. Empty for an empty address."""
    if not address:
        return ""
    text = address.strip().casefold()
    if _PHONE.fullmatch(text):
        digits = re.sub(r"\D", "", text).lstrip("0")
        text = digits.removeprefix("86") if len(digits) == 13 else digits
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def split(
    connection: Connection, rows: Sequence[Any], *, limited: Collection[str], most: int, now: datetime
) -> tuple[list[int], dict[str, datetime]]:
    """(numbers that may go now, {recipient: when there is room again}) of messages (number, recipient, channel), in their order.

    limited: the channels that are counted. most: messages within any hour; those on their way count as sent now.
    """
    asked = {row.recipient for row in rows if row.channel in limited}
    times: dict[str, list[datetime]] = {recipient: [] for recipient in asked}
    on_its_way = (_M.state == "sending") & (_M.leased_until_at > now)
    recent = sa.select(_M.recipient, _M.sent_at).where(_M.recipient.in_(asked), (_M.sent_at > now - WINDOW) | on_its_way)
    for recipient, sent_at in connection.execute(recent) if asked else ():
        times[recipient].append(now if sent_at is None else min(sent_at, now))  # a clock may have been ahead
    free: list[int] = []
    full: dict[str, datetime] = {}
    for row in rows:
        sent = times.get(row.recipient) if row.channel in limited else None
        if sent is None or len(sent) < most:
            free.append(row.number)
            if sent is not None:
                sent.append(now)
        else:
            full[row.recipient] = sorted(sent, reverse=True)[most - 1] + WINDOW
    return free, full
