"""citygrid rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import typer

from geo_service.accounts import Actor
from geo_service.cases.rule_versions import books
from geo_service.cli.evaluation import instant_of
from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, chosen, language, out, result, say
from geo_service.errors import RequestError, SetupError
from geo_service.flows.rules.looking import export as exported
from geo_service.flows.rules.looking import lines, listing
from geo_service.flows.rules.service import Import, bring_in, give_up
from geo_service.flows.rules.telling import import_out, title_of
from geo_service.rulebooks.registry import GROUPS, kinds_of

rules = typer.Typer(no_args_is_help=True, help="The rules as tables: categories, limits, duties, calendar, matrix, escalation.")

ACTOR = Actor("command line", "administrator")
Kind = Annotated[str, typer.Argument(help=" | ".join(GROUPS))]
File = Annotated[Path, typer.Argument(help="A CSV or XLSX file.")]
Base = Annotated[int | None, typer.Option(min=1, help="The version the file was made from, where it does not say.")]
Encoding = Annotated[str, typer.Option(help="Of a CSV: utf-8, gbk, gb18030.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
SHOWN = 20


@rules.command("list")
def list_() -> None:
    """List the kinds of rules with their versions in force."""
    with opened() as wiring, wiring.database.reading() as connection:
        for name, found, counts in listing(connection, now=wiring.clock.now()):
            version = f"v{found.version}" if found else "–"
            held = ", ".join(f"{table} {count}" for table, count in counts.items())
            result(f"{name}\t{version}\t{found.created_at.isoformat() if found else '–'}\t{found.actor if found else '–'}\t{held}")


@rules.command("show")
def show(kind: Kind, version: Annotated[int | None, typer.Option(min=1, help="The one in force otherwise.")] = None) -> None:
    """Print the lines of a kind of rules, one JSON object a line."""
    with opened() as wiring, wiring.database.reading() as connection:
        found = lines(connection, kind, now=wiring.clock.now(), version=version)
    say(f"{title_of(kind, 'zh-CN')}，第 {found.book.version} 版", f"{title_of(kind, 'en')}, version {found.book.version}")
    for one in found.kinds:
        for row in found.rows[one.name]:
            result(orjson.dumps({"table": one.name, **row} if len(found.kinds) > 1 else row).decode())


@rules.command("export")
def export(
    kind: Kind,
    to: Annotated[Path, typer.Option("--out", help="The file to write: .csv or .xlsx.")],
    version: Annotated[int | None, typer.Option(min=1, help="The one in force otherwise.")] = None,
) -> None:
    """Write a kind of rules as a table that people edit; it names the version it was made from."""
    ending = to.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise RequestError("unknown_format", en="the file should end in .csv or .xlsx", zh="文件名应以 .csv 或 .xlsx 结尾", field="out")
    with opened() as wiring, wiring.database.reading() as connection:
        found = lines(connection, kind, now=wiring.clock.now(), version=version)
    data = exported(found, "csv" if ending == ".csv" else "xlsx")
    try:
        waiting = to.with_name(to.name + ".part")
        waiting.write_bytes(data)
        waiting.replace(to)
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(
            "cannot_write", en="{file} cannot be written: {why}", zh="无法写入 {file}：{why}", file=str(to), why=why
        ) from error
    count = sum(len(rows) for rows in found.rows.values())
    say(f"已写入 {to}：第 {found.book.version} 版，{count} 行", f"wrote {to}: version {found.book.version}, {count} lines")


@rules.command("check")
def check(kind: Kind, file: File, base: Base = None, encoding: Encoding = "utf-8", as_json: AsJson = False) -> None:
    """Say what is wrong in a file, row by row, and what it would change. Exit 1 with findings."""
    _bring(kind, file, Import(_bytes(file), encoding=encoding, base=base), as_json=as_json, checking=True)


@rules.command("import")
def import_(
    kind: Kind,
    file: File,
    base: Base = None,
    encoding: Encoding = "utf-8",
    allow_gaps: Annotated[bool, typer.Option("--allow-gaps", help="Take a matrix that leaves more undecided than before.")] = False,
    note: Annotated[str, typer.Option(help="Why, for whoever looks at the versions.")] = "",
    start: Annotated[str | None, typer.Option("--from", help="From when it holds: a day of the city, or an instant with its zone.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Make it the next version; a dry run otherwise.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a table of rules. A dry run shows what would change and how many open cases it is about."""
    asked = Import(_bytes(file), encoding=encoding, base=base, commit=commit, allow_gaps=allow_gaps, note=note)
    asked = replace(asked, effective_from=_start(start))
    _bring(kind, file, asked, as_json=as_json, checking=False)


@rules.command("versions")
def versions(kind: Kind) -> None:
    """List the versions of a kind of rules, planned and withdrawn ones too: number, from when it holds, by whom, why."""
    with opened() as wiring, wiring.database.reading() as connection:
        now, found = wiring.clock.now(), books(connection, kinds_of(kind)[0].book)
    for one in found:
        state = "withdrawn" if one.withdrawn_at else "planned" if one.planned(now) else ""
        result(f"v{one.version}\t{one.effective_from.isoformat()}\t{state}\t{one.actor}\t{one.note}")


@rules.command("withdraw")
def withdraw(kind: Kind, version: Annotated[int, typer.Argument(min=1)]) -> None:
    """Give up a version that is planned and not in force yet."""
    with opened() as wiring, wiring.database.writing() as connection:
        give_up(connection, kind, version, actor=ACTOR, now=wiring.clock.now())
    say(f"第 {version} 版已撤回", f"version {version} is withdrawn")


def _start(text: str | None) -> datetime | None:
    if text is None:
        return None
    with opened() as wiring:
        return instant_of(text, "from", ZoneInfo(wiring.published.current().city.timezone))


def _bring(kind: str, file: Path, asked: Import, *, as_json: bool, checking: bool) -> None:
    try:
        with opened() as wiring, wiring.database.writing() as connection:
            done = bring_in(connection, wiring.published.current(), kind, asked, actor=ACTOR, now=wiring.clock.now())
    except RequestError as error:
        if error.code != "bad_rows":
            raise
        _print_errors(error, as_json=as_json)
        raise typer.Exit(FINDINGS) from None
    told = import_out(done, language())
    if as_json:
        result(told.model_dump_json())
    else:
        _print_changes(told.model_dump(mode="json"))
    worse = told.proof is not None and told.proof.worse
    if checking and worse:
        raise typer.Exit(FINDINGS)


def _print_errors(error: RequestError, *, as_json: bool) -> None:
    if as_json:
        names = ("sheet", "column", "value")
        listed = [
            {
                "row": one.row,
                **{name: one.params[name] for name in names},
                "code": one.code,
                "en": one.params["said_en"],
                "zh": one.params["said_zh"],
            }
            for one in error.items
        ]
        result(orjson.dumps({"errors": listed}).decode())
        return
    for one in error.items:
        value = one.params["value"]
        result(f"{one.code}\t{one.text(language())}" + (f"\t{value}" if value else ""))
    say(f"共 {len(error.items)} 处错误，未作修改", f"{len(error.items)} errors, nothing was changed")


def _print_changes(told: dict[str, Any]) -> None:
    for table in told["changes"]:
        for sign, rows in (("+", table["added"]), ("-", table["removed"])):
            for row in rows[:SHOWN]:
                result(f"{sign} {table['table']}\t{orjson.dumps(row).decode()}")
        for pair in table["changed"][:SHOWN]:
            parts = [f"{name}: {pair['before'].get(name)} → {pair['after'][name]}" for name in pair["columns"]]
            result(f"~ {table['table']}\t{next(iter(pair['after'].values()))}\t{'; '.join(parts)}")
        hidden = sum(table["counts"].values()) - sum(min(SHOWN, len(table[name])) for name in ("added", "removed", "changed"))
        if hidden:
            result(chosen(f"… 另有 {hidden} 行", f"… and {hidden} more lines"))
    if told["proof"] is not None:
        before, after = told["proof"]["before"], told["proof"]["after"]
        for name in ("gap_pairs", "double_pairs"):
            result(f"{name}\t{before[name]} → {after[name]}")
    for warning in told["warnings"]:
        out.print(f"! {warning}", markup=False)
    result(told["said"])


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise RequestError(
            "cannot_read", en="{file} cannot be read: {why}", zh="无法读取 {file}：{why}", file=str(file), why=why
        ) from error
