"""Tables: made once, and a past that nobody can change."""

from collections.abc import Callable

import pytest
from sqlalchemy import Table, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from boundaries.store import tables
from boundaries.store.engine import Engines

Add = Callable[..., int]


def attempt(engines: Engines, statement: object) -> None:
    with engines.write.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # any statement at all


def contents(engines: Engines, table: Table) -> list[tuple[object, ...]]:
    with engines.read.connect() as connection:
        return [tuple(row)[:7] for row in connection.execute(select(table).order_by(*table.primary_key))]


def test_making_them_again_changes_nothing(city: Engines, add: Add) -> None:
    add()
    before = contents(city, tables.area_version)
    tables.create_all(city.write)
    with city.write.begin() as connection:
        tables.ensure_objects(connection)
        tables.create_all(connection)
    assert contents(city, tables.area_version) == before
    assert len(before) == 12


@pytest.mark.parametrize("table", [tables.area_version, tables.generation_member], ids=lambda table: table.name)
def test_versions_and_members_refuse_update_and_delete(city: Engines, add: Add, table: Table) -> None:
    add()
    before = contents(city, table)
    for statement in (update(table).values(version_id=99), delete(table)):
        with pytest.raises(DBAPIError, match="append-only"):
            attempt(city, statement)
    assert contents(city, table) == before


def test_a_row_cannot_be_forged_by_replacing_it(city: Engines, add: Add) -> None:
    add()
    before = contents(city, tables.generation_member)
    if city.write.dialect.name == "sqlite":
        forgery = "INSERT OR REPLACE INTO generation_member (number, area_id, version_id) VALUES (1, 1, 2)"
    else:
        forgery = (
            "INSERT INTO generation_member (number, area_id, version_id) VALUES (1, 1, 2) "
            "ON CONFLICT (number, area_id) DO UPDATE SET version_id = 2"
        )
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(city, text(forgery))
    assert contents(city, tables.generation_member) == before


def test_a_lost_trigger_is_made_again(city: Engines, add: Add) -> None:
    add()
    if city.write.dialect.name == "sqlite":
        attempt(city, text("DROP TRIGGER area_version_no_delete"))
    else:
        attempt(city, text("DROP TRIGGER area_version_append_only_row ON area_version"))
    with city.write.begin() as connection:
        tables.ensure_objects(connection)
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(city, delete(tables.area_version))


def test_postgresql_refuses_to_truncate_and_has_a_spatial_index(city: Engines, add: Add) -> None:
    add()
    if city.write.dialect.name == "sqlite":  # knows neither
        assert "ix_area_version_geometry_gist" not in {index["name"] for index in inspect(city.read).get_indexes("area_version")}
        return
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(city, text("TRUNCATE generation_member"))
    with city.read.connect() as connection:
        kind = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_area_version_geometry_gist'")).scalar_one()
    assert "USING gist" in kind


def test_there_is_one_city_and_one_current_row(city: Engines) -> None:
    with pytest.raises(IntegrityError):
        attempt(city, insert(tables.current_generation).values(id=2, number=None))
    with pytest.raises(IntegrityError):
        attempt(city, text("INSERT INTO city SELECT 2, name, division_code, metric_crs, srid, timezone, created_at FROM city"))


def test_a_member_needs_its_area_and_version(city: Engines, add: Add) -> None:
    add()
    with pytest.raises(IntegrityError):
        attempt(city, insert(tables.generation_member).values(number=1, area_id=999, version_id=1))


def test_every_constraint_has_a_name_a_migration_can_use() -> None:
    unnamed = [constraint for table in tables.metadata.tables.values() for constraint in table.constraints if constraint.name is None]
    assert unnamed == []
