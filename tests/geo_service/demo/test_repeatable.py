"""The same seed gives the same rows: in another database, in another process, on the other kind of database."""

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.consulting.tables import consultation, consultation_party, rule_proposal, whistle, whistle_call
from geo_service.cases.tables import case_area, case_record, reporter, tracking_day
from geo_service.event_log import event, event_head
from geo_service.facilities.tables import facility
from geo_service.geocoding.tables import address
from geo_service.workers.tables import absence, agency, compound_body, holding, patrol, person, phone_range, post, visit, visit_quota

LEDGERS = (absence, phone_range, visit_quota, compound_body, visit, patrol)
HARD = (consultation, consultation_party, whistle, whistle_call, rule_proposal)
CASES = (case_record, case_area, reporter, tracking_day, *HARD, event, event_head)
TABLES = (agency, post, person, holding, *LEDGERS, facility, address, *CASES)
PROGRAM = """
import pickle, sys
from pathlib import Path
from tests.geo_service.demo.conftest import SEED, fill
from tests.geo_service.demo.test_repeatable import digest
city = pickle.loads(Path(sys.argv[1]).read_bytes())
for seed in (SEED, SEED + 1):
    done = fill(f"sqlite:///{sys.argv[2]}/{seed}.db", city, seed=seed)
    with done.database.reading() as connection:
        print(digest(connection))
    done.database.close()
"""


def digest(connection: Connection) -> str:
    """SHA-256 over every row of every table that is filled."""
    hashed = hashlib.sha256()
    for table in TABLES:
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
            hashed.update(repr([(name, ordered(value)) for name, value in row._mapping.items()]).encode())
    return hashed.hexdigest()


def ordered(value: Any) -> Any:
    """Documents with their keys in one order: a database may give them back in another."""
    if isinstance(value, dict):
        return sorted((key, ordered(inner)) for key, inner in value.items())
    return [ordered(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def elsewhere(city: Any, tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> list[str]:
    """Digests of the same city and of one with another seed, from a process with another hash seed and another time zone."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "city.pickle").write_bytes(pickle.dumps(city))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder / "city.pickle"), str(folder)],
        cwd=repo_root,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_same_seed_makes_the_same_rows_anywhere(filled: Any, elsewhere: list[str]) -> None:
    with filled.database.reading() as connection:
        assert digest(connection) == elsewhere[0]


def test_another_seed_makes_another_city(elsewhere: list[str]) -> None:
    assert elsewhere[0] != elsewhere[1]
