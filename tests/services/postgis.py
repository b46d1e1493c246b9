"""Databases with PostGIS for the tests: on the server that CITYGRID_TEST_POSTGRES_URL names, else on a private cluster."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy.engine import URL, make_url

from tests.services.cluster import find_programs, private_cluster

URL_SETTING = "CITYGRID_TEST_POSTGRES_URL"
MISSING = (
    "PostgreSQL with PostGIS is missing: run make test as root on Debian or Ubuntu (it installs them), "
    f"or name a server in {URL_SETTING}, or leave them out: make test WITHOUT=postgis"
)


class PostgisMissingError(Exception):
    """No server is named and none can be started; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """A running server that hands out empty databases with PostGIS; `url` names no database of ours."""

    url: URL
    template: str

    def create_database(self, *, like: URL | None = None) -> URL:
        """The address of a new database: PostGIS and nothing else in it, or a copy of `like`, to which nobody is connected."""
        name = f"{self.template}_{secrets.token_hex(4)}"
        _run(self.url, f"CREATE DATABASE {name} TEMPLATE {like.database if like else self.template}", since_15=" STRATEGY file_copy")
        return self.url.set(database=name)

    def drop_database(self, url: URL) -> None:
        """Removes a database even if a test left connections to it."""
        _run(self.url, f"DROP DATABASE {url.database} WITH (FORCE)")


@contextlib.contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """A server to test on. durable: one of our own that keeps what it commits.

    PostgisMissingError when none is named and none can be started.
    """
    if named := os.environ.get(URL_SETTING):
        with _with_template(make_url(named).set(drivername="postgresql+psycopg")) as server:
            yield server
        return
    programs = find_programs()
    if programs is None:
        raise PostgisMissingError(MISSING)
    with private_cluster(programs, durable=durable) as port:
        url = URL.create("postgresql+psycopg", username="postgres", host="127.0.0.1", port=port, database="postgres")
        with _with_template(url) as server:
            yield server


@contextlib.contextmanager
def _with_template(url: URL) -> Iterator[Server]:
    # A random name: several test processes may share a named server.
    server = Server(url, f"citygrid_test_{secrets.token_hex(4)}")
    template = url.set(database=server.template)
    _run(url, f"CREATE DATABASE {server.template} ENCODING 'UTF8' TEMPLATE template0")
    try:
        _run(template, "CREATE EXTENSION postgis")
        yield server
    finally:
        server.drop_database(template)


def _run(url: URL, statement: str, *, since_15: str = "") -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        wording = statement + (since_15 if connection.info.server_version >= 150000 else "")
        connection.execute(wording.encode())
