"""The second lock, on PostgreSQL alone: raw SQL under a role that owns nothing sees what the transaction said it may see."""

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from geo_service.accounts import create_key
from geo_service.cases.row_security import AREAS, grants, say_scope
from geo_service.db import Database
from geo_service.scope import NOTHING, Reach, Scope
from tests import city
from tests.flows.acting import Act
from tests.flows.conftest import NOW, Service
from tests.flows.room import CITY, FIRE, ROADS, Room
from tests.flows.test_consultation import passed_around
from tests.flows.test_dispatching import reported
from tests.flows.test_whistles import blow

pytestmark = pytest.mark.parametrize("founded_url", [pytest.param("postgis", marks=pytest.mark.postgis)], indirect=True)


@pytest.fixture
def as_role(service: Service) -> Iterator[Database]:
    """The city's database as a role that owns nothing; two cases in A, one in B, one of an agency in A."""
    for x in (50, 150, 280):
        lon, lat = city.lonlat(x, 50)
        body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "a hole", "reporter": {"phone": "13812348000"}}
        assert service.client.post("/api/v1/reports", json=body, headers=service.operator).status_code == 201
    role, secret = f"desk_{secrets.token_hex(4)}", secrets.token_hex(8)
    with service.database.writing() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{secret}' NOSUPERUSER NOBYPASSRLS")
        for statement in grants(role):
            connection.exec_driver_sql(statement)
        connection.execute(sa.text("UPDATE case_record SET owner = 'agency:water' WHERE case_id = 2"))
        connection.execute(sa.text("""UPDATE case_record SET cohandlers = '["agency:gas"]' WHERE case_id = 3"""))
    url = sa.make_url(service.database.url).set(username=role, password=secret)
    database = Database(url.render_as_string(hide_password=False))
    yield database
    database.close()
    with service.database.writing() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")


def seen(database: Database, scope: Scope | None, table: str = "case_record") -> list[int]:
    with database.reading() as connection:
        if scope is not None:
            say_scope(connection, scope)
        return list(connection.execute(sa.text(f"SELECT DISTINCT case_id FROM {table} ORDER BY case_id")).scalars())


@pytest.mark.parametrize("table", ["case_record", "reporter"])
def test_raw_sql_sees_what_was_said(as_role: Database, table: str) -> None:
    assert seen(as_role, None, table) == [1, 2, 3]  # the service's own work, over all cases
    assert seen(as_role, NOTHING, table) == []
    assert seen(as_role, Scope(reaches=(Reach(city.A),)), table) == [1, 2]
    assert seen(as_role, Scope(reaches=(Reach(city.B),)), table) == [3]
    assert seen(as_role, Scope(reaches=(Reach(owner="agency:water"),)), table) == [2]
    assert seen(as_role, Scope(reaches=(Reach(owner="agency:gas"), Reach(f"{city.A1}01"))), table) == [1, 3]
    assert seen(as_role, None, table) == [1, 2, 3]  # what a transaction said ended with it


def test_a_connection_that_says_nothing_sees_and_changes_nothing(as_role: Database) -> None:
    with as_role.writing() as connection:
        connection.execute(sa.text(f"SELECT set_config('{AREAS}', '', true)"))
        assert connection.execute(sa.text("SELECT count(*) FROM case_record")).scalar_one() == 0
        assert connection.execute(sa.text("UPDATE case_record SET state = 'void'")).rowcount == 0
        assert connection.execute(sa.text("DELETE FROM reporter")).rowcount == 0


def test_the_log_can_be_added_to_and_not_changed(as_role: Database) -> None:
    for statement in ("UPDATE event SET actor = 'x'", "DELETE FROM event"):
        with pytest.raises(DBAPIError, match="permission denied"), as_role.writing() as connection:
            connection.execute(sa.text(statement))


def test_a_codes_rows_of_another_area_are_not_shown(as_role: Database) -> None:
    with as_role.reading() as connection:
        say_scope(connection, Scope(reaches=(Reach(city.A),)))
        codes = set(connection.execute(sa.text("SELECT area_code FROM case_area")).scalars())
    assert codes == {city.A}


def test_the_service_runs_as_such_a_role(as_role: Database) -> None:
    with as_role.writing() as connection:
        assert create_key(connection, name="desk 9", role="operator", at=NOW, by="test").startswith("cgk_")


def test_who_was_asked_about_a_case_sees_that_one(as_role: Database, room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    room.step(room.convene(case_id)["consultation_id"], "invite", agencies=[FIRE])
    blow(room, case_id=case_id, agencies=[ROADS])
    for asked in (FIRE, ROADS):
        assert seen(as_role, Scope(reaches=(Reach(owner=asked),))) == [case_id]
    assert seen(as_role, Scope(reaches=(Reach(owner=CITY),))) == []
