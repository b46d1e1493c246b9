"""The service over the tiny city, on both databases, as clients meet it: over HTTP."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from geo_service.accounts import create_key
from geo_service.app import create_app
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.migrations import migrate
from geo_service.settings import RoutingSettings, ServerSettings, Settings, StorageSettings
from tests import city

NOW = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


@dataclass
class Service:
    """A running service and what a test may reach behind it."""

    client: TestClient
    database: Database
    clock: FixedClock
    key: str

    def __post_init__(self) -> None:
        self.operator = {"Authorization": f"Bearer {self.key}"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        storage=StorageSettings(database_url=database_url, data_dir=tmp_path / "var"),
        server=ServerSettings(demo=False),
        routing=RoutingSettings(refresh_seconds=0.05),
    )


@pytest.fixture
def founded(settings: Settings) -> Iterator[Database]:
    """The tiny city's database, migrated and filled."""
    migrate(settings.storage.database_url)
    database = Database(settings.storage.database_url)
    with database.writing() as connection:
        city.found(connection)
    yield database
    database.close()


@pytest.fixture
def service(settings: Settings, founded: Database) -> Iterator[Service]:
    clock = FixedClock(NOW)
    with founded.writing() as connection:
        key = create_key(connection, name="desk 1", role="operator", at=NOW, by="test")
    with TestClient(create_app(settings, clock=clock), raise_server_exceptions=False) as client:
        client.headers["Accept-Language"] = "en"
        yield Service(client, founded, clock, key)
