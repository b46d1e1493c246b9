"""The wire of sessions, accounts and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Asked(BaseModel):
    """A body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class SignInAsked(Asked):
    """Name and password, and the code of the second factor where the account has one."""

    username: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)
    totp: str | None = Field(default=None, max_length=12)


class GrantAsked(Asked):
    """A role for an area (null: the whole city) and some categories (null: all). acts_for: agency:<code> or post:<id>."""

    role: str = Field(max_length=30)
    area_code: str | None = Field(default=None, max_length=32)
    categories: list[str] | None = Field(default=None, max_length=50)
    acts_for: str | None = Field(default=None, max_length=80)


class AccountAsked(Asked):
    """A new account. The password is good for one sign-in; then its holder chooses another."""

    username: str = Field(max_length=60, examples=["desk.3"])
    display_name: str = Field(max_length=60)
    password: str = Field(max_length=200)
    grants: list[GrantAsked] = Field(max_length=50)


class AccountChange(Asked):
    """What is to change; what is left out stays."""

    display_name: str | None = Field(default=None, max_length=60)
    disabled: bool | None = None
    grants: list[GrantAsked] | None = Field(default=None, max_length=50)


class PasswordAsked(Asked):
    """A new password for somebody else: good for one sign-in."""

    password: str = Field(max_length=200)


class OwnPasswordAsked(Asked):
    """A new password for oneself."""

    current: str = Field(max_length=200)
    password: str = Field(max_length=200)


class CodeAsked(Asked):
    """The code that the authenticator shows."""

    code: str = Field(max_length=12)


class KeyAsked(Asked):
    """A key for another system or program."""

    name: str = Field(max_length=80)
    role: str = Field(max_length=30)
    area_code: str | None = Field(default=None, max_length=32)
    categories: list[str] | None = Field(default=None, max_length=50)
    acts_for: str | None = Field(default=None, max_length=80)


class GrantOut(BaseModel):
    """What somebody holds. area_name: null for the whole city, or where the area exists no more."""

    role: str
    role_name: str
    area_code: str | None
    area_name: str | None
    categories: list[str] | None
    acts_for: str | None


class MeOut(BaseModel):
    """Who calls, and what they may do. pending: what must be done before anything else: password, second_factor."""

    name: str
    display_name: str
    kind: Literal["user", "key", "demo", "anonymous", "program"]
    roles: list[str]
    grants: list[GrantOut]
    permissions: list[str]
    pending: list[str]
    totp: bool


class SessionOut(BaseModel):
    """The present session. csrf: goes into X-CSRF-Token of every change."""

    user: MeOut | None
    csrf: str | None
    demo: bool


class AccountOut(BaseModel):
    """An account, without its secrets."""

    account_id: int
    username: str
    display_name: str
    grants: list[GrantOut]
    must_change: bool
    totp: bool
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    version: int


class AccountsOut(BaseModel):
    """All accounts, by name; `roles` and `permissions` say what can be granted."""

    items: list[AccountOut]
    roles: dict[str, str]


class KeyOut(BaseModel):
    """A key without its secret."""

    key_id: str
    name: str
    role: str
    area_code: str | None
    categories: list[str] | None
    acts_for: str | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


class KeysOut(BaseModel):
    """All keys, oldest first."""

    items: list[KeyOut]


class NewKeyOut(BaseModel):
    """A new key: shown this once."""

    name: str
    key: str


class EnrolmentOut(BaseModel):
    """What an authenticator app needs: the secret, and the same as an otpauth:// address for a picture."""

    secret: str
    uri: str
