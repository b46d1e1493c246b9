"""The console's columns are held in memory and patched along the log; what they say is what the database says."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from geo_service.accounts import Grant, create_key
from geo_service.cases.finding import light_at
from geo_service.cases.tables import case_area, case_record
from geo_service.console import held as holding
from tests import city
from tests.flows.conftest import NOW, Service


def report(service: Service, x: float, y: float, **more: Any) -> int:
    lon, lat = city.lonlat(x, y)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 5, "channel": "web", "category": "gb47678:matter:06010"}
    answer = service.client.post("/api/v1/reports", json={**body, "description": "路灯不亮", **more}, headers=service.operator)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["case_id"])


def act(service: Service, case_id: int, action: str, **body: Any) -> None:
    url = f"/api/v1/cases/{case_id}/actions/{action}"
    version = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).headers["etag"]
    answer = service.client.post(url, json=body, headers={**service.operator, "If-Match": version})
    assert answer.status_code == 200, answer.text


def columns(service: Service, **asked: Any) -> dict[str, Any]:
    answer = service.client.get("/api/v1/console/cases", params=asked, headers=service.operator)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(service: Service, **asked: Any) -> dict[int, tuple[Any, ...]]:
    """case -> state, light, where it lies, received, due, closed as the columns say."""
    found = columns(service, **asked)
    names = [found["states"][one] for one in found["state"]]
    lights = [found["lights"][one] for one in found["light"]]
    lying = [found["grids"][one] if one >= 0 else None for one in found["grid"]]
    assert found["id"] == sorted(found["id"], reverse=True)
    return dict(zip(found["id"], zip(names, lights, lying, found["received"], found["due"], found["closed"], strict=True), strict=True))


def recorded(service: Service) -> dict[int, tuple[Any, ...]]:
    """The same, read from the tables row by row."""
    c = case_record.c
    with service.database.reading() as connection:
        rows = connection.execute(sa.select(c.case_id, c.state, light_at(service.clock.now()), c.received_at, c.due_at, c.closed_at)).all()
        areas: dict[int, dict[str, str]] = {}
        for case_id, code, level in connection.execute(sa.select(case_area.c.case_id, case_area.c.area_code, case_area.c.area_level)):
            areas.setdefault(case_id, {})[level] = code
    epoch: Callable[[dt.datetime | None], int | None] = lambda at: None if at is None else int(at.timestamp())  # noqa: E731  # three uses
    order = ("grid", "community", "street", "district")
    return {
        row[0]: (
            row[1],
            row[2],
            next((areas.get(row[0], {})[level] for level in order if level in areas.get(row[0], {})), None),
            epoch(row[3]),
            epoch(row[4]),
            epoch(row[5]),
        )
        for row in rows
    }


def test_columns_say_what_the_database_says_after_every_step(service: Service) -> None:
    assert told(service) == {}
    first, second = report(service, 20, 40), report(service, 250, 150)
    assert told(service) == recorded(service)
    nowhere = {"description": "没有坐标", "address": "不知道", "channel": "hotline"}
    assert service.client.post("/api/v1/reports", json=nowhere, headers=service.operator).status_code == 201
    act(service, first, "file")
    assert told(service) == recorded(service)
    act(service, first, "dispatch")
    service.clock.at += dt.timedelta(days=40)
    now = told(service)
    assert now == recorded(service)
    assert now[first][1] == "red"
    assert now[second][0] == "received"


def test_a_case_without_a_grid_is_told_with_what_it_lies_in(service: Service) -> None:
    for x, y in ((20, 40), (250, 150), (150, 250), (300, 50), (50, 300)):
        report(service, x, y)
    assert told(service) == recorded(service)


def test_only_what_happened_since_is_read_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    first = report(service, 20, 40)
    report(service, 30, 40)
    before = told(service)
    read: list[list[int] | None] = []
    reading = holding._read

    def noted(connection: Any, ids: list[int] | None, grids: dict[str, int]) -> Any:
        read.append(ids)
        return reading(connection, ids, grids)

    monkeypatch.setattr(holding, "_read", noted)
    assert told(service) == before
    assert read == []
    act(service, first, "file")
    assert told(service)[first][0] == "filed"
    assert read == [[first]]
    monkeypatch.setattr(holding, "MOST_BEHIND", 0)
    third = report(service, 40, 40)
    assert third in told(service)
    assert read[1:] == [None]


def test_a_filter_and_a_scope_bound_what_is_told(service: Service) -> None:
    inside, outside = report(service, 20, 40), report(service, 250, 150)
    grids = {case_id: row[2] for case_id, row in recorded(service).items()}
    assert grids[inside] != grids[outside]
    assert set(told(service, area=grids[inside])) == {inside}
    assert set(told(service, state="filed")) == set()
    assert set(told(service, light="none")) == {one for one, row in recorded(service).items() if row[1] == "none"}
    with service.database.writing() as connection:
        key = create_key(connection, name="part", role="operator", at=NOW, by="test", grant=Grant("operator", grids[inside]))
    answer = service.client.get("/api/v1/console/cases", headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["id"] == [inside]


def test_the_position_is_where_a_listener_goes_on(service: Service) -> None:
    report(service, 20, 40)
    position = columns(service)["position"]
    second = report(service, 30, 40)
    changes = service.client.get("/api/v1/console/changes", params={"after": position}, headers=service.operator).json()
    assert [one["case_id"] for one in changes["cases"]] == [second]
