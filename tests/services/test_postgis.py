"""The databases the tests stand on: empty, one for each test, and no server left behind by a killed run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from tests.services.postgis import MISSING, PostgisMissingError, Server, running_server

HOLD = """
import sys, time
from tests.services.cluster import find_programs, private_cluster
with private_cluster(find_programs()) as port:
    print(port, flush=True)
    time.sleep(60)
"""


def test_the_database_is_empty_and_takes_a_table(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert "area" not in inspect(connection).get_table_names()
        connection.exec_driver_sql("CREATE TABLE area (code TEXT)")
    assert "area" in inspect(engine).get_table_names()
    engine.dispose()


def test_two_databases_of_one_server_do_not_see_each_other(postgis_server: Server) -> None:
    one, two = postgis_server.create_database(), postgis_server.create_database()
    for url, tables in ((one, ["mine"]), (two, [])):
        engine = create_engine(url)
        with engine.begin() as connection:
            if tables:
                connection.exec_driver_sql("CREATE TABLE mine (geometry geometry(Point, 4547))")
            assert set(inspect(connection).get_table_names()) - {"spatial_ref_sys"} == set(tables)
        engine.dispose()
    postgis_server.drop_database(one)
    postgis_server.drop_database(two)


def test_a_database_is_dropped_though_a_connection_is_open(postgis_server: Server) -> None:
    url = postgis_server.create_database()
    engine = create_engine(url)
    with engine.connect():
        postgis_server.drop_database(url)
    engine.dispose()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


@pytest.mark.postgis
def test_a_killed_test_run_leaves_no_server_behind(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repo_root))
    run = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    with run, run.stdout as output:
        port = int(output.readline())
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        psycopg.connect(address).close()
        os.kill(run.pid, signal.SIGKILL)
    assert _gone(address)


def _gone(address: str) -> bool:
    for _ in range(100):
        try:
            psycopg.connect(address, connect_timeout=1).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.1)
    return False


def test_without_programs_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITYGRID_TEST_POSTGRES_URL", raising=False)
    monkeypatch.setattr("tests.services.postgis.find_programs", lambda: None)
    with pytest.raises(PostgisMissingError) as missing, running_server():
        pass
    assert str(missing.value) == MISSING
