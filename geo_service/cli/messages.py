"""citygrid messages."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table

from geo_service.cli.opening import opened
from geo_service.cli.talk import chosen, out, refuse, result, say
from geo_service.flows.messages.service import message_out
from geo_service.notify import outbox
from geo_service.notify.model import STATES

messages = typer.Typer(no_args_is_help=True, help="Messages: what was sent, what waits, what could not be sent.")


@messages.command("list")
def list_messages(
    state: Annotated[str | None, typer.Option(help=" | ".join(STATES))] = None,
    case: Annotated[int | None, typer.Option(help="Of this case.")] = None,
    subscription: Annotated[int | None, typer.Option(help="Of this subscription.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    json: Annotated[bool, typer.Option("--json", help="As JSON, with the texts.")] = False,
) -> None:
    """List messages, newest first, addresses masked."""
    if state is not None and state not in STATES:
        raise refuse(chosen(f"没有状态 {state}；可用：{', '.join(STATES)}", f"there is no state {state}: {', '.join(STATES)}"))
    with opened() as wiring, wiring.database.reading() as connection:
        found = outbox.page(connection, state=state, case_id=case, subscription_id=subscription, owner=None, before=None, limit=limit)
    shown = [message_out(one) for one in found]
    if json:
        result(orjson.dumps([one.model_dump() for one in shown]).decode())
        return
    names = (
        ("消息", "message"),
        ("状态", "state"),
        ("通道", "channel"),
        ("地址", "address"),
        ("次数", "tries"),
        ("原因", "why"),
        ("主题", "subject"),
    )
    table = Table(*(chosen(zh, en) for zh, en in names))
    for one in shown:
        cells = (one.message_id, one.state, one.channel, one.address, one.attempts, one.last_error or "-", one.subject)
        table.add_row(*(str(cell).replace("[", "\\[") for cell in cells))
    out.print(table)


@messages.command("show")
def show(message_id: Annotated[str, typer.Argument(help="Its id, as in the list.")]) -> None:
    """Show one message as JSON, its address masked."""
    with opened() as wiring, wiring.database.reading() as connection:
        found = outbox.one_message(connection, message_id)
    result(orjson.dumps(message_out(found).model_dump(), option=orjson.OPT_INDENT_2).decode())


@messages.command("resend")
def resend(
    message_ids: Annotated[list[str] | None, typer.Argument(help="Ids of dead messages.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All dead ones of the last 1,000 whose subscription still stands.")] = False,
) -> None:
    """Send dead messages again, under their ids and with all attempts before them."""
    if dead == bool(message_ids):
        raise refuse(chosen("请给出消息编号，或使用 --dead", "name messages, or say --dead"))
    count = 0
    with opened() as wiring, wiring.database.writing() as connection:
        now = wiring.clock.now()
        wanted = [one.message_id for one in outbox.dead_and_wanted(connection, limit=1000)] if dead else []
        ids = [*wanted, *(message_ids or ())]
        for message_id in ids:
            outbox.resend(connection, outbox.one_message(connection, message_id), by="command line", now=now)
            count += 1
    say(f"已重新排队：{count} 条", f"queued again: {count}")
