"""citygrid consultations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import orjson
import typer

from geo_service.cases.consulting.whistles import WhistleFilter
from geo_service.cases.consulting.whistles import figures as figures_of
from geo_service.cli.opening import opened
from geo_service.cli.talk import chosen, refuse, result, say
from geo_service.flows.consultation.entering import enter_due, would_enter

consultations = typer.Typer(no_args_is_help=True, help="Hard matters: what goes to consultation, and who answers whistles.")


@consultations.command("due")
def due(
    commit: Annotated[bool, typer.Option("--commit", help="Do it; without it, only say what the entry rules call for.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which cases the entry rules send to consultation, or a tier up, and why; with --commit do all that is due with hard matters."""
    with opened() as wiring:
        now = wiring.clock.now()
        if commit:
            done = enter_due(wiring.database, now=now)
            result(orjson.dumps({"done": done}).decode() if as_json else f"done\t{done}")
            return
        with wiring.database.reading() as connection:
            found = would_enter(connection, now=now)
    for case_id, tier, told in found:
        if as_json:
            result(orjson.dumps({"case_id": case_id, "tier": tier, **told}).decode())
        else:
            result(f"{case_id}\t{tier}\t{told['entry']}\t{told['since_at']}\t{chosen(told['zh'], told['en'])}")
    say(f"{len(found)} 件待进入会商；--commit 执行", f"{len(found)} cases are due; --commit does it")


@consultations.command("whistles")
def whistles(
    start: Annotated[str | None, typer.Option("--from", help="Blown at or behind this instant, with its time zone.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Blown before this instant, with its time zone.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how each agency answers whistles: asked, in time, late, never, waiting, mean stars."""
    wanted = WhistleFilter(blown_from=_instant(start, "--from"), blown_to=_instant(end, "--to"))
    with opened() as wiring, wiring.database.reading() as connection:
        found = figures_of(connection, wanted, now=wiring.clock.now())
    for one in found:
        line = (one.agency, one.asked, one.in_time, one.late, one.never, one.waiting, "" if one.mean_stars is None else one.mean_stars)
        result(orjson.dumps(one).decode() if as_json else "\t".join(map(str, line)))


def _instant(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise refuse(chosen(f"{name}：应为带时区的日期时间", f"{name}: a date and time with its time zone is needed"))
    return at
