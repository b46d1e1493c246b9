"""What of hard matters, and of the cases they are about, the caller of a request sees."""

from __future__ import annotations

from geo_service.accounts import Actor, scope, voices_of
from geo_service.cases.consulting.sight import Sight

__all__ = ["sight_of"]


def sight_of(actor: Actor) -> Sight:
    """The cases within an actor's reach, and what whoever they act for takes part in."""
    return Sight(scope(actor, "cases.read"), voices_of(actor))
