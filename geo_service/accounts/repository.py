"""API keys in the database."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts.model import ROLES, Actor, Grant
from geo_service.accounts.registry import RESERVED, account_named, require_grants
from geo_service.accounts.tables import api_key
from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.event_log import NewEvent

PREFIX = "cgk"


def create_key(connection: Connection, *, name: str, role: str, at: datetime, by: str, grant: Grant | None = None) -> str:
    """Makes a key for an actor of this name and role and returns it; it cannot be shown again. grant: bounds the role; None: the city.

    RequestError for an unknown role or a name that cannot be: empty, reserved, unprintable, or of an agency or post (`post:4`), in whose
    name others act. ConflictError for a name that a key or a user has already.
    """
    if role not in ROLES:
        raise RequestError(
            "unknown_role",
            en="role {role} is not known; say one of {roles}",
            zh="未知角色 {role}；可用：{roles}",
            role=role,
            roles=", ".join(ROLES),
            field="role",
        )
    if not _may_be_named(name):
        raise RequestError(
            "bad_key_name", en="{name!r} cannot be the name of a key", zh="{name!r} 不能用作密钥名称", name=name[:90], field="name"
        )
    if connection.execute(sa.select(api_key.c.key_id).where(api_key.c.name == name)).first() or account_named(connection, name):
        raise ConflictError("key_exists", en="a key or user named {name} exists already", zh="名为 {name} 的密钥或用户已存在", name=name)
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    full = f"{PREFIX}_{key_id}_{secret}"
    held = grant or Grant(role)
    require_grants([held])
    bounds = {
        "area_code": held.area_code,
        "categories": None if held.categories is None else list(held.categories),
        "acts_for": held.acts_for,
    }
    connection.execute(
        sa.insert(api_key).values(
            key_id=key_id, name=name, role=role, **bounds, digest=_digest(full), created_at=at, created_by=by, revoked_at=None
        )
    )
    data = {"key": key_id, "name": name, "role": role, **bounds}
    event_log.append(connection, [NewEvent("key_created", None, by, at, data)])
    return full


def actor_for_key(connection: Connection, key: str) -> Actor | None:
    """The actor a key stands for, or None when it is unknown or revoked."""
    row = connection.execute(sa.select(api_key).where(api_key.c.digest == _digest(key), api_key.c.revoked_at.is_(None))).one_or_none()
    if row is None:
        return None
    return Actor(row.name, row.role, (grant_of(dict(row._mapping)),))


def revoke_key(connection: Connection, *, name: str, at: datetime, by: str) -> None:
    """Ends a key at once. NotFoundError when no key of this name is in use."""
    done = connection.execute(sa.update(api_key).where(api_key.c.name == name, api_key.c.revoked_at.is_(None)).values(revoked_at=at))
    if done.rowcount == 0:
        raise key_not_found(name)
    event_log.append(connection, [NewEvent("key_revoked", None, by, at, {"name": name})])


def key_not_found(name: str) -> NotFoundError:
    """The refusal of a name that no key in use has, or none within the caller's reach."""
    return NotFoundError("key_not_found", en="no key named {name} is in use", zh="没有名为 {name} 的有效密钥", name=name)


def keys(connection: Connection) -> list[dict[str, Any]]:
    """All keys without their secrets: key_id, name, role and its bounds, created_at, created_by, revoked_at."""
    t = api_key.c
    query = sa.select(t.key_id, t.name, t.role, t.area_code, t.categories, t.acts_for, t.created_at, t.created_by, t.revoked_at).order_by(
        t.created_at, t.name
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def grant_of(row: Mapping[str, Any]) -> Grant:
    """What a key holds, from its row as `keys` gives it."""
    return Grant(row["role"], row["area_code"], None if row["categories"] is None else tuple(row["categories"]), row["acts_for"])


def _may_be_named(name: str) -> bool:
    whole = 0 < len(name) <= 80 and name == name.strip() and name.isprintable()
    return whole and name not in RESERVED and not name.startswith(("agency:", "post:", "leader:"))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
