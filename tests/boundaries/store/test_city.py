"""The city of a database: founded once, read back as it was."""

import datetime as dt
from dataclasses import replace

import pytest

from boundaries.errors import BoundariesError, CodeError, CrsError, StoreError
from boundaries.model import Level
from boundaries.store import repository
from boundaries.store.city import City, settle_metric_crs
from boundaries.store.engine import Engines, make_engines

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def found(engines: Engines, levels: tuple[Level, ...], **changes: object) -> City:
    values = {"name": "小城", "division_code": "140300", "metric_crs": "EPSG:4547", "timezone": "Asia/Shanghai", "at": NOON, **changes}
    with engines.write.begin() as connection:
        return repository.write_city(connection, levels=levels, **values)  # type: ignore[arg-type]


def read(engines: Engines) -> City | None:
    with engines.read.connect() as connection:
        return repository.read_city(connection)


def test_a_city_comes_back_as_it_was_written(engines: Engines, tiny_levels: tuple[Level, ...]) -> None:
    assert read(engines) is None
    written = found(engines, tiny_levels[::-1])
    assert read(engines) == written
    assert written.srid == 4547
    assert [level.name for level in written.levels] == ["city", "district", "community", "grid", "compound"]
    assert [level.name for level in written.ladder] == ["city", "district", "community", "grid"]
    assert written.level("grid").leaf


def test_a_second_city_is_refused(engines: Engines, tiny_levels: tuple[Level, ...]) -> None:
    found(engines, tiny_levels)
    with pytest.raises(StoreError) as refused:
        found(engines, tiny_levels, name="别城")
    assert refused.value.code == "city_exists"
    assert read(engines).name == "小城"  # type: ignore[union-attr]


def test_auto_is_settled_once(engines: Engines, tiny_levels: tuple[Level, ...]) -> None:
    found(engines, tiny_levels, metric_crs="auto")
    assert (read(engines).metric_crs, read(engines).srid) == ("auto", 0)  # type: ignore[union-attr]
    with engines.write.begin() as connection:
        settle_metric_crs(connection, "EPSG:4548")
        settle_metric_crs(connection, "EPSG:4548")
        with pytest.raises(CrsError) as refused:
            settle_metric_crs(connection, "EPSG:4547")
    assert refused.value.code == "crs_settled"
    assert (read(engines).metric_crs, read(engines).srid) == ("EPSG:4548", 4548)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"metric_crs": "EPSG:3857"}, CrsError, "crs_not_metric"),
        ({"metric_crs": "EPSG:4326"}, CrsError, "crs_not_metric"),
        ({"metric_crs": "+proj=tmerc +lon_0=113.5 +ellps=GRS80"}, CrsError, "crs_without_number"),
        ({"timezone": "Mars/Olympus"}, StoreError, "timezone_unknown"),
        ({"timezone": "../etc/passwd"}, StoreError, "timezone_unknown"),
        ({"at": dt.datetime(2026, 1, 1)}, StoreError, "time_without_zone"),  # noqa: DTZ001  # that is what is refused
        ({"name": "a\x00b"}, StoreError, "text_unusable"),
        ({"division_code": "\ud800"}, StoreError, "text_unusable"),
    ],
)
def test_bad_input_founds_nothing(
    engines: Engines, tiny_levels: tuple[Level, ...], changes: dict[str, object], kind: type[BoundariesError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        found(engines, tiny_levels, **changes)
    assert refused.value.code == code
    assert read(engines) is None


@pytest.mark.parametrize("change", ["twice", "no leaf", "pattern", "rank"])
def test_levels_that_cannot_be_are_named(engines: Engines, tiny_levels: tuple[Level, ...], change: str) -> None:
    levels = {
        "twice": (*tiny_levels, tiny_levels[0]),
        "no leaf": tuple(replace(level, leaf=False) for level in tiny_levels),
        "pattern": (*tiny_levels[:3], replace(tiny_levels[3], code_pattern="[")),
        "rank": (*tiny_levels[1:], replace(tiny_levels[0], rank=-1)),
    }[change]
    with pytest.raises(CodeError) as refused:
        found(engines, levels)
    assert refused.value.code == "levels_unusable"
    assert refused.value.text("zh") != refused.value.text("en")


def test_a_database_without_tables_names_the_cure(database_url: str) -> None:
    bare = make_engines(database_url)
    with pytest.raises(StoreError, match="citygrid db migrate") as refused:
        read(bare)
    assert refused.value.code == "store_not_prepared"
    bare.dispose()
