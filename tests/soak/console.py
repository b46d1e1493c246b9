"""The console open all day, in short: half an hour of work in one tab with 20 updates a second. Exit 1 when its memory grows.

PYTHONPATH=. python tests/soak/console.py [--minutes 30] [--cases 20000]

An operator walks the list, opens cases, drags and zooms the map, while notes are made on other cases. Once a minute the browser collects
its garbage and says what is left. Flat means: the last fifth of the time holds no more than MORE times what the second fifth held (the
first is warming up), in the page's heap and in its nodes; the resident memory of browser and service is printed beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.bench.console import SIZE, UPDATES_PER_S, middle, served
from tests.console.browser import ARGUMENTS, MISSING, find_chromium

MORE = 1.10
NOTED = 400


class Held(NamedTuple):
    """After the garbage was collected: the page's heap and the browser's and the service's resident memory in MB; nodes of the page."""

    heap: float
    nodes: int
    browser: float
    service: float
    told: int


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--cases", type=int, default=20_000)
    asked = options.parse_args()
    program = find_chromium()
    if program is None:
        raise SystemExit(MISSING)
    with served(asked.cases) as process, sync_playwright() as playwright, notes(process.address) as told:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        page = browser.new_context(viewport=SIZE, base_url=process.address).new_page()  # type: ignore[arg-type]  # a plain dict of two numbers
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        kept = [*soaked(page, process.address, process.pid, asked.minutes, told)]
        browser.close()
    print(f"{len(faults)} errors of the page{': ' + faults[0] if faults else ''}")
    return 0 if flat(kept) and not faults else 1


def soaked(page: Page, address: str, service: int, minutes: float, told: list[int]) -> Iterator[Held]:
    """Works for so long; what is held, minute by minute."""
    lon, lat = middle(address)
    page.goto(f"/ui/?state=all&map=12/{lat:.5f}/{lon:.5f}")
    page.wait_for_selector("#cases [role=option] b")
    asked = page.context.new_cdp_session(page)
    began = time.monotonic()
    for minute in itertools.count(1):
        while time.monotonic() < began + 60 * minute:
            work(page)
        held = measured(asked, service, told[0])
        kept = f"heap {held.heap:6.1f} MB, {held.nodes} nodes, browser {held.browser:.0f} MB, service {held.service:.0f} MB"
        print(f"minute {minute:3d}: {kept}, {held.told} updates", flush=True)
        yield held
        if minute >= minutes:
            return


def work(page: Page) -> None:
    """A few things an operator does; some ten seconds."""
    page.locator("#cases").focus()
    for _ in range(5):
        page.keyboard.press("j")
        page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.locator(".panel .state").wait_for()  # never wait_for_selector: the handle it returns would keep the panel alive
    page.wait_for_timeout(1500)
    page.keyboard.press("Escape")
    page.mouse.move(900, 450)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(900 - (step if step < 30 else 60 - step) * 6, 450)
        page.wait_for_timeout(16)
    page.mouse.up()
    for turn in (-300, 300):
        page.mouse.wheel(0, turn)
        page.wait_for_timeout(1500)


def measured(asked: CDPSession, service: int, told: int) -> Held:
    asked.send("HeapProfiler.collectGarbage")
    heap = asked.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    nodes = int(asked.send("Memory.getDOMCounters")["nodes"])
    return Held(heap, nodes, resident(os.getpid(), besides={service}), resident(service), told)


def resident(pid: int, *, besides: set[int] | None = None) -> float:
    """MB of a process and all it started, without `besides`."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    below = sum(resident(int(child), besides=besides) for child in children if int(child) not in (besides or set()))
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return below + pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return below


def flat(kept: list[Held]) -> bool:
    """Whether the last fifth holds no more than MORE times what the second fifth held."""
    part = max(1, len(kept) // 5)
    good = True
    for name in ("heap", "nodes", "browser", "service"):
        early, late = (median(getattr(one, name) for one in some) for some in (kept[part : 2 * part] or kept[:1], kept[-part:]))
        decides = name in ("heap", "nodes")
        fine = late <= early * MORE or not decides
        print(f"{'ok    ' if fine else 'GROWS '} {name}: {early:.1f} -> {late:.1f} ({late / early - 1:+.1%})")
        good &= fine
    return good


@contextlib.contextmanager
def notes(address: str) -> Iterator[list[int]]:
    """Notes on other cases, UPDATES_PER_S of them. What it yields: how many so far."""
    stop, told = threading.Event(), [0]
    cases = [int(one) for one in _call(f"{address}/api/v1/console/cases")["id"][-NOTED:]]
    versions = {case: int(_call(f"{address}/api/v1/cases/{case}")["version"]) for case in cases}

    def write() -> None:
        began = time.monotonic()
        for case in itertools.cycle(cases):
            if stop.wait(max(0.0, told[0] / UPDATES_PER_S - (time.monotonic() - began))):
                return
            path = f"{address}/api/v1/cases/{case}/actions/note"
            versions[case] = int(_call(path, {"note": "soak"}, {"If-Match": f'"{versions[case]}"'})["version"])
            told[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join()


def _call(url: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json", **(headers or {})})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main())
