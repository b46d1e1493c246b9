"""The service over the tiny city, on both databases, as clients meet it: over HTTP."""

import contextlib
import functools
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.engine import URL

from geo_service.accounts import create_key
from geo_service.app import routed, wire
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.migrations import migrate
from geo_service.settings import JobsSettings, RoutingSettings, ServerSettings, Settings, StorageSettings
from tests import city
from tests.flows.acting import Act, acting, keys_of
from tests.flows.room import Room, open_room
from tests.flows.rule_desk import Desk
from tests.flows.running import NOW, Service
from tests.services.postgis import Server


@functools.cache
def served(number: int = 0) -> FastAPI:
    """The service's addresses, built once a process: that takes longer than most tests. Another number is another of them."""
    return routed()


@pytest.fixture(scope="session")
def founded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tiny city; tests copy it."""
    path = tmp_path_factory.mktemp("founded") / "city.db"
    found_city(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def founded_postgis(postgis_server: Server) -> URL:
    """A PostGIS database with the tiny city; tests copy it."""
    url = postgis_server.create_database()
    found_city(url.render_as_string(hide_password=False))
    return url


def found_city(url: str) -> None:
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
    database.close()
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, so that a copy of it is whole


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def founded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A copy of the tiny city's database of this test's own, on each back end."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('founded_file'), tmp_path / 'city.db')}"
        return
    server: Server = request.getfixturevalue("postgis_server")
    url = server.create_database(like=request.getfixturevalue("founded_postgis"))
    yield url.render_as_string(hide_password=False)
    server.drop_database(url)


@pytest.fixture
def settings(founded_url: str, tmp_path: Path) -> Settings:
    return Settings(
        storage=StorageSettings(database_url=founded_url, data_dir=tmp_path / "var"),
        server=ServerSettings(demo=False),
        routing=RoutingSettings(refresh_seconds=0.2),
        jobs=JobsSettings(jobs_in_app=False),  # tests say when the background works: Service.background
    )


@pytest.fixture
def founded(settings: Settings) -> Iterator[Database]:
    """The tiny city's database."""
    database = Database(settings.storage.database_url)
    yield database
    database.close()


@pytest.fixture
def service(settings: Settings, founded: Database) -> Iterator[Service]:
    clock = FixedClock(NOW)
    with founded.writing() as connection:
        key = create_key(connection, name="desk 1", role="operator", at=NOW, by="test")
    app = served()
    wire(app, settings, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["Accept-Language"] = "en"
        yield Service(client, founded, clock, key)


@pytest.fixture
def people(service: Service) -> dict[str, dict[str, str]]:
    """Headers with the keys of an operator and a supervisor."""
    return keys_of(service)


@pytest.fixture
def act(service: Service, people: dict[str, dict[str, str]]) -> Act:
    """Does something to a case in its present version and returns the case; status: what must be answered."""
    return acting(service, people)


@pytest.fixture
def room(service: Service) -> Room:
    """Those who consult on hard matters."""
    return open_room(service)


@pytest.fixture
def desk(service: Service) -> Desk:
    """Whoever keeps the rules."""
    return Desk(service)
