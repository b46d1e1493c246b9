"""Many operators on the same cases at once, through several processes: what they were told against what the log holds."""

import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import Recorded
from geo_service.db import Database
from tests import city
from tests.services.serving import Process

STEPS = ("file", "dispatch", "sign", "feed_back")
SAID = {"feed_back": {"result": "done"}}


@dataclass(frozen=True)
class Together:
    """won: actions answered with 200. doubled: (case, step) told to two. lost: told, not in the log. torn: row is not the fold."""

    won: int
    doubled: int
    lost: int
    torn: int
    unexpected: int
    chain_whole: bool


def act_together(url: str, folder: Path, *, operators: int, cases: int) -> Together:
    """Every operator tries every step on every case; each step must be won by exactly one of them."""
    database = Database(url)
    with database.writing() as connection:
        keys = [create_key(connection, name=f"desk {n}", role="operator", at=city.FOUNDED_AT, by="test") for n in range(operators)]
    # The background would act as well (so many like cases enter consultation): the operators' versions would rightly be refused.
    processes = [Process(url, folder, background=False) for _ in range(2)]
    won: list[tuple[int, str]] = []
    unexpected: list[tuple[int, bytes]] = []
    try:
        for process in processes:
            process.start()
        ids = [_report(processes[0].port) for _ in range(cases)]
        barrier = threading.Barrier(operators)
        threads = [
            threading.Thread(target=_operate, args=(processes[n % 2].port, key, ids, barrier, won, unexpected))
            for n, key in enumerate(keys)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for process in processes:
            process.kill()
    try:
        return _compare(database, ids, won, len(unexpected))
    finally:
        database.close()


def _report(port: int) -> int:
    lon, lat = city.lonlat(50, 50)
    said = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "x", "category": "gb47678:matter:06010"}
    return int(_send(port, "/api/v1/reports", said, {})[1]["case_id"])


def _send(port: int, path: str, said: dict, headers: dict) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("POST", path, json.dumps(said), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _operate(port: int, key: str, ids: list[int], barrier: threading.Barrier, won: list, unexpected: list) -> None:
    for version, event in enumerate(STEPS, start=1):
        barrier.wait()
        for case_id in ids:
            headers = {"Authorization": f"Bearer {key}", "If-Match": f'"{version}"'}
            status, answer = _send(port, f"/api/v1/cases/{case_id}/actions/{event}", SAID.get(event, {}), headers)
            if status == 200:
                won.append((case_id, event))
            elif status != 412:
                unexpected.append((status, answer))


def _compare(database: Database, ids: list[int], won: list[tuple[int, str]], unexpected: int) -> Together:
    kinds = dict(zip(STEPS, ("filed", "dispatched", "accepted", "handled"), strict=True))
    torn = lost = 0
    with database.reading() as connection:
        for case_id in ids:
            events = event_log.of_case(connection, case_id)
            found = Counter(event.kind for event in events)
            lost += sum(found[kinds[step]] != 1 for case, step in won if case == case_id)
            case = case_of(connection, case_id)
            torn += fold_case(case, [Recorded(e.kind, e.at, e.actor, e.data) for e in events]) != case or case.version != len(events)
        whole = event_log.first_break(connection) is None
    doubled = sum(n > 1 for n in Counter(won).values())
    return Together(len(won), doubled, lost, torn, unexpected, whole)
