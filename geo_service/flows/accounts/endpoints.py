"""HTTP of administering accounts and keys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from starlette.responses import Response

from geo_service.accounts import ROLES, Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.preconditions import version_of
from geo_service.flows.accounts import service
from geo_service.flows.accounts.schemas import (
    AccountAsked,
    AccountChange,
    AccountOut,
    AccountsOut,
    KeyAsked,
    KeysOut,
    NewKeyOut,
    PasswordAsked,
)
from geo_service.flows.accounts.signing_in import current_or_none
from geo_service.flows.accounts.signing_in import router as signing_in

router = APIRouter(prefix="/api/v1", tags=["accounts"])
router.include_router(signing_in)

Administrator = Annotated[Actor, Depends(permits("accounts.write"))]
AccountId = Annotated[int, Path(ge=1, le=2**53)]
IfMatch = Annotated[str | None, Header(description="the version of the account that was looked at")]

_ACCOUNT = {
    "username": "desk.3",
    "display_name": "调度席 3",
    "password": "...",
    "grants": [{"role": "operator", "area_code": "990101"}],
}


@router.get("/accounts", summary="Who has an account, and what they hold")
def accounts(connection: Reading, wiring: WiringDep, language: Language, actor: Administrator) -> AccountsOut:
    """Needs accounts.write. Who administers a part of the city is shown those whose every role lies in it."""
    items = service.all_accounts(connection, actor, current_or_none(wiring), language=language)
    return AccountsOut(items=items, roles={role: service.role_name(role, language) for role in ROLES})


@router.post("/accounts", status_code=201, openapi_extra=json_body(AccountAsked, operator=_ACCOUNT), summary="Make an account")
def create(
    body: Annotated[Any, Depends(body_of(AccountAsked))], connection: Writing, wiring: WiringDep, language: Language, actor: Administrator
) -> AccountOut:
    """Needs accounts.write. The password is good for one sign-in. Who administers a part of the city gives what they hold there."""
    published = current_or_none(wiring)
    made = service.create(connection, body[0], published, actor=actor, at=wiring.clock.now())
    return service.account_out(made, published, language)


@router.patch(
    "/accounts/{account_id}", openapi_extra=json_body(AccountChange, disable={"disabled": True}), summary="Change what somebody holds"
)
def change(
    account_id: AccountId,
    body: Annotated[Any, Depends(body_of(AccountChange))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Administrator,
    if_match: IfMatch = None,
) -> AccountOut:
    """Needs accounts.write and If-Match. Counts from the next call its holder makes; a disabled account is signed out at once."""
    published, expected = current_or_none(wiring), version_of(if_match)
    done = service.change(connection, account_id, body[0], published, expected=expected, actor=actor, at=wiring.clock.now())
    return service.account_out(done, published, language)


@router.post(
    "/accounts/{account_id}/password",
    status_code=204,
    openapi_extra=json_body(PasswordAsked, reset={"password": "..."}),
    summary="Give a new password",
)
def password(
    account_id: AccountId,
    body: Annotated[Any, Depends(body_of(PasswordAsked))],
    connection: Writing,
    wiring: WiringDep,
    actor: Administrator,
) -> None:
    """Needs accounts.write. Good for one sign-in; ends all sessions of the account."""
    service.reset_password(connection, account_id, body[0].password, current_or_none(wiring), actor=actor, at=wiring.clock.now())


@router.delete("/accounts/{account_id}/second-factor", status_code=204, summary="Remove a lost second factor")
def second_factor(account_id: AccountId, connection: Writing, wiring: WiringDep, actor: Administrator) -> Response:
    """Needs accounts.write. Ends all sessions of the account."""
    service.remove_second_factor(connection, account_id, current_or_none(wiring), actor=actor, at=wiring.clock.now())
    return Response(status_code=204)


@router.get("/keys", summary="API keys, without their secrets")
def list_keys(connection: Reading, wiring: WiringDep, actor: Administrator) -> KeysOut:
    """Needs accounts.write. Within the caller's reach."""
    return KeysOut(items=service.all_keys(connection, actor, current_or_none(wiring)))


@router.post(
    "/keys", status_code=201, openapi_extra=json_body(KeyAsked, hotline={"name": "12345 bridge", "role": "api"}), summary="Make an API key"
)
def make_key(body: Annotated[Any, Depends(body_of(KeyAsked))], connection: Writing, wiring: WiringDep, actor: Administrator) -> NewKeyOut:
    """Needs accounts.write. The key is shown this once."""
    asked: KeyAsked = body[0]
    key = service.make_key(connection, asked, current_or_none(wiring), actor=actor, at=wiring.clock.now())
    return NewKeyOut(name=asked.name, key=key)


@router.delete("/keys/{name}", status_code=204, summary="End an API key")
def end_key(name: Annotated[str, Path(max_length=80)], connection: Writing, wiring: WiringDep, actor: Administrator) -> Response:
    """Needs accounts.write. At once."""
    service.end_key(connection, name, current_or_none(wiring), actor=actor, at=wiring.clock.now())
    return Response(status_code=204)
