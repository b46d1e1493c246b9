"""Column types: what goes in comes out, the same on both databases."""

import datetime as dt

import numpy as np
import pytest
import shapely
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text

from boundaries.errors import CrsError, StoreError
from boundaries.store.columns import BigKey, Geom, Json, UtcDateTime
from boundaries.store.engine import Engines

metadata = MetaData()
sample = Table(
    "sample",
    metadata,
    Column("id", BigKey, primary_key=True),
    Column("shape", Geom),
    Column("at", UtcDateTime),
    Column("document", Json),
    Column("number", Integer),
)


@pytest.fixture
def samples(engines: Engines) -> Engines:
    metadata.create_all(engines.write)
    return engines


def keep(engines: Engines, **values: object) -> object:
    with engines.write.begin() as connection:
        connection.execute(insert(sample).values(**values))
    with engines.read.connect() as connection:
        return connection.execute(select(sample)).all()[-1]


SHAPES = [
    "POINT (113.58 37.86)",
    "LINESTRING (0.1 0.2, 0.30000000000000004 1e-300)",
    "POLYGON ((0 0, 463040.264 4192041.838, 463040.265 0.001, 0 0), (1 0.5, 2 0.5, 2 0.75, 1 0.5))",
    "MULTIPOLYGON (((0 0, 1 0, 0 1, 0 0)), ((5 5, 6 5, 5 6, 5 5)))",
]


@pytest.mark.parametrize("wkt", SHAPES)
def test_a_shape_comes_back_to_the_last_bit_with_its_system(samples: Engines, wkt: str) -> None:
    shape = shapely.set_srid(shapely.from_wkt(wkt), 4547)
    kept = keep(samples, shape=shape)
    assert shapely.to_wkb(kept.shape, include_srid=True) == shapely.to_wkb(shape, include_srid=True)  # type: ignore[attr-defined]


def test_random_doubles_survive(samples: Engines) -> None:
    coordinates = np.random.default_rng(7).uniform(-1e7, 1e7, (500, 2))
    kept = keep(samples, shape=shapely.set_srid(shapely.LineString(coordinates), 4547))
    assert (shapely.get_coordinates(kept.shape) == coordinates).all()  # type: ignore[attr-defined]


def test_a_shape_without_a_system_is_refused(samples: Engines) -> None:
    with pytest.raises(CrsError) as refused:
        keep(samples, shape=shapely.Point(1, 2))
    assert refused.value.code == "srid_missing"


def test_postgis_sees_the_system_and_the_numbers(samples: Engines) -> None:
    keep(samples, shape=shapely.set_srid(shapely.Point(463040.264, 4192041.838), 4547))
    if samples.write.dialect.name == "postgresql":
        with samples.read.connect() as connection:
            row = connection.execute(text("SELECT ST_SRID(shape), ST_X(shape), ST_Y(shape) FROM sample")).one()
    else:
        with samples.read.connect() as connection:
            raw = connection.execute(text("SELECT shape FROM sample")).scalar()
        point = shapely.from_wkb(raw)
        row = (shapely.get_srid(point), point.x, point.y)
    assert tuple(row) == (4547, 463040.264, 4192041.838)


def test_nothing_stays_nothing(samples: Engines) -> None:
    kept = keep(samples, shape=None, at=None, document=None)
    assert tuple(kept)[1:4] == (None, None, None)  # type: ignore[arg-type]


def test_instants_come_back_in_utc(samples: Engines) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    kept = keep(samples, at=dt.datetime(2026, 11, 24, 20, 0, 0, 123456, tzinfo=shanghai))
    assert kept.at == dt.datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    assert kept.at.tzinfo is dt.UTC or kept.at.utcoffset() == dt.timedelta(0)  # type: ignore[attr-defined]


def test_an_instant_without_zone_is_refused(samples: Engines) -> None:
    with pytest.raises(StoreError) as refused:
        keep(samples, at=dt.datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001  # that is what is refused
    assert refused.value.code == "time_without_zone"


def test_documents_keep_their_text_and_numbers(samples: Engines) -> None:
    document = {"名": "阳泉", "numbers": [1, 2.5, None, True], "deep": {"a": []}}
    assert keep(samples, document=document).document == document  # type: ignore[attr-defined]


def test_a_big_key_counts_by_itself(samples: Engines) -> None:
    assert [keep(samples, number=n).id for n in (7, 8)] == [1, 2]  # type: ignore[attr-defined]
    assert keep(samples, id=2**40, number=9).id == 2**40  # type: ignore[attr-defined]


def test_types_print_as_a_migration_writes_them() -> None:
    assert [repr(kind) for kind in (Geom(), UtcDateTime(), Json(), BigKey())] == ["Geom()", "UtcDateTime()", "Json()", "BigKey()"]
