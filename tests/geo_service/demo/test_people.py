"""Who stands for the model city: every area has its post, every grid its worker, and no post is unreachable."""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.demo.people import fill_people
from geo_service.workers.model import ANSWERING
from geo_service.workers.repository import responsible_for
from geo_service.workers.tables import absence, agency, holding, person, post
from tests.geo_service.demo.conftest import AS_OF


def codes(filled: Any, level: str, kind: str | None = None) -> list[str]:
    areas = filled.city.areas
    return sorted(areas.loc[(areas["level"] == level) & ((areas["kind"] == kind) if kind else True), "code"])


def posts(connection: Connection, role: str) -> list[Any]:
    return list(connection.execute(sa.select(post).where(post.c.role == role).order_by(post.c.post_id)))


def test_every_area_has_the_posts_of_its_level(filled: Any, connection: Connection) -> None:
    for role, level, kind in (
        ("city_centre", "city", None),
        ("district_centre", "district", None),
        ("street_office", "street", None),
        ("community_secretary", "community", "community"),
        ("village_committee", "community", "village"),
        ("grid_worker", "grid", None),
        ("linked_leader", "grid", None),
        ("micro_grid_leader", "micro_grid", None),
        ("micro_grid_member", "micro_grid", None),
    ):
        found = posts(connection, role)
        assert sorted(p.area_code for p in found) == codes(filled, level, kind), role
        assert {p.area_level for p in found} == {level}


def test_every_grid_has_a_worker_who_is_present(filled: Any, connection: Connection) -> None:
    for code in codes(filled, "grid"):
        found = responsible_for(connection, areas=[("grid", code)], at=filled.as_of)
        assert found is not None
        assert found.role == "grid_worker"
        assert found.person_id is not None, code
        assert found.agency is not None


def test_one_leaders_post_was_never_held_and_its_reports_climb_to_the_grid(filled: Any, connection: Connection) -> None:
    held = set(connection.execute(sa.select(holding.c.post_id)).scalars())
    vacant = [p for p in connection.execute(sa.select(post).where(post.c.role.in_(ANSWERING))) if p.post_id not in held]
    assert [p.role for p in vacant] == ["micro_grid_leader"]
    code = vacant[0].area_code
    found = responsible_for(connection, areas=[("micro_grid", code), ("grid", code[:15])], at=filled.as_of)
    assert found is not None
    assert found.role == "grid_worker"


def test_leaders_have_numbers_of_one_range_of_their_own(connection: Connection) -> None:
    leaders = [p.duty_phone for p in posts(connection, "micro_grid_leader")]
    others = connection.execute(
        sa.select(post.c.duty_phone).where(post.c.role != "micro_grid_leader", post.c.duty_phone.is_not(None))
    ).scalars()
    assert len(set(leaders)) == len(leaders)
    assert {number[:7] for number in leaders}.isdisjoint(number[:7] for number in others)
    assert {number[:6] for number in leaders} == {"0353-0"}  # no subscriber's number begins with 0


def test_members_are_one_to_three_and_leaders_answer_for_several_grids(connection: Connection) -> None:
    holders = Counter(connection.execute(sa.select(holding.c.post_id)).scalars())
    members = [holders[p.post_id] for p in posts(connection, "micro_grid_member")]
    assert set(members) == {1, 2, 3}
    assert sum(members) > 1.6 * len(members)
    leads = sa.select(holding.c.person_id).join(post, post.c.post_id == holding.c.post_id).where(post.c.role == "linked_leader")
    assert max(Counter(connection.execute(leads).scalars()).values()) > 1


def test_whoever_is_away_has_a_stand_in_who_is_there(city: Any, empty: Any) -> None:
    away, past = Counter(), 0
    roles = sa.select(post.c.role).join(holding, holding.c.post_id == post.c.post_id)
    for seed in range(25):  # few are away in a city of this size: look at several
        with empty() as connection:
            fill_people(connection, city, seed=seed, as_of=AS_OF)
            rows = list(connection.execute(sa.select(absence)))
            past += len(list(connection.execute(sa.select(holding).where(holding.c.until_at <= AS_OF))))
            for row in rows:
                away[connection.execute(roles.where(holding.c.person_id == row.person_id)).scalars().first()] += 1
                assert row.from_at <= AS_OF < row.until_at
                assert row.stand_in_person_id not in {other.person_id for other in rows}
            assert len({row.person_id for row in rows}) == len(rows)
    assert away.keys() == {"grid_worker", "micro_grid_leader"}
    assert past > 0


def test_agencies_of_city_districts_streets_committees_and_firms(filled: Any, connection: Connection) -> None:
    rows = list(connection.execute(sa.select(agency)))
    levels = Counter(row.level for row in rows)
    assert levels == {"city": 38, "district": 41, "street": 2, "community": 8, "compound": 4}
    assert len({row.name for row in rows}) == len(rows)
    answering = sa.select(sa.func.count()).select_from(post).where(post.c.role.in_(ANSWERING), post.c.agency_id.is_(None))
    assert connection.execute(answering).scalar_one() == 0
    per_district = Counter(row.area_code for row in rows if row.level == "district")
    assert sorted(per_district.values()) == [20, 21]
    assert sorted(per_district) == codes(filled, "district")


def test_people_have_names_of_two_or_three_characters(connection: Connection) -> None:
    names = list(connection.execute(sa.select(person.c.name)).scalars())
    assert {len(name) for name in names} == {2, 3}
    assert len(set(names)) > len(names) / 2


def test_the_next_row_gets_the_next_number(connection: Connection) -> None:
    for table, key, values in (
        (person, person.c.person_id, {"name": "甲", "party_member": False}),
        (agency, agency.c.agency_id, {"code": "new", "name": "新", "level": "city"}),
        (post, post.c.post_id, {"role": "grid_worker", "area_level": "grid", "area_code": "1"}),
    ):
        largest = connection.execute(sa.select(sa.func.max(key))).scalar_one()
        assert connection.execute(sa.insert(table).values(values).returning(key)).scalar_one() == largest + 1
