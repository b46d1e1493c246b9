"""citygrid jobs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from geo_service.cli.opening import opened
from geo_service.cli.talk import chosen, language, out, result
from geo_service.jobs import run_due, run_forever
from geo_service.jobs import status as how_it_stands
from geo_service.jobs.status import Status

jobs = typer.Typer(no_args_is_help=True, help="Background work: publications at a date, escalation, tiles, drafts to be prepared.")


@jobs.command("run")
def run(once: Annotated[bool, typer.Option("--once", help="Do what is due now and end.")] = False) -> None:
    """Do background work until stopped (Ctrl-C, SIGTERM); several processes share it. `serve` does it too unless told not to."""
    with opened() as wiring:
        if once:
            result(orjson.dumps(run_due(wiring)).decode())
            return
        stop = threading.Event()

        def told(_signal: int, _frame: object) -> None:
            stop.set()
            wiring.wanted.set()

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, told)
        run_forever(wiring, stop)


@jobs.command("status")
def show_status(
    json: Annotated[bool, typer.Option("--json", help="As one JSON object; geo_service/jobs/status.py says what stands in it.")] = False,
) -> None:
    """Say what waits, what runs, what failed and why, and when each task ran last."""
    with opened() as wiring:
        found = how_it_stands(wiring, language=language())
    if json:
        result(orjson.dumps(found).decode())
        return
    for table in (_kinds(found), _messages(found["messages"]), _running(found), _failed(found), _tasks(found)):
        if table.row_count:
            out.print(table)


def _kinds(found: Status) -> Table:
    names = (
        ("任务", "job"),
        ("等待", "queued"),
        ("进行中", "running"),
        ("完成", "done"),
        ("失败", "failed"),
        ("最久等待（秒）", "oldest, s"),
    )
    table = _table(*names)
    for kind, counts in found["kinds"].items():
        table.add_row(kind, *(_text(counts[name]) for name in ("queued", "running", "done", "failed", "oldest_s")))
    return table


def _messages(told: Mapping[str, Any]) -> Table:
    table = _table(
        ("消息：等待", "messages: queued"),
        ("暂缓发送", "held back"),
        ("发送中", "sending"),
        ("已送达", "sent"),
        ("未能送达", "dead"),
        ("最久等待自", "oldest since"),
        ("队列已满的订阅", "full outboxes"),
        ("未处理事件", "events not yet told"),
    )
    table.add_row(
        *map(_text, (told[name] for name in ("queued", "held_back", "sending", "sent", "dead", "oldest_at", "full", "events_behind")))
    )
    return table


def _running(found: Status) -> Table:
    table = _table(
        ("进行中", "running"), ("任务", "job"), ("进度", "progress"), ("步骤", "step"), ("执行者", "owner"), ("租约至", "lease until")
    )
    for job in found["running"]:
        shown = (job["job_id"], job["kind"], f"{job['progress']:.0%}", job["step"], job["owner"], job["lease_until"])
        table.add_row(*map(_text, shown))
    return table


def _failed(found: Status) -> Table:
    table = _table(("失败", "failed"), ("任务", "job"), ("时间", "at"), ("原因", "why"))
    for job in found["recently_failed"]:
        table.add_row(*map(_text, (job["job_id"], job["kind"], job["finished_at"], job["detail"])))
    return table


def _tasks(found: Status) -> Table:
    table = _table(
        ("周期任务", "task"),
        ("上次运行", "last run"),
        ("处理数", "done"),
        ("次数", "runs"),
        ("执行者", "holder"),
        ("租约至", "lease until"),
    )
    for task in found["tasks"]:
        table.add_row(*map(_text, (task[name] for name in ("name", "last_run_at", "last_done", "runs", "holder", "until_at"))))
    return table


def _table(*names: tuple[str, str]) -> Table:
    return Table(*(chosen(zh, en) for zh, en in names), title_justify="left")


def _text(value: object) -> str:
    return "-" if value is None else value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else str(value)
