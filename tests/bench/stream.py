"""The stream under load: exit 1 if an event was missed or came twice.

First 4 writing processes and 2 readers over HTTP that break off and resume, 20,000 events, each reader at a service process of its own;
on SQLite and on PostgreSQL with fsync. Then 100 clients of one process for half a minute: the time from commit to arrival, and memory.
"""

import asyncio
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.db import Database
from geo_service.event_log import NewEvent
from geo_service.migrations import migrate
from tests import city
from tests.flows.conftest import NOW
from tests.services.postgis import running_server
from tests.services.serving import Process

EVENTS, WRITERS, READERS, CLIENTS, SECONDS, A_SECOND = 20_000, 4, 2, 100, 30, 18


def write(url: str, writer: int, count: int, case_id: int, ready: Any, seconds: Any) -> None:
    """Appends events of a case, a transaction each, once all writers are ready; says how long that took."""
    database = Database(url)
    ready.wait()
    begun = time.perf_counter()
    for n in range(count):
        with database.writing() as connection:
            event_log.append(connection, [NewEvent("supervised", case_id, f"writer {writer}", NOW, {"n": n})])
    seconds.put(time.perf_counter() - begun)
    database.close()


async def read(address: str, key: str, first: int, last: int, seed: int) -> list[int]:
    """Every position that arrived, in order; the connection is dropped and taken up again all the time."""
    rng, seen, at = random.Random(seed), [], first
    async with httpx2.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        while at < last:
            left = rng.randint(1, 20)
            async with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": str(at)}) as answer:
                async for line in answer.aiter_lines():
                    if not line.startswith("data:") or '"events"' not in line:
                        continue
                    batch = json.loads(line[5:])
                    seen += [position for position, _, _ in batch["events"]]
                    at, left = batch["position"], left - 1
                    if left == 0 or at >= last:
                        break
    return seen


def prepared(url: str) -> tuple[str, int]:
    """A city with a case; the key of an operator and the case's id."""
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
        key = create_key(connection, name="reader", role="operator", at=NOW, by="bench")
    database.close()
    return key, 1


def resumed(url: str, folder: Path) -> int:
    """Missed and doubled events of all readers."""
    key, case_id = prepared(url)
    processes = [Process(url, folder / str(n)) for n in range(READERS)]
    for n, process in enumerate(processes):
        (folder / str(n)).mkdir(parents=True)
        process.start()
    headers = {"Authorization": f"Bearer {key}"}
    lon, lat = city.lonlat(50, 50)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "x"}
    httpx2.post(f"{processes[0].address}/api/v1/reports", json=body, headers=headers).raise_for_status()
    database = Database(url)
    with database.reading() as connection:
        first = event_log.head_of(connection)[0]
    context = multiprocessing.get_context("spawn")
    ready, seconds = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=write, args=(url, n, EVENTS // WRITERS, case_id, ready, seconds)) for n in range(WRITERS)]

    async def both() -> list[list[int]]:
        return await asyncio.gather(*(read(p.address, key, first, first + EVENTS, n) for n, p in enumerate(processes)))

    for writer in writers:
        writer.start()
    seen = asyncio.run(asyncio.wait_for(both(), 900))
    for writer in writers:
        writer.join()
    took = max(seconds.get() for _ in writers)
    expected = set(range(first + 1, first + EVENTS + 1))
    missed, doubled = sum(len(expected - set(one)) for one in seen), sum(len(one) - len(set(one)) for one in seen)
    print(f"  {EVENTS} events, {EVENTS / took:.0f}/s written; missed {missed}, doubled {doubled}")
    for process in processes:
        process.kill()
    database.close()
    return missed + doubled


def many(url: str, folder: Path) -> None:
    """100 clients of one process: from commit to arrival, and the process's memory."""
    key, case_id = prepared(url)
    process = Process(url, folder)
    process.start()
    headers = {"Authorization": f"Bearer {key}"}
    lon, lat = city.lonlat(50, 50)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "x"}
    httpx2.post(f"{process.address}/api/v1/reports", json=body, headers=headers).raise_for_status()
    url_parts = urlsplit(process.address)
    written: dict[int, float] = {}
    late: list[float] = []
    sizes: list[int] = []

    async def listen() -> None:
        reader, writer = await asyncio.open_connection(url_parts.hostname, url_parts.port)  # bare: what is measured is the service
        writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"id:") and (last := int(line[3:])) in written:
                    late.append((time.perf_counter() - written[last]) * 1000)
        finally:
            writer.close()

    async def all_together() -> None:
        listeners = [asyncio.create_task(listen()) for _ in range(CLIENTS)]
        await asyncio.sleep(3)
        database = Database(url)
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            with database.writing() as connection:
                position = event_log.append(connection, [NewEvent("supervised", case_id, "writer", NOW, {})])
            written[position] = time.perf_counter()
            sizes.append(resident(process))
            await asyncio.sleep(1 / A_SECOND)
        for listener in listeners:
            listener.cancel()
        database.close()

    asyncio.run(all_together())
    process.kill()
    late.sort()
    grown = sizes[-1] - sizes[len(sizes) // 3]
    print(
        f"  {CLIENTS} clients, {A_SECOND} events/s: the newest event of a batch arrived after p50 {statistics.median(late):.0f} ms, "
        f"p95 {late[int(len(late) * 0.95)]:.0f} ms; memory {sizes[-1] / 2**20:.0f} MB, {grown / 2**20:+.1f} MB over the last two thirds"
    )


def resident(process: Process) -> int:
    """Bytes of memory a process holds."""
    pages = Path(f"/proc/{process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    bad = 0
    with running_server(durable=True) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, url in (
            ("sqlite", f"sqlite:///{folder / 'city.db'}"),
            ("postgresql with fsync", server.create_database().render_as_string(hide_password=False)),
        ):
            print(f"{kind} (load {os.getloadavg()[0]:.1f})")
            bad += resumed(url, folder / kind)
        print(f"sqlite (load {os.getloadavg()[0]:.1f})")
        (folder / "many").mkdir()
        many(f"sqlite:///{folder / 'many.db'}", folder / "many")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
