"""Who acts: users with roles bound to areas and categories, API keys, sessions, and the one policy. Every write names its actor."""

from geo_service.accounts.model import ANONYMOUS, DEMO_OPERATOR, ROLE_TEXTS, ROLES, Actor, Grant
from geo_service.accounts.policy import holders, lacks_the_city, may, may_grant, may_look_up, permissions_of, scope, voices_of
from geo_service.accounts.repository import actor_for_key, create_key, keys, revoke_key

__all__ = [
    "Actor",
    "actor_for_key",
    "ANONYMOUS",
    "create_key",
    "DEMO_OPERATOR",
    "Grant",
    "holders",
    "keys",
    "lacks_the_city",
    "may",
    "may_grant",
    "may_look_up",
    "permissions_of",
    "revoke_key",
    "ROLE_TEXTS",
    "ROLES",
    "scope",
    "voices_of",
]
