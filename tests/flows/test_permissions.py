"""Role by call, over HTTP on the tiny city: who may, may; who may not is told the permission and who has it; a stranger gets nowhere."""

import datetime as dt
import re
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from geo_service.accounts import ROLES, Actor, Grant, create_key, may
from geo_service.api.auth import permission_of
from geo_service.api.public import PUBLIC
from tests.flows.conftest import NOW, Service
from tests.flows.test_accounts import account, browser, sign_in
from tests.flows.test_reporting import body, send

NOWHERE = "999999999"
PARTS = {"event": "note", "verb": "rule", "kind": "no_such", "audience": "no_such", "language": "xx", "name": "no_such", "code": "no_such"}
"""What stands in a path that leads nowhere: a permission is asked for before anything is looked for."""


def calls(service: Service) -> list[tuple[str, str, str]]:
    """(method, path, permission) of every call that needs one."""
    app: Any = service.client.app
    found = []
    for route in iter_route_contexts(app.routes):
        needs = getattr(route, "dependant", None)
        permission = None if needs is None else permission_of(needs)
        if permission is not None:
            path = re.sub(r"\{(\w+)[^}]*\}", lambda part: PARTS.get(part[1], NOWHERE), str(route.path))
            found += [(method, path, permission) for method in sorted(set(route.methods or ()) - {"HEAD"})]
    return found


def ask(service: Service, method: str, path: str, headers: dict[str, str]) -> Any:
    """A call that changes nothing: it names nothing that exists. The live stream is asked for a position that cannot be."""
    params = {"after": "-1"} if path == "/api/v1/events" else {}
    return service.client.request(method, path, headers=headers, params=params)


def key_of(service: Service, role: str) -> dict[str, str]:
    """A key that holds one role; an agency's says which agency."""
    with service.database.writing() as connection:
        grant = Grant(role, acts_for="agency:S1") if role == "agency" else Grant(role)
        key = create_key(connection, name=f"key of {role}", role=role, grant=grant, at=NOW, by="test")
    return {"Authorization": f"Bearer {key}"}


def test_a_stranger_gets_nowhere_and_learns_nothing(service: Service) -> None:
    listed = calls(service)
    assert len(listed) > 100
    for method, path, _ in listed:
        answer = ask(service, method, path, {})
        assert (answer.status_code, answer.json()["code"]) == (401, "key_required"), f"{method} {path}: {answer.text}"


def test_every_role_may_what_the_policy_says_and_nothing_else(service: Service) -> None:
    for role in ROLES:
        headers = key_of(service, role)
        for method, path, permission in calls(service):
            answer = ask(service, method, path, headers)
            told = f"{role}: {method} {path} ({permission}): {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500 or answer.status_code == 503, told
            if may(Actor("x", role), permission):
                assert answer.status_code not in (401,), told
                assert answer.status_code != 403 or answer.json()["code"] != "role_missing", told
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "role_missing"), told
                assert permission in answer.json()["detail"], told


@pytest.mark.parametrize(("method", "path"), [one for one in PUBLIC if "{" not in one[1]])
def test_what_is_public_asks_nobody_for_a_key(service: Service, method: str, path: str) -> None:
    answer = service.client.request(method, path)
    personal = path.startswith("/api/v1/me")
    assert (answer.status_code == 401) == personal, answer.text
    assert answer.status_code < 500, answer.text


def test_a_session_that_is_touched_does_not_wait_for_its_own_change(service: Service) -> None:
    """The last use of a session is written before the connection of the change is taken: SQLite has one that writes."""
    account(service, "desk.5", Grant("operator"))
    case_id = send(service, body(50, 50))["case_id"]
    client = browser(service)
    sign_in(client, "desk.5")
    service.clock.at += dt.timedelta(minutes=10)
    done = client.post(f"/api/v1/cases/{case_id}/actions/note", json={"note": "seen"}, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    service.clock.at += dt.timedelta(minutes=10)
    assert client.delete("/api/v1/session").status_code == 204
