"""The console in a real browser, over a service that is a process of its own, on the tiny city."""

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from geo_service.accounts import Grant
from geo_service.accounts.registry import create_account
from geo_service.db import Database
from geo_service.migrations import migrate
from tests import city
from tests.console.browser import ARGUMENTS, MISSING, find_chromium
from tests.services.serving import Process

PASSWORD = "correct-horse-battery-7"
LANGUAGES = ("zh-CN", "en")
SIZE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Desk:
    """A page of the console and what a test says to it by name. texts: the console's own words in the page's language."""

    page: Page
    texts: dict[str, str]
    address: str

    def open(self, path: str = "/ui/") -> None:
        """Opens an address and waits until the list stands."""
        self.page.goto(path)
        self.page.wait_for_selector("#cases[aria-busy='false']")
        self.page.wait_for_selector(".city:not(:empty)")  # names are here too

    def text(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values)


@pytest.fixture(scope="package")  # services and browsers that nobody uses any more would slow down all that follows
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration over the tiny city with 24 cases."""
    with _Serving(tmp_path_factory.mktemp("demo"), demo=True) as process:
        for number in range(24):
            file_report(process.address, number)
        yield process.address


@pytest.fixture(scope="package")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service that wants its operator `desk1` to sign in."""
    with _Serving(tmp_path_factory.mktemp("guarded"), demo=False) as process:
        file_report(process.address, 0)
        yield process.address


class _Serving:
    def __init__(self, folder: Path, *, demo: bool) -> None:
        url = f"sqlite:///{folder / 'city.db'}"
        migrate(url)
        database = Database(url)
        now = datetime.now(UTC)
        with database.writing() as connection:
            city.found(connection)
            for username, shown in (("desk1", "调度一席"), ("desk2", "调度二席")):
                create_account(
                    connection,
                    username=username,
                    display_name=shown,
                    password=PASSWORD,
                    grants=[Grant("operator")],
                    by="test",
                    at=now,
                    must_change=False,
                )
        database.close()
        os.environ["CITYGRID_DEMO"] = "1" if demo else "0"
        self._process = Process(url, folder)
        del os.environ["CITYGRID_DEMO"]

    def __enter__(self) -> Process:
        self._process.start()
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()


def file_report(address: str, number: int, **more: Any) -> dict[str, Any]:
    """A resident's report at a place of the tiny city."""
    lon, lat = city.lonlat(20 + 7 * number, 40)
    body = {
        "lon": lon,
        "lat": lat,
        "datum": "wgs84",
        "accuracy_m": 8,
        "channel": "mini_program",
        "category": "gb47678:matter:06010",
        "description": f"第{number}号：楼下垃圾没人清运 <img src=x onerror=alert(1)>${{1+1}}`",
        "urgency": "urgent" if number % 6 == 5 else "normal",
        **more,
    }
    return post(address, "/api/v1/reports", body)


def post(address: str, path: str, body: dict[str, Any], *, version: int | None = None) -> dict[str, Any]:
    """Says something to the service behind the browser's back. version: the one that was looked at."""
    headers = {"Content-Type": "application/json", **({"If-Match": f'"{version}"'} if version else {})}
    request = urllib.request.Request(f"{address}{path}", data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests fail and say what to do, they are never skipped."""
    program = find_chromium()
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def desk(served: str, language: str, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    """A page on the demonstration. Fails on a request to another host, a page error, and text in the console."""
    yield from _desk(browser, served, language, repo_root)


@pytest.fixture
def guarded_desk(guarded: str, language: str, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    """The same on the service that wants a sign-in."""
    yield from _desk(browser, guarded, language, repo_root)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it runs in both."""
    return str(request.param)


def _desk(browser: Browser, address: str, language: str, repo_root: Path) -> Iterator[Desk]:
    texts = json.loads((repo_root / f"map_ui/console/src/i18n/{language}.json").read_text())
    context = browser.new_context(locale="zh-CN", viewport=SIZE, base_url=address)  # type: ignore[arg-type]  # a plain dict of its two numbers
    context.set_default_timeout(30_000)
    context.add_init_script(f"localStorage.getItem('citygrid.language') ?? localStorage.setItem('citygrid.language', '{language}')")
    faults = _watched(context, address)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    yield Desk(page, texts, address)
    context.close()
    assert faults == []


def _watched(context: BrowserContext, address: str) -> list[str]:
    faults: list[str] = []

    def guard(route: Any) -> None:
        url = route.request.url
        if url.startswith((f"{address}/", "data:", "blob:")):
            route.continue_()
        else:
            faults.append(f"request to another host: {url}")
            route.abort()

    context.route("**/*", guard)
    return faults
