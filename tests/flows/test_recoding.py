"""Codes are attributes: an area gets another one, and whatever names it and lives on follows; what lost its area is said."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.accounts.tables import api_key
from geo_service.cases.consulting.tables import rule_proposal
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import case as stored_case
from geo_service.cases.rule_versions import book, book_in_force, books, put_book, rows_of
from geo_service.cases.workflow import Recorded
from geo_service.db import metadata
from geo_service.facilities.tables import facility
from geo_service.flows.planning.living_codes import HISTORY, LIVING
from geo_service.geocoding.tables import address
from geo_service.migrations import runner  # noqa: F401  # imports every table
from geo_service.responsibility import Rule
from geo_service.responsibility.rows import rule_row
from geo_service.workers.tables import post
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_locating import wait_for_generation
from tests.flows.test_planning import Desk, key_of, split
from tests.flows.test_reporting import body, case_of, send

NEW_A1, NEW_LEAF = f"{city.A}077", f"{city.A1}99"
HERE = city.lonlat(50, 50)


@pytest.fixture
def named(service: Service) -> Service:
    """A grant, a facility and a rule that name grid A1 by its code."""
    lon, lat = HERE
    place = {
        "kind": "station",
        "level": "grid",
        "area_code": city.A1,
        "name": "服务站",
        "address": "光明路",
        "opening_hours": "24/7",
        "demonstration": False,
        "five_star": False,
        "services": [],
        "attributes": {},
        "lon": lon,
        "lat": lat,
        "serves": [city.A1, city.A2],
        "photos": [],
        "version": 1,
    }
    with service.database.writing() as connection:
        create_key(connection, name="grid app", role="api", at=NOW, by="test")
        connection.execute(sa.update(api_key).where(api_key.c.name == "grid app").values(area_code=city.A1))
        connection.execute(sa.insert(facility).values(facility_id=1, **place))
        here = rule_row(Rule("here", "social", city.A1, "agency:S1", source="list"))
        rules = [*rows_of(connection, book_in_force(connection, "matrix", at=NOW)), here]
        put_book(connection, "matrix", rules, actor="test", at=NOW)
    return service


def column(service: Service, wanted: Any, *where: Any) -> list[Any]:
    with service.database.reading() as connection:
        return list(connection.execute(sa.select(wanted).where(*where).order_by(wanted)).scalars())


def recode(desk: Desk, pairs: dict[str, str]) -> dict:
    for before, after in pairs.items():
        desk.do({"kind": "recode", "area": key_of(desk.service, before), "code": after})
    return desk.publish()


def test_what_names_a_recoded_area_follows_with_the_publication(named: Service) -> None:
    inside, closed = (send(named, body(50, 50))["case_id"] for _ in range(2))
    with named.database.writing() as connection:
        connection.execute(sa.text(f"UPDATE case_record SET state = 'closed' WHERE case_id = {closed}"))
        old_version = book_in_force(connection, "matrix", at=NOW).version
    done = recode(Desk(named), {city.A1: NEW_A1, f"{city.A1}01": NEW_LEAF})
    assert (done["cases_moved"], done["cases_to_ask"], done["posts_orphaned"]) == (0, 0, 0)
    assert done["followed"] == {"posts": 2, "grants": 1, "facilities": 1, "served": 1, "addresses": 1, "rules": 1, "cases": 1}
    assert column(named, post.c.area_code, post.c.post_id.in_([1, 2])) == sorted([NEW_A1, NEW_LEAF])
    assert column(named, api_key.c.area_code, api_key.c.name == "grid app") == [NEW_A1]
    assert column(named, facility.c.area_code) == [NEW_A1]
    assert column(named, facility.c.serves) == [[NEW_A1, city.A2]]
    assert column(named, address.c.micro_grid_code, address.c.address_id == 1) == [NEW_LEAF]
    with named.database.reading() as connection:
        now, then = book_in_force(connection, "matrix", at=named.clock.at), book(connection, "matrix", old_version)
        assert (now.version, city.A1 in now.note) == (old_version + 1, True)
        assert [row["area"] for found in (then, now) for row in rows_of(connection, found) if row["rule_id"] == "here"] == [city.A1, NEW_A1]
        told = {e.kind: e.data for e in event_log.every(connection) if e.case_id is None}
    assert told["rules_changed"]["reason"] == "recoded"
    assert told["rules_changed"]["proof"]["strangers"] == 0
    assert ["grid", city.A1, NEW_A1] in told["areas_recoded"]["codes"]
    found = send(named, body(50, 50))
    assert (found["area"]["code"], found["responsible"]["name"]) == (NEW_LEAF, "王一")
    by_address = send(named, {"address": "阳光小区1号楼1单元", "description": "x"})
    assert by_address["area"]["code"] == NEW_LEAF
    assert case_of(named, inside)["events"][-1]["data"]["reason"] == "recoded"
    assert case_of(named, inside)["areas"] == {**case_of(named, closed)["areas"], "grid": NEW_A1, "micro_grid": NEW_LEAF}
    assert case_of(named, closed)["area"]["code"] == f"{city.A1}01"  # history
    listed = named.client.get("/api/v1/cases", params={"area": NEW_A1}, headers=named.operator).json()
    assert inside in [row["case_id"] for row in listed["items"]]
    with named.database.reading() as connection:
        kept, events = stored_case(connection, inside), event_log.of_case(connection, inside)
    assert fold_case(kept, [Recorded(e.kind, e.at, e.actor, e.data) for e in events]) == kept


def test_two_areas_change_places_and_a_rollback_changes_them_back(named: Service) -> None:
    desk, between = Desk(named), f"{city.A}078"
    for area, code in ((city.A1, between), (city.A2, city.A1)):
        desk.do({"kind": "recode", "area": key_of(named, area), "code": code})
    desk.do({"kind": "recode", "area": key_of(named, city.A1), "code": city.A2})
    done = desk.publish()
    assert done["followed"]["posts"] == 1
    assert column(named, post.c.area_code, post.c.post_id == 2) == [city.A2]
    assert column(named, facility.c.serves) == [[city.A2, city.A1]]
    back = desk.post("/api/v1/generations/1/restore?open_cases=keep")
    assert back["followed"]["posts"] == 1
    assert column(named, post.c.area_code, post.c.post_id == 2) == [city.A1]
    assert column(named, facility.c.serves) == [[city.A1, city.A2]]


def test_a_publication_at_a_date_takes_them_along_too(named: Service) -> None:
    desk = Desk(named)
    desk.do({"kind": "recode", "area": key_of(named, city.A1), "code": NEW_A1})
    assert desk.prepare()["state"] == "done"
    waits = desk.post(f"{desk.path}/publish", {"at": (NOW + dt.timedelta(days=1)).isoformat()})
    assert (waits["followed"], column(named, post.c.area_code, post.c.post_id == 2)) == ({}, [city.A1])
    named.clock.at = NOW + dt.timedelta(days=2)
    named.background()
    assert column(named, post.c.area_code, post.c.post_id == 2) == [NEW_A1]


def test_posts_of_an_area_that_ends_are_named_before_and_after(named: Service) -> None:
    desk = Desk(named)
    merge = {"kind": "merge", "areas": [key_of(named, f"{city.A1}02"), key_of(named, f"{city.A1}01")]}
    seen = desk.post(f"{desk.path}/impact", {"operation": merge})
    ends = [one["code"] for one in seen["orphans"]]
    assert len(ends) >= 1
    assert {one["role"] for one in seen["orphans"]} == {"micro_grid_leader"}
    desk.do(merge)
    assert desk.post(f"{desk.path}/impact")["orphans"] == seen["orphans"]
    done = desk.publish()
    assert done["posts_orphaned"] == len(ends)
    wait_for_generation(named, done["generation"])
    report = named.client.get("/api/v1/people/coverage", headers=named.operator).json()
    assert [one["code"] for one in report["orphaned"]] == ends
    assert f"{len(ends)} posts whose area does not exist any more" in report["note"]
    shown = named.client.get("/api/v1/posts", headers=named.operator).json()["items"]
    assert sorted(one["area"]["code"] for one in shown if one["area_gone"]) == sorted(ends)
    listed = named.client.get("/api/v1/workers", headers=named.operator).json()["items"]
    assert sorted(one["area"]["code"] for one in listed if one["area_gone"]) == sorted(ends)


def test_a_split_orphans_nobody_and_recodes_nothing(named: Service) -> None:
    desk = Desk(named)
    desk.do(split(named))
    done = desk.publish()
    assert (done["followed"], done["posts_orphaned"]) == ({}, 0)
    with named.database.reading() as connection:
        assert [e.kind for e in event_log.every(connection) if e.kind == "areas_recoded"] == []
        assert len(books(connection, "matrix")) == 2


def test_every_column_that_names_an_area_follows_or_is_history() -> None:
    named_here = {f"{one.column.table.name}.{one.column.name}" for one in LIVING}
    codes = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name == "area" or column.name.endswith(("area_code", "community_code", "compound_code", "grid_code", "street_code"))
    }
    assert codes - named_here - set(HISTORY) == set()
    assert rule_proposal.c.area in [one.column for one in LIVING]
