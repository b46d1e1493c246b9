"""Who acts: API keys and the actor each stands for. Every write in the service names its actor."""

from geo_service.accounts.model import ANONYMOUS, DEMO_OPERATOR, ROLES, Actor
from geo_service.accounts.repository import actor_for_key, create_key, keys, revoke_key

__all__ = ["ANONYMOUS", "Actor", "DEMO_OPERATOR", "ROLES", "actor_for_key", "create_key", "keys", "revoke_key"]
