"""Every row of the workflow table, allowed and refused."""

from dataclasses import replace

import pytest

from geo_service.cases.model import STATES
from geo_service.cases.workflow import GUARDS, PAYLOADS, ROLES, TABLE, Refusal, Transition, allowed, apply, decide
from geo_service.cases.workflow.effects import EFFECTS, OWNERLESS, WITH_OWNER
from geo_service.cases.workflow.table import WHEN
from tests.geo_service.cases.scenes import BREAKS, PAYLOAD, Scene, scene
from tests.geo_service.cases.ways import MINUTE, WAYS, standing_in

ROWS = [pytest.param(row, id=f"{row.state}-{row.event}" + (f"-{row.when}" if row.when else "")) for row in TABLE]
REFUSED = [pytest.param(row, guard, id=f"{row.state}-{row.event}-{row.when}-{guard}") for row in TABLE for guard in row.guards]
MISSING = [(state, event) for state in STATES for event in PAYLOADS if not any(r.state == state and r.event == event for r in TABLE)]


def outcome(one: Scene, event: str) -> Transition | Refusal:
    return decide(one.state, event, role=one.role, actor=one.actor, payload=one.payload, now=one.now)


def test_the_table_is_whole() -> None:
    assert {row.state for row in TABLE} == set(STATES) == set(WAYS)
    assert {row.target for row in TABLE} == set(STATES)
    assert {row.event for row in TABLE} == set(PAYLOADS)
    assert {row.recorded for row in TABLE} | {"received"} == set(EFFECTS)
    assert {role for row in TABLE for role in row.roles} == set(ROLES)
    assert {guard for row in TABLE for guard in row.guards} == set(GUARDS) == set(BREAKS)
    assert {row.when for row in TABLE} == set(WHEN)
    keys = [(row.state, row.event, row.when) for row in TABLE]
    assert len(set(keys)) == len(keys)
    for guard in GUARDS.values():
        assert guard.en
        assert guard.zh


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_taken_by_each_of_its_roles(row) -> None:
    for role in row.roles:
        one = scene(row, role)
        found = outcome(one, row.event)
        assert isinstance(found, Transition), found
        assert found.row == row
        assert found.recorded.kind == row.recorded
        assert found.after.state == row.target == found.recorded.data["state"]
        assert found.after == apply(one.state, found.recorded)
        assert found.after.version == one.state.version + 1
        assert (found.after.owner is not None) == (found.after.state in WITH_OWNER) or found.after.state not in (*WITH_OWNER, *OWNERLESS)
        assert row.event in allowed(one.state, role, actor=one.actor, now=one.now)


@pytest.mark.parametrize(("row", "guard"), REFUSED)
def test_each_guard_of_each_row_refuses(row, guard) -> None:
    role = next((name for name in row.roles if name != "operator"), row.roles[0])
    one = BREAKS[guard](scene(row, role))
    found = outcome(one, row.event)
    assert isinstance(found, Refusal), found
    assert (found.about, found.code) == ("guard", guard)
    assert "{" not in found.en + found.zh
    if GUARDS[guard].needs == "case":
        assert row.event not in allowed(one.state, role, now=one.now)


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_closed_to_every_other_role(row) -> None:
    may = {name for other in TABLE if other.event == row.event for name in other.roles}
    for role in sorted((set(ROLES) | {"anonymous"}) - may):
        found = outcome(replace(scene(row, row.roles[0]), role=role), row.event)
        assert isinstance(found, Refusal)
        assert (found.about, found.code) == ("role", "role_not_allowed")
        assert set(found.allowed) == may


@pytest.mark.parametrize(("state", "event"), MISSING)
def test_what_is_not_in_the_table_does_not_happen(state, event) -> None:
    case = standing_in(state)
    for role in sorted({name for row in TABLE if row.event == event for name in row.roles}):
        found = decide(case, event, role=role, actor="x", payload=PAYLOAD.get(event, {}), now=case.updated_at + MINUTE)
        assert isinstance(found, Refusal)
        assert (found.about, found.code) == ("state", "not_allowed_in_state")
        assert not any(letter.isascii() and letter.isalpha() for letter in found.zh), found.zh
        assert event not in found.allowed
