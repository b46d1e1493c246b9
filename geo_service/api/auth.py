"""Who calls: an API key, a session's cookie with its CSRF token, the demonstration's operator, or nobody."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from inspect import isgeneratorfunction
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from geo_service.accounts import ANONYMOUS, DEMO_OPERATOR, ROLE_TEXTS, Actor, actor_for_key, holders, lacks_the_city, may
from geo_service.accounts.sessions import Lifetimes, actor_in_session, csrf_token, is_due, touch
from geo_service.api.wiring import Wiring
from geo_service.errors import AuthenticationError, DeniedError
from geo_service.settings import AccountSettings

COOKIE = "citygrid_session"
SAFE = ("GET", "HEAD", "OPTIONS")


def get_wiring(request: Request) -> Wiring:
    """The parts of the running service."""
    wiring: Wiring = request.app.state.wiring
    return wiring


def get_actor(request: Request, wiring: Annotated[Wiring, Depends(get_wiring)]) -> Actor:
    """Who calls. A key goes before a cookie; without either it is the demonstration's operator where that is allowed, else nobody.

    A key or cookie that is sent must be good, also where none is needed: AuthenticationError. A change by cookie without its CSRF
    token, or sent by a page of another site, is refused with DeniedError.
    """
    actor = _actor(request, wiring)
    request.state.actor = actor  # for the access log
    return actor


def _actor(request: Request, wiring: Wiring) -> Actor:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
    if key or request.headers.get("authorization"):
        return _of_key(wiring, key)
    if request.method not in SAFE and request.headers.get("sec-fetch-site") == "cross-site":
        raise DeniedError("cross_site", en="a page of another site may not change anything here", zh="不接受其他网站页面发起的操作")
    token = request.cookies.get(COOKIE)
    if token:
        return _of_session(request, wiring, token)
    return DEMO_OPERATOR if wiring.settings.server.demo else ANONYMOUS


def _of_key(wiring: Wiring, key: str) -> Actor:
    with wiring.database.reading() as connection:
        actor = actor_for_key(connection, key) if key else None
    if actor is None:
        raise AuthenticationError("bad_key", en="the API key is not valid", zh="API 密钥无效")
    return actor


def _of_session(request: Request, wiring: Wiring, token: str) -> Actor:
    now, settings = wiring.clock.now(), wiring.settings.accounts
    with wiring.database.reading() as connection:
        actor = actor_in_session(
            connection, token, lifetimes=lifetimes_of(settings), totp_for=frozenset(settings.second_factor_for), now=now
        )
        due = actor is not None and is_due(connection, token, now=now)
    if actor is None:
        raise AuthenticationError("session_expired", en="the session has ended; please sign in again", zh="登录已失效，请重新登录")
    if request.method not in SAFE and not hmac.compare_digest(request.headers.get("x-csrf-token", "").encode(), csrf_token(token).encode()):
        raise DeniedError("csrf", en="the X-CSRF-Token of this session is missing or wrong", zh="缺少或错误的 X-CSRF-Token")
    if due:
        with wiring.database.writing() as connection:
            touch(connection, token, now=now)
    return actor


def lifetimes_of(settings: AccountSettings) -> Lifetimes:
    """How long sessions last, from the settings."""
    return Lifetimes(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def require_known(actor: Actor) -> None:
    """AuthenticationError for a stranger, DeniedError for somebody who has to do something else first."""
    if not actor.known:
        raise AuthenticationError(
            "key_required",
            en="this needs a signed-in user or an API key (Authorization: Bearer ...)",
            zh="此操作需要登录或 API 密钥（Authorization: Bearer ...）",
        )
    if actor.pending:
        raise DeniedError(
            f"pending_{actor.pending[0]}",
            en="first {what}",
            zh="请先{what_zh}",
            what=_PENDING[actor.pending[0]][1],
            what_zh=_PENDING[actor.pending[0]][0],
        )


_PENDING = {
    "password": ("修改初始密码", "change the password that was chosen for you"),
    "second_factor": ("设置动态验证码", "set up the second factor"),
}


def require_permission(actor: Actor, permission: str, *, whole_city: bool = False) -> None:
    """DeniedError that names the roles which have the permission, unless the actor has it somewhere; `whole_city_needed` where the
    actor's role has it, but for a part of the city, and it is only had for the whole."""
    require_known(actor)
    if (whole_city or not may(actor, permission)) and lacks_the_city(actor, permission):
        raise DeniedError(
            "whole_city_needed",
            en="this concerns the whole city; your role {role} is bound to a part of it ({permission})",
            zh="此操作涉及全市，您的角色（{role_zh}）仅限部分区域或类别（{permission}）",
            role=actor.role,
            role_zh=ROLE_TEXTS.get(actor.role, (actor.role, ""))[0],
            permission=permission,
        )
    if not may(actor, permission):
        needed = holders(permission)
        raise DeniedError(
            "role_missing",
            en="your role {role} may not do this ({permission}); it needs {needed}",
            zh="您的角色（{role_zh}）无此权限（{permission}）；需要：{needed_zh}",
            role=actor.role,
            role_zh=ROLE_TEXTS.get(actor.role, (actor.role, ""))[0],
            permission=permission,
            needed=", ".join(needed),
            needed_zh="、".join(ROLE_TEXTS[role][0] for role in needed),
        )


@cache
def permits(permission: str, *, whole_city: bool = False) -> Callable[[Actor], Actor]:
    """A dependency that lets only actors with the permission pass; whole_city: only those who have it without bounds."""

    def check(actor: Annotated[Actor, Depends(get_actor)]) -> Actor:
        require_permission(actor, permission, whole_city=whole_city)
        return actor

    check.permission = permission  # type: ignore[attr-defined]  # read by the test that every route says what it needs
    return check


def permission_of(dependant: Dependant) -> str | None:
    """The permission that a route asks for, itself or through what it depends on; None where it asks for none."""
    found: list[str | None] = [getattr(one.call, "permission", None) for one in _all_of(dependant)]
    return next((one for one in found if one is not None), None)


def ask_first(router: APIRouter) -> None:
    """Makes every route of a router ask who calls, and what they may do, before anything else. Call it before the router is included.

    A stranger learns nothing from a body that is refused and takes no lock; and a session that has to be touched, which writes, never
    waits for the writing connection of its own request.
    """
    for route in router.routes:
        within = getattr(route, "original_router", None)
        if within is not None:  # a router that this one includes
            ask_first(within)
        elif isinstance(route, APIRoute):
            said = [one.dependency for one in route.dependencies]
            route.dependencies[:0] = [Depends(call) for call in _asking(route.dependant) if call not in said]


def _asking(dependant: Dependant) -> list[Callable[..., Any]]:
    """What of a route's dependencies asks who calls: its checks; the actor itself where nothing is checked. Not what takes a connection."""
    every = _all_of(dependant)
    asking = [one.call for one in every[1:] if one.call and any(below.call is get_actor for below in one.dependencies)]
    checks = [call for call in asking if not isgeneratorfunction(call)]
    anyone = any(one.call is get_actor for one in every)
    return list(dict.fromkeys(checks or ([get_actor] if anyone else [])))


def _all_of(dependant: Dependant) -> list[Dependant]:
    """The route itself, then all that it depends on."""
    return [dependant, *(one for below in dependant.dependencies for one in _all_of(below))]
