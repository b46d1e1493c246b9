"""A subscription and a message as values, when a message is tried again, and how an address is shown. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from geo_service.masking import mask_phone, mask_text
from geo_service.scope import is_within

STATES = ("queued", "sending", "sent", "dead")
REPORTER = "reporter"
"""The kind of owner that has no account: who reported a case, and hears of that case alone."""

BACK_OFF_S = (30, 120, 600, 1800, 7200, 21_600, 21_600, 21_600, 21_600)
"""Seconds after the first, second ... failure; after one more the message is dead."""
ATTEMPTS = len(BACK_OFF_S) + 1


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who wants to hear of what, and where. The address is personal data: it is shown masked and never logged.

    owner_kind: reporter, user, key or demo; owner: the actor's name, `account_id` of a user. case_id: one case; else what lies in
    area_code (None: anywhere) and is of category (None: any). kinds: kinds of events, or `stage:<one of the seven>`; None: all.
    from_position: nothing up to there is told. behind_at: its outbox is full since then; it is made whole from there. secret: signs.
    """

    subscription_id: int
    owner: str
    owner_kind: str
    account_id: int | None
    case_id: int | None
    area_code: str | None
    category: str | None
    kinds: tuple[str, ...] | None
    channel: str
    address: str
    language: str
    secret: str | None
    from_position: int
    behind_at: int | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def audience(self) -> str:
        """Whom the texts are written for: reporter or staff."""
        return REPORTER if self.owner_kind == REPORTER else "staff"

    def wants(self, *, position: int, kind: str, stage: str | None, case_id: int, areas: Collection[str], category: str | None) -> bool:
        """Whether an event of a case is told. stage: the one of the seven that the case is in behind the event."""
        if position <= self.from_position or (self.case_id is not None and self.case_id != case_id):
            return False
        if self.area_code is not None and self.area_code not in areas:
            return False
        if self.category is not None and (category is None or not is_within(category, self.category)):
            return False
        return self.kinds is None or kind in self.kinds or (stage is not None and f"stage:{stage}" in self.kinds)


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the outbox. message_id: the same however often it is sent. attempts: how often sending began.

    recipient: a digest of the address, by which messages to one recipient are counted. forgotten_at: when text and address were removed.
    """

    number: int
    message_id: str
    subscription_id: int
    position: int | None
    case_id: int | None
    kind: str
    channel: str
    address: str
    recipient: str
    language: str
    subject: str
    body: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_at: datetime
    leased_until_at: datetime | None
    lease_owner: str | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    forgotten_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a sender gets: where to, what, and under which id. secret: signs what is sent, where the subscription has one."""

    message_id: str
    channel: str
    address: str
    language: str
    subject: str
    body: str
    payload: dict[str, Any]
    secret: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending. why: a short code that names no address, None when it was sent. permanent: trying again is no use."""

    why: str | None = None
    permanent: bool = False


SENT = Outcome()


def message_id_of(position: int, subscription_id: int) -> str:
    """The id that goes with a message to every receiver: of an event and a subscription, so it never changes."""
    return f"m-{position}-{subscription_id}"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None: never."""
    return now + timedelta(seconds=BACK_OFF_S[attempts - 1]) if attempts < ATTEMPTS else None


def masked_address(address: str) -> str:
    """An address as it may be shown: of a phone the ends, of a mailbox its first letter and host, of a URL the host alone."""
    if "://" in address:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}/***"
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return mask_phone(address) if any(ch.isdigit() for ch in address) else mask_text(address)
