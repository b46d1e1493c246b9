"""An instant at either end of time, in any time zone, is an answer or a refusal and never a fault: on every route that takes one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from geo_service.accounts import Grant, create_key
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_reporting import body, send
from tests.flows.test_scopes import ASKED

ENDS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")
IDS = {
    **dict.fromkeys(("case_id", "post_id", "person_id", "absence_id", "draft_id", "number", "facility_id", "whistle_id", "patrol_id"), 1),
    "event": "suspend",
    "code": city.A1,
    "kind": "calendar",
    "consultation_id": 1,
    "verb": "convene",
    "older": 1,
    "newer": 1,
    "generation": 1,
    "name": "areas",
    "proposal_id": 1,
    "job_id": 1,
}


def instants_of(schema: dict[str, Any]) -> bool:
    """Whether a schema takes an instant."""
    return schema.get("format") == "date-time" or any(instants_of(one) for one in schema.get("anyOf", ()))


def asking(service: Service) -> Iterator[tuple[str, str, list[str], dict[str, Any] | None]]:
    """(method, path, names of instants in the query, an example of a body with instants by name) of every route that takes one."""
    for path, methods in service.client.app.openapi()["paths"].items():  # type: ignore[attr-defined]  # a FastAPI app
        for method, route in methods.items():
            queried = [p["name"] for p in route.get("parameters", ()) if p["in"] == "query" and instants_of(p["schema"])]
            content = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            said = [name for name, one in content.get("schema", {}).get("properties", {}).items() if instants_of(one)]
            example = next((one["value"] for one in content.get("examples", {}).values()), {})
            if queried or said:
                yield method.upper(), path, queried, {**example, **dict.fromkeys(said, None)} if said else None


@pytest.mark.parametrize("at", ENDS)
def test_the_ends_of_time_are_no_fault(service: Service, at: str) -> None:
    with service.database.writing() as connection:
        keys = [
            create_key(connection, name=role, role=role, at=NOW, by="test", grant=Grant(role))
            for role in ("administrator", "auditor", "supervisor")
        ]
    callers = [{"Authorization": f"Bearer {key}"} for key in keys]
    send(service, body(50, 50))
    asked = 0
    for method, path, queried, said in asking(service):
        url = re.sub(r"{(\w+)}", lambda name: str(IDS[name[1]]), path)
        others = dict(one.split("=", 1) for one in ASKED.get(path, "").split("&") if one)
        sent = {"json": {**said, **{name: at for name, value in said.items() if value is None}}} if said is not None else {}
        for names in [[name] for name in queried] or [[]]:
            params = {**others, **dict.fromkeys(names, at)}
            told = [
                service.client.request(method, url, params=params, headers={**who, "If-Match": '"1"', "Accept": "*/*"}, **sent)
                for who in callers
            ]
            assert all(one.status_code < 500 for one in told), f"{method} {url} {params} {sent}: {[one.text for one in told]}"
            assert any(one.status_code not in (401, 403) for one in told), f"{method} {url}: nobody could ask"
            asked += 1
    assert asked > 30
