"""People at work on cases: those of the centre over HTTP with their keys, those in the field through the same story without it."""

from dataclasses import dataclass, field
from typing import Any

from geo_service.accounts import create_key
from geo_service.api.problems import status_of
from geo_service.cases.acting import held_case
from geo_service.cases.progress import from_json
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import CaseState, allowed
from geo_service.errors import ServiceError
from geo_service.flows.dispatch.acting import apply_event, require_version
from tests.flows.conftest import NOW, Service


@dataclass(frozen=True)
class Person:
    """Somebody who acts: role and name in the log. headers: of their key, None for who has none."""

    role: str
    name: str
    headers: dict[str, str] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Answer:
    """What came of it. status 200: it happened. code: why not. body: of the case, over HTTP only. replayed: it had happened before."""

    status: int
    code: str
    body: dict[str, Any] | None = field(default=None, compare=False)
    replayed: bool = field(default=False, compare=False)


CENTRE = (("operator", "desk 2"), ("supervisor", "control 1"), ("supervisor", "control 2"), ("administrator", "room 1"))
FIELD = (
    Person("agency", "agency:S1"),
    Person("street_office", "post:4"),
    Person("grid_worker", "post:2"),
    Person("grid_worker", "post:7"),
    Person("micro_grid_leader", "post:1"),
    Person("community_secretary", "post:3"),
    Person("village_committee", "post:6"),
    Person("city_leader", "leader:1"),
)


class Desk:
    """A running service with everybody who works at it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        with service.database.writing() as connection:
            keys = [create_key(connection, name=name, role=role, at=NOW, by="test") for role, name in CENTRE]
        self.centre = [Person("operator", "desk 1", service.operator)]
        self.centre += [Person(role, name, {"Authorization": f"Bearer {key}"}) for (role, name), key in zip(CENTRE, keys, strict=True)]
        self.people = [*self.centre, *FIELD]

    def state(self, case_id: int) -> CaseState:
        with self.service.database.reading() as connection:
            return from_json(case_of(connection, case_id).progress)

    def shown(self, person: Person, case_id: int) -> list[str]:
        """What this person is told they may do now."""
        if person.headers is None:
            return allowed(self.state(case_id), person.role, actor=person.name, now=self.service.clock.now())
        answer = self.service.client.get(f"/api/v1/cases/{case_id}", headers=person.headers)
        assert answer.status_code == 200, answer.text
        named: list[str] = answer.json()["allowed"]
        return named

    def act(self, person: Person, case_id: int, event: str, said: dict[str, Any], *, version: int, key: str | None = None) -> Answer:
        """Does it, as somebody who looked at that version. key: of idempotency, over HTTP only."""
        if person.headers is None:
            return self._without_http(person, case_id, event, said, version)
        headers = {**person.headers, "If-Match": f'"{version}"', **({"Idempotency-Key": key} if key else {})}
        answer = self.service.client.post(f"/api/v1/cases/{case_id}/actions/{event}", json=said, headers=headers)
        assert answer.status_code < 500, answer.text
        body = answer.json()
        if answer.status_code != 200:
            assert answer.headers["content-type"] == "application/problem+json"
            return Answer(answer.status_code, body["code"], body)
        assert answer.headers.get("ETag", f'"{body["version"]}"') == f'"{body["version"]}"'
        return Answer(200, "", body, "Idempotent-Replayed" in answer.headers)

    def _without_http(self, person: Person, case_id: int, event: str, said: dict[str, Any], version: int) -> Answer:
        wiring = self.service.wiring
        now = self.service.clock.now()
        try:
            with wiring.database.writing() as connection:
                case, state = held_case(connection, case_id)
                require_version(connection, case, version)
                published = wiring.published.current()
                apply_event(connection, published, case, state, event, said, role=person.role, name=person.name, now=now)
        except ServiceError as refused:
            return Answer(status_of(refused), refused.code)
        return Answer(200, "")
