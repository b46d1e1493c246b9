"""HTTP of sessions: signing in and out, who one is, one's own password and second factor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geo_service.accounts import ANONYMOUS, DEMO_OPERATOR, Actor
from geo_service.accounts.registry import actor_of
from geo_service.accounts.sessions import Failure, csrf_token, sign_in, sign_out
from geo_service.api.auth import COOKIE, get_actor
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.wiring import Wiring
from geo_service.errors import AuthenticationError, DeniedError
from geo_service.flows.accounts import service
from geo_service.flows.accounts.schemas import CodeAsked, EnrolmentOut, MeOut, OwnPasswordAsked, SessionOut, SignInAsked
from geo_service.published import Published

router = APIRouter(tags=["accounts"])


def signed_in_or_demo(actor: Annotated[Actor, Depends(get_actor)]) -> Actor:
    """Somebody known, also one who has something to do first: that is what these calls are for."""
    if not actor.known:
        raise AuthenticationError("key_required", en="please sign in", zh="请登录")
    return actor


Myself = Annotated[Actor, Depends(signed_in_or_demo)]


@router.post(
    "/session", openapi_extra=json_body(SignInAsked, desk={"username": "desk.3", "password": "...", "totp": "123456"}), summary="Sign in"
)
def create(
    request: Request, response: Response, body: Annotated[Any, Depends(body_of(SignInAsked))], wiring: WiringDep, language: Language
) -> SessionOut:
    """Sets the session's cookie and returns the token that every change must carry in X-CSRF-Token.

    401 bad_credentials, 401 totp_required, 429 locked_out with Retry-After. A session that was open before in this browser ends.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise DeniedError("cross_site", en="a page of another site may not sign in here", zh="不接受其他网站页面发起的登录")
    asked: SignInAsked = body[0]
    now = wiring.clock.now()
    with wiring.database.writing() as connection:
        if before := request.cookies.get(COOKIE):
            sign_out(connection, before, actor=ANONYMOUS, now=now)
        done = sign_in(connection, username=asked.username, password=asked.password, code=asked.totp, now=now)
        # a failure is committed before it is refused, else it would not count
    if isinstance(done, Failure):
        raise done.error
    found, token = done
    actor = actor_of(found, totp_for=frozenset(wiring.settings.accounts.second_factor_for))
    with wiring.database.reading() as connection:
        user = service.me(connection, actor, current_or_none(wiring), language=language)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")
    return SessionOut(user=user, csrf=csrf_token(token), demo=wiring.settings.server.demo)


@router.get("/session", summary="Whether somebody is signed in")
def read(request: Request, wiring: WiringDep, connection: Reading, language: Language) -> SessionOut:
    """Never refused: a page asks this first. user is null for a stranger or an ended session."""
    try:
        actor = get_actor(request, wiring)
    except AuthenticationError:
        actor = DEMO_OPERATOR if wiring.settings.server.demo else ANONYMOUS
    user = service.me(connection, actor, current_or_none(wiring), language=language) if actor.known else None
    token = request.cookies.get(COOKIE) if actor.kind == "user" else None
    return SessionOut(user=user, csrf=csrf_token(token) if token else None, demo=wiring.settings.server.demo)


@router.delete("/session", status_code=204, summary="Sign out")
def delete(request: Request, connection: Writing, wiring: WiringDep, actor: Annotated[Actor, Depends(get_actor)]) -> Response:
    """Ends the session, here at once."""
    if token := request.cookies.get(COOKIE):
        sign_out(connection, token, actor=actor, now=wiring.clock.now())
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.get("/me", summary="Who calls, and what they may do")
def me(connection: Reading, wiring: WiringDep, language: Language, actor: Myself) -> MeOut:
    """Needs a session or a key."""
    return service.me(connection, actor, current_or_none(wiring), language=language)


@router.post(
    "/me/password",
    status_code=204,
    openapi_extra=json_body(OwnPasswordAsked, own={"current": "...", "password": "..."}),
    summary="Change one's own password",
)
def password(request: Request, body: Annotated[Any, Depends(body_of(OwnPasswordAsked))], wiring: WiringDep, actor: Myself) -> None:
    """Ends the other sessions of the account. 422 bad_current, counted like a failed sign-in: 429 locked_out."""
    asked: OwnPasswordAsked = body[0]
    token, now = request.cookies.get(COOKIE), wiring.clock.now()
    with wiring.database.writing() as connection:
        done = service.change_own_password(connection, actor, current=asked.current, password=asked.password, token=token, at=now)
        # a failure is committed before it is refused, else it would not count
    if isinstance(done, Failure):
        raise done.error


@router.post("/me/second-factor", summary="Begin one's own second factor")
def begin(connection: Writing, wiring: WiringDep, actor: Myself) -> EnrolmentOut:
    """A secret for an authenticator app; it counts once it is confirmed."""
    return service.begin_second_factor(connection, actor, at=wiring.clock.now())


@router.post(
    "/me/second-factor/confirm",
    status_code=204,
    openapi_extra=json_body(CodeAsked, code={"code": "123456"}),
    summary="Put the second factor to use",
)
def confirm(body: Annotated[Any, Depends(body_of(CodeAsked))], connection: Writing, wiring: WiringDep, actor: Myself) -> None:
    """The code that the authenticator shows now."""
    service.confirm_second_factor(connection, actor, body[0].code, at=wiring.clock.now())


def current_or_none(wiring: Wiring) -> Published | None:
    """The generation in force, or None before the first one: administrators set accounts up before there is a map."""
    return wiring.published.current_or_none()
