"""citygrid init, citygrid db migrate."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from boundaries.model import Level
from boundaries.store.repository import write_city
from geo_service.cases.row_security import grants
from geo_service.cli.opening import read_settings
from geo_service.cli.talk import say
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.flows.dispatch.rules import seed_rules
from geo_service.migrations import migrate

db = typer.Typer(no_args_is_help=True, help="The database's schema.")

COLUMNS = ("level", "rank", "zh", "en", "leaf", "code_pattern", "shown_from_zoom")


@db.command("migrate")
def db_migrate() -> None:
    """Bring the database to this program's schema; safe to run again."""
    url = read_settings().storage.database_url
    revision = migrate(url)
    say(f"数据库结构已是版本 {revision}", f"the database has schema {revision}")


@db.command("grant")
def db_grant(
    role: Annotated[str, typer.Argument(help="The database role that the service signs in as; not the owner of the tables.")],
) -> None:
    """Let a role of PostgreSQL that owns nothing run the service: row security then binds it, and the log it can only add to."""
    database = Database(read_settings().storage.database_url)
    try:
        if database.dialect != "postgresql":
            raise SetupError("no_roles", en="SQLite has no roles: nothing to grant", zh="SQLite 没有角色，无需授权")
        with database.writing() as connection:
            for statement in grants(role):
                connection.exec_driver_sql(statement)
    finally:
        database.close()
    say(f"角色 {role} 可以运行服务", f"the role {role} may run the service")


def init(
    name: Annotated[str, typer.Option(help="The city's name.")],
    division: Annotated[str, typer.Option(help="The city's division code.")],
    levels: Annotated[Path, typer.Option(help=f"CSV with the columns {', '.join(COLUMNS)}.")],
    metric_crs: Annotated[str, typer.Option(help="Metric reference system, EPSG:n, or auto: chosen by the first import.")] = "auto",
    timezone: Annotated[str, typer.Option(help="IANA time zone; days and tracking numbers follow it.")] = "Asia/Shanghai",
) -> None:
    """Found a city: prepare its database, name it, and declare its levels of areas."""
    ladder = read_levels(levels)
    settings = read_settings()
    migrate(settings.storage.database_url)
    database = Database(settings.storage.database_url)
    try:
        with database.writing() as connection:
            write_city(
                connection,
                name=name,
                division_code=division,
                metric_crs=metric_crs,
                timezone=timezone,
                levels=ladder,
                at=SystemClock().now(),
            )
            seed_rules(connection, agency_codes=[], city=division, districts=[], actor="command line", at=SystemClock().now())
    finally:
        database.close()
    say(f"已建立城市 {name}，共 {len(ladder)} 个层级", f"{name} is founded with {len(ladder)} levels")


def read_levels(path: Path) -> list[Level]:
    """The levels of a CSV file, coarse to fine. SetupError names the row and column that cannot be used."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
            if missing:
                raise _unusable(path, f"columns missing: {', '.join(missing)}", f"缺少列：{', '.join(missing)}")
            return [_level(path, number, row) for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(error), str(error)) from error


def _level(path: Path, number: int, row: dict[str, str]) -> Level:
    try:
        rank = int(row["rank"]) if row["rank"].strip() else None
        zoom = float(row["shown_from_zoom"] or 0)
        leaf = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[row["leaf"].strip().lower()]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        why = f"line {number}: rank is a whole number or empty, leaf is true or false, shown_from_zoom is a number"
        raise _unusable(path, why, f"第 {number} 行：rank 为整数或空，leaf 为 true 或 false，shown_from_zoom 为数值") from error
    return Level(row["level"].strip(), rank, row["zh"], row["en"], leaf, row["code_pattern"].strip(), zoom)


def _unusable(path: Path, en: str, zh: str) -> SetupError:
    return SetupError("levels_unreadable", en="{file}: {why}", zh="{file}：{why_zh}", file=str(path), why=en, why_zh=zh)
