"""Several processes on one database: reports through each, boundaries published beside them, no restart."""

import json
import time
import urllib.request
from pathlib import Path

import boundaries
from tests import city
from tests.services.serving import Process


def ask(process: Process, path: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{process.address}{path}", data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_two_processes_share_a_database_and_follow_a_publication(founded_url: str, tmp_path: Path) -> None:
    processes = [Process(founded_url, tmp_path), Process(founded_url, tmp_path)]
    lon, lat = city.lonlat(50, 50)
    report = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "x"}
    try:
        for process in processes:
            process.start()
        numbers = [ask(process, "/api/v1/reports", report)["tracking_number"] for process in processes * 3]
        assert len(set(numbers)) == 6
        frame = city.areas()
        frame.loc[frame["code"] == f"{city.A1}01", "name"] = "甲1-01改"
        with boundaries.open(founded_url) as library:
            library.publish(library.import_areas(frame, actor="planner").number, actor="planner")
        filed = ask(processes[1], "/api/v1/reports", report)
        assert (filed["generation"], filed["area"]["name"]) == (2, "甲1-01改")  # at once
        until = time.monotonic() + 20
        followed = [False, False]
        while not all(followed) and time.monotonic() < until:
            followed = [ask(process, "/health/ready")["generation"] == 2 for process in processes]
            time.sleep(0.1)
        assert followed == [True, True]
    finally:
        for process in processes:
            process.kill()
