"""The stories of accounts: what a caller is told about itself and others, and the second factor. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from geo_service.accounts import ROLE_TEXTS, Actor, Grant, create_key, keys, permissions_of, revoke_key
from geo_service.accounts.passwords import matches
from geo_service.accounts.policy import grants_of
from geo_service.accounts.registry import (
    Account,
    accounts,
    change_account,
    create_account,
    one_account,
    required_account,
    set_password,
    set_second_factor,
)
from geo_service.accounts.repository import grant_of
from geo_service.accounts.second_factor import enrolment_uri, new_secret, step_of
from geo_service.accounts.sessions import Failure, end_sessions, failed, refused_for_now
from geo_service.errors import ConflictError, RequestError, ThrottledError
from geo_service.flows.accounts.reach import Administered
from geo_service.flows.accounts.schemas import (
    AccountAsked,
    AccountChange,
    AccountOut,
    EnrolmentOut,
    GrantAsked,
    GrantOut,
    KeyAsked,
    KeyOut,
    MeOut,
)
from geo_service.published import Published


def me(connection: Connection, actor: Actor, published: Published | None, *, language: str) -> MeOut:
    """Who the caller is."""
    held = one_account(connection, actor.account_id) if actor.account_id is not None else None
    granted = grants_of(actor)
    return MeOut(
        name=actor.name,
        display_name=held.display_name if held else actor.name,
        kind=actor.kind,
        roles=list(dict.fromkeys(grant.role for grant in granted)),
        grants=[grant_out(grant, published, language) for grant in granted],
        permissions=sorted(permissions_of(actor)),
        pending=list(actor.pending),
        totp=held.totp_confirmed if held else False,
    )


def grant_out(grant: Grant, published: Published | None, language: str) -> GrantOut:
    """A grant with its names."""
    area = published.by_code.get(grant.area_code) if published and grant.area_code else None
    return GrantOut(
        role=grant.role,
        role_name=role_name(grant.role, language),
        area_code=grant.area_code,
        area_name=area.name if area else None,
        categories=None if grant.categories is None else list(grant.categories),
        acts_for=grant.acts_for,
    )


def role_name(role: str, language: str) -> str:
    """A role in the caller's language."""
    zh, en = ROLE_TEXTS.get(role, (role, role))
    return zh if language.startswith("zh") else en


def account_out(found: Account, published: Published | None, language: str) -> AccountOut:
    """An account as the wire has it."""
    return AccountOut(
        account_id=found.account_id,
        username=found.username,
        display_name=found.display_name,
        grants=[grant_out(grant, published, language) for grant in found.grants],
        must_change=found.must_change,
        totp=found.totp_confirmed,
        created_at=found.created_at,
        created_by=found.created_by,
        disabled_at=found.disabled_at,
        version=found.version,
    )


def all_accounts(connection: Connection, actor: Actor, published: Published | None, *, language: str) -> list[AccountOut]:
    """Every account within the administrator's reach."""
    administered = Administered(actor, published)
    return [account_out(one, published, language) for one in accounts(connection) if administered.sees(one.grants)]


def create(connection: Connection, asked: AccountAsked, published: Published | None, *, actor: Actor, at: datetime) -> Account:
    """A new account. Errors as `registry.create_account`; RequestError for an area that does not exist, DeniedError for more than the
    administrator holds."""
    grants = grants_asked(asked.grants, published)
    Administered(actor, published).require_giving(grants)
    return create_account(
        connection,
        username=asked.username,
        display_name=asked.display_name,
        password=asked.password,
        grants=grants,
        by=actor.name,
        at=at,
    )


def change(
    connection: Connection, account_id: int, asked: AccountChange, published: Published | None, *, expected: int, actor: Actor, at: datetime
) -> Account:
    """The account after the change; a disabled one is signed out everywhere. DeniedError where it holds, or would hold, more than the
    administrator."""
    administered = Administered(actor, published)
    administered.account(connection, account_id)
    grants = None if asked.grants is None else grants_asked(asked.grants, published)
    if grants is not None:
        administered.require_giving(grants)
    done = change_account(
        connection,
        account_id,
        expected_version=expected,
        by=actor.name,
        at=at,
        display_name=asked.display_name,
        grants=grants,
        disabled=asked.disabled,
    )
    if done.disabled_at is not None:
        end_sessions(connection, account_id)
    return done


def grants_asked(asked: Sequence[GrantAsked], published: Published | None) -> list[Grant]:
    """Grants as they were asked for. RequestError for an area that is not in the generation in force."""
    for i, one in enumerate(asked):
        if one.area_code is not None and published is not None and one.area_code not in published.by_code:
            raise RequestError(
                "unknown_area",
                en="there is no area {area_code} in generation {generation}",
                zh="第 {generation} 版中没有区域 {area_code}",
                area_code=one.area_code,
                generation=published.number,
                field=f"grants.{i}.area_code",
            )
    return [Grant(one.role, one.area_code, None if one.categories is None else tuple(one.categories), one.acts_for) for one in asked]


def reset_password(
    connection: Connection, account_id: int, password: str, published: Published | None, *, actor: Actor, at: datetime
) -> None:
    """Another password, good for one sign-in; the account is signed out everywhere."""
    Administered(actor, published).account(connection, account_id)
    set_password(connection, account_id, password, must_change=True, by=actor.name, at=at)
    end_sessions(connection, account_id)


def change_own_password(
    connection: Connection, actor: Actor, *, current: str, password: str, token: str | None, at: datetime
) -> Failure | None:
    """Another password of one's own; other sessions end. RequestError when the new one is the same or weak.

    A Failure, already counted, when the present one is wrong: the caller raises it after committing. It counts like a failed sign-in, so
    whoever finds a browser open cannot try passwords out.
    """
    found = _own(connection, actor)
    if (locked := refused_for_now(connection, found.username, now=at)) is not None:
        return locked
    if not matches(current, found.password_hash):
        counted = failed(connection, found.username, now=at)
        if isinstance(counted.error, ThrottledError):
            return counted
        return Failure(RequestError("bad_current", en="the present password is wrong", zh="当前密码错误", field="current"))
    if current == password:
        raise RequestError(
            "same_password", en="choose a password that is not the present one", zh="新密码不得与当前密码相同", field="password"
        )
    set_password(connection, found.account_id, password, must_change=False, by=actor.name, at=at, kind="password_changed")
    end_sessions(connection, found.account_id, but=token)
    return None


def begin_second_factor(connection: Connection, actor: Actor, *, at: datetime) -> EnrolmentOut:
    """A new secret for one's own account, to be confirmed with a code. ConflictError when a second factor is in use."""
    found = _own(connection, actor)
    if found.totp_confirmed:
        raise ConflictError(
            "second_factor_in_use", en="a second factor is in use; an administrator can remove it", zh="动态验证码已启用；可由管理员解除"
        )
    secret = new_secret()
    set_second_factor(connection, found.account_id, secret=secret, confirmed=False, step=0, by=actor.name, at=at)
    return EnrolmentOut(secret=secret, uri=enrolment_uri(secret, username=found.username))


def confirm_second_factor(connection: Connection, actor: Actor, code: str, *, at: datetime) -> None:
    """Puts the second factor to use. RequestError for a wrong code, ConflictError when none was begun."""
    found = _own(connection, actor)
    if found.totp_secret is None or found.totp_confirmed:
        raise ConflictError("no_second_factor_begun", en="no second factor waits to be confirmed", zh="没有待确认的动态验证码")
    step = step_of(found.totp_secret, code, at=at, after_step=found.totp_step)
    if step is None:
        raise RequestError("bad_code", en="the code is wrong or was used already", zh="验证码错误或已使用", field="code")
    set_second_factor(connection, found.account_id, secret=found.totp_secret, confirmed=True, step=step, by=actor.name, at=at)


def remove_second_factor(connection: Connection, account_id: int, published: Published | None, *, actor: Actor, at: datetime) -> None:
    """Ends another account's second factor (a lost phone) and its sessions; whoever needs one sets up a new one at the next sign-in."""
    found = Administered(actor, published).account(connection, account_id)
    set_second_factor(connection, found.account_id, secret=None, confirmed=False, step=0, by=actor.name, at=at)
    end_sessions(connection, account_id)


def make_key(connection: Connection, asked: KeyAsked, published: Published | None, *, actor: Actor, at: datetime) -> str:
    """A new key. Errors as `create_key`; RequestError for an area that does not exist, DeniedError for more than the actor holds."""
    [grant] = grants_asked([GrantAsked(**asked.model_dump(exclude={"name"}))], published)
    Administered(actor, published).require_giving([grant])
    return create_key(connection, name=asked.name, role=asked.role, at=at, by=actor.name, grant=grant)


def end_key(connection: Connection, name: str, published: Published | None, *, actor: Actor, at: datetime) -> None:
    """Ends a key at once. NotFoundError, DeniedError for one that holds more than the administrator."""
    Administered(actor, published).require_key(connection, name)
    revoke_key(connection, name=name, at=at, by=actor.name)


def all_keys(connection: Connection, actor: Actor, published: Published | None) -> list[KeyOut]:
    """Every key within the administrator's reach."""
    administered = Administered(actor, published)
    return [KeyOut(**row) for row in keys(connection) if administered.sees([grant_of(row)])]


def _own(connection: Connection, actor: Actor) -> Account:
    if actor.account_id is None:
        raise ConflictError(
            "not_a_user", en="only a signed-in user has a password and a second factor", zh="仅登录用户可设置密码与动态验证码"
        )
    return required_account(connection, actor.account_id)
