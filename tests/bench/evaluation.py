"""Evaluation over 100,000 cases and the completeness proof, on a demonstration city in SQLite: prints seconds, asserts nothing.

Operators at once: 20 on 50 cases through two processes, on both databases; exit 1 if anything was lost, doubled or torn.
"""

import datetime as dt
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from boundaries.store.repository import current_number
from geo_service.cli.proving import places_of
from geo_service.db import Database
from geo_service.demo.build import build
from geo_service.flows.dispatch.rules import matrix_in_force, rulebook_in_force
from geo_service.flows.evaluation.asking import asked
from geo_service.flows.evaluation.service import evaluate
from geo_service.migrations import migrate
from geo_service.published import Published, load_published
from geo_service.responsibility import prove
from geo_service.scope import EVERYTHING
from tests import city
from tests.services.operators import act_together
from tests.services.postgis import running_server

TIMES = 5
"""The demonstration has 20,000 cases: each is copied so many times."""
AS_OF = dt.date(2026, 11, 23)


def main() -> int:
    print(platform.node(), platform.machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _measure(folder)
        return _together(folder)


def _measure(folder: Path) -> None:
    url = f"sqlite:///{folder / 'demo.db'}"
    build(url, folder / "var", seed=1, scale=1.0, as_of=AS_OF)
    database = Database(url)
    with database.writing() as connection:
        _multiply(connection)
    with database.reading() as connection:
        number = current_number(connection)
        assert number is not None
        published = load_published(connection, number, index_dir=folder / "var" / "index")
        cases = connection.execute(sa.text("SELECT count(*) FROM case_record")).scalar_one()
        start, end = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
        for level in ("city", "district", "street", "community", "grid", "micro_grid", "agency", "worker"):
            _time(connection, published, level, start, end, cases, relocated=False)
        for level in ("grid", "micro_grid"):
            _time(connection, published, level, start, end, cases, relocated=True)
        categories = rulebook_in_force(connection, at=end).categories
        proof = prove(matrix_in_force(connection, at=end).rules, categories, places_of(published), on=AS_OF)
        said = proof.as_json()
        print(
            {name: said[name] for name in ("leaves", "categories", "gap_pairs", "double_pairs", "seconds")},
            "strangers:",
            len(proof.strangers),
        )
    database.close()


def _time(
    connection: sa.Connection, published: Published, level: str, start: dt.datetime, end: dt.datetime, cases: int, *, relocated: bool
) -> None:
    now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    began, used = time.perf_counter(), time.process_time()
    wanted = asked(connection, published, level=level, by=None, start=start, end=end, now=now, scope=EVERYTHING, relocated=relocated)
    found = evaluate(connection, wanted)
    took, worked = time.perf_counter() - began, time.process_time() - used
    how = " placed anew by a generation's borders" if relocated else ""
    load = f"{os.getloadavg()[0]:.1f}"
    print(f"evaluation by {level}{how}: {took:.2f} s ({worked:.2f} s of work, load {load}), {len(found.lines)} lines over {cases} cases")


def _multiply(connection: sa.Connection) -> None:
    columns = [one["name"] for one in sa.inspect(connection).get_columns("case_record")]
    more = {"case_id": "case_id + {n}", "tracking_number": "tracking_number || '-{k}'"}
    for k in range(1, TIMES):
        chosen = ", ".join(more.get(name, name).format(n=k * 1_000_000, k=k) for name in columns)
        connection.execute(
            sa.text(f"INSERT INTO case_record ({', '.join(columns)}) SELECT {chosen} FROM case_record WHERE case_id < 1000000")
        )
        connection.execute(
            sa.text(f"INSERT INTO case_area SELECT case_id + {k * 1_000_000}, area_code, area_level FROM case_area WHERE case_id < 1000000")
        )


def _together(folder: Path) -> int:
    bad = 0
    with running_server() as server:
        for kind, url in (
            ("sqlite", f"sqlite:///{folder / 'city.db'}"),
            ("postgis", server.create_database().render_as_string(hide_password=False)),
        ):
            migrate(url)
            database = Database(url)
            with database.writing() as connection:
                city.found(connection)
            database.close()
            (folder / kind).mkdir()
            began = time.perf_counter()
            done = act_together(url, folder / kind, operators=20, cases=50)
            print(f"{kind}: {done} in {time.perf_counter() - began:.0f} s")
            bad += done.doubled + done.lost + done.torn + done.unexpected + (not done.chain_whole)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
