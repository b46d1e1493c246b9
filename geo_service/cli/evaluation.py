"""citygrid evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
import typer
from sqlalchemy import Connection

from geo_service.api.wiring import Wiring
from geo_service.cases.rate_rules import put_standard, standard_in_force
from geo_service.cases.yardstick import yardstick_from
from geo_service.cli.opening import opened
from geo_service.cli.pictures import write_bytes
from geo_service.cli.talk import chosen, language, refuse, result, say
from geo_service.errors import RequestError
from geo_service.flows.evaluation.asking import asked, month_of
from geo_service.flows.evaluation.reporting import MEDIA, Form, report_file
from geo_service.flows.evaluation.service import Evaluation, evaluate
from geo_service.flows.evaluation.showing import evaluation_out
from geo_service.scope import EVERYTHING

evaluation = typer.Typer(no_args_is_help=True, help="How well cases went: rates, loads, reports.")

Level = Annotated[str, typer.Option(help="A level of areas, from city to micro_grid.")]
By = Annotated[str, typer.Option(help="area | agency | worker")]
Month = Annotated[str | None, typer.Option(help="YYYY-MM of the city's calendar.")]
Start = Annotated[str | None, typer.Option("--from", help="Received from: a day of the city, or an instant with its zone.")]
End = Annotated[str | None, typer.Option("--to", help="Received before: likewise.")]
Area = Annotated[str | None, typer.Option(help="Only cases in this area.")]
Agency = Annotated[str | None, typer.Option(help="Only cases that this agency owns.")]
Number = Annotated[int | None, typer.Option(min=1, help="Place the cases anew by the borders of this generation.")]


@evaluation.command("report")
def report(
    out: Annotated[Path, typer.Option(help="The file to write: .html, .xlsx or .csv")],
    month: Month = None,
    start: Start = None,
    end: End = None,
    level: Level = "district",
    by: By = "area",
    area: Area = None,
    agency: Agency = None,
    generation: Number = None,
    lang: Annotated[str | None, typer.Option(help="zh-CN or en; the shell's language otherwise.")] = None,
) -> None:
    """Write the report of a month, or of any period: a page to print, a workbook with charts, or a table."""
    form = out.suffix.lower().removeprefix(".")
    if form not in MEDIA:
        raise refuse(chosen("--out 应为 .html、.xlsx 或 .csv 文件", "--out is a file .html, .xlsx or .csv"))
    if lang not in (None, "zh-CN", "en"):
        raise refuse("--lang zh-CN | en")
    with opened() as wiring, wiring.database.reading() as connection:
        found = _evaluated(wiring, connection, month, start, end, level, by, area, agency, generation)
        kind: Form = form  # type: ignore[assignment]  # one of MEDIA
        data = report_file(connection, found, kind, language=lang or language(), month=month)
    write_bytes(out, data)
    say(f"已写入 {out}（{len(found.lines)} 行）", f"wrote {out} ({len(found.lines)} lines)")


@evaluation.command("show")
def show(
    month: Month = None,
    start: Start = None,
    end: End = None,
    level: Level = "district",
    by: By = "area",
    area: Area = None,
    agency: Agency = None,
    generation: Number = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, as the API answers.")] = False,
) -> None:
    """Print an evaluation: a line for each area, agency or worker; rates are followed by numerator/denominator."""
    with opened() as wiring, wiring.database.reading() as connection:
        found = _evaluated(wiring, connection, month, start, end, level, by, area, agency, generation)
    out = evaluation_out(found, language(), after=None, limit=max(1, len(found.lines)))
    if as_json:
        result(out.model_dump_json())
        return
    for line in (out.whole, *([out.unassigned] if out.unassigned else []), *out.items):
        told = [f"{r.name} {'–' if r.value is None else format(r.value, '.1%')} {r.numerator}/{r.denominator}" for r in line.rates]
        result("\t".join((line.key, line.name, str(line.received), *told)))


@evaluation.command("yardstick")
def yardstick(
    file: Annotated[Path | None, typer.Option("--set", help="A JSON file with the new yardstick.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Store it; otherwise it is only checked.")] = False,
) -> None:
    """Print by what is judged (small numbers, weights, stars), or give the city another yardstick."""
    with opened() as wiring, wiring.database.writing() as connection:
        if file is not None:
            try:
                row = orjson.loads(file.read_bytes())
            except (OSError, orjson.JSONDecodeError) as wrong:
                raise refuse(f"{file}: {wrong}") from wrong
            yardstick_from(row if isinstance(row, dict) else {})
            if commit:
                stored = put_standard(connection, row, actor="command line", at=wiring.clock.now())
                say(f"评价标准现为第 {stored.version} 版", f"the yardstick is at version {stored.version}")
            else:
                say("可用；加 --commit 后生效", "it can be used; --commit puts it in force")
            return
        found = standard_in_force(connection, at=wiring.clock.now())
    say(f"第 {found.version} 版", f"version {found.version}")
    result(orjson.dumps(found.yardstick.row(), option=orjson.OPT_INDENT_2).decode())


def _evaluated(
    wiring: Wiring,
    connection: Connection,
    month: str | None,
    start: str | None,
    end: str | None,
    level: str,
    by: str,
    area: str | None,
    agency: str | None,
    generation: int | None,
) -> Evaluation:
    published = wiring.published.current() if generation is None else wiring.published.of(connection, generation)
    if month is not None and start is None and end is None:
        period = month_of(published, month)
    elif month is None and start is not None and end is not None:
        zone = ZoneInfo(published.city.timezone)
        period = instant_of(start, "from", zone), instant_of(end, "to", zone)
    else:
        raise refuse(chosen("请给出 --month，或同时给出 --from 与 --to", "say --month, or both --from and --to"))
    wanted = asked(
        connection,
        published,
        level=level,
        by=by,
        start=period[0],
        end=period[1],
        now=wiring.clock.now(),
        scope=EVERYTHING,
        area=area,
        agency=agency,
        relocated=generation is not None,
    )
    return evaluate(connection, wanted)


def instant_of(text: str, field: str, zone: ZoneInfo) -> datetime:
    """An instant: a day is the city's midnight, anything else needs a zone. RequestError otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise RequestError("bad_instant", en="{field} is no day and no instant", zh="{field} 不是日期或时间", field=field) from None
    if len(text) == 10:
        at = at.replace(tzinfo=zone)
    if at.utcoffset() is None:
        raise RequestError("naive_instant", en="{field} needs a time zone", zh="{field} 须带时区", field=field)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise RequestError("period_out_of_range", en="{field} lies in no period of ours", zh="{field} 超出可用范围", field=field) from None
