"""Building the demonstration city: the same files for the same seed, scale and date, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pyogrio
import sqlalchemy as sa

from boundaries.demo import DemoCity, build_city, levels
from boundaries.geometry import to_lonlat
from boundaries.store.engine import database_url
from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.repository import add_generation, write_city
from geo_service.db import Database
from geo_service.demo.addresses import fill_addresses
from geo_service.demo.cases import fill_cases
from geo_service.demo.facilities import fill_facilities
from geo_service.demo.frames import CityFrames
from geo_service.demo.ledgers import fill_ledgers
from geo_service.demo.people import fill_people
from geo_service.demo.population import fill_population
from geo_service.errors import SetupError
from geo_service.flows.dispatch.rules import seed_rules
from geo_service.migrations import database_lock, holds_city, migrate
from geo_service.published import load_published
from geo_service.workers.tables import agency

TIMEZONE = "Asia/Shanghai"
METRIC_CRS = "EPSG:4547"
GROUND = ("landuse", "rivers", "roads", "railways", "buildings")
CASES, DAYS = 20_000, 60


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: the counts, and the files with their SHA-256."""

    counts: dict[str, int]
    files: dict[str, str]


def build(
    url: str,
    folder: Path,
    *,
    seed: int,
    scale: float,
    as_of: date,
    force: bool = False,
    step: Callable[[str, str], None] = lambda zh, en: None,
) -> Built:
    """Builds the demonstration city into an empty database and writes its backdrop and a description to `folder`.

    as_of: the last day with data, a day in the city's time zone; cases lie in the 60 days that end with it. force: replaces what is
    there (SQLite only). A build that dies leaves no city behind: the next one begins clean. SetupError when the database already
    holds a city, or another build of it runs.
    """
    address = database_url(url)
    at = datetime.combine(as_of + timedelta(days=1), time(0), ZoneInfo(TIMEZONE)).astimezone(UTC)
    with database_lock(url):
        if address.get_backend_name() == "sqlite":
            target = Path(address.database or "")
            if target.exists() and not force and holds_city(url):
                raise _occupied()
            counts = _into_file(target, folder, seed=seed, scale=scale, at=at, step=step)
        else:
            migrate(url, locked=True)
            if holds_city(url):
                raise _occupied()
            counts = _fill(url, folder, seed=seed, scale=scale, at=at, step=step)
    (folder / "heads.jsonl").unlink(missing_ok=True)  # what it vouches for is the log of the city that was here before
    return Built(counts, _describe(folder, counts, seed=seed, scale=scale, as_of=as_of))


def _occupied() -> SetupError:
    return SetupError(
        "demo_exists",
        en="this database already holds a city; --force replaces it, CITYGRID_DATABASE_URL names another database",
        zh="此数据库已有城市；--force 可覆盖，或用 CITYGRID_DATABASE_URL 指定其他数据库",
    )


def _into_file(target: Path, folder: Path, *, seed: int, scale: float, at: datetime, step: Callable[[str, str], None]) -> dict[str, int]:
    """Builds beside the file and swaps it in whole, so that a build that dies leaves what was there."""
    waiting, packed = (target.with_name(target.name + suffix) for suffix in (".building", ".packed"))
    for path in (waiting, packed):
        _remove(path)
    url = f"sqlite:///{waiting}"
    migrate(url)
    counts = _fill(url, folder, seed=seed, scale=scale, at=at, step=step)
    with sqlite3.connect(waiting) as connection:  # VACUUM INTO: one file without a journal, the same bytes for the same rows
        connection.execute("VACUUM INTO ?", (str(packed),))
    connection.close()
    _remove(waiting)
    _remove(target, keep=True)
    packed.replace(target)
    return counts


def _remove(path: Path, *, keep: bool = False) -> None:
    """Removes a database file and its journals; with keep only the journals."""
    for suffix in ("-wal", "-shm", *(() if keep else ("", ".lock"))):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _fill(url: str, folder: Path, *, seed: int, scale: float, at: datetime, step: Callable[[str, str], None]) -> dict[str, int]:
    step("绘制城市", "drawing the city")
    city = build_city(seed=seed, scale=scale)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "index", ignore_errors=True)
    _write_ground(city, folder / "ground.gpkg", at)
    database = Database(url)
    try:
        with database.writing() as connection:  # one transaction: a build that dies leaves no city behind
            step("写入区域", "storing the areas")
            began = datetime.combine(at.date(), time(0), UTC).replace(year=at.year - 1)
            write_city(
                connection,
                name=str(city.areas.loc[city.areas["level"] == "city", "name"].iloc[0]),
                division_code=str(city.areas.loc[city.areas["level"] == "city", "code"].iloc[0]),
                metric_crs=METRIC_CRS,
                timezone=TIMEZONE,
                levels=levels(),
                at=began,
            )
            areas = with_compounds(city)
            proven = prove(areas, metric_crs=METRIC_CRS, levels=levels())
            source = f"demo:seed={seed},scale={scale:g}"
            made = add_generation(
                connection,
                areas=areas,
                source=source,
                datum="cgcs2000",
                metric_crs=METRIC_CRS,
                actor="demo",
                at=began,
                proof=proven.proof,
                defects=proven.defects,
            )
            publish(connection, number=made.number, actor="demo", at=began)
            step("写入地址与设施", "storing addresses and facilities")
            fill_addresses(connection, city)
            fill_facilities(connection, city, seed=seed, as_of=at)
            step("安排岗位与人员", "filling posts")
            fill_people(connection, city, seed=seed, as_of=at)
            seed_city_rules(connection, city, at=began)
            fill_population(connection, city, seed=seed, at=began)
            published = load_published(connection, made.number, index_dir=folder / "index")
            step("生成六十天的案件", "making sixty days of cases")
            fill_cases(connection, city, published, seed=seed, as_of=at, count=CASES, days=DAYS)
            fill_ledgers(connection, city, published, seed=seed, as_of=at)
            return _counts(connection, city)
    finally:
        database.close()


def seed_city_rules(connection: sa.Connection, city: CityFrames, *, at: datetime) -> None:
    """The shipped rules, with a matrix made out to the city's own agencies."""
    named = {level: sorted(city.areas.loc[city.areas["level"] == level, "code"].tolist()) for level in ("city", "district")}
    codes = list(connection.execute(sa.select(agency.c.code).order_by(agency.c.agency_id)).scalars())
    seed_rules(connection, agency_codes=codes, city=named["city"][0], districts=named["district"], actor="demo", at=at)


def with_compounds(city: DemoCity) -> gpd.GeoDataFrame:
    """The city's areas with its compounds, a layer beside the ladder."""
    compounds = gpd.GeoDataFrame(
        {
            "code": city.compounds["code"],
            "level": "compound",
            "kind": "compound",
            "name": city.compounds["name"],
            "parent_code": None,
            "shares_face_of": None,
            "households": city.compounds["households"],
        },
        geometry=city.compounds.geometry,
        crs=city.compounds.crs,
    )
    columns = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "geometry"]
    rows = [*city.areas[columns].to_dict("records"), *compounds[columns].to_dict("records")]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=city.areas.crs)


def _write_ground(city: DemoCity, path: Path, at: datetime) -> None:
    """The backdrop in lon/lat, for maps; the file's clock is the data's, so that the same city gives the same bytes."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")})
    try:
        for name in GROUND:
            frame = getattr(city, name)
            lonlat = frame.set_geometry(to_lonlat(frame.geometry.to_numpy(), METRIC_CRS), crs="EPSG:4326")
            pyogrio.write_dataframe(lonlat, path, layer=name, driver="GPKG", VERSION="1.3")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _counts(connection: sa.Connection, city: DemoCity) -> dict[str, int]:
    by_level = {str(level): int(n) for level, n in city.areas["level"].value_counts().sort_index().items()}
    names = ("address", "post", "person", "agency", "facility", "case_record", "event")
    rows = {name: int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()) for name in names}
    villages = int((city.areas["kind"] == "village").sum())
    return {**by_level, "village": villages, "compound": len(city.compounds), **rows}


def _describe(folder: Path, counts: dict[str, int], *, seed: int, scale: float, as_of: date) -> dict[str, str]:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("ground.gpkg"))}
    notes: dict[str, Any] = {"seed": seed, "scale": scale, "as_of": as_of.isoformat(), "counts": counts, "files": files}
    (folder / "demo.json").write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return files
