"""citygrid accounts."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from geo_service.accounts import Grant
from geo_service.accounts.registry import Account, account_named, create_account, set_password, set_second_factor
from geo_service.accounts.registry import accounts as all_accounts
from geo_service.accounts.second_factor import enrolment_uri, new_secret
from geo_service.accounts.sessions import end_sessions
from geo_service.cli.opening import opened
from geo_service.cli.talk import chosen, result, say
from geo_service.errors import NotFoundError

accounts = typer.Typer(no_args_is_help=True, help="Users who sign in.")
BY = "command line"

PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking for it.")]


@accounts.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Argument(help="User name: a-z, 0-9, dot, dash, underscore.")],
    display_name: Annotated[str | None, typer.Option(help="Name shown to others; the user name when left out.")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Make an administrator of the whole city; prints the address for an authenticator app once."""
    password = _password(password_stdin)
    secret = new_secret()
    with opened() as wiring, wiring.database.writing() as connection:
        now = wiring.clock.now()
        grants = [Grant("administrator")]
        made = create_account(
            connection,
            username=username,
            display_name=display_name or username,
            password=password,
            grants=grants,
            by=BY,
            at=now,
            must_change=False,
        )
        _enrol(connection, made, secret, now)
    say(
        "请用身份验证器扫描或输入以下地址（仅显示这一次）：",
        "give this address to an authenticator app; it is shown only this once:",
    )
    result(enrolment_uri(secret, username=username))


@accounts.command("list")
def list_accounts() -> None:
    """List the accounts and what they hold."""
    with opened() as wiring, wiring.database.reading() as connection:
        found = all_accounts(connection)
    if not found:
        say("还没有账号：citygrid accounts create-admin NAME", "there is no account yet: citygrid accounts create-admin NAME")
    for one in found:
        held = ", ".join(grant.role + (f"@{grant.area_code}" if grant.area_code else "") for grant in one.grants)
        state = chosen("已停用", "disabled") if one.disabled_at else chosen("启用", "active")
        result(f"{one.account_id}\t{one.username}\t{one.display_name}\t{held}\t{state}")


@accounts.command("password")
def password(
    username: Annotated[str, typer.Argument(help="The account's user name.")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Give an account a new password, good for one sign-in, and end its sessions."""
    secret = _password(password_stdin)
    with opened() as wiring, wiring.database.writing() as connection:
        found = _named(connection, username)
        set_password(connection, found.account_id, secret, must_change=True, by=BY, at=wiring.clock.now())
        end_sessions(connection, found.account_id)
    say(f"{username} 下次登录须修改密码", f"{username} must change the password at the next sign-in")


@accounts.command("second-factor")
def second_factor(username: Annotated[str, typer.Argument(help="The account's user name.")]) -> None:
    """Give an account a new second factor (a lost phone), end its sessions, and print the address once."""
    secret = new_secret()
    with opened() as wiring, wiring.database.writing() as connection:
        found = _named(connection, username)
        _enrol(connection, found, secret, wiring.clock.now())
        end_sessions(connection, found.account_id)
    result(enrolment_uri(secret, username=username))


def _enrol(connection: Connection, found: Account, secret: str, now: datetime) -> None:
    set_second_factor(connection, found.account_id, secret=secret, confirmed=True, step=0, by=BY, at=now)


def _named(connection: Connection, username: str) -> Account:
    found = account_named(connection, username)
    if found is None:
        raise NotFoundError("account_not_found", en="there is no account {id}", zh="账号 {id} 不存在", id=username)
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(chosen("密码：", "password: "))
    if first != getpass.getpass(chosen("再次输入：", "again: ")):
        raise typer.BadParameter(chosen("两次输入不一致", "the two are not the same"))
    return first
