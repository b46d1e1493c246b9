"""The console's map in a real Chromium without a graphics card: prints milliseconds, asserts nothing.

python -m tests.bench.console [--cases 100000] [--address http://127.0.0.1:8000]

Frames while the map is dragged at three zooms with 20 updates a second, first view cold and warm, from an action to list and map, and
how long the service takes for its columns. Without an address it builds the demonstration city and serves it with the console as built.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright

from geo_service.db import Database
from geo_service.demo.build import build
from tests.console.browser import ARGUMENTS, MISSING, find_chromium
from tests.services.serving import Process

AS_OF = dt.date(2026, 11, 23)
ZOOMS = (10, 12, 14)
UPDATES_PER_S = 20
SIZE = {"width": 1440, "height": 900}
FRAMES = """() => {
  const gaps = []; let last = performance.now(), on = true;
  const next = () => { const now = performance.now(); gaps.push(now - last); last = now; if (on) requestAnimationFrame(next); };
  requestAnimationFrame(next);
  window.__frames = () => { on = false; gaps.shift(); return gaps; };
}"""
"""Counts the time between two pictures from now on."""
DRAWN = """async () => {
  const colours = () => {
    const all = new Set();
    for (const canvas of document.querySelectorAll('.map canvas')) {
      if (!canvas.width || !canvas.height) continue;
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      for (let i = 0; i < data.length; i += 4 * 211) all.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    }
    return all.size;
  };
  while (colours() <= 20) await new Promise((then) => setTimeout(then, 40));
}"""
WATCH = """() => {
  const around = () => {
    const parts = [];
    for (const canvas of document.querySelectorAll('.map canvas')) {
      if (!canvas.width) continue;
      const data = canvas.getContext('2d').getImageData(canvas.width / 2 - 8, canvas.height / 2 - 8, 16, 16).data;
      parts.push(data.join());
    }
    return parts.join('|');
  };
  const before = around(), began = performance.now();
  window.__seen = new Promise((then) => {
    const look = () => {
      const passed = performance.now() - began;
      if (around() !== before) then(passed);
      else if (passed > 5000) then(-1);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}"""
"""The map shows the open case in its middle: how long until that changes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="a demonstration that runs already")
    parser.add_argument("--cases", type=int, default=20_000, help="copies of the demonstration's cases are added up to so many")
    asked = parser.parse_args()
    print(platform.node(), platform.machine(), f"load {os.getloadavg()[0]:.1f}")
    with contextlib.ExitStack() as stack:
        address = asked.address or stack.enter_context(served(asked.cases)).address
        began = time.perf_counter()
        _get(f"{address}/tiles/boundaries/current.json")
        print(f"tiles of the city ready {time.perf_counter() - began:.1f} s after the start (the first start of a city makes them)")
        _columns(address)
        program = find_chromium()
        if program is None:
            raise SystemExit(MISSING)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        _views(browser, address)
        _pans(browser, address)
        _action(browser, address)
        browser.close()


@contextlib.contextmanager
def served(cases: int) -> Iterator[Process]:
    """The demonstration city with so many cases, in a process of its own."""

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'demo.db'}"
        build(url, folder / "var", seed=1, scale=1.0, as_of=AS_OF)
        database = Database(url)
        with database.writing() as connection:
            multiply(connection, cases)
        database.close()
        os.environ["CITYGRID_DEMO"] = "1"
        process = Process(url, folder)
        process.start()
        try:
            yield process
        finally:
            process.kill()


def multiply(connection: sa.Connection, wanted: int) -> None:
    """Copies cases, with new numbers and a step aside (about 100 m), until there are so many."""
    there = int(connection.execute(sa.text("SELECT count(*) FROM case_record")).scalar_one())
    columns = [one["name"] for one in sa.inspect(connection).get_columns("case_record")]
    moved = {"lon": "lon + 0.0004 * {k}", "lat": "lat - 0.0003 * {k}"}
    more = {"case_id": "case_id + {n}", "tracking_number": "tracking_number || '-{k}'", **moved}
    for k in range(1, -(-wanted // there)):
        n = k * 1_000_000
        chosen = ", ".join(more.get(name, name).format(n=n, k=k) for name in columns)
        kept = f"case_id IN (SELECT case_id FROM case_record WHERE case_id < 1000000 ORDER BY case_id LIMIT {wanted - k * there})"
        connection.execute(sa.text(f"INSERT INTO case_record ({', '.join(columns)}) SELECT {chosen} FROM case_record WHERE {kept}"))
        connection.execute(sa.text(f"INSERT INTO case_area SELECT case_id + {n}, area_code, area_level FROM case_area WHERE {kept}"))


def _columns(address: str) -> None:
    for what in ("first", "again", "again"):
        began = time.perf_counter()
        found = _get(f"{address}/api/v1/console/cases")
        print(f"columns of {len(found['id'])} cases, {what}: {time.perf_counter() - began:.3f} s with reading the answer")


def _views(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZE, base_url=address)  # type: ignore[arg-type]  # a plain dict of its two numbers
    context.set_default_timeout(60_000)
    page = context.new_page()
    for what in ("cold", "warm"):
        began = time.perf_counter()
        page.goto("/ui/?state=all")
        page.wait_for_selector("#cases [role=option] b")
        listed = time.perf_counter() - began
        page.evaluate(DRAWN)
        drawn, load = time.perf_counter() - began, os.getloadavg()[0]
        print(f"first view, {what}: list after {listed:.2f} s, map after {drawn:.2f} s (load {load:.1f})")
    context.close()


def _pans(browser: Browser, address: str) -> None:
    lon, lat = middle(address)
    context = browser.new_context(viewport=SIZE, base_url=address)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    for updating in (False, True):
        with _updates(address) if updating else contextlib.nullcontext([0]) as told:
            for zoom in ZOOMS:
                page.goto(f"/ui/?state=all&map={zoom}/{lat:.5f}/{lon:.5f}")
                page.wait_for_selector("#cases [role=option] b")
                page.evaluate(DRAWN)
                page.wait_for_timeout(2500)
                gaps = _drag(page)
                how = f"with {told[0] / told[1]:.0f} updates/s" if updating and told[1] else "at rest"
                numbers = f"p50 {_share(gaps, 0.5):.0f}, p95 {_share(gaps, 0.95):.0f}, longest {max(gaps):.0f} ms"
                print(f"pan at z{zoom} {how}: {numbers}, {len(gaps)} frames (load {os.getloadavg()[0]:.1f})")
    context.close()


def _drag(page: Page) -> list[float]:
    """Drags the map to and fro for some seconds; the gaps between pictures in milliseconds."""
    page.mouse.move(900, 450)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(120):
        page.mouse.move(900 - (step if step < 60 else 120 - step) * 6, 450 - (step % 30) * 3)
        page.wait_for_timeout(16)
    gaps: list[float] = page.evaluate("() => window.__frames()")
    page.mouse.up()
    return gaps


def _action(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZE, base_url=address)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    for _ in range(3):
        lon, lat = _quiet(address)
        made = _report(address, lon, lat)
        page.goto(f"/ui/cases/{made['case_id']}?state=all&map=18/{lat:.6f}/{lon:.6f}")
        page.wait_for_selector(".state")
        page.wait_for_timeout(2500)
        page.keyboard.press("f")
        page.wait_for_selector("form")
        page.evaluate(WATCH)
        page.keyboard.press("Control+Enter")
        print(f"from an action to the map: {page.evaluate('() => window.__seen'):.0f} ms (load {os.getloadavg()[0]:.1f})")
    context.close()


@contextlib.contextmanager
def _updates(address: str) -> Iterator[list[float]]:
    """Reports come in all the while. What it yields: how many so far, in how many seconds."""
    stop, told = threading.Event(), [0.0, 0.0]
    lon, lat = middle(address)

    def work() -> None:
        began = time.perf_counter()
        while not stop.is_set():
            number = int(told[0])
            with contextlib.suppress(urllib.error.HTTPError):
                _report(address, lon + (number % 37 - 18) * 0.0015, lat + (number % 29 - 14) * 0.0012)
                told[0] += 1
            told[1] = time.perf_counter() - began
            stop.wait(max(0.0, told[0] / UPDATES_PER_S - told[1]))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def middle(address: str) -> tuple[float, float]:
    """Where the most cases are: the median of their places."""
    if address not in _MIDDLES:
        found = _get(f"{address}/api/v1/console/cases")
        lons, lats = (sorted(value for value in found[name] if value is not None) for name in ("lon", "lat"))
        _MIDDLES[address] = (lons[len(lons) // 2], lats[len(lats) // 2])
    return _MIDDLES[address]


def _quiet(address: str) -> tuple[float, float]:
    """A place in the city 20 m beside the case that has the others farthest away: a point there is covered by no other."""
    found = _get(f"{address}/api/v1/console/cases")
    places = sorted((lon, lat) for lon, lat in zip(found["lon"], found["lat"], strict=True) if lon is not None)
    gaps = [min(places[i][0] - places[i - 1][0], places[i + 1][0] - places[i][0]) for i in range(1, len(places) - 1)]
    lon, lat = places[1 + max(range(len(gaps) // 10, len(gaps) * 9 // 10), key=gaps.__getitem__)]
    return lon + 0.0002, lat


_MIDDLES: dict[str, tuple[float, float]] = {}


def _report(address: str, lon: float, lat: float) -> dict[str, Any]:
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 8, "channel": "mini_program", "category": "gb47678:matter:06010"}
    body["description"] = "bench"
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/v1/reports", data=json.dumps(body).encode(), headers=head)
    with urllib.request.urlopen(request, timeout=30) as response:
        made: dict[str, Any] = json.load(response)
    return made


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=120) as response:
        return json.load(response)


def _share(values: list[float], share: float) -> float:
    return sorted(values)[int((len(values) - 1) * share)]


if __name__ == "__main__":
    main()
