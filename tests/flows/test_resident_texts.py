"""What residents type is taken in without signs nobody sees; what a list is asked for at the ends of time is answered."""

import json

import pytest
import sqlalchemy as sa

from geo_service.cases.tables import case_record, reporter
from tests.flows.conftest import Service
from tests.flows.test_reporting import body, send

UNSEEN = "\u202e\u2066\u200f\x00\x07\x1b\x7f\x85\ufeff"


def test_unseen_signs_are_taken_out_and_lines_stay(service: Service) -> None:
    said = body(50, 50, description=f"楼下{UNSEEN}垃圾\n第二行\t👨‍👩‍👧", address=f"光明路{UNSEEN}12号", reporter={"name": f"王{UNSEEN}某"})
    case_id = send(service, said)["case_id"]
    with service.database.reading() as connection:
        stored = connection.execute(sa.select(case_record).where(case_record.c.case_id == case_id)).one()
        name = connection.execute(sa.select(reporter.c.name).where(reporter.c.case_id == case_id)).scalar_one()
    assert (stored.description, stored.address, name) == ("楼下垃圾\n第二行\t👨‍👩‍👧", "光明路12号", "王某")


@pytest.mark.parametrize("field", ["description", "address"])
def test_a_text_of_nothing_else_is_refused(service: Service, field: str) -> None:
    answer = service.client.post("/api/v1/reports", content=json.dumps(body(50, 50) | {field: UNSEEN}))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/cases/counts", "/api/v1/cases/positions"])
@pytest.mark.parametrize("name", ["from", "to", "as_of"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_no_error(service: Service, path: str, name: str, at: str) -> None:
    send(service, body(50, 50))
    answer = service.client.get(path, params={name: at, "light": "green"} if name == "as_of" else {name: at}, headers=service.operator)
    assert answer.status_code == 200, answer.text
    if path == "/api/v1/cases" and name != "as_of":
        assert answer.json()["total"] == ((name == "from") == at.startswith("0001"))
