"""Whether the owner of a subscription still sees a case: roles are looked up when a message is made, and again when it is sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from geo_service.accounts import DEMO_OPERATOR, Actor, keys, scope
from geo_service.accounts.registry import actor_of, one_account
from geo_service.accounts.repository import grant_of
from geo_service.api.wiring import Wiring
from geo_service.cases import Case
from geo_service.notify.model import REPORTER, Subscription
from geo_service.scope import NOTHING, Reach, Scope


def areas_of(case: Case) -> set[str]:
    """The codes of every area a case lies in, of all levels."""
    own = case.routing.area_code
    return {*case.routing.areas.values(), *((own,) if own else ())}


def is_within_scope(reach: Scope, case: Case) -> bool:
    """Whether a scope takes a case in."""
    return reach.takes_in(areas=areas_of(case), category=case.category, owner=case.owner, cohandlers=case.cohandlers)


class Owners:
    """The scopes of owners as they are in this transaction, each looked up once."""

    def __init__(self, connection: Connection, wiring: Wiring) -> None:
        self._connection, self._wiring = connection, wiring
        self._known: dict[tuple[str, str, int | None], Scope] = {}
        self._keys: dict[str, Actor] | None = None

    def sees(self, subscription: Subscription, case: Case) -> bool:
        """Whether the owner may be told about a case; a reporter about the one they reported."""
        if subscription.owner_kind == REPORTER:
            return subscription.case_id == case.case_id
        return is_within_scope(self.reach(subscription), case)

    def reach(self, subscription: Subscription) -> Scope:
        """What the owner may read now; nothing for an account that was disabled, a key that was revoked."""
        name = (subscription.owner, subscription.owner_kind, subscription.account_id)
        if name not in self._known:
            actor = self._actor(subscription)
            self._known[name] = NOTHING if actor is None else scope(actor, "cases.read")
        return self._known[name]

    def _actor(self, subscription: Subscription) -> Actor | None:
        if subscription.owner_kind == "user" and subscription.account_id is not None:
            found = one_account(self._connection, subscription.account_id)
            needing = frozenset(self._wiring.settings.accounts.second_factor_for)
            return None if found is None or found.disabled_at is not None else actor_of(found, totp_for=needing)
        if subscription.owner_kind == "key":
            return self._in_use().get(subscription.owner)
        return DEMO_OPERATOR if subscription.owner_kind == "demo" and self._wiring.settings.server.demo else None

    def _in_use(self) -> dict[str, Actor]:
        if self._keys is None:
            rows = [row for row in keys(self._connection) if row["revoked_at"] is None]
            self._keys = {row["name"]: Actor(row["name"], row["role"], (grant_of(row),)) for row in rows}
        return self._keys


def covers(reach: Scope, *, area: str | None, above: Collection[str], category: str | None) -> bool:
    """Whether a scope holds all of an area (None: the whole city; above: its code and those above it) and category (None: all)."""
    return reach.holds(Reach(area, None if category is None else (category,)), areas=above)
