"""The lattice city, filled once a session into each kind of database."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.repository import add_generation, write_city
from geo_service.db import Database, metadata
from geo_service.demo.addresses import fill_addresses
from geo_service.demo.build import seed_city_rules
from geo_service.demo.cases import fill_cases
from geo_service.demo.facilities import fill_facilities
from geo_service.demo.ledgers import fill_ledgers
from geo_service.demo.people import fill_people
from geo_service.demo.population import fill_population
from geo_service.migrations import migrate
from geo_service.published import Published, load_published
from tests.geo_service.demo.lattice import CRS, LEVELS, LatticeCity, lattice_city
from tests.services.postgis import Server

AS_OF = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC)
FOUNDED_AT = dt.datetime(2025, 11, 24, tzinfo=dt.UTC)
SEED = 5


@dataclass(frozen=True)
class Filled:
    """A database with the whole demonstration in it."""

    database: Database
    city: LatticeCity
    published: Published
    as_of: dt.datetime


def fill(url: str, city: LatticeCity, *, seed: int = SEED) -> Filled:
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        published = found_city(connection, city)
        fill_addresses(connection, city)
        fill_facilities(connection, city, seed=seed, as_of=AS_OF)
        fill_people(connection, city, seed=seed, as_of=AS_OF)
        seed_city_rules(connection, city, at=FOUNDED_AT)
        fill_population(connection, city, seed=seed, at=FOUNDED_AT)
        fill_cases(connection, city, published, seed=seed, as_of=AS_OF)
        fill_ledgers(connection, city, published, seed=seed, as_of=AS_OF)
    return Filled(database, city, published, AS_OF)


def found_city(connection: Connection, city: LatticeCity) -> Published:
    write_city(connection, name="格子市", division_code="149900", metric_crs=CRS, timezone="Asia/Shanghai", levels=LEVELS, at=FOUNDED_AT)
    proven = prove(city.areas, metric_crs=CRS, levels=LEVELS)
    made = add_generation(
        connection, areas=city.areas, source="lattice", datum="cgcs2000", metric_crs=CRS, actor="test", at=FOUNDED_AT, proof=proven.proof
    )
    publish(connection, number=made.number, actor="test", at=FOUNDED_AT)
    return load_published(connection, made.number, index_dir=None)


@pytest.fixture(scope="session")
def city() -> LatticeCity:
    return lattice_city()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, city: LatticeCity) -> Iterator[Filled]:
    """The filled lattice city, on SQLite and on PostGIS; tests only read it, or roll back."""
    if request.param == "sqlite":
        done = fill(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'city.db'}", city)
        yield done
        done.database.close()
        return
    server: Server = request.getfixturevalue("postgis_server")
    url = server.create_database()
    done = fill(url.render_as_string(hide_password=False), city)
    yield done
    done.database.close()
    server.drop_database(url)


@pytest.fixture
def empty() -> Callable[[], AbstractContextManager[Connection]]:
    """Opens databases in memory that have the tables of the service and nothing in them."""

    @contextmanager
    def opened() -> Iterator[Connection]:
        engine = sa.create_engine("sqlite://")
        metadata.create_all(engine)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    return opened


@pytest.fixture
def connection(filled: Filled) -> Iterator[Connection]:
    """A connection to the filled database whose work is rolled back."""
    with filled.database.engines.write.connect() as open_connection:
        yield open_connection
        open_connection.rollback()
