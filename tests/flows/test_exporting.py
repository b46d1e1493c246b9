"""Cases as a file: within reach and a cap, with a purpose, marked and logged, harmless in a spreadsheet; both databases."""

import csv
import io

from openpyxl import load_workbook

from geo_service import event_log
from geo_service.accounts import Grant, create_key
from geo_service.settings import PrivacySettings
from tests import city
from tests.flows.conftest import NOW, Service

PHONE = "13812348000"


def key(service: Service, name: str, grant: Grant) -> dict[str, str]:
    with service.database.writing() as connection:
        made = create_key(connection, name=name, role=grant.role, at=NOW, by="test", grant=grant)
    return {"Authorization": f"Bearer {made}"}


def report(service: Service, x: float, description: str) -> None:
    lon, lat = city.lonlat(x, 50)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": description, "reporter": {"name": "王小明", "phone": PHONE}}
    assert service.client.post("/api/v1/reports", json=body, headers=service.operator).status_code == 201


def test_a_supervisor_takes_what_lies_within_reach_and_it_is_marked_and_logged(service: Service) -> None:
    for x, text in ((50, f"=HYPERLINK(1) call {PHONE}"), (150, "+86 100 0000 0000 is no formula"), (280, "elsewhere")):
        report(service, x, text)
    chief, part = key(service, "chief", Grant("supervisor")), key(service, "part", Grant("supervisor", city.A))
    for who, rows in ((chief, 3), (part, 2)):
        answer = service.client.get(f"/api/v1/cases/export?format=csv&purpose=monthly {PHONE}", headers=who)
        assert answer.status_code == 200, answer.text
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(lines) == rows + 2
        assert lines[0][0].startswith("chief" if who is chief else "part")
        assert "138****8000" in lines[0][0]
        assert lines[-1][5].startswith("'=HYPERLINK")
        for canary in (PHONE, "王小明"):
            assert canary not in answer.content.decode("utf-8-sig")
    with service.database.reading() as connection:
        logged = [event for event in event_log.after(connection, 0) if event.kind == "exported"]
    assert [(event.actor, event.data["rows"], event.data["purpose"]) for event in logged] == [
        ("chief", 3, "monthly 138****8000"),
        ("part", 2, "monthly 138****8000"),
    ]


def test_a_workbook_opens_and_says_who_took_it(service: Service) -> None:
    report(service, 50, "a hole")
    chief = key(service, "chief", Grant("supervisor"))
    answer = service.client.get("/api/v1/cases/export?purpose=audit&state=received", headers=chief)
    book = load_workbook(io.BytesIO(answer.content))
    assert [sheet.max_row for sheet in book] == [3, 4]
    assert "chief" in str(book.worksheets[0].cell(3, 1).value)
    assert [cell.value for cell in book.worksheets[1]["B"]][1:] == ["chief", "2026-11-24 10:30:00", "audit"]


def test_who_may_not_or_says_no_purpose_or_asks_too_much_gets_nothing(service: Service) -> None:
    report(service, 50, "a hole")
    report(service, 50, "another")
    chief = key(service, "chief", Grant("supervisor"))
    assert service.client.get("/api/v1/cases/export?purpose=curious", headers=service.operator).json()["code"] == "role_missing"
    assert service.client.get("/api/v1/cases/export", headers=chief).status_code == 422
    settings = service.wiring.settings
    settings.privacy = PrivacySettings(export_rows=1)
    answer = service.client.get("/api/v1/cases/export?purpose=everything", headers=chief)
    assert (answer.status_code, answer.json()["code"]) == (422, "export_too_large")
    with service.database.reading() as connection:
        assert [event for event in event_log.after(connection, 0) if event.kind == "exported"] == []
