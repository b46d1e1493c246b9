"""Those who consult on hard matters: the dispatch centre, the agencies, the leader; each with a key of its own."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo_service.accounts import Grant, create_key
from geo_service.flows.consultation.entering import enter_due
from geo_service.workers.tables import agency
from tests.flows.running import NOW, Service

HOUSING, WATER, ROADS, FIRE, CITY = (
    f"agency:{code}" for code in ("149901-housing", "149901-water", "149901-roads", "149901-fire", "149900-housing")
)
DAY = dt.timedelta(days=1)


@dataclass
class Room:
    """The dispatch centre and the agencies, each with a key of its own."""

    service: Service
    keys: dict[str, dict[str, str]]

    def do(
        self, path: str, said: dict[str, Any] | None = None, *, who: str = "operator", status: int = 200, **headers: str
    ) -> dict[str, Any]:
        """A change, in the present version of what it changes."""
        self.service.clock.at += dt.timedelta(minutes=1)
        if "If-Match" not in headers and "/actions/" in path:
            headers["If-Match"] = f'"{self.see(path.split("/actions/")[0])["version"]}"'
        answer = self.service.client.post(f"/api/v1/{path}", json=said or {}, headers={**self.keys[who], **headers})
        assert answer.status_code == status, answer.text
        return answer.json()

    def see(self, path: str, *, who: str = "operator", status: int = 200) -> dict[str, Any]:
        answer = self.service.client.get(f"/api/v1/{path}", headers=self.keys[who])
        assert answer.status_code == status, answer.text
        return answer.json()

    def convene(self, case_id: int, *, who: str = "operator", status: int = 201, **said: Any) -> dict[str, Any]:
        version = self.see(f"cases/{case_id}")["version"]
        return self.do(
            f"cases/{case_id}/consultations", {"entry": "duty_unclear", **said}, who=who, status=status, **{"If-Match": f'"{version}"'}
        )

    def step(self, number: int, verb: str, *, who: str = "operator", status: int = 200, **said: Any) -> dict[str, Any]:
        return self.do(f"consultations/{number}/actions/{verb}", said, who=who, status=status)

    def tick(self, now: dt.datetime | None = None) -> int:
        if now is not None:
            self.service.clock.at = now
        return enter_due(self.service.database, now=self.service.clock.at)


def open_room(service: Service) -> Room:
    """The room with five agencies and a key for everybody."""
    rows = [
        {"agency_id": 10 + n, "code": one.removeprefix("agency:"), "name": f"单位{n}", "level": level, "area_code": area}
        for n, (one, level, area) in enumerate(
            [
                (HOUSING, "district", "149901"),
                (WATER, "district", "149901"),
                (ROADS, "district", "149901"),
                (FIRE, "district", "149901"),
                (CITY, "city", "149900"),
            ]
        )
    ]
    keys = {"operator": service.operator}
    with service.database.writing() as connection:
        connection.execute(sa.insert(agency), rows)
        for name, role in [
            *((one, "agency") for one in (HOUSING, WATER, ROADS, FIRE, CITY)),
            ("check 1", "supervisor"),
            ("leader 1", "city_leader"),
            ("admin 1", "administrator"),
            ("post:4", "street_office"),
        ]:
            grant = Grant(role, acts_for=name) if role in ("agency", "street_office") else None
            key = create_key(connection, name=f"desk of {name}", role=role, at=NOW, by="test", grant=grant)
            keys[name] = {"Authorization": f"Bearer {key}"}
    return Room(service, keys)
