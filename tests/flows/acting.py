"""What people of the dispatch centre do to cases, over HTTP."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from geo_service.accounts import create_key
from tests.flows.running import NOW, Service

Act = Callable[..., dict[str, Any]]


def keys_of(service: Service) -> dict[str, dict[str, str]]:
    """Headers with the keys of an operator and a supervisor."""
    with service.database.writing() as connection:
        key = create_key(connection, name="check 1", role="supervisor", at=NOW, by="test")
    return {"operator": service.operator, "supervisor": {"Authorization": f"Bearer {key}"}}


def acting(service: Service, people: dict[str, dict[str, str]]) -> Act:
    """Does something to a case in its present version and returns the case; status: what must be answered."""

    def do(
        case_id: int, event: str, said: dict[str, Any] | None = None, *, who: str = "operator", status: int = 200, **headers: str
    ) -> Any:
        service.clock.at += dt.timedelta(minutes=1)
        if "If-Match" not in headers:
            headers["If-Match"] = service.client.get(f"/api/v1/cases/{case_id}", headers=people[who]).headers["ETag"]
        path = f"/api/v1/cases/{case_id}/actions/{event}"
        answer = service.client.post(path, json=said or {}, headers={**people[who], **headers})
        assert answer.status_code == status, answer.text
        return answer.json()

    return do
