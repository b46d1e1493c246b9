"""The basemap through this service: pictures only, from the configured source only, kept on disk, off unless it is set."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from geo_service.accounts import create_key
from geo_service.app import create_app
from geo_service.console.basemap import LARGEST_TILE, Basemap, picture_of
from geo_service.console.fetching import Got, fetch
from geo_service.db import Database
from geo_service.errors import NotFoundError, SetupError
from geo_service.notify.reach import networks
from geo_service.settings import BasemapSettings, JobsSettings, Settings, StorageSettings
from tests.flows.conftest import NOW, Service, found_city

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
LOCAL = ["127.0.0.1/32"]


class Source(BaseHTTPRequestHandler):
    """A source of tiles that answers by the zoom it is asked for."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        zoom = self.path.split("/")[1].partition("?")[0]
        status = {"3": 302, "4": 500}.get(zoom, 200)
        body = {"5": b"<script>alert(1)</script>", "6": b"\x89PNG\r\n\x1a\n" + b"0" * LARGEST_TILE}.get(zoom, PNG)
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if zoom == "7" else "image/png")
        if status == 302:
            self.send_header("Location", "/9/0/0")
        if zoom != "6":  # the one that is too large does not say so
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def source() -> Iterator[str]:
    Source.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def settings(url: str, **more: object) -> BasemapSettings:
    return BasemapSettings(basemap_url=SecretStr(url), basemap_private_networks=LOCAL, **more)  # type: ignore[arg-type]  # by name


def test_without_a_source_there_is_none_and_nobody_is_asked(service: Service) -> None:
    assert service.client.get("/api/v1/console/map", headers=service.operator).json() == {"basemap": None}
    answer = service.client.get("/tiles/base/1/0/0", headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_basemap")


def test_a_tile_comes_through_once_and_the_key_stays_here(source: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    found_city(url)
    database = Database(url)
    with database.writing() as connection:
        key = create_key(connection, name="desk", role="operator", at=NOW, by="test")
    database.close()
    wanted = Settings(
        storage=StorageSettings(database_url=url, data_dir=tmp_path),
        jobs=JobsSettings(jobs_in_app=False),
        basemap=settings(f"{source}/{{z}}?row={{y}}&col={{x}}&tk=secret", basemap_attribution="审图号"),
    )
    with TestClient(create_app(wanted)) as client:
        assert client.get("/tiles/base/8/210/99").status_code == 401
        client.headers["Authorization"] = f"Bearer {key}"
        told = client.get("/api/v1/console/map")
        assert told.json()["basemap"] == {"url": "/tiles/base/{z}/{x}/{y}", "attribution": "审图号", "min_zoom": 1, "max_zoom": 18}
        for _ in range(2):
            answer = client.get("/tiles/base/8/210/99")
            assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
            assert answer.headers["x-content-type-options"] == "nosniff"
        refused = client.get("/tiles/base/4/1/1")
        assert (refused.status_code, refused.json()["code"]) == (503, "basemap_unreachable")
        for text in (told.text, refused.text):
            assert "secret" not in text
        for path in ("19/0/0", "0/0/0", "2/4/0", "2/0/-1"):
            assert client.get(f"/tiles/base/{path}").status_code == 404
    assert Source.asked == ["/8?row=99&col=210&tk=secret", "/4?row=1&col=1&tk=secret"]


@pytest.mark.parametrize(("zoom", "what"), [(3, "a redirect"), (4, "an error"), (5, "no picture"), (6, "too large"), (7, "another type")])
def test_what_is_no_small_picture_is_not_passed_on(source: str, tmp_path: Path, zoom: int, what: str) -> None:
    basemap = Basemap(settings(f"{source}/{{z}}/{{x}}/{{y}}"), tmp_path)
    for _ in range(2):
        with pytest.raises(SetupError, match="picture"):
            basemap.tile(z=zoom, x=0, y=0)
    assert len(Source.asked) == 1, f"{what}: it is not asked for again at once"
    assert list(tmp_path.rglob("*.tile")) == []


def test_a_private_address_is_not_asked_unless_it_is_allowed(source: str) -> None:
    assert fetch(f"{source}/1/0/0", largest=1000) == Got()
    assert fetch(f"{source}/1/0/0", allowed=networks(["10.0.0.0/8"]), largest=1000) == Got()
    assert Source.asked == []
    assert fetch(f"{source}/1/0/0", allowed=networks(LOCAL), largest=1000) == Got(200, "image/png", PNG)


def test_an_old_tile_is_fetched_anew_and_goes_out_when_the_source_is_silent(tmp_path: Path) -> None:
    now, answers = [1000.0], [Got(200, "image/png", PNG)]
    basemap = Basemap(
        settings("http://maps.invalid/{z}/{x}/{y}", basemap_cache_days=1), tmp_path, fetch=lambda _: answers[0], now=lambda: now[0]
    )
    assert basemap.tile(z=1, x=0, y=0).content == PNG
    answers[0] = Got(200, "image/png", PNG + b"new")
    assert basemap.tile(z=1, x=0, y=0).content == PNG
    now[0] += 2 * 86_400
    assert basemap.tile(z=1, x=0, y=0).content == PNG + b"new"
    answers[0] = Got()
    now[0] += 2 * 86_400
    assert basemap.tile(z=1, x=0, y=0).content == PNG + b"new"
    with pytest.raises(SetupError):
        basemap.tile(z=1, x=1, y=0)


def test_the_oldest_tiles_go_when_the_room_is_full(tmp_path: Path) -> None:
    now = [1000.0]
    content = PNG + b"0" * (10_000 - len(PNG))
    basemap = Basemap(
        settings("http://maps.invalid/{z}/{x}/{y}", basemap_cache_mb=0.05),
        tmp_path,
        fetch=lambda _: Got(200, "image/png", content),
        now=lambda: now[0],
    )
    for number in range(8):
        now[0] += 1
        basemap.tile(z=4, x=number, y=0)
    kept = sorted(int(path.parent.name) for path in tmp_path.rglob("*.tile"))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.tile")) <= 50_000
    assert 7 in kept
    assert 0 not in kept


def test_a_picture_is_known_by_how_it_begins() -> None:
    assert picture_of(PNG).media_type == "image/png"  # type: ignore[union-attr]  # it is one
    assert picture_of(b"\xff\xd8\xff\xe0").media_type == "image/jpeg"  # type: ignore[union-attr]  # it is one
    assert picture_of(b"RIFF1234WEBP").media_type == "image/webp"  # type: ignore[union-attr]  # it is one
    for wrong in (b"", b"<svg>", b"RIFF1234WAVE", PNG + b"0" * LARGEST_TILE):
        assert picture_of(wrong) is None


@pytest.mark.parametrize("url", ["ftp://a/{z}/{x}/{y}", "http://a/{z}/{x}", "a/{z}/{x}/{y}"])
def test_an_address_that_cannot_be_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValidationError, match="CITYGRID_BASEMAP_URL"):
        BasemapSettings(basemap_url=SecretStr(url))


def test_outside_the_range_nobody_is_asked(tmp_path: Path) -> None:
    basemap = Basemap(settings("http://maps.invalid/{z}/{x}/{y}"), tmp_path, fetch=lambda _: pytest.fail("asked"))
    with pytest.raises(NotFoundError):
        basemap.tile(z=2, x=4, y=0)
