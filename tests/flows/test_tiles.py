"""Boundary tiles over HTTP: what is in force, what was, what a planner prepared; on both databases."""

import gzip
import threading
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from fastapi.testclient import TestClient

from boundaries.pyramid import MAX_ZOOM, MIN_ZOOM
from geo_service.api.wiring import Wiring
from geo_service.app import create_app
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.published import Pyramids, pyramids
from geo_service.settings import Settings
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_planning import Desk, split

HERE = (MAX_ZOOM, 13357, 6323)


def tilejson(service: Service, name: str = "current", **headers: str) -> dict[str, Any]:
    answer = service.client.get(f"/tiles/boundaries/{name}.json", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tiles_of(client: TestClient, number: int) -> list[tuple[int, int, int]]:
    wiring: Wiring = client.app.state.wiring  # type: ignore[attr-defined]  # a starlette app
    return sorted(wiring.pyramids.of(number).pyramid.tiles)


def path(number: int, tile: tuple[int, int, int]) -> str:
    return f"/tiles/boundaries/{number}/{'/'.join(map(str, tile))}.pbf"


def codes(content: bytes, layer: str = "micro_grid") -> set[str]:
    return set(pyogrio.read_dataframe(content, layer=layer)["code"])


def test_a_map_finds_its_tiles_and_keeps_them(service: Service) -> None:
    found = tilejson(service)
    assert (found["tilejson"], found["generation"], found["minzoom"], found["maxzoom"]) == ("3.0.0", 1, MIN_ZOOM, MAX_ZOOM)
    assert found["tiles"] == ["http://testserver/tiles/boundaries/1/{z}/{x}/{y}.pbf"]
    assert {"street", "community", "grid", "micro_grid", "label"} <= {layer["id"] for layer in found["vector_layers"]}
    lon, lat = city.lonlat(50, 50)
    west, south, east, north = found["bounds"]
    assert west < lon < east
    assert south < lat < north
    tile = tiles_of(service.client, 1)[-1]
    answer = service.client.get(path(1, tile))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert f"{city.A1}01" in codes(answer.content)
    plain = service.client.get(path(1, tile), headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert plain.headers["etag"] != answer.headers["etag"]
    again = service.client.get(path(1, tile), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_tile_that_goes_out_early_is_the_same_tile(service: Service, accepts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory is answered before anything else is looked at; without that the call goes the way of every call."""
    drawn = path(1, tiles_of(service.client, 1)[-1])
    headers = {"Accept-Encoding": accepts}
    early = service.client.get(drawn, headers=headers)
    known = service.client.get(drawn, headers={**headers, "If-None-Match": early.headers["etag"]})
    passed = []
    monkeypatch.setattr("geo_service.tiles.early._answer", lambda scope: passed.append(scope["path"]))
    for answer, asked in ((early, headers), (known, {**headers, "If-None-Match": early.headers["etag"]})):
        late = service.client.get(drawn, headers=asked)
        assert (late.status_code, late.content, dict(late.headers)) == (answer.status_code, answer.content, dict(answer.headers))
    assert (early.status_code, known.status_code, len(passed)) == (200, 304, 2)


def test_every_leaf_of_the_tiny_city_is_on_the_map(service: Service) -> None:
    seen: set[str] = set()
    for tile in tiles_of(service.client, 1):
        if tile[0] == MAX_ZOOM:
            seen |= codes(service.client.get(path(1, tile)).content)
    published = service.wiring.published.current()
    assert seen == {leaf.code for leaf in published.leaves}


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (f"{MAX_ZOOM + 1}/0/0", "z = 15"),
        ("0/0/0", "z = 0"),
        ("14/16384/0", "x = 16384"),
        ("14/0/99999999999999999999999", "y = 99999999999999999999999"),
        ("14/-1/0", "x = -1"),
    ],
)
def test_a_tile_outside_the_pyramid_is_named(service: Service, place: str, names: str) -> None:
    answer = service.client.get(f"/tiles/boundaries/1/{place}.pbf")
    assert (answer.status_code, answer.json()["code"]) == (404, "tile_outside_range")
    assert names in answer.json()["detail"]


def test_where_nothing_lies_there_is_nothing(service: Service) -> None:
    answer = service.client.get("/tiles/boundaries/1/14/0/0.pbf")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("number", ["7", "0", "-3", "99999999999999999999"])
def test_an_unknown_generation_is_a_problem(service: Service, number: str) -> None:
    for address in (f"/tiles/boundaries/{number}.json", f"/tiles/boundaries/{number}/14/0/0.pbf"):
        answer = service.client.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "generation_unknown")
    assert service.client.get("/tiles/boundaries/x/14/0/0.pbf").status_code == 422


def test_a_prepared_draft_is_drawn_for_planners_and_for_all_once_published(service: Service) -> None:
    before = codes(service.client.get(path(1, tiles_of(service.client, 1)[-1])).content)
    desk = Desk(service)
    desk.do(split(service))
    number = desk.prepare()["result"]["generation"]
    tile = tiles_of(service.client, number)[-1]
    assert service.client.get(path(number, tile)).status_code == 401
    assert service.client.get(f"/tiles/boundaries/{number}.json").status_code == 401
    mine = service.client.get(path(number, tile), headers=desk.headers)
    assert mine.headers["cache-control"].startswith("private")
    assert len(codes(mine.content)) == len(before) + 1
    assert tilejson(service)["generation"] == 1
    desk.post(f"{desk.path}/publish")
    assert tilejson(service)["generation"] == number
    assert service.client.get(path(number, tile)).headers["cache-control"].startswith("public")
    assert codes(service.client.get(path(1, tiles_of(service.client, 1)[-1])).content) == before  # the past stays on the map


def test_tiles_are_built_once_and_read_by_other_processes(settings: Settings, founded: Database, tmp_path: Path) -> None:
    folder, built = tmp_path / "tiles", []
    makers = [Pyramids(founded, folder) for _ in range(3)]
    threads = [threading.Thread(target=maker.of, args=(1,), kwargs={"progress": built.append}) for maker in makers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built.count(1.0) == 1  # whoever came later waited and read the file
    assert len({id(maker.kept(1)) for maker in makers}) == 3
    assert len({tuple(sorted(maker.of(1).pyramid.tiles.items())) for maker in makers}) == 1
    (file,) = folder.glob("*.pmtiles")
    file.write_bytes(file.read_bytes()[:-10])
    assert Pyramids(founded, folder).of(1, progress=built.append).pyramid == makers[0].of(1).pyramid
    assert built.count(1.0) == 2  # a damaged file is built anew
    for number in range(pyramids.KEPT + 2):
        assert number == 1 or makers[0].kept(number) is None


def test_after_a_restart_the_tiles_are_the_same(service: Service, settings: Settings) -> None:
    tile = tiles_of(service.client, 1)[-1]
    first = service.client.get(path(1, tile))
    with TestClient(create_app(settings, clock=FixedClock(NOW))) as client:
        again = client.get(path(1, tile))
    assert (again.headers["etag"], again.content) == (first.headers["etag"], first.content)
    assert gzip.compress(again.content)


def test_before_anything_is_published_the_map_says_so(settings: Settings, founded: Database) -> None:
    with founded.writing() as connection:
        connection.exec_driver_sql("UPDATE current_generation SET number = NULL")
    with TestClient(create_app(settings, clock=FixedClock(NOW))) as client:
        answer = client.get("/tiles/boundaries/current.json")
    assert (answer.status_code, answer.json()["code"]) == (503, "nothing_published")
