"""citygrid people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer

from geo_service.catalogue import sheets
from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, language, refuse, result, say
from geo_service.flows.people import coverage as story
from geo_service.flows.people.places import answering
from geo_service.flows.people.showing import line_out
from geo_service.workers.covering import RULES

people = typer.Typer(no_args_is_help=True, help="Posts and the people who hold them.")
_FORMS: dict[str, Literal["csv", "xlsx"]] = {".csv": "csv", ".xlsx": "xlsx"}


@people.callback()
def _people() -> None:
    """Keeps `coverage` a command of its own while it is the only one."""


@people.command("coverage")
def coverage(
    area: Annotated[str | None, typer.Option(help="Code of an area; the whole city where it is left out.")] = None,
    level: Annotated[str | None, typer.Option(help="A line for each area of this level.")] = None,
    generation: Annotated[int | None, typer.Option(help="The areas of a past generation.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a sheet: .csv or .xlsx.")] = None,
) -> None:
    """Say where nobody stands: grids, micro-grids and compounds, counted against what there is. Exit 1 with gaps."""
    form = _FORMS.get(out.suffix.lower()) if out is not None else None
    if out is not None and form is None:
        raise refuse(f"{out.name}: .csv | .xlsx")
    with opened() as wiring, wiring.database.reading() as connection:
        published = answering(wiring.published, connection, number=generation, at=None)
        found = story.coverage(connection, published, area=area, level=level, at=wiring.clock.now())
    spoken = language()
    lines = [story.Line(found.top, found.whole), *found.lines]
    if out is not None and form is not None:
        columns, rows = story.table(found)
        out.write_bytes(sheets.write(columns, rows, form, title="coverage"))
    if as_json:
        whole, *items = (line_out(line, spoken, {}).model_dump(mode="json") for line in lines)
        result(orjson.dumps({"generation": published.number, "note": story.note(found, spoken), "whole": whole, "items": items}).decode())
    else:
        for line in lines:
            for rule in RULES:
                count = line.counts[rule.name]
                result(f"{line.area.code}\t{line.area.name}\t{rule.name}\t{count.missing}\t{count.total}")
    note = story.note(found, spoken)
    say(note, note)
    if any(count.missing for count in found.whole.values()):
        raise typer.Exit(FINDINGS)
