"""Where an administrator may lay hands on accounts and keys: what lies outside does not exist, what is wider than oneself is refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from geo_service.accounts import Actor, Grant, keys, may_grant, may_look_up
from geo_service.accounts.registry import Account, no_account, required_account
from geo_service.accounts.repository import grant_of, key_not_found
from geo_service.errors import DeniedError
from geo_service.published import Published


class Administered:
    """What one administrator reaches, in the generation in force (None: before the first)."""

    def __init__(self, actor: Actor, published: Published | None) -> None:
        self._actor, self._published = actor, published

    def sees(self, grants: Sequence[Grant]) -> bool:
        """Whether an account or key with these grants lies within reach."""
        return may_look_up(self._actor, grants, above=self._above)

    def require_giving(self, grants: Sequence[Grant]) -> None:
        """DeniedError where a grant reaches further, or its role may do more, than the administrator's own."""
        if not may_grant(self._actor, grants, above=self._above):
            raise DeniedError(
                "beyond_your_reach",
                en="this holds more than you do: whoever administers a part of the city gives what they hold there, and no more",
                zh="超出您自身的权限：区域管理员只能授予、变更其本人在该范围内所具有的权限",
            )

    def account(self, connection: Connection, account_id: int) -> Account:
        """The account, locked, to be changed. NotFoundError for one out of reach, DeniedError for one that holds more."""
        found = required_account(connection, account_id, locked=True)
        if not self.sees(found.grants):
            raise no_account(account_id)
        self.require_giving(found.grants)
        return found

    def require_key(self, connection: Connection, name: str) -> None:
        """NotFoundError for a key that is not there or out of reach, DeniedError for one that holds more."""
        held = next((grant_of(row) for row in keys(connection) if row["name"] == name), None)
        if held is None or not self.sees([held]):
            raise key_not_found(name)
        self.require_giving([held])

    def _above(self, code: str) -> Collection[str]:
        area = self._published.by_code.get(code) if self._published is not None else None
        return {code} if area is None or self._published is None else {one.code for one in self._published.chain(area)}
