"""What every test may ask for: an empty database on either back end, and the folder of the repository."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from hypothesis import settings

from geo_service.accounts.passwords import use_cost
from tests.services.postgis import URL_SETTING, PostgisMissingError, Server, running_server

# The same examples in every run, and as much time as a busy machine takes: a red test is a fault, never a coincidence.
settings.register_profile("citygrid", derandomize=True, deadline=None)
settings.load_profile("citygrid")
use_cost(CHEAPEST)  # a sign-in is tested, not how long it takes an attacker
LEFT_OUT = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[Server]:
    """A running PostgreSQL with PostGIS; without one the test fails and says what to do, it is never skipped."""
    try:
        with running_server() as server:
            yield server
    except PostgisMissingError as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of this test's own: the test runs once on SQLite and once on PostGIS."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'city.db'}"
        return
    server: Server = request.getfixturevalue("postgis_server")
    url = server.create_database()
    yield url.render_as_string(hide_password=False)
    server.drop_database(url)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without", choices=["postgis"], action="append", default=[], help="leave out what needs this program; said again at the end"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Whoever runs the tests may serve a real city from the same shell: no test may meet its database or its keys.
    for name in [name for name in os.environ if name.startswith("CITYGRID_") and name != URL_SETTING]:
        del os.environ[name]
    config.addinivalue_line("markers", "postgis: needs PostgreSQL with PostGIS; left out by --without postgis")
    config.stash[LEFT_OUT] = 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "postgis" not in config.getoption("--without"):
        return
    left_out = [item for item in items if item.get_closest_marker("postgis") or "postgis_server" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = len(left_out)
    if hasattr(config, "workeroutput"):  # a process of pytest-xdist: its count goes to the one that prints
        config.workeroutput["left_out"] = len(left_out)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # modules and thousands of collected tests live to the end: looking at them again and again is a tenth of the time


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's node, whose type it does not publish
    config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if "postgis" in config.getoption("--without"):
        terminalreporter.section("left out on request", yellow=True)
        terminalreporter.line(f"PostGIS: {config.stash[LEFT_OUT]} tests were not run. Storage was tested on SQLite only.")
