"""Accounts and what they hold. Takes a connection, never commits; every change stands in the city's log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts.model import ANONYMOUS, DEMO_OPERATOR, ROLES, Actor, Grant
from geo_service.accounts.passwords import hash_password, require_strong
from geo_service.accounts.tables import account, account_grant, api_key
from geo_service.errors import ConflictError, NotFoundError, RequestError, StaleError
from geo_service.event_log import NewEvent

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
RESERVED = (ANONYMOUS.name, DEMO_OPERATOR.name, "system", "command line")
"""Names in the log of whoever is no user and has no key."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user. The hash and the secret never leave the service."""

    account_id: int
    username: str
    display_name: str
    password_hash: str
    must_change: bool
    totp_secret: str | None
    totp_confirmed: bool
    totp_step: int
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    version: int
    grants: tuple[Grant, ...]


def create_account(
    connection: Connection,
    *,
    username: str,
    display_name: str,
    password: str,
    grants: Sequence[Grant],
    by: str,
    at: datetime,
    must_change: bool = True,
) -> Account:
    """A new account. must_change: the password was chosen by somebody else and is good for one sign-in.

    RequestError for a name, password or grant that cannot be, ConflictError for a name that is taken.
    """
    if not USERNAME.fullmatch(username) or username in RESERVED:
        raise RequestError(
            "bad_username",
            en="{name!r} cannot be a user name: 2 to 40 of a-z, 0-9, dot, dash, underscore",
            zh="{name!r} 不能用作用户名：2 至 40 个小写字母、数字、点、横线或下划线",
            name=username[:60],
            field="username",
        )
    require_strong(password, username=username)
    require_grants(grants)
    shown = _display_name(display_name)
    if account_named(connection, username) is not None or _key_named(connection, username):
        raise ConflictError(
            "username_taken", en="there is an account or a key {name} already", zh="用户名或密钥 {name} 已存在", name=username
        )
    made = connection.execute(
        sa.insert(account)
        .values(
            username=username,
            display_name=shown,
            password_hash=hash_password(password),
            must_change=must_change,
            totp_secret=None,
            totp_confirmed=False,
            totp_step=0,
            created_at=at,
            created_by=by,
            disabled_at=None,
            version=1,
        )
        .returning(account.c.account_id)
    ).scalar_one()
    _write_grants(connection, made, grants)
    data = {"account": made, "username": username, "grants": [asdict(grant) for grant in grants]}
    event_log.append(connection, [NewEvent("account_created", None, by, at, data)])
    return required_account(connection, made)


def change_account(
    connection: Connection,
    account_id: int,
    *,
    expected_version: int,
    by: str,
    at: datetime,
    display_name: str | None = None,
    grants: Sequence[Grant] | None = None,
    disabled: bool | None = None,
) -> Account:
    """The account with what was said changed, each None left as it is. Roles count from the next call its holder makes.

    NotFoundError, StaleError for another version, ConflictError when nobody would be left who may administer accounts.
    """
    held = connection.execute(sa.select(account).where(account.c.account_id == account_id).with_for_update()).one_or_none()
    if held is None:
        raise no_account(account_id)
    if held.version != expected_version:
        raise StaleError(
            "account_changed",
            en="the account is at version {version}, you looked at {expected}",
            zh="账号已到版本 {version}，您看到的是版本 {expected}",
            version=held.version,
            expected=expected_version,
            field="version",
        )
    administered = _administrators(connection)
    values: dict[str, Any] = {"version": held.version + 1}
    said: dict[str, Any] = {"account": account_id}
    if display_name is not None:
        values["display_name"] = said["display_name"] = _display_name(display_name)
    if disabled is not None:
        values["disabled_at"] = (held.disabled_at or at) if disabled else None
        said["disabled"] = disabled
    if grants is not None:
        require_grants(grants)
        connection.execute(sa.delete(account_grant).where(account_grant.c.account_id == account_id))
        _write_grants(connection, account_id, grants)
        said["grants"] = [asdict(grant) for grant in grants]
    connection.execute(sa.update(account).where(account.c.account_id == account_id).values(values))
    if administered and not _administrators(connection):
        raise ConflictError(
            "last_administrator",
            en="nobody would be left who may administer the city; name another administrator first",
            zh="操作后将没有可用的全市管理员；请先指定另一名管理员",
        )
    event_log.append(connection, [NewEvent("account_changed", None, by, at, said)])
    return required_account(connection, account_id)


def set_password(
    connection: Connection, account_id: int, password: str, *, must_change: bool, by: str, at: datetime, kind: str = "password_set"
) -> None:
    """Gives an account another password. must_change: it was chosen by somebody else."""
    found = required_account(connection, account_id)
    require_strong(password, username=found.username)
    values = {"password_hash": hash_password(password), "must_change": must_change, "version": account.c.version + 1}
    connection.execute(sa.update(account).where(account.c.account_id == account_id).values(values))
    event_log.append(connection, [NewEvent(kind, None, by, at, {"account": account_id})])


def set_second_factor(
    connection: Connection, account_id: int, *, secret: str | None, confirmed: bool, step: int, by: str, at: datetime
) -> None:
    """Begins (a secret, not confirmed), confirms or removes (None) the second factor of an account."""
    values = {"totp_secret": secret, "totp_confirmed": confirmed, "totp_step": step, "version": account.c.version + 1}
    connection.execute(sa.update(account).where(account.c.account_id == account_id).values(values))
    kind = "second_factor_removed" if secret is None else "second_factor_confirmed" if confirmed else "second_factor_begun"
    event_log.append(connection, [NewEvent(kind, None, by, at, {"account": account_id})])


def actor_of(found: Account, *, totp_for: frozenset[str]) -> Actor:
    """The actor an account stands for. totp_for: roles that need a second factor; without one they may do nothing but set it up."""
    roles = tuple(dict.fromkeys(grant.role for grant in found.grants))
    needs_code = bool(totp_for.intersection(roles)) and not found.totp_confirmed
    pending = (*(("password",) if found.must_change else ()), *(("second_factor",) if needs_code else ()))
    return Actor(found.username, roles[0] if roles else "none", found.grants, "user", pending, found.account_id)


def account_named(connection: Connection, username: str) -> Account | None:
    """The account of this user name, or None."""
    row = connection.execute(sa.select(account).where(account.c.username == username)).one_or_none()
    return None if row is None else _of_row(row, _grants(connection, [row.account_id]))


def one_account(connection: Connection, account_id: int, *, locked: bool = False) -> Account | None:
    """The account, or None. locked: nobody else changes it, or what it holds, until the transaction ends."""
    asked = sa.select(account).where(account.c.account_id == account_id)
    row = connection.execute(asked.with_for_update() if locked else asked).one_or_none()
    return None if row is None else _of_row(row, _grants(connection, [account_id]))


def required_account(connection: Connection, account_id: int, *, locked: bool = False) -> Account:
    """The account as `one_account`; NotFoundError when there is none of this id."""
    found = one_account(connection, account_id, locked=locked)
    if found is None:
        raise no_account(account_id)
    return found


def accounts(connection: Connection) -> list[Account]:
    """All accounts by name; a city has some hundreds."""
    rows = list(connection.execute(sa.select(account).order_by(account.c.username)))
    held = _grants(connection, [row.account_id for row in rows])
    return [_of_row(row, held) for row in rows]


def _grants(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Grant, ...]]:
    g = account_grant.c
    held: dict[int, list[Grant]] = {one: [] for one in ids}
    for row in connection.execute(sa.select(account_grant).where(g.account_id.in_(ids)).order_by(g.account_id, g.ordinal)):
        held[row.account_id].append(Grant(row.role, row.area_code, None if row.categories is None else tuple(row.categories), row.acts_for))
    return {one: tuple(grants) for one, grants in held.items()}


def _of_row(row: Any, held: dict[int, tuple[Grant, ...]]) -> Account:
    return Account(**row._mapping, grants=held[row.account_id])


def _write_grants(connection: Connection, account_id: int, grants: Sequence[Grant]) -> None:
    rows = [
        {
            "account_id": account_id,
            "ordinal": i,
            "role": grant.role,
            "area_code": grant.area_code,
            "categories": None if grant.categories is None else list(grant.categories),
            "acts_for": grant.acts_for,
        }
        for i, grant in enumerate(grants)
    ]
    if rows:
        connection.execute(sa.insert(account_grant), rows)


def require_grants(grants: Sequence[Grant]) -> None:
    """RequestError for an unknown role, an agency that acts for nobody, or an empty list of categories."""
    for i, grant in enumerate(grants):
        if grant.role not in ROLES:
            raise RequestError(
                "unknown_role",
                en="role {role} is not known; say one of {roles}",
                zh="未知角色 {role}；可用：{roles}",
                role=grant.role[:40],
                roles=", ".join(ROLES),
                field=f"grants.{i}.role",
            )
        if grant.role == "agency" and not grant.acts_for:
            raise RequestError(
                "agency_unsaid",
                en="an agency's grant says for which agency: acts_for",
                zh="责任单位角色须指明所代表的单位（acts_for）",
                field=f"grants.{i}.acts_for",
            )
        if grant.categories is not None and not grant.categories:
            raise RequestError(
                "no_categories",
                en="an empty list of categories reaches nothing; leave it out for all",
                zh="类别列表为空则无任何权限；如不限类别请省略",
                field=f"grants.{i}.categories",
            )


def _administrators(connection: Connection) -> bool:
    """Whether anybody may administer the whole city: no area bounds it, and no categories."""
    g = account_grant.c
    query = (
        sa.select(g.categories)
        .join(account, account.c.account_id == g.account_id)
        .where(g.role == "administrator", g.area_code.is_(None), account.c.disabled_at.is_(None))
    )
    return any(categories is None for categories in connection.execute(query).scalars())


def _key_named(connection: Connection, name: str) -> bool:
    """Whether a key bears the name: what stands in the log means one alone."""
    return connection.execute(sa.select(api_key.c.key_id).where(api_key.c.name == name)).first() is not None


def _display_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise RequestError(
            "bad_display_name",
            en="a display name has 1 to 60 printable characters",
            zh="显示名须为 1 至 60 个可打印字符",
            field="display_name",
        )
    return name


def no_account(account_id: int) -> NotFoundError:
    """The refusal of an id that no account has, or none within the caller's reach."""
    return NotFoundError("account_not_found", en="there is no account {id}", zh="账号 {id} 不存在", id=account_id)
