"""A tiny city by hand: 200 m x 200 m of four grids in two communities, a village beside them, and one compound across two grids."""

import datetime as dt
from collections.abc import Callable, Iterator

import geopandas
import pytest
import shapely

from boundaries.model import Level
from boundaries.store import proof, repository, tables
from boundaries.store.engine import Engines, make_engines
from boundaries.store.publish import publish

CRS = "EPSG:4547"
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
EAST, NORTH = 463_000.0, 4_192_000.0

LEVELS = (
    Level("city", 0, "市", "City", False, "[0-9]{4}00"),
    Level("district", 1, "区县", "District", False, "[0-9]{6}"),
    Level("community", 2, "社区", "Community", False),
    Level("grid", 3, "网格", "Grid", True, "G[0-9]+"),
    Level("compound", None, "小区", "Compound", False),
)


def square(x: float, y: float, size: float = 100.0) -> shapely.Polygon:
    """A square with its lower left corner x, y metres from the city's corner."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + size, ccw=False)


def village() -> shapely.Polygon:
    """East of the grids, with their common corner as a vertex of its border."""
    corners = [(200, 0), (300, 0), (300, 200), (200, 200), (200, 100)]
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])


def frame() -> geopandas.GeoDataFrame:
    """code, level, kind, name, parent_code, shares_face_of, households, geometry; G5 shares the face of G4."""
    rows = [
        ("140300", "city", "", "小城", None, None, 0, None),
        ("140302", "district", "", "城区", "140300", None, 0, None),
        ("140303", "district", "", "矿区", "140300", None, 0, None),
        ("140302001", "community", "community", "上站", "140302", None, 0, None),
        ("140303001", "community", "community", "沙坪", "140303", None, 0, None),
        ("140303200", "community", "village", "小河村", "140303", None, 55, village()),
        ("G1", "grid", "", "一格", "140302001", None, 40, square(0, 0)),
        ("G2", "grid", "", "二格", "140302001", None, 30, square(100, 0)),
        ("G3", "grid", "", "三格", "140303001", None, 20, square(0, 100)),
        ("G4", "grid", "", "四格", "140303001", None, 10, square(100, 100)),
        ("G5", "grid", "", "五格", "140303001", "G4", 10, None),
        ("K1", "compound", "", "花园小区", "140302", None, 0, square(50, 10, 60)),
    ]
    columns = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)


@pytest.fixture
def tiny_levels() -> tuple[Level, ...]:
    return LEVELS


@pytest.fixture
def tiny_frame() -> geopandas.GeoDataFrame:
    return frame()


@pytest.fixture
def noon() -> dt.datetime:
    return NOON


@pytest.fixture
def engines(database_url: str) -> Iterator[Engines]:
    """A database with our tables, no city yet."""
    made = make_engines(database_url)
    tables.create_all(made.write)
    yield made
    made.dispose()


@pytest.fixture
def city(engines: Engines) -> Engines:
    """A database with the tiny city's levels and no generation."""
    with engines.write.begin() as connection:
        repository.write_city(
            connection,
            name="小城",
            division_code="140300",
            metric_crs=CRS,
            timezone="Asia/Shanghai",
            levels=LEVELS,
            at=NOON,
        )
    return engines


AddGeneration = Callable[..., int]


@pytest.fixture
def add(city: Engines) -> AddGeneration:
    """Adds a generation in a transaction of its own; its number."""

    def adds(areas: geopandas.GeoDataFrame | None = None, *, parent: int | None = None, at: dt.datetime = NOON, **changes: object) -> int:
        chosen = frame() if areas is None else areas
        proven = proof.prove(chosen, metric_crs=CRS, levels=LEVELS)
        values = {"proof": proven.proof, "defects": proven.defects, "source": "hand", "datum": "wgs84", "actor": "tester", **changes}
        with city.write.begin() as connection:
            return repository.add_generation(connection, areas=chosen, metric_crs=CRS, at=at, parent=parent, **values).number

    return adds


@pytest.fixture
def publish_one(city: Engines) -> Callable[..., None]:
    """Publishes a generation in a transaction of its own."""

    def publishes(number: int, at: dt.datetime = NOON) -> None:
        with city.write.begin() as connection:
            publish(connection, number=number, actor="tester", at=at)

    return publishes
