"""citygrid locate, citygrid report."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from pydantic import ValidationError

from geo_service.accounts import Actor
from geo_service.api.answers import locate_out, responsible_out
from geo_service.cli.opening import opened
from geo_service.cli.talk import chosen, language, refuse, result
from geo_service.flows.intake.schemas import ReportIn
from geo_service.flows.intake.service import receive
from geo_service.flows.lookup.service import answering
from geo_service.flows.lookup.service import locate as locate_story

Datum = Annotated[str | None, typer.Option(help="wgs84 | cgcs2000 | gcj02 | bd09; never assumed.")]


def locate(
    lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
    datum: Datum = None,
    accuracy_m: Annotated[float | None, typer.Option(help="Radius in metres that holds the true point with 68 %.")] = None,
    generation: Annotated[int | None, typer.Option(help="A past generation instead of the one in force.")] = None,
) -> None:
    """Say which area holds a point and who answers for it."""
    with opened() as wiring, wiring.database.reading() as connection:
        published = answering(wiring.published, connection, number=generation, at=None)
        found, responsible = locate_story(
            connection,
            published,
            lon=lon,
            lat=lat,
            datum=datum,
            accuracy_m=accuracy_m,
            certain_from=wiring.settings.routing.certain_from,
            now=wiring.clock.now(),
        )
        answer = locate_out(found, responsible=responsible, language=language())
    _print(answer.model_dump(mode="json"))


def report(
    description: Annotated[str, typer.Argument(help="What is the matter.")],
    lon: Annotated[float | None, typer.Option(help="Longitude in degrees.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude in degrees.")] = None,
    datum: Datum = None,
    accuracy_m: Annotated[float | None, typer.Option(help="Radius in metres that holds the true point with 68 %.")] = None,
    address: Annotated[str | None, typer.Option(help="Address as text.")] = None,
    category: Annotated[str | None, typer.Option(help="<tree>:<kind>:<code>")] = None,
    channel: Annotated[str, typer.Option(help="Where the report comes from.")] = "operator",
) -> None:
    """File a report and print the case it became."""
    values = {"lon": lon, "lat": lat, "datum": datum, "accuracy_m": accuracy_m, "address": address, "category": category}
    try:
        asked = ReportIn.model_validate({"description": description, "channel": channel, **values})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise refuse(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    with opened() as wiring:
        with wiring.database.writing() as connection:
            actor = Actor("command line", "operator")
            case, _, _, responsible = receive(connection, wiring, asked, actor=actor, now=wiring.clock.now())
        answers = responsible_out(responsible, language())
    _print(
        {
            "case_id": case.case_id,
            "tracking_number": case.tracking_number,
            "state": case.state,
            "area": case.routing.area_code,
            "verdict": case.routing.verdict,
            "responsible": answers.model_dump() if answers else chosen("无", "nobody"),
        }
    )


def _print(value: object) -> None:
    result(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
