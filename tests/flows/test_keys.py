"""Who may do what: open doors, doors that need a key, keys that are bad or revoked, the demonstration's operator."""

import pytest
from fastapi.testclient import TestClient

from geo_service.accounts import create_key, revoke_key
from geo_service.app import create_app
from geo_service.db import Database
from geo_service.errors import ConflictError, NotFoundError, RequestError, SetupError
from geo_service.settings import ServerSettings, Settings
from tests import city
from tests.flows.conftest import NOW, Service

POINT = dict(zip(("lon", "lat"), city.lonlat(50, 50), strict=True)) | {"datum": "wgs84"}
OPEN = ["/health/live", "/health/ready", "/api/v1/generations", "/api/v1/geocode?text=阳光小区", "/", "/openapi.json"]
CLOSED = ["/api/v1/cases", "/api/v1/cases/1", "/api/v1/areas", f"/api/v1/areas/{city.A}", "/api/v1/workers", "/maps/areas"]


def test_open_doors_need_no_key_and_closed_ones_do(service: Service) -> None:
    for path in OPEN:
        assert service.client.get(path).status_code == 200, path
    assert service.client.get("/api/v1/locate", params=POINT).status_code == 200
    for path in CLOSED:
        answer = service.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_required"), path
    assert service.client.get("/api/v1/reverse", params=POINT).status_code == 401


def test_a_bad_key_is_refused_also_where_none_is_needed(service: Service) -> None:
    bad = {"Authorization": "Bearer cgk_000000000000_wrong"}
    for path in ("/api/v1/cases", "/api/v1/areas"):
        assert service.client.get(path, headers=bad).json()["code"] == "bad_key"
    report = {**POINT, "description": "x"}
    assert service.client.post("/api/v1/reports", json=report, headers=bad).status_code == 401
    assert service.client.get("/api/v1/cases", headers={"Authorization": "Basic abc"}).status_code == 401
    assert service.client.get("/api/v1/cases", headers={"X-API-Key": service.key}).status_code == 200


def test_a_revoked_key_ends_at_once(service: Service) -> None:
    with service.database.writing() as connection:
        revoke_key(connection, name="desk 1", at=NOW, by="test")
    assert service.client.get("/api/v1/cases", headers=service.operator).status_code == 401


def test_keys_are_made_with_a_role_and_a_name_of_their_own(founded: Database) -> None:
    with founded.writing() as connection:
        create_key(connection, name="mini program", role="api", at=NOW, by="test")
        with pytest.raises(ConflictError):
            create_key(connection, name="mini program", role="api", at=NOW, by="test")
        for name, role in (("x", "king"), ("", "api"), ("demo", "api"), ("anonymous", "api")):
            with pytest.raises(RequestError):
                create_key(connection, name=name, role=role, at=NOW, by="test")
        with pytest.raises(NotFoundError):
            revoke_key(connection, name="nobody", at=NOW, by="test")


def test_the_demonstration_lets_a_call_without_key_act_as_operator(settings: Settings, founded: Database) -> None:
    shown = Settings(storage=settings.storage, server=ServerSettings(demo=True), routing=settings.routing)
    with TestClient(create_app(shown)) as client:
        assert client.get("/api/v1/cases").status_code == 200
        case = client.post("/api/v1/reports", json={**POINT, "description": "x"}).json()["case_id"]
        assert client.get(f"/api/v1/cases/{case}").json()["events"][0]["actor"] == "demo"


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "example.org"])
def test_the_demonstration_is_refused_on_an_address_others_reach(settings: Settings, founded: Database, host: str) -> None:
    exposed = Settings(storage=settings.storage, server=ServerSettings(demo=True, host=host), routing=settings.routing)
    with pytest.raises(SetupError) as refused:
        create_app(exposed)
    assert refused.value.code == "demo_exposed"
