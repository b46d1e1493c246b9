"""citygrid doctor."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import typer
from rich.table import Table

from boundaries.errors import BoundariesError
from boundaries.store.engine import database_url
from boundaries.store.repository import current_number
from geo_service import event_log
from geo_service.cases.calendars import calendar_in_force
from geo_service.cli.opening import opened, read_settings
from geo_service.cli.talk import FINDINGS, chosen, language, out
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.maps.frames import FACILITY_COLUMNS
from geo_service.migrations import check_version
from geo_service.settings import Settings
from map_ui.errors import MapError
from map_ui.views import Heading, facilities, render

LOW_DISK_BYTES = 1_000_000_000
Check = tuple[str, str, Callable[[Settings], str]]


def doctor() -> None:
    """Check the installation and name the cure of what is wrong. Exit 1 with findings."""
    settings = read_settings()
    table = Table(chosen("检查", "check"), chosen("结果", "result"), "", box=None, pad_edge=False)
    failed = False
    for zh, en, check in CHECKS:
        try:
            good, said = True, check(settings)
        except (BoundariesError, MapError) as error:
            good, said = False, error.text(language())
        failed = failed or not good
        table.add_row(chosen(zh, en), chosen("正常", "ok") if good else chosen("有问题", "wrong"), said)
    out.print(table)
    if failed:
        raise typer.Exit(FINDINGS)


def _python(_: Settings) -> str:
    return sys.version.split()[0]


def _schema(settings: Settings) -> str:
    check_version(settings.storage.database_url)
    return database_url(settings.storage.database_url).render_as_string()


def _city(settings: Settings) -> str:
    with opened(settings) as wiring:
        published = wiring.published.current()
        text = chosen("第 {} 版，{} 个叶区域", "generation {}, {} leaves").format(published.number, len(published.leaves))
        return f"{published.city.name} · {text}"


def _events(settings: Settings) -> str:
    database = Database(settings.storage.database_url)
    try:
        with database.reading() as connection:
            current_number(connection)
            broken = event_log.first_break(connection)
    finally:
        database.close()
    if broken is not None:
        raise SetupError("log_broken", en="the event log was changed at position {at}", zh="事件日志在位置 {at} 处被改动", at=broken)
    return chosen("链条完整", "the chain is whole")


def _calendar(settings: Settings) -> str:
    with opened(settings) as wiring, wiring.database.reading() as connection:
        now, timezone = wiring.clock.now(), wiring.published.current().city.timezone
        calendar = calendar_in_force(connection, at=now)
        ends = calendar.ends(now, timezone)
    if ends is not None:
        raise SetupError("calendar_ends", en="{said_en}", zh="{said_zh}", said_en=ends.text("en"), said_zh=ends.text("zh-CN"))
    return chosen(f"到 {calendar.last} 为止", f"known until {calendar.last}")


def _disk(settings: Settings) -> str:
    folder = next(_existing(settings.storage.data_dir.absolute()))
    free = shutil.disk_usage(folder).free
    if free < LOW_DISK_BYTES:
        raise SetupError(
            "disk_low", en="only {mb} MB free at {folder}", zh="{folder} 仅剩 {mb} MB", mb=free // 1_000_000, folder=str(folder)
        )
    return f"{free / 1e9:.0f} GB"


def _existing(folder: Path) -> Iterator[Path]:
    yield from (path for path in (folder, *folder.parents) if path.exists())


def _maps(_: Settings) -> str:
    render(facilities(pd.DataFrame(columns=FACILITY_COLUMNS), heading=Heading(city="doctor", as_of=date(2000, 1, 1))))
    return chosen("地图素材齐全", "all parts of the maps are installed")


CHECKS: tuple[Check, ...] = (
    ("Python", "Python", _python),
    ("数据库", "database", _schema),
    ("城市与边界", "city and boundaries", _city),
    ("事件日志", "event log", _events),
    ("工作日历", "working calendar", _calendar),
    ("磁盘空间", "disk", _disk),
    ("地图素材", "map assets", _maps),
)
