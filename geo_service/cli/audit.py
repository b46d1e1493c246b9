"""citygrid audit."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, chosen, result, say
from geo_service.flows.audit.service import put_head_outside
from geo_service.flows.audit.service import verify as verify_log

audit = typer.Typer(no_args_is_help=True, help="The city's log: proved, and vouched for outside the database.")


@audit.command("verify")
def verify(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Prove that nobody altered, removed, inserted, cut or rewrote a part of the log; exit 1 and the place when somebody did."""
    with opened() as wiring, wiring.database.reading() as connection:
        settings = wiring.settings
        found, cases = verify_log(connection, heads=settings.heads_file, key=settings.heads_key)
    beyond = found.vouched_to + 1 if found.events > found.vouched_to else None
    if as_json:
        listed = [{"kind": f.kind, "position": f.position, "case_id": f.case_id, "message": chosen(f.zh, f.en)} for f in found.findings]
        document = {"whole": found.whole, "events": found.events, "cases": cases, "vouched_to": found.vouched_to}
        result(json.dumps({**document, "unvouched_from": beyond, "findings": listed}, ensure_ascii=False))
    else:
        for finding in found.findings:
            where = "" if finding.position is None else f"{finding.position}\t"
            result(f"{finding.kind}\t{where}{chosen(finding.zh, finding.en)}")
        say(f"共 {found.events} 条记录、{cases} 个案件", f"{found.events} events, {cases} cases")
        if beyond is not None:
            say(f"自第 {beyond} 条起尚无库外存证", f"from event {beyond} on, nothing outside the database vouches yet")
        if found.whole:
            say("日志完整，无任何改动", "the log is whole")
    if not found.whole:
        raise typer.Exit(FINDINGS)


@audit.command("head")
def head() -> None:
    """Write where the log stands to the file outside the database, now; the background work does it every five minutes."""
    with opened() as wiring, wiring.database.reading() as connection:
        settings = wiring.settings
        done = put_head_outside(connection, heads=settings.heads_file, key=settings.heads_key, now=wiring.clock.now())
    said = ("已写入", "written to") if done else ("自上次以来无新记录：", "nothing new since the last line of")
    say(f"{said[0]} {settings.heads_file}", f"{said[1]} {settings.heads_file}")
