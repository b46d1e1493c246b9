"""Building the demonstration city: the same files every time, one build at a time, and nothing left of one that died."""

import datetime as dt
import hashlib
import multiprocessing
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from fastapi.testclient import TestClient

from boundaries.datum import from_wgs84
from boundaries.geometry import to_lonlat
from geo_service.app import create_app
from geo_service.cases.tables import case_record
from geo_service.db import Database
from geo_service.demo.build import build
from geo_service.errors import SetupError
from geo_service.flows.audit.service import put_head_outside, verify
from geo_service.migrations import database_lock, holds_city
from geo_service.settings import ServerSettings, Settings, StorageSettings

DAY = dt.date(2026, 11, 23)
SCALE = 0.05


def make(url: str, folder: Path, **more: object) -> None:
    build(url, folder, seed=1, scale=SCALE, as_of=DAY, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    make(f"sqlite:///{folder / 'city.db'}", folder)
    return folder


def settings(url: str, folder: Path) -> Settings:
    return Settings(storage=StorageSettings(database_url=url, data_dir=folder), server=ServerSettings(demo=True))


def test_the_same_seed_scale_and_date_give_the_same_files(built: Path, tmp_path: Path) -> None:
    make(f"sqlite:///{tmp_path / 'city.db'}", tmp_path)
    for name in ("city.db", "ground.gpkg", "demo.json"):
        first, second = ((folder / name).read_bytes() for folder in (built, tmp_path))
        assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest(), name


def test_it_is_built_and_served_on_both_databases(database_url: str, tmp_path: Path) -> None:
    make(database_url, tmp_path)
    with TestClient(create_app(settings(database_url, tmp_path))) as client:
        ready = client.get("/health/ready").json()
        assert ready["leaves"] > 400
        assert client.get("/api/v1/cases").json()["total"] == 1000
        for name in ("areas", "cases", "facilities"):
            page = client.get(f"/maps/{name}")
            assert page.status_code == 200
            assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_report_in_gcj02_is_routed_like_its_twin_in_wgs84(built: Path) -> None:
    with TestClient(create_app(settings(f"sqlite:///{built / 'city.db'}", built))) as client:
        published = client.app.state.wiring.published.current()  # type: ignore[attr-defined]  # a starlette app
        shapes = to_lonlat(np.array([leaf.geometry for leaf in published.leaves], dtype=object), published.city.metric_crs)
        chance = np.random.default_rng(5)
        west, south, east, north = shapely.total_bounds(shapes)
        lons, lats = chance.uniform(west, east, 40_000), chance.uniform(south, north, 40_000)
        positions = published.index.locate_many(lons=lons, lats=lats)
        border = shapely.distance(shapely.points(lons, lats), shapely.boundary(shapes[positions]))
        usable = np.flatnonzero((positions >= 0) & (border > 2e-8))[:10_000]  # 2e-8 degrees are 1.8 mm or more in this city
        assert len(usable) == 10_000
        for datum in ("gcj02", "bd09"):
            x, y = from_wgs84(lons=lons[usable], lats=lats[usable], datum=datum)
            body = {"lons": x.tolist(), "lats": y.tolist(), "datum": datum}
            answer = client.post("/api/v1/locate/batch", json=body).json()
            twins = [published.index.codes[p] for p in positions[usable].tolist()]
            assert answer["area_codes"] == twins
        del body["datum"]
        assert client.post("/api/v1/locate/batch", json=body).status_code == 422


def test_a_second_build_is_refused_unless_forced_and_a_running_one_is_not_disturbed(built: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{built / 'city.db'}"
    with pytest.raises(SetupError) as refused:
        make(url, tmp_path)
    assert refused.value.code == "demo_exists"
    with database_lock(url), pytest.raises(SetupError) as busy:
        make(url, tmp_path, force=True)
    assert busy.value.code == "database_locked"
    assert holds_city(url)


def test_a_city_that_replaces_another_is_not_held_to_the_heads_of_its_log(tmp_path: Path) -> None:
    url, heads = f"sqlite:///{tmp_path / 'city.db'}", tmp_path / "heads.jsonl"
    make(url, tmp_path)
    database = Database(url)
    with database.reading() as connection:
        assert put_head_outside(connection, heads=heads, key=None, now=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    database.close()
    build(url, tmp_path, seed=2, scale=SCALE, as_of=DAY, force=True)
    database = Database(url)
    with database.reading() as connection:
        found, cases = verify(connection, heads=heads, key=None)
    database.close()
    assert (found.whole, cases) == (True, 1000)


def free(url: str) -> bool:
    """Whether nobody builds or migrates this database."""
    try:
        with database_lock(url):
            return True
    except SetupError:
        return False


def test_a_killed_build_leaves_nothing_and_the_next_begins_clean(database_url: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    first = context.Process(target=make, args=(database_url, tmp_path))
    first.start()
    until = time.monotonic() + 120
    while not (tmp_path / "index").is_dir() and first.is_alive() and time.monotonic() < until:
        time.sleep(0.01)  # the index is saved when areas and people are in and the cases are being made
    first.kill()
    first.join()
    assert first.exitcode == -signal.SIGKILL
    while not free(database_url) and time.monotonic() < until:
        time.sleep(0.1)  # PostgreSQL notices a dead client, and drops its lock, after a moment
    make(database_url, tmp_path)
    database = Database(database_url)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(case_record)).scalar_one() == 1000
    database.close()
