"""Whoever administers a part of the city cannot make themselves, or anybody, more than they are; on both databases."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from geo_service.accounts import Grant, create_key
from geo_service.accounts.registry import create_account, required_account
from tests import city
from tests.flows.conftest import NOW, Service

PASSWORD = "correct horse battery"
MINE = Grant("administrator", city.A)
SOCIAL = Grant("administrator", None, ("gb47678:matter",))


@dataclass
class Town:
    """Accounts and keys by name, and the headers of whoever administers community A (`a`), some categories, or the city."""

    service: Service
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str = "a", body: Any = None, match: str = '"1"') -> Any:
        sent = {"json": body} if body is not None else {}
        return self.service.client.request(method, f"/api/v1/{path}", headers={**self.headers[who], "If-Match": match}, **sent)

    def refused(self, method: str, path: str, who: str = "a", body: Any = None) -> tuple[int, str]:
        answer = self.ask(method, path, who, body)
        return answer.status_code, answer.json()["code"]

    def state(self) -> list[Any]:
        """Everything an escalation could change."""
        with self.service.database.reading() as connection:
            return [required_account(connection, one) for one in self.ids.values()]


@pytest.fixture
def town(service: Service) -> Town:
    made = Town(service)
    held = {
        "root": (Grant("administrator"),),
        "peer": (MINE,),
        "below": (Grant("planner", city.A1),),
        "desk.a": (Grant("operator", city.A),),
        "both": (Grant("planner", city.A), Grant("planner", city.B)),
        "beyond": (Grant("planner", city.B),),
        "nobody": (),
    }
    with service.database.writing() as connection:
        for name, grant in {"a": MINE, "social": SOCIAL, "city": Grant("administrator")}.items():
            key = create_key(connection, name=f"of {name}", role=grant.role, at=NOW, by="test", grant=grant)
            made.headers[name] = {"Authorization": f"Bearer {key}"}
        create_key(connection, name="grid app", role="api", at=NOW, by="test", grant=Grant("api", city.A1))
        create_key(connection, name="eye", role="operator", at=NOW, by="test", grant=Grant("operator", city.A))
        create_key(connection, name="bridge", role="api", at=NOW, by="test", grant=Grant("api", city.B))
        for name, grants in held.items():
            one = create_account(connection, username=name, display_name=name, password=PASSWORD, grants=grants, by="test", at=NOW)
            made.ids[name] = one.account_id
    return made


OUTSIDE = (404, "account_not_found")
WIDER = (403, "beyond_your_reach")


def test_lists_hold_what_lies_within(town: Town) -> None:
    assert [one["username"] for one in town.ask("GET", "accounts").json()["items"]] == ["below", "desk.a", "peer"]
    assert [one["name"] for one in town.ask("GET", "keys").json()["items"]] == ["eye", "grid app", "of a"]
    assert town.ask("GET", "accounts", "social").json()["items"] == []
    assert len(town.ask("GET", "accounts", "city").json()["items"]) == len(town.ids)
    assert len(town.ask("GET", "keys", "city").json()["items"]) == 7  # with the operator's of every test


@pytest.mark.parametrize("who", ["a", "social"])
def test_no_account_or_key_is_made_that_holds_more(town: Town, who: str) -> None:
    wider: list[dict[str, Any]] = [
        {"role": "administrator"},
        {"role": "planner", "area_code": city.STREET},
        {"role": "planner", "area_code": city.B},
        {"role": "planner", "categories": ["social"]},
        {"role": "api", "area_code": city.A, "acts_for": "agency:S1"},
        {"role": "agency", "acts_for": "agency:S1"},
        {"role": "operator", "area_code": city.A},  # may reveal who reported, which an administrator may not
        {"role": "grid_worker", "area_code": city.A1, "acts_for": "post:2"},
    ]
    for grant in wider:
        body = {"username": "mole", "display_name": "Mole", "password": PASSWORD, "grants": [grant]}
        assert town.refused("POST", "accounts", who, body) == WIDER, grant
        assert town.refused("POST", "keys", who, {"name": "mole", **grant}) == WIDER, grant
    good = {"role": "planner", "area_code": city.A1} if who == "a" else {"role": "planner", "categories": ["gb47678:matter:06"]}
    mixed = {"username": "mole", "display_name": "Mole", "password": PASSWORD, "grants": [good, {"role": "administrator"}]}
    assert town.refused("POST", "accounts", who, mixed) == WIDER
    assert town.refused("POST", "accounts", who, {**mixed, "grants": []}) == WIDER
    assert town.ask("POST", "accounts", who, {**mixed, "grants": [good]}).status_code == 201
    assert town.ask("POST", "keys", who, {"name": "counter", **good}).status_code == 201
    assert town.ask("DELETE", "keys/counter", who).status_code == 204


def test_nobody_is_changed_who_holds_more(town: Town) -> None:
    before = town.state()
    for name, told in {"root": OUTSIDE, "both": OUTSIDE, "beyond": OUTSIDE, "nobody": OUTSIDE, "desk.a": WIDER}.items():
        path = f"accounts/{town.ids[name]}"
        assert town.refused("PATCH", path, body={"disabled": True}) == told, name
        assert town.refused("PATCH", path, body={"grants": [{"role": "planner", "area_code": city.A}]}) == told, name
        assert town.refused("POST", f"{path}/password", body={"password": "a password of mine"}) == told, name
        assert town.refused("DELETE", f"{path}/second-factor") == told, name
    for name in ("peer", "below"):
        for grant in (
            {"role": "administrator"},
            {"role": "administrator", "area_code": city.STREET},
            {"role": "planner", "area_code": city.B},
        ):
            assert town.refused("PATCH", f"accounts/{town.ids[name]}", body={"grants": [grant]}) == WIDER
    assert town.state() == before
    gone = town.refused("PATCH", "accounts/987654", body={"disabled": True})
    assert gone == OUTSIDE
    assert town.refused("DELETE", "keys/bridge") == town.refused("DELETE", "keys/no such key") == (404, "key_not_found")
    assert town.refused("DELETE", "keys/eye") == WIDER
    assert town.ask("GET", "keys", "city").text.count('"revoked_at":null') == 7


def test_those_within_are_administered(town: Town) -> None:
    below = f"accounts/{town.ids['below']}"
    moved = town.ask("PATCH", below, body={"grants": [{"role": "planner", "area_code": city.A2}], "display_name": "Two"})
    assert (moved.status_code, moved.json()["grants"][0]["area_code"]) == (200, city.A2)
    assert town.ask("POST", f"{below}/password", body={"password": "a password of mine"}).status_code == 204
    assert town.ask("DELETE", f"{below}/second-factor").status_code == 204
    assert town.ask("PATCH", f"accounts/{town.ids['peer']}", body={"disabled": True}).status_code == 200
    assert town.ask("DELETE", "keys/grid app").status_code == 204


def test_what_belongs_to_the_whole_city_needs_the_whole_city(town: Town) -> None:
    with town.service.database.writing() as connection:
        key = create_key(connection, name="auditor of a", role="auditor", at=NOW, by="test", grant=Grant("auditor", city.A))
    town.headers["auditor"] = {"Authorization": f"Bearer {key}"}
    text = {"subject": "s", "body": "b"}
    ranges = {"ranges": [{"role": "micro_grid_leader", "first": "8000", "last": "8999"}]}
    asked: list[tuple[str, str, Any]] = [
        ("PUT", "templates/staff/closed/en", text),
        ("PUT", "phone-ranges", ranges),
        ("PUT", "visits/quota", {"from_on": "2026-01-01", "per_month": 1.0}),
        ("POST", "rule-proposals/1/actions/accept", {}),
    ]
    for who in ("a", "social"):
        for method, path, body in asked:
            assert town.refused(method, path, who, body) == (403, "whole_city_needed"), path
        answer = town.service.client.post("/api/v1/rules/calendar", content=b"", headers=town.headers[who])
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_city_needed")
    for method, path in (("GET", "audit/events"), ("GET", "audit/access"), ("POST", "audit/verify")):
        assert town.refused(method, path, "auditor") == (403, "whole_city_needed")
    chinese = town.service.client.get("/api/v1/audit/events", headers={**town.headers["auditor"], "Accept-Language": "zh-CN"}).json()
    assert "涉及全市" in chinese["detail"]
    me = town.ask("GET", "me").json()["permissions"]
    assert "accounts.write" in me
    assert not {"audit.read", "messages.write", "rules.write"}.intersection(me)
    assert town.ask("PUT", "templates/staff/closed/en", "city", text).status_code == 200


def test_no_name_of_a_key_means_somebody_else(town: Town) -> None:
    for name in ("post:4", "agency:S1", "system", "command line", "a\nb"):
        assert town.refused("POST", "keys", "city", {"name": name, "role": "api"}) == (422, "bad_key_name"), name
    assert town.refused("POST", "keys", "city", {"name": "root", "role": "api"}) == (409, "key_exists")
    body = {"username": "eye", "display_name": "Eye", "password": PASSWORD, "grants": [{"role": "api"}]}
    assert town.refused("POST", "accounts", "city", body) == (409, "username_taken")
