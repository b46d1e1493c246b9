"""Evaluation: every number is the length of the list of cases it names, in every form it can be asked for."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from geo_service.workers.tables import agency
from tests import city
from tests.flows.conftest import Service
from tests.flows.test_dispatching import RUBBISH, Act, act, people, reported, walk  # noqa: F401  # act and people are fixtures
from tests.flows.test_reporting import body, send

PERIOD = {"from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00"}


def asked(service: Service, **query: Any) -> Any:
    answer = service.client.get("/api/v1/evaluation", params={**PERIOD, **query}, headers=service.operator)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture
def some_cases(service: Service, act: Act) -> None:  # noqa: F811  # the fixture, asked for by its name
    """One evaluated, one overdue, one returned to an agency, one repeated in the village, one outside the city."""
    walk(act, reported(service))
    late = reported(service)
    walk(act, late, "sign")
    back = send(service, body(150, 150, category=RUBBISH))["case_id"]
    act(back, "file")
    act(back, "dispatch")
    act(back, "return", {"reason": "wrong_duty", "proposed_owner": "agency:S1"})
    act(back, "dispatch", {"owner": "agency:S1"})
    for _ in range(2):
        send(service, body(400, 100, category=RUBBISH))
    send(service, body(5000, 5000))
    service.clock.at += dt.timedelta(days=2)


@pytest.mark.usefixtures("some_cases")
@pytest.mark.parametrize("level", ["city", "community", "grid", "agency", "worker"])
def test_every_number_is_the_length_of_the_list_behind_it(service: Service, level: str) -> None:
    items = asked(service, level=level).json()["items"]
    assert items
    for line in items:
        for rate in line["rates"]:
            for part in ("numerator", "denominator"):
                behind = service.client.get(rate[f"{part}_cases"], headers=service.operator)
                assert behind.status_code == 200, behind.text
                assert behind.json()["total"] == rate[part], (line["key"], rate["name"], part)
            assert rate["value"] == (rate["numerator"] / rate["denominator"] if rate["denominator"] else None)
            assert rate["small"] is True


@pytest.mark.usefixtures("some_cases")
def test_the_rates_are_those_counted_by_hand(service: Service) -> None:
    whole = asked(service, level="city").json()["items"][0]
    rates = {rate["name"]: (rate["numerator"], rate["denominator"]) for rate in whole["rates"]}
    assert (whole["received"], whole["households"], whole["stars"]) == (5, 352, None)
    assert whole["per_thousand_households"] == pytest.approx(5000 / 352)
    assert rates["filed"] == (3, 5)
    assert rates["dispatched_on_time"] == (3, 3)
    assert rates["handled_on_time"] == (1, 3)
    assert rates["overdue"] == (2, 3)
    assert rates["returned"] == (1, 3)
    assert rates["closed"] == (1, 3)
    assert rates["repeated"] == (2, 5)
    assert rates["satisfaction"] == (1, 1)


@pytest.mark.usefixtures("some_cases")
def test_sheets_say_the_same_and_run_no_formula(service: Service) -> None:
    with service.database.writing() as connection:
        connection.execute(agency.update().values(name="=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(asked(service, level="agency", format="csv").content.decode("utf-8-sig"))))
    assert [(row["key"], row["name"], row["received"]) for row in rows] == [("agency:S1", "'=HYPERLINK(1)", "1")]
    sheet = load_workbook(io.BytesIO(asked(service, level="agency", format="xlsx").content)).active
    assert sheet is not None
    heads, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert line[heads.index("overdue_numerator")] == 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.usefixtures("some_cases")
def test_the_monthly_report_has_charts_and_loads_nothing(service: Service) -> None:
    answer = service.client.get("/api/v1/evaluation/report", params={"month": "2026-11", "level": "community"}, headers=service.operator)
    assert answer.status_code == 200
    assert answer.text.count("<svg") == 4
    assert "甲社区" in answer.text
    assert "src=" not in answer.text
    assert "href=" not in answer.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"level": "galaxy"}, "unknown_level"),
        ({"from": "2026-12-02T00:00:00Z"}, "empty_period"),
        ({"from": "2026-11-01T00:00:00"}, "malformed"),
        ({"format": "pdf"}, "malformed"),
    ],
)
def test_what_cannot_be_evaluated_is_told(service: Service, query: dict[str, str], code: str) -> None:
    answer = service.client.get("/api/v1/evaluation", params={**PERIOD, **query}, headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.usefixtures("some_cases")
def test_lists_maps_and_counts_agree_on_the_same_filter(service: Service) -> None:
    def got(path: str, **query: Any) -> Any:
        answer = service.client.get(f"/api/v1/cases{path}", params=query, headers=service.operator)
        assert answer.status_code == 200, answer.text
        return answer.json()

    by_light = got("/counts", by="light")["counts"]
    assert by_light == {"none": 4, "red": 2}
    for colour, number in by_light.items():
        listed = got("", light=colour)
        assert listed["total"] == number == sum(listed["by_state"].values())
        shown = got("/positions", light=colour)
        assert sorted(shown["id"]) == sorted(c["case_id"] for c in listed["items"])
    assert got("/counts", by="community")["counts"] == {city.A: 3, city.V: 2}
    assert got("", category="gb47678:matter:06")["total"] == got("", category="gb47678")["total"] == 5
    assert got("", category="social")["total"] == got("", text="%")["total"] == 0
    assert got("", agency="S1")["items"][0]["owner"] == "agency:S1"
    assert got("", text="20261124-000002")["total"] == 1
    assert got("", measure="overdue", area=city.A)["total"] == 2
    wrong = service.client.get("/api/v1/cases", params={"measure": "luck"}, headers=service.operator)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_measure")
