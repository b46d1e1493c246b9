"""Who an actor is to others that look at the same case."""

from __future__ import annotations

from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.accounts.registry import one_account


def viewer_of(actor: Actor) -> str:
    """Whoever looks: an account and a key of the same name are two."""
    return f"{actor.kind}:{actor.name}"[:90]


def shown_as(connection: Connection, actor: Actor) -> str:
    """The name colleagues know them by."""
    held = one_account(connection, actor.account_id) if actor.account_id is not None else None
    return held.display_name if held else actor.name
