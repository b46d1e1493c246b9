"""Strains the rules of cases: the pure workflow and the running service, 200 runs of 200 steps each, on both databases.

    PYTHONPATH=. python tests/soak/cases.py [--runs 200] [--steps 200] [--seed N] [--only pure|sqlite|postgis]

Prints its seed: the same seed takes the same steps again. Exit 1 if a rule was broken.
"""

import argparse
import contextlib
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi.testclient import TestClient
from hypothesis import seed, settings

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.app import create_app
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.settings import ServerSettings, Settings, StorageSettings
from tests.flows import machine as service_machine
from tests.flows.conftest import NOW, Service, found_city
from tests.flows.desk import Desk
from tests.geo_service.cases import machine as pure_machine
from tests.services.postgis import running_server

EVERY_S = 10.0
"""How often progress is printed."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--steps", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked.add_argument("--only", choices=["pure", "sqlite", "postgis"])
    said = asked.parse_args()
    # a database of failures would make two runs with one seed differ
    settings.register_profile("soak", database=None, deadline=None, report_multiple_bugs=False, print_blob=False)
    settings.load_profile("soak")
    print(f"seed {said.seed}: {said.runs} runs of up to {said.steps} steps")
    parts: dict[str, Callable[[], Counter[str]]] = {
        "pure": lambda: _pure(said.runs, said.steps, said.seed),
        "sqlite": lambda: _sqlite(said.runs, said.steps, said.seed),
        "postgis": lambda: _postgis(said.runs, said.steps, said.seed),
    }
    broken = [name for name, part in parts.items() if said.only in (None, name) and not _told(name, part)]
    print(f"broken: {', '.join(broken)} (again with --seed {said.seed})" if broken else "every rule was kept")
    return 1 if broken else 0


def _told(name: str, part: Callable[[], Counter[str]]) -> bool:
    began = time.perf_counter()
    try:
        seen = part()
    except Exception:
        traceback.print_exc()
        print(f"{name}: a rule was broken after {time.perf_counter() - began:.0f} s")
        return False
    print(f"{name}: {seen.total()} events of {len(seen)} kinds in {time.perf_counter() - began:.0f} s")
    print("  " + ", ".join(f"{kind} {count}" for kind, count in seen.most_common()))
    return True


class Progress:
    """Counts runs as they end, and says so now and then."""

    def __init__(self, name: str, runs: int) -> None:
        self.name, self.runs, self.done, self.last = name, runs, 0, time.perf_counter()

    def one_more(self) -> None:
        self.done += 1
        if time.perf_counter() - self.last > EVERY_S:
            self.last = time.perf_counter()
            print(f"  {self.name}: {self.done} of {self.runs} runs", file=sys.stderr, flush=True)


def _pure(runs: int, steps: int, number: int) -> Counter[str]:
    progress = Progress("pure", runs)

    class Watched(pure_machine.WorkflowMachine):
        def teardown(self) -> None:
            super().teardown()
            progress.one_more()

    return pure_machine.run(steps=steps, runs=runs, shrink=False, machine=seed(number)(Watched))


def _through(url: str, folder: Path, name: str, runs: int, steps: int, number: int) -> Counter[str]:
    progress = Progress(name, runs)

    class Watched(service_machine.ServiceMachine):
        def teardown(self) -> None:
            super().teardown()
            progress.one_more()

    with _service(url, folder) as service:
        seen = service_machine.run(Desk(service), steps=steps, runs=runs, machine=seed(number)(Watched))
        with service.database.reading() as connection:
            assert event_log.first_break(connection) is None
    return seen


@contextlib.contextmanager
def _service(url: str, folder: Path) -> Iterator[Service]:
    found_city(url)
    database, clock = Database(url), FixedClock(NOW)
    with database.writing() as connection:
        key = create_key(connection, name="desk 1", role="operator", at=NOW, by="soak")
    made = Settings(storage=StorageSettings(database_url=url, data_dir=folder / "var"), server=ServerSettings(demo=False))
    try:
        with TestClient(create_app(made, clock=clock), raise_server_exceptions=False) as client:
            client.headers["Accept-Language"] = "en"
            yield Service(client, database, clock, key)
    finally:
        database.close()


def _sqlite(runs: int, steps: int, number: int) -> Counter[str]:
    with tempfile.TemporaryDirectory() as name:
        return _through(f"sqlite:///{Path(name) / 'city.db'}", Path(name), "sqlite", runs, steps, number)


def _postgis(runs: int, steps: int, number: int) -> Counter[str]:
    with tempfile.TemporaryDirectory() as name, running_server() as server:
        url = server.create_database().render_as_string(hide_password=False)
        return _through(url, Path(name), "postgis", runs, steps, number)


if __name__ == "__main__":
    sys.exit(main())
