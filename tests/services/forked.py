"""Processes that begin with the program in memory: loading it takes longer than what most of them do, and tests start them by dozens."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any

__all__ = ["ForkServerProcess", "event", "forked"]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["geo_service.app", "geo_service.cli.main"])

event = _CONTEXT.Event


def forked(work: Callable[..., Any], *arguments: Any) -> ForkServerProcess:
    """A running process that does `work`, a function of a module. Killed like any other; its exit code is `exitcode`."""
    process = _CONTEXT.Process(target=work, args=arguments)
    process.start()
    return process
