"""Killing the service under load and counting what clients were told against what the database holds."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from geo_service import event_log
from geo_service.cases.tables import case_record
from geo_service.db import Database
from tests import city
from tests.services.serving import Process

CLIENTS = 4


@dataclass(frozen=True)
class Outcome:
    """acknowledged: reports answered with 201. lost: of those, not in the database. doubled: reports that became two cases."""

    kills: int
    acknowledged: int
    lost: int
    doubled: int
    mismatched: int
    chain_whole: bool


def kill_under_load(database_url: str, folder: Path, *, kills: int, seed: int) -> Outcome:
    """Sends reports from CLIENTS threads, each retried under its Idempotency-Key until acknowledged, while the service is killed."""
    process = Process(database_url, folder)
    process.start()
    stop = threading.Event()
    acknowledged: dict[str, str] = {}
    clients = [threading.Thread(target=_report, args=(process.port, n, stop, acknowledged)) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    chance = random.Random(seed)
    for _ in range(kills):
        before = len(acknowledged)
        time.sleep(chance.uniform(0.1, 0.5))
        while len(acknowledged) == before:  # a kill counts only when reports were coming in
            time.sleep(0.01)
        process.kill()
        process.start()
    time.sleep(0.3)
    stop.set()
    for client in clients:
        client.join()
    process.kill()
    return _count(database_url, acknowledged, kills)


def _report(port: int, client: int, stop: threading.Event, acknowledged: dict[str, str]) -> None:
    lon, lat = city.lonlat(50, 50)
    number = 0
    while not stop.is_set():
        number += 1
        key = f"client-{client}-report-{number}"
        body = json.dumps({"lon": lon, "lat": lat, "datum": "wgs84", "description": key})
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("POST", "/api/v1/reports", body, {"Content-Type": "application/json", "Idempotency-Key": key})
                answer = connection.getresponse()
                content = answer.read()
                if answer.status == 201:
                    acknowledged[key] = json.loads(content)["tracking_number"]
                    break
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)  # killed before, in the middle of, or after our report: the same key again tells
            finally:
                connection.close()


def _count(database_url: str, acknowledged: dict[str, str], kills: int) -> Outcome:
    database = Database(database_url)
    try:
        with database.reading() as connection:
            rows = connection.execute(sa.select(case_record.c.description, case_record.c.tracking_number)).all()
            whole = event_log.first_break(connection) is None
    finally:
        database.close()
    stored = {row.description: row.tracking_number for row in rows}
    times = Counter(row.description for row in rows)
    return Outcome(
        kills=kills,
        acknowledged=len(acknowledged),
        lost=sum(1 for key in acknowledged if key not in stored),
        doubled=sum(1 for n in times.values() if n > 1),
        mismatched=sum(1 for key, number in acknowledged.items() if stored.get(key, number) != number),
        chain_whole=whole,
    )
