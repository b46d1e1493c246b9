"""The one policy: a table of role and permission, default deny, and what each grant reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.accounts import DEMO_OPERATOR, ROLES, Actor, Grant, may, permissions_of, scope
from geo_service.accounts.model import ANONYMOUS
from geo_service.accounts.policy import ALL_PERMISSIONS, PERMISSIONS, holders
from geo_service.scope import EVERYTHING, NOTHING, Reach, Scope, is_within

MATRIX = {  # written down a second time, by hand: a change of the policy has to be meant twice
    "accounts.write": {"administrator"},
    "audit.read": {"auditor"},
    "cases.act": {"operator", "supervisor", "administrator", "FIELD"},
    "cases.read": {"operator", "supervisor", "planner", "administrator", "auditor", "api", "FIELD"},
    "cases.report": {"operator", "supervisor", "administrator", "api", "FIELD"},
    "consult": {"operator", "supervisor", "FIELD"},
    "evaluation.read": {"operator", "supervisor", "planner", "administrator", "auditor"},
    "export": {"supervisor", "administrator"},
    "facilities.read": {"operator", "supervisor", "planner", "administrator", "auditor", "api", "FIELD"},
    "facilities.write": {"administrator"},
    "jobs.read": {"supervisor", "administrator", "auditor"},
    "messages.write": {"administrator"},
    "people.read": {"operator", "supervisor", "planner", "administrator", "auditor", "api", "FIELD"},
    "people.write": {"administrator"},
    "planning.publish": {"planner", "administrator"},
    "planning.read": {"operator", "supervisor", "planner", "administrator", "auditor", "api", "FIELD"},
    "planning.write": {"planner", "administrator"},
    "reporter.reveal": {"operator", "supervisor"},
    "rules.write": {"administrator"},
    "visits.write": {"operator", "supervisor", "administrator", "linked_leader", "street_office"},
}
FIELD = {
    *("agency", "grid_worker", "micro_grid_leader", "community_secretary", "village_committee"),
    *("street_office", "linked_leader", "city_leader"),
}


@pytest.mark.parametrize("permission", ALL_PERMISSIONS)
def test_each_permission_is_held_by_the_roles_written_down_here(permission: str) -> None:
    expected = MATRIX[permission]
    expected = (expected - {"FIELD"}) | (FIELD if "FIELD" in expected else set())
    assert {role for role in ROLES if may(Actor("x", role), permission)} == expected
    assert set(holders(permission)) == expected


def test_the_two_lists_name_the_same_permissions_and_roles() -> None:
    assert set(MATRIX) == set(ALL_PERMISSIONS)
    assert set(PERMISSIONS) == set(ROLES)


@pytest.mark.parametrize(
    "actor",
    [
        ANONYMOUS,
        Actor("nobody", "none"),
        Actor("unknown", "emperor"),
        Actor("new", "administrator", (Grant("administrator"),), "user", ("password",)),
        Actor("no code", "planner", (Grant("planner"),), "user", ("second_factor",)),
    ],
)
def test_what_is_not_granted_is_refused(actor: Actor) -> None:
    assert permissions_of(actor) == frozenset()
    assert scope(actor, "cases.read") == NOTHING
    assert not any(may(actor, permission) for permission in (*ALL_PERMISSIONS, "no.such"))


def test_a_role_in_the_whole_city_reaches_everything() -> None:
    assert scope(Actor("a", "operator"), "cases.read") == EVERYTHING
    assert scope(DEMO_OPERATOR, "accounts.write") == EVERYTHING


def test_a_role_in_a_district_reaches_what_lies_in_it() -> None:
    held = Actor("b", "operator", (Grant("operator", "990101"), Grant("auditor")), "user")
    assert scope(held, "cases.act") == Scope(reaches=(Reach("990101"),))
    assert scope(held, "audit.read") == EVERYTHING
    assert scope(held, "export") == NOTHING
    reached = scope(held, "cases.act")
    assert reached.takes_in(areas=("9901", "990101"), category=None)
    assert not reached.takes_in(areas=("9901", "990102"), category=None)


def test_an_agency_reaches_its_own_cases_alone() -> None:
    held = Actor("c", "agency", (Grant("agency", "990101", None, "agency:water"),), "user")
    reached = scope(held, "cases.read")
    assert reached.takes_in(areas=("990102",), category=None, owner="agency:water")
    assert reached.takes_in(areas=("990102",), category=None, owner="agency:gas", cohandlers=("agency:water",))
    assert not reached.takes_in(areas=("990101",), category=None, owner="agency:gas")
    assert not reached.takes_in(areas=("990101",), category=None, owner=None)


def test_categories_bound_a_grant() -> None:
    reached = scope(Actor("d", "operator", (Grant("operator", None, ("social:matter:80", "gb:matter")),), "user"), "cases.read")
    assert reached.takes_in(areas=(), category="social:matter:80012")
    assert reached.takes_in(areas=(), category="gb:matter:06001")
    assert not reached.takes_in(areas=(), category="social:matter:81012")
    assert not reached.takes_in(areas=(), category=None)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3), st.sampled_from(["x:y:01", "x:y:01002", "z:y:01002", "x"]))
def test_nothing_takes_in_nothing_and_everything_takes_in_all(areas: list[str], category: str) -> None:
    assert not NOTHING.takes_in(areas=areas, category=category, owner="o", cohandlers=("o",))
    assert EVERYTHING.takes_in(areas=areas, category=category)
    assert is_within(category, category) or ":" not in category or len(category.split(":")) < 3
