"""Signing in and staying signed in. Takes a connection, never commits; security events go to the city's log."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts.model import Actor
from geo_service.accounts.passwords import hash_password, is_outdated, matches
from geo_service.accounts.registry import Account, account_named, actor_of, one_account
from geo_service.accounts.second_factor import step_of
from geo_service.accounts.tables import account, attempt, session
from geo_service.errors import AuthenticationError, RequestError, ThrottledError
from geo_service.event_log import NewEvent

FAILURES, LOCKED = 5, timedelta(minutes=15)
"""After so many failures in a row a name is locked for so long, whether or not an account has it."""
REMEMBERED = timedelta(days=1)
"""So long a failed attempt counts towards the next lock."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session is written down: idle times are right to this much."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: unused, and at most."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Failure:
    """A password that was wrong, to be refused after that was written down: the error."""

    error: AuthenticationError | ThrottledError | RequestError


def sign_in(connection: Connection, *, username: str, password: str, code: str | None, now: datetime) -> tuple[Account, str] | Failure:
    """The account and the token of a new session; or a Failure, already counted, which the caller raises after committing.

    The same answer for an unknown name, a wrong password and a disabled account. A wrong second factor counts like a wrong password.
    """
    name = username.strip().casefold()[:40]
    if (locked := refused_for_now(connection, name, now=now)) is not None:
        return locked
    found = account_named(connection, name)
    good = matches(password, found.password_hash if found else None)
    if found is None or not good or found.disabled_at is not None:
        return failed(connection, name, now=now)
    if found.totp_confirmed and found.totp_secret is not None:
        if not code:
            return Failure(AuthenticationError("totp_required", en="the code of the second factor is needed", zh="请输入动态验证码"))
        step = step_of(found.totp_secret, code, at=now, after_step=found.totp_step)
        if step is None:
            return failed(connection, name, now=now)
        connection.execute(sa.update(account).where(account.c.account_id == found.account_id).values(totp_step=step))
    if is_outdated(found.password_hash):
        hashed = hash_password(password)
        connection.execute(sa.update(account).where(account.c.account_id == found.account_id).values(password_hash=hashed))
    connection.execute(sa.delete(attempt).where(attempt.c.name_digest == _digest(name)))
    token = open_session(connection, found.account_id, now=now)
    event_log.append(connection, [NewEvent("signed_in", None, found.username, now, {"account": found.account_id})])
    return found, token


def open_session(connection: Connection, account_id: int, *, now: datetime) -> str:
    """The token of a new session. It is not stored, only its digest is."""
    token = secrets.token_urlsafe(32)
    connection.execute(sa.insert(session).values(digest=_digest(token), account_id=account_id, created_at=now, seen_at=now))
    return token


def actor_in_session(connection: Connection, token: str, *, lifetimes: Lifetimes, totp_for: frozenset[str], now: datetime) -> Actor | None:
    """Who the session belongs to, with the roles held at this moment; None when it is unknown, ended, expired or the account disabled."""
    row = connection.execute(sa.select(session).where(session.c.digest == _digest(token))).one_or_none()
    if row is None or not (row.seen_at <= now + SEEN_EVERY):
        return None
    if now - row.seen_at > lifetimes.idle or now - row.created_at > lifetimes.longest:
        return None
    found = one_account(connection, row.account_id)
    return None if found is None or found.disabled_at is not None else actor_of(found, totp_for=totp_for)


def is_due(connection: Connection, token: str, *, now: datetime) -> bool:
    """Whether the session's last use should be written down again."""
    seen = connection.execute(sa.select(session.c.seen_at).where(session.c.digest == _digest(token))).scalar_one_or_none()
    return seen is not None and now - seen >= SEEN_EVERY


def touch(connection: Connection, token: str, *, now: datetime) -> None:
    """Writes down that the session was used."""
    connection.execute(sa.update(session).where(session.c.digest == _digest(token), session.c.seen_at < now).values(seen_at=now))


def sign_out(connection: Connection, token: str, *, actor: Actor, now: datetime) -> None:
    """Ends the session."""
    if connection.execute(sa.delete(session).where(session.c.digest == _digest(token))).rowcount:
        event_log.append(connection, [NewEvent("signed_out", None, actor.name, now, {"account": actor.account_id})])


def end_sessions(connection: Connection, account_id: int, *, but: str | None = None) -> None:
    """Ends all sessions of an account, except the one with this token."""
    where = [session.c.account_id == account_id]
    if but is not None:
        where.append(session.c.digest != _digest(but))
    connection.execute(sa.delete(session).where(*where))


def forget_expired(connection: Connection, *, lifetimes: Lifetimes, now: datetime) -> int:
    """Removes sessions that cannot be used any more and returns how many there were; failed attempts of days gone by as well."""
    connection.execute(sa.delete(attempt).where(attempt.c.last_at < now - REMEMBERED))
    old = (session.c.seen_at < now - lifetimes.idle) | (session.c.created_at < now - lifetimes.longest)
    return int(connection.execute(sa.delete(session).where(old)).rowcount)


def csrf_token(token: str) -> str:
    """What a page must send back with every change: made from the session's token, so it needs no storage and tells nothing about it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def refused_for_now(connection: Connection, name: str, *, now: datetime) -> Failure | None:
    """The refusal of a name that is locked; None while it may be tried. Held until the transaction ends: tries come one by one."""
    asked = sa.select(attempt.c.locked_until_at).where(attempt.c.name_digest == _digest(name)).with_for_update()
    until: datetime | None = connection.execute(asked).scalar_one_or_none()
    return Failure(_locked(until, now)) if until is not None and until > now else None


def failed(connection: Connection, name: str, *, now: datetime) -> Failure:
    """Counts a wrong password or code for a name, and locks it after FAILURES in a row."""
    row = connection.execute(sa.select(attempt.c.failures).where(attempt.c.name_digest == _digest(name))).one_or_none()
    failures = 1 if row is None else row.failures + 1
    locked_until = now + LOCKED if failures >= FAILURES else None
    values = {"failures": 0 if locked_until else failures, "locked_until_at": locked_until, "last_at": now}
    if row is None:
        connection.execute(sa.insert(attempt).values(name_digest=_digest(name), **values))
    else:
        connection.execute(sa.update(attempt).where(attempt.c.name_digest == _digest(name)).values(**values))
    # the name that was tried is not logged: people type their password into that box
    kind = "locked_out" if locked_until else "sign_in_failed"
    event_log.append(connection, [NewEvent(kind, None, "anonymous", now, {"name_digest": _digest(name)[:16]})])
    if locked_until:
        return Failure(_locked(locked_until, now))
    return Failure(AuthenticationError("bad_credentials", en="the name or the password is wrong", zh="用户名或密码错误"))


def _locked(until: datetime, now: datetime) -> ThrottledError:
    seconds = max(1, int((until - now).total_seconds()))
    return ThrottledError(
        "locked_out",
        en="too many failures; try again in {minutes} min",
        zh="失败次数过多，请 {minutes} 分钟后再试",
        minutes=-(-seconds // 60),
        retry_after_s=seconds,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
