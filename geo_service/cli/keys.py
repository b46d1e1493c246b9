"""citygrid keys."""

from __future__ import annotations

from typing import Annotated

import typer

from geo_service.accounts import ROLES, create_key, revoke_key
from geo_service.accounts import keys as all_keys
from geo_service.cli.opening import opened
from geo_service.cli.talk import result, say

keys = typer.Typer(no_args_is_help=True, help="API keys: who may write, and in which role.")


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who will use the key; stands in the log.")],
    role: Annotated[str, typer.Option(help=" | ".join(ROLES))],
) -> None:
    """Make a key and print it once."""
    with opened() as wiring, wiring.database.writing() as connection:
        key = create_key(connection, name=name, role=role, at=wiring.clock.now(), by="command line")
    say("密钥仅显示这一次：", "the key is shown only this once:")
    result(key)


@keys.command("list")
def list_keys() -> None:
    """List the keys without their secrets."""
    with opened() as wiring, wiring.database.reading() as connection:
        for row in all_keys(connection):
            ended = f"revoked {row['revoked_at']:%Y-%m-%d}" if row["revoked_at"] else "in use"
            result(f"{row['key_id']}\t{row['name']}\t{row['role']}\t{row['created_at']:%Y-%m-%d}\t{ended}")


@keys.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """End a key at once."""
    with opened() as wiring, wiring.database.writing() as connection:
        revoke_key(connection, name=name, at=wiring.clock.now(), by="command line")
    say(f"密钥 {name} 已失效", f"the key {name} is revoked")
