"""The outbox: messages made once, taken by one sender at a time, tried again, given up, and sent again when somebody says so.

Takes a connection, never commits. Who takes messages commits, sends them outside any transaction, and marks each in one of its own: a
process that dies in between leaves them leased, and when the lease is over another sends them again under the same id.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from geo_service import event_log
from geo_service.errors import ConflictError, NotFoundError
from geo_service.event_log import NewEvent
from geo_service.notify.model import Message, Outcome, next_try
from geo_service.notify.pacing import HELD_BACK, recipient_of, split
from geo_service.notify.tables import message, message_cursor, subscription

_M = message.c
PER_SUBSCRIPTION = 2
"""Messages of one subscription in one batch: a receiver that hangs takes few of the places."""


class Tally(TypedDict):
    """Messages by state. held_back: of those queued, how many wait because their recipient had many within the hour. oldest_at: since
    when the oldest waits. full: subscriptions whose outbox is full. events_behind: events of the log that were not told yet."""

    queued: int
    sending: int
    sent: int
    dead: int
    held_back: int
    oldest_at: datetime | None
    full: int
    events_behind: int


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Puts messages into the outbox and returns how many are new: one that is there already (same id) stays as it is."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = 0
    for row in rows:
        done = connection.execute(
            insert(message).values({**row, "recipient": recipient_of(row["address"])}).on_conflict_do_nothing().returning(_M.number)
        ).first()
        new += done is not None
    return new


def locked_cursor(connection: Connection) -> int:
    """How far the log was turned into messages, locked until the transaction ends; made by whoever comes first.

    A city whose log is older than its messages begins with what happens from now on, but for cases that somebody waits for already.
    """
    locked = sa.select(message_cursor.c.position).with_for_update()
    found = connection.execute(locked).scalar_one_or_none()
    if found is None:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(message_cursor).values(id=1, position=0).on_conflict_do_nothing())
        found = connection.execute(locked).scalar_one()
    return int(found)


def cursor(connection: Connection) -> int:
    """How far the log was turned into messages; 0 before the first time."""
    return int(connection.execute(sa.select(message_cursor.c.position)).scalar_one_or_none() or 0)


def set_cursor(connection: Connection, position: int) -> None:
    """Says so; the cursor must be locked."""
    connection.execute(sa.update(message_cursor).values(position=position))


def waiting_counts(connection: Connection) -> dict[int, int]:
    """subscription -> how many of its messages wait to be sent."""
    query = sa.select(_M.subscription_id, sa.func.count()).where(_M.state.in_(("queued", "sending"))).group_by(_M.subscription_id)
    return {key: int(count) for key, count in connection.execute(query)}


def set_behind(connection: Connection, subscription_id: int, position: int | None) -> None:
    """Its outbox is full: messages were made up to `position`, the rest is made when there is room. None: it caught up."""
    connection.execute(sa.update(subscription).where(subscription.c.subscription_id == subscription_id).values(behind_at=position))


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return ((_M.state == "queued") & (_M.next_at <= now)) | ((_M.state == "sending") & (_M.leased_until_at <= now))


def any_due(connection: Connection, *, now: datetime) -> bool:
    """Whether a message should be sent now."""
    return connection.execute(sa.select(_M.number).where(_due(now)).limit(1)).first() is not None


def take(
    connection: Connection,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    limited: Collection[str] = (),
    most_hourly: int = 0,
) -> list[Message]:
    """Messages whose time has come, held for this owner until the lease is over; at most PER_SUBSCRIPTION of a subscription.

    limited: channels by which one recipient gets at most `most_hourly` messages within an hour; the rest waits until there is room.
    """
    rank = sa.func.row_number().over(partition_by=_M.subscription_id, order_by=(_M.next_at, _M.number)).label("rank")
    ranked = sa.select(_M.number, _M.next_at, rank).where(_due(now)).subquery()
    wanted = sa.select(ranked.c.number).where(ranked.c.rank <= PER_SUBSCRIPTION).order_by(ranked.c.next_at, ranked.c.number).limit(limit)
    while numbers := list(connection.execute(wanted).scalars()):
        asked = sa.select(_M.number, _M.recipient, _M.channel).where(_M.number.in_(numbers), _due(now)).order_by(_M.next_at, _M.number)
        rows = connection.execute(asked.with_for_update(skip_locked=True)).all()
        held, full = split(connection, rows, limited=limited, most=most_hourly, now=now)
        for recipient, room_at in full.items():
            _hold_back(connection, recipient, limited, room_at, but=held, now=now)
        if not held and full:
            continue  # others may be due behind what has to wait
        values = {"state": "sending", "lease_owner": owner, "leased_until_at": now + lease, "attempts": _M.attempts + 1}
        connection.execute(sa.update(message).where(_M.number.in_(held)).values(values))
        return [of_row(row) for row in connection.execute(sa.select(message).where(_M.number.in_(held)).order_by(_M.number))]
    return []


def _hold_back(
    connection: Connection, recipient: str, limited: Collection[str], until: datetime, *, but: Sequence[int], now: datetime
) -> None:
    """Lets all that is due for a recipient wait; it is no attempt, so nothing is given up for it."""
    waiting = (_M.recipient == recipient) & _M.channel.in_(limited) & _M.number.not_in(but) & _due(now)
    values = {"state": "queued", "next_at": until, "lease_owner": None, "leased_until_at": None, "last_error": HELD_BACK}
    connection.execute(sa.update(message).where(waiting).values(values))


def mark(connection: Connection, taken: Message, outcome: Outcome, *, now: datetime) -> bool:
    """Writes down what came of sending; False when another owner holds the message by now."""
    values: dict[str, Any] = {"leased_until_at": None, "lease_owner": None}
    if outcome.why is None:
        values |= {"state": "sent", "sent_at": now, "last_error": None}
    else:
        again = None if outcome.permanent else next_try(taken.attempts, now)
        values |= {"state": "queued", "next_at": again} if again is not None else {"state": "dead"}
        values["last_error"] = outcome.why[:60]
    mine = (_M.number == taken.number) & (_M.state == "sending") & (_M.lease_owner == taken.lease_owner) & (_M.attempts == taken.attempts)
    return connection.execute(sa.update(message).where(mine).values(values)).rowcount == 1


def resend(connection: Connection, found: Message, *, by: str, now: datetime) -> Message:
    """Puts a dead message into the queue again, under its id and with all attempts before it.

    One that waits stays as it is. ConflictError for one that arrived, whose text was removed, or whose subscription has ended.
    """
    if found.forgotten_at is not None:
        raise ConflictError("message_forgotten", en="the text of this message was removed", zh="该消息的内容已按期清除")
    if found.state == "sent":
        raise ConflictError("message_sent", en="the message arrived already", zh="该消息已送达，无需重发")
    ended = sa.select(subscription.c.subscription_id).where(
        subscription.c.subscription_id == found.subscription_id, subscription.c.ended_at.is_not(None)
    )
    if connection.execute(ended).first():
        raise ConflictError("subscription_ended", en="its subscription has ended", zh="对应的订阅已终止")
    dead = (_M.number == found.number) & (_M.state == "dead")
    revived = connection.execute(sa.update(message).where(dead).values(state="queued", attempts=0, next_at=now))
    if revived.rowcount:
        event_log.append(connection, [NewEvent("message_resent", None, by, now, {"message": found.message_id})])
    return one_message(connection, found.message_id)


def one_message(connection: Connection, message_id: str) -> Message:
    """The message of an id. NotFoundError when there is none."""
    row = connection.execute(sa.select(message).where(_M.message_id == message_id)).one_or_none()
    if row is None:
        raise no_message(message_id)
    return of_row(row)


def no_message(message_id: str) -> NotFoundError:
    """The refusal of an id that no message has, or none of the caller's."""
    shown = message_id[:50].encode("ascii", "replace").decode()
    return NotFoundError("message_not_found", en="there is no message {id}", zh="消息 {id} 不存在", id=shown)


def page(
    connection: Connection,
    *,
    state: str | None,
    case_id: int | None,
    subscription_id: int | None,
    owner: tuple[str, str] | None,
    before: int | None,
    limit: int,
) -> list[Message]:
    """Messages, newest first, with a number below `before`. owner: (owner, owner_kind) whose subscriptions are meant; None: anybody's."""
    where: list[sa.ColumnElement[bool]] = []
    for column, value in ((_M.state, state), (_M.case_id, case_id), (_M.subscription_id, subscription_id)):
        if value is not None:
            where.append(column == value)
    if owner is not None:
        s = subscription.c
        where.append(_M.subscription_id.in_(sa.select(s.subscription_id).where(s.owner == owner[0], s.owner_kind == owner[1])))
    if before is not None:
        where.append(_M.number < before)
    return [of_row(row) for row in connection.execute(sa.select(message).where(*where).order_by(_M.number.desc()).limit(limit))]


def dead_and_wanted(connection: Connection, *, limit: int) -> list[Message]:
    """Dead messages with their text, whose subscription still stands, oldest first."""
    standing = sa.select(subscription.c.subscription_id).where(subscription.c.ended_at.is_(None))
    query = (
        sa.select(message)
        .where(_M.state == "dead", _M.forgotten_at.is_(None), _M.subscription_id.in_(standing))
        .order_by(_M.number)
        .limit(limit)
    )
    return [of_row(row) for row in connection.execute(query)]


def tally(connection: Connection) -> Tally:
    """How the outbox stands."""
    counts = {state: int(count) for state, count in connection.execute(sa.select(_M.state, sa.func.count()).group_by(_M.state))}
    oldest = connection.execute(sa.select(sa.func.min(_M.created_at)).where(_M.state.in_(("queued", "sending")))).scalar_one()
    held_back = sa.select(sa.func.count()).where(_M.state == "queued", _M.last_error == HELD_BACK)
    return Tally(
        queued=counts.get("queued", 0),
        sending=counts.get("sending", 0),
        sent=counts.get("sent", 0),
        dead=counts.get("dead", 0),
        held_back=int(connection.execute(held_back).scalar_one()),
        oldest_at=oldest,
        full=int(connection.execute(sa.select(sa.func.count()).where(subscription.c.behind_at.is_not(None))).scalar_one()),
        events_behind=event_log.head_of(connection)[0] - cursor(connection),
    )


def full_warning(full: int, language: str) -> str:
    """What whoever looks after the service should see to: receivers that take nothing."""
    if language.startswith("zh"):
        return f"{full} 个订阅的消息队列已满，后续消息待腾出空间后补发"
    return f"{full} subscription(s) have a full outbox; what happens is told once there is room"


def of_row(row: sa.Row[Any]) -> Message:
    """The message of a row."""
    return Message(**row._mapping)
