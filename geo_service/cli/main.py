"""The command and its tree."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from boundaries.errors import BoundariesError
from geo_service import __version__
from geo_service.cli.accounts import accounts
from geo_service.cli.audit import audit
from geo_service.cli.consulting import consultations
from geo_service.cli.demo import demo
from geo_service.cli.doctor import doctor
from geo_service.cli.evaluation import evaluation
from geo_service.cli.facilities import facilities
from geo_service.cli.jobs import jobs
from geo_service.cli.keys import keys
from geo_service.cli.looking import locate, report
from geo_service.cli.messages import messages
from geo_service.cli.people import people
from geo_service.cli.pictures import draw
from geo_service.cli.planning import boundaries
from geo_service.cli.proving import matrix
from geo_service.cli.routing import route
from geo_service.cli.rules import rules
from geo_service.cli.serving import serve
from geo_service.cli.setting_up import db, init
from geo_service.cli.talk import UNUSABLE, err, language
from map_ui.errors import MapError

app = typer.Typer(
    name="citygrid",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grid governance for cities. Results on stdout, talk on stderr; exit 0 clean, 1 findings, 2 not possible.",
)
app.add_typer(demo, name="demo")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
app.add_typer(accounts, name="accounts")
app.add_typer(audit, name="audit")
app.add_typer(boundaries, name="boundaries")
app.add_typer(matrix, name="matrix")
app.add_typer(rules, name="rules")
app.add_typer(people, name="people")
app.add_typer(consultations, name="consultations")
app.add_typer(facilities, name="facilities")
app.add_typer(jobs, name="jobs")
app.add_typer(messages, name="messages")
app.add_typer(evaluation, name="evaluation")
app.command()(init)
app.command()(serve)
app.command()(doctor)
app.command()(locate)
app.command()(report)
app.command()(route)
app.command("map")(draw)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Runs the command; refusals are one or a few lines on stderr, never a traceback."""
    try:
        app()
    except (BoundariesError, MapError) as error:
        err.print(f"citygrid: {error.text(language())}", markup=False)
        for item in getattr(error, "items", ())[:20]:
            err.print(f"  {item.text(language())}", markup=False)
        sys.exit(UNUSABLE)
    except BrokenPipeError:
        sys.exit(0)
