"""Removing what messages said, and to whom: the row stays, so that nothing is told twice; the log never held their text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.event_log import NewEvent
from geo_service.notify.model import REPORTER
from geo_service.notify.tables import message, subscription

_M, _S = message.c, subscription.c
_OVER = _M.state.in_(("sent", "dead"))


def forget_messages(connection: Connection, *, made_before: datetime, at: datetime) -> int:
    """Removes text and address of messages that arrived or were given up, and returns how many. What waits is left alone."""
    old = (_M.created_at < made_before) & _M.forgotten_at.is_(None) & _OVER
    count = int(connection.execute(sa.update(message).where(old).values(**_nothing(at), address="", recipient="")).rowcount)
    if count:
        said = {"count": count, "made_before": made_before.isoformat()}
        event_log.append(connection, [NewEvent("messages_forgotten", None, "system", at, said)])
    return count


def forget_reporters(connection: Connection, case_ids: Collection[int], *, at: datetime) -> None:
    """When reporters are anonymised: ends what they asked for, and removes their addresses and what anybody was told of their cases."""
    own = sa.select(_S.subscription_id).where(_S.case_id.in_(sorted(case_ids)), _S.owner_kind == REPORTER)
    of_own = _M.subscription_id.in_(own)
    waiting = _M.state.in_(("queued", "sending"))
    connection.execute(sa.update(message).where(of_own, waiting).values(state="dead", last_error="forgotten"))
    gone = {"address": "", "recipient": "", "leased_until_at": None, "lease_owner": None}
    connection.execute(sa.update(message).where(of_own).values(gone))
    told = _M.case_id.in_(sorted(case_ids)) & _OVER & _M.forgotten_at.is_(None)
    connection.execute(sa.update(message).where(told).values(_nothing(at)))
    values = {"address": "", "behind_at": None, "ended_at": sa.func.coalesce(_S.ended_at, sa.literal(at, _S.ended_at.type))}
    connection.execute(sa.update(subscription).where(_S.subscription_id.in_(own)).values(values))


def _nothing(at: datetime) -> dict[str, Any]:
    return {"subject": "", "body": "", "payload": {}, "forgotten_at": at}
