"""Who reported is shown to whom it must be, with a purpose that is logged, and forgotten in time; both databases."""

import datetime as dt
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.cases.tables import case_record, reporter
from geo_service.flows.audit.service import verify
from geo_service.flows.reporters.service import forget_due
from tests import city
from tests.flows.conftest import NOW, Service

CANARY = "13812348000"


def report(service: Service) -> int:
    lon, lat = city.lonlat(50, 50)
    said = {"description": f"call {CANARY} please", "address": f"光明路12号 {CANARY}", "reporter": {"name": "王小明", "phone": CANARY}}
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "channel": "hotline", **said}
    answer = service.client.post("/api/v1/reports", json=body, headers=service.operator)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["case_id"])


def events(service: Service, kind: str) -> list[event_log.Event]:
    with service.database.reading() as connection:
        return [event for event in event_log.after(connection, 0) if event.kind == kind]


def test_an_operator_reveals_with_a_purpose_and_it_is_logged(service: Service) -> None:
    case_id = report(service)
    path = f"/api/v1/cases/{case_id}/reveal"
    answer = service.client.post(path, json={"purpose": f"call back {CANARY}"}, headers=service.operator)
    written = {"description": f"call {CANARY} please", "address": f"光明路12号 {CANARY}"}
    assert answer.json() == {"name": "王小明", "phone": CANARY, **written}
    (logged,) = events(service, "revealed")
    assert (logged.actor, logged.data) == ("desk 1", {"case": case_id, "purpose": "call back 138****8000"})
    for body in ({}, {"purpose": ""}, {"purpose": "   "}, {"purpose": "x\u0000y"}, {"purpose": "why", "more": 1}):
        assert service.client.post(path, json=body, headers=service.operator).status_code == 422
    assert service.client.post("/api/v1/cases/999/reveal", json={"purpose": "call back"}, headers=service.operator).status_code == 404
    assert len(events(service, "revealed")) == 1


def test_roles_without_the_permission_are_told_and_learn_nothing(service: Service) -> None:
    case_id = report(service)
    for role in ("planner", "administrator", "auditor", "api", "grid_worker"):
        with service.database.writing() as connection:
            key = create_key(connection, name=f"key {role}", role=role, at=NOW, by="test")
        bearer = {"Authorization": f"Bearer {key}"}
        answer = service.client.post(f"/api/v1/cases/{case_id}/reveal", json={"purpose": "curious"}, headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
        assert CANARY not in answer.text
    assert events(service, "revealed") == []


def test_after_its_time_a_reporter_is_forgotten_and_the_log_stays_whole(service: Service, tmp_path: Path) -> None:
    ended, running = report(service), report(service)
    version = service.client.get(f"/api/v1/cases/{ended}", headers=service.operator).headers["etag"]
    said = {"reason": "abusive"}
    path, headers = f"/api/v1/cases/{ended}/actions/not_accept", {**service.operator, "If-Match": version}
    assert service.client.post(path, json=said, headers=headers).status_code == 200
    assert forget_due(service.database, days=365, now=NOW + dt.timedelta(days=364)) == 0
    late = NOW + dt.timedelta(days=366)
    assert forget_due(service.database, days=365, now=late) == 1
    assert forget_due(service.database, days=365, now=late) == 0
    with service.database.reading() as connection:
        kept = connection.execute(sa.select(reporter.c.case_id)).scalars().all()
        row = connection.execute(sa.select(case_record).where(case_record.c.case_id == ended)).one()
        proof, _ = verify(connection, heads=tmp_path / "none", key=None)
    assert kept == [running]
    assert (row.description, row.address) == ("call 138****8000 please", "光明路12号 138****8000")
    assert proof.whole, proof.findings
    answer = service.client.post(f"/api/v1/cases/{ended}/reveal", json={"purpose": "call back"}, headers=service.operator)
    assert CANARY not in answer.text
    assert (answer.json()["name"], answer.json()["phone"]) == (None, None)


def test_no_byte_of_a_forgotten_phone_stays_in_the_file(service: Service) -> None:
    if service.database.dialect != "sqlite":  # PostgreSQL keeps old row versions until it vacuums; its files are not ours to read
        with service.database.reading() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(reporter)).scalar_one() == 0
        return
    case_id = report(service)
    version = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).headers["etag"]
    path, headers = f"/api/v1/cases/{case_id}/actions/not_accept", {**service.operator, "If-Match": version}
    assert service.client.post(path, json={"reason": "abusive"}, headers=headers).status_code == 200
    file = Path(service.database.url.removeprefix("sqlite:///"))
    assert any(CANARY.encode() in one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert forget_due(service.database, days=30, now=NOW + dt.timedelta(days=40)) == 1
    service.database.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for one in file.parent.glob(f"{file.name}*"):
        assert CANARY.encode() not in one.read_bytes(), one.name


def test_a_search_cannot_be_asked_for_a_phone_digit_by_digit(service: Service) -> None:
    report(service)
    for text, found in (("please", 1), ("光明路12号", 1), ("138****8000", 1), (CANARY, 0), ("13812", 0), ("12348000", 0)):
        assert service.client.get("/api/v1/cases", params={"text": text}, headers=service.operator).json()["total"] == found, text


def test_an_auditor_sees_who_looked_and_who_was_turned_away(service: Service) -> None:
    case_id = report(service)
    service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator)
    service.client.get("/api/v1/cases", headers=service.operator)
    service.client.get("/api/v1/accounts", headers=service.operator)
    service.client.get("/api/v1/cases?text=13812348000")
    service.state.accesses.flush()
    with service.database.writing() as connection:
        key = create_key(connection, name="eye", role="auditor", at=NOW, by="test")
    answer = service.client.get("/api/v1/audit/access", headers={"Authorization": f"Bearer {key}"})
    seen = [(one["actor"], one["method"], one["path"], one["status"]) for one in answer.json()["items"]]
    assert seen == [
        ("anonymous", "GET", "/api/v1/cases", 401),
        ("desk 1", "GET", "/api/v1/accounts", 403),
        ("desk 1", "GET", f"/api/v1/cases/{case_id}", 200),
    ]
    assert CANARY not in answer.text
