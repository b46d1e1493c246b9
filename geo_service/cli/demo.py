"""citygrid demo."""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from boundaries.geometry import to_lonlat
from geo_service.api.wiring import Wiring
from geo_service.cli.opening import read_settings
from geo_service.cli.serving import run, with_address
from geo_service.cli.talk import chosen, err, language, result, say
from geo_service.clock import SystemClock
from geo_service.errors import SetupError
from geo_service.migrations import holds_city
from geo_service.published import Published
from geo_service.settings import ServerSettings, Settings

demo = typer.Typer(no_args_is_help=True, help="The demonstration city: real names and codes, made-up shapes.")


@demo.command("build")
def build_command(
    seed: Annotated[int, typer.Option(help="Another seed, another city.", min=0)] = 1,
    scale: Annotated[float, typer.Option(help="1 is the whole city; 0.1 for tests, 10 for growth.", min=0.02, max=20)] = 1.0,
    as_of: Annotated[str | None, typer.Option(help="The last day with data, YYYY-MM-DD; yesterday otherwise.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Build the demonstration city into the installation's database. The same files for the same seed, scale and date."""
    build_demo(read_settings(), seed=seed, scale=scale, as_of=as_of, force=force)


def build_demo(settings: Settings, *, seed: int = 1, scale: float = 1.0, as_of: str | None = None, force: bool = False) -> None:
    """Builds the demonstration city and says what it holds."""
    from geo_service.demo.build import TIMEZONE, build  # only a build needs what makes cities; the service starts without

    try:
        yesterday = SystemClock().now().astimezone(ZoneInfo(TIMEZONE)).date() - timedelta(days=1)
        day = date.fromisoformat(as_of) if as_of else yesterday
    except ValueError as error:
        raise SetupError("bad_date", en="{day} is no date YYYY-MM-DD", zh="{day} 不是 YYYY-MM-DD 格式的日期", day=as_of) from error
    built = build(
        settings.storage.database_url,
        settings.storage.data_dir,
        seed=seed,
        scale=scale,
        as_of=day,
        force=force,
        step=lambda zh, en: say(f"· {zh}…", f"· {en} ..."),
    )
    result(json.dumps(built.counts, ensure_ascii=False))


@demo.command("start")
def start(
    host: Annotated[str | None, typer.Option(help="Address to listen on; only this machine's.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Build the demonstration city if there is none, start the service, and route a report before your eyes."""
    given = with_address(read_settings(), host=host, port=port)
    server = ServerSettings(**{**given.server.model_dump(), "demo": True})
    settings = Settings(storage=given.storage, server=server, routing=given.routing)
    if not holds_city(settings.storage.database_url):
        say("首次启动：建立演示城市（约半分钟）", "first start: building the demonstration city (about half a minute)")
        build_demo(settings)
    run(settings, once_started=_show)


def _sample(published: Published) -> tuple[float, float]:
    """A point in a leaf where people live, in WGS-84."""
    lived_in = [leaf for leaf in published.leaves if leaf.households > 0]
    leaf = lived_in[len(lived_in) // 3]
    point = to_lonlat(leaf.geometry.representative_point(), published.city.metric_crs)
    return round(point.x, 6), round(point.y, 6)


def _show(address: str, wiring: Wiring) -> None:
    """Sends a report over HTTP as a resident's phone would, shows who got it, and prints where to look."""
    point = _sample(wiring.published.current())
    body = {
        "lon": point[0],
        "lat": point[1],
        "datum": "wgs84",
        "accuracy_m": 8,
        "channel": "mini_program",
        "category": "gb47678:matter:06010",
        "description": chosen("楼下垃圾三天没人清运", "rubbish downstairs, not collected for three days"),
    }
    request = urllib.request.Request(
        f"{address}/api/v1/reports",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Accept-Language": language()},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
    except OSError as error:
        err.print(f"citygrid: {error}", markup=False)
        return
    who = answer["responsible"] or {"post": "-", "name": "-"}
    say(
        f"居民在 {point[0]}, {point[1]} 上报：{body['description']}", f"a resident at {point[0]}, {point[1]} reports: {body['description']}"
    )
    say(f"  → {answer['area']['name']}（{answer['area']['code']}）", f"  -> {answer['area']['name']} ({answer['area']['code']})")
    say(
        f"  → {who['post']} {who['name']}，案件 {answer['tracking_number']}",
        f"  -> {who['post']} {who['name']}, case {answer['tracking_number']}",
    )
    err.print()
    for zh, en, path in (
        ("调度台", "operator's console", "/ui/"),
        ("首页", "home", "/"),
        ("区域与责任人地图", "map of areas and workers", "/maps/areas"),
        ("案件地图", "map of cases", "/maps/cases"),
        ("服务中心与示范站地图", "map of service centres and stations", "/maps/facilities"),
        ("接口说明", "description of the API", "/openapi.json"),
    ):
        result(f"{chosen(zh, en)}: {address}{path}")
    say("按 Ctrl-C 结束", "Ctrl-C ends it")
    sys.stdout.flush()
