"""citygrid jobs."""

from __future__ import annotations

import threading
from typing import Annotated

import orjson
import typer

from geo_service.cli.opening import opened
from geo_service.cli.talk import result
from geo_service.jobs import run_due, run_forever, status

jobs = typer.Typer(no_args_is_help=True, help="Background work: escalation.")


@jobs.command("run")
def run(once: Annotated[bool, typer.Option("--once", help="Do what is due now and end.")] = False) -> None:
    """Do background work until stopped; several processes share it."""
    with opened() as wiring:
        if once:
            result(orjson.dumps(run_due(wiring.database, wiring.clock)).decode())
            return
        run_forever(wiring.database, wiring.clock, threading.Event())


@jobs.command("status")
def show_status() -> None:
    """Say how each job went last."""
    with opened() as wiring:
        for row in status(wiring.database):
            result(orjson.dumps(row).decode())
