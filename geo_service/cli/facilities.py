"""citygrid facilities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo_service.accounts import Actor
from geo_service.catalogue import sheets
from geo_service.cli.opening import opened
from geo_service.cli.pictures import write_bytes
from geo_service.cli.talk import FINDINGS, err, language, refuse, result, say
from geo_service.errors import RequestError
from geo_service.facilities import Wanted, find_facilities
from geo_service.flows.facilities.bodies import with_bodies
from geo_service.flows.facilities.columns import cells_of, headings
from geo_service.flows.facilities.importing import bring_in
from geo_service.flows.facilities.measuring import reach_table
from geo_service.flows.facilities.places import known, with_areas
from geo_service.flows.facilities.reach import distances_of, measure

facilities = typer.Typer(no_args_is_help=True, help="Service centres, stations, the register of compounds: in, out, their reach.")

Kind = Annotated[str | None, typer.Option(help="service_centre | station | compound")]
SHOWN = 20


@facilities.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="XLSX, CSV or GeoPackage.", exists=True, dir_okay=False, readable=True)],
    datum: Annotated[str, typer.Option(help="Of lon and lat in the file: wgs84 | cgcs2000 | gcj02 | bd09.")],
    encoding: Annotated[str, typer.Option(help="Of a CSV: utf-8, gbk, gb18030.")] = "utf-8",
    commit: Annotated[bool, typer.Option("--commit", help="Take it over; without it nothing is saved.")] = False,
) -> None:
    """Bring in a file with places, or see what it would change. Bad rows are all listed, and then nothing is taken."""
    actor = Actor("command line", "administrator")
    with opened() as wiring, wiring.database.writing() as connection:
        try:
            taken = bring_in(
                connection,
                wiring.published.current(),
                file.read_bytes(),
                datum=datum,
                encoding=encoding,
                commit=commit,
                actor=actor,
                now=wiring.clock.now(),
            )
        except RequestError as wrong:
            if wrong.code != "bad_rows":
                raise
            for item in wrong.items:
                result(item.text(language()))
            err.print(wrong.text(language()), markup=False)
            raise typer.Exit(FINDINGS) from None
    for one in [one for one in taken if one.outcome != "unchanged"][:SHOWN]:
        result(f"{one.row}\t{one.outcome}\t{one.facility_id or '-'}\t{one.place.name}")
    counts = {name: sum(one.outcome == name for one in taken) for name in ("new", "changed", "unchanged")}
    say(
        f"新增 {counts['new']}，修改 {counts['changed']}，不变 {counts['unchanged']}" + ("" if commit else "（未保存，加 --commit 生效）"),
        f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged"
        + ("" if commit else " (nothing saved; add --commit)"),
    )


@facilities.command("export")
def take_out(out: Annotated[Path, typer.Option(help="The .xlsx or .csv file to write.")], kind: Kind = None) -> None:
    """Write all places as a table that can be edited and brought in again with --datum wgs84."""
    form = out.suffix.lower().lstrip(".")
    if form not in ("xlsx", "csv"):
        raise refuse("--out FILE.xlsx | FILE.csv")
    with opened() as wiring, wiring.database.reading() as connection:
        rows = with_areas(wiring.published.current(), find_facilities(connection, Wanted(kind=kind)))
        lines = [cells_of(row, language()) for row in with_bodies(connection, rows, at=wiring.clock.now())]
    write_bytes(out, sheets.write(headings(language()), lines, "csv" if form == "csv" else "xlsx", title="facilities"))
    say(f"已写入 {out}（{len(lines)} 处）", f"wrote {out} ({len(lines)} places)")


@facilities.command("reach")
def report(
    level: Annotated[str, typer.Option(help="The level of areas to report on.")] = "community",
    kind: Kind = None,
    area: Annotated[str | None, typer.Option(help="Code of one area.")] = None,
    distances: Annotated[str | None, typer.Option(help="Metres, such as 300,500,1000.")] = None,
    out: Annotated[Path | None, typer.Option(help="A .csv or .xlsx file; otherwise the report is printed as CSV.")] = None,
) -> None:
    """The share of households within 300, 500 and 1,000 m of a place, area by area; straight lines, from the address table."""
    with opened() as wiring, wiring.database.reading() as connection:
        published = wiring.published.current()
        within = known(published, area) if area is not None else None
        rows = find_facilities(connection, Wanted(kind=kind))
        made = measure(connection, published, rows, level=level, distances_m=distances_of(distances), area=within)
    columns, lines = reach_table(made, chinese=language() == "zh-CN")
    if out is None:
        result(sheets.write(columns, lines, "csv").decode("utf-8-sig").rstrip())
        return
    write_bytes(out, sheets.write(columns, lines, "xlsx" if out.suffix.lower() == ".xlsx" else "csv", title="reach"))
    say(f"已写入 {out}", f"wrote {out}")
