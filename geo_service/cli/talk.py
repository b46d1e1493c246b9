"""How the command speaks: results on stdout, talk and progress on stderr, refusals in the caller's language.

Exit codes: 0 clean · 1 findings · 2 the call cannot be carried out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

FINDINGS, UNUSABLE = 1, 2

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def language() -> str:
    """zh-CN when the shell's locale is Chinese, else en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh-CN" if value.lower().startswith("zh") else "en"
    return "en"


def result(text: str) -> None:
    """A line of the answer, on stdout, as it is."""
    typer.echo(text)


def say(zh: str, en: str) -> None:
    """A line of talk, on stderr."""
    err.print(zh if language() == "zh-CN" else en, markup=False)


def chosen(zh: str, en: str) -> str:
    """The text in the caller's language."""
    return zh if language() == "zh-CN" else en


def refuse(text: str) -> typer.Exit:
    """Prints why the call cannot be carried out; raise what comes back."""
    err.print(f"citygrid: {text}", markup=False)
    return typer.Exit(UNUSABLE)


@contextmanager
def progress(zh: str, en: str, *, total: int | None = None) -> Iterator[tuple[Progress, TaskID]]:
    """A progress bar on stderr for long work; yields (bar, task) to advance."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=False) as bar:
        yield bar, bar.add_task(chosen(zh, en), total=total)
