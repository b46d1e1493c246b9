"""Evaluation: every number is the length of the list of cases it names, in every form it can be asked for."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from geo_service.cases.rate_rules import put_standard
from geo_service.cases.yardstick import shipped_yardstick
from geo_service.workers.tables import agency
from tests import city
from tests.flows.acting import Act
from tests.flows.conftest import NOW, Service
from tests.flows.test_dispatching import RUBBISH, reported, walk
from tests.flows.test_reporting import body, send

PERIOD = {"from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00"}


def asked(service: Service, **query: Any) -> Any:
    answer = service.client.get("/api/v1/evaluation", params={**PERIOD, **query}, headers=service.operator)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture
def some_cases(service: Service, act: Act) -> None:
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


def listed(service: Service, path: str) -> int:
    answer = service.client.get(path, headers=service.operator)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


@pytest.mark.usefixtures("some_cases")
@pytest.mark.parametrize(
    "query",
    [
        {"level": "city"},
        {"level": "community"},
        {"level": "grid", "area": city.A},
        {"level": "micro_grid", "agency": "S1"},
        {"by": "agency"},
        {"by": "worker", "area": city.A},
        {"level": "grid", "generation": 1},
    ],
)
def test_every_cell_is_the_length_of_the_list_behind_it(service: Service, query: dict[str, Any]) -> None:
    found = asked(service, **query).json()
    assert found["items"]
    lines = [found["whole"], *([found["unassigned"]] if found["unassigned"] else []), *found["items"]]
    known: dict[str, int] = {}
    for line in lines:
        cells = [(line["received_cases"], line["received"])]
        cells += [(rate[f"{part}_cases"], rate[part]) for rate in line["rates"] for part in ("numerator", "denominator")]
        for path, number in cells:
            if path not in known:
                known[path] = listed(service, path)
            assert known[path] == number, (line["key"], path)
    for at, first in enumerate(found["whole"]["rates"]):
        for part in ("numerator", "denominator"):
            assert first[part] == sum(line["rates"][at][part] for line in lines[1:])


@pytest.mark.usefixtures("some_cases")
def test_the_rates_are_those_counted_by_hand(service: Service) -> None:
    found = asked(service, level="city").json()
    whole = found["items"][0]
    rates = {rate["name"]: (rate["numerator"], rate["denominator"]) for rate in whole["rates"]}
    assert (whole["received"], whole["households"], whole["stars"]) == (5, 352, None)
    assert whole["per_thousand_households"] == {"value": pytest.approx(5000 / 352), "withheld": None}
    assert whole["workers"] == 3  # grid workers of two grids, one of them away, and a village committee
    assert whole["cases_per_worker"]["value"] == pytest.approx(5 / 3)
    assert rates["filed"] == (3, 5)
    assert rates["dispatched"] == (3, 3)
    assert rates["handled_on_time"] == (1, 3)
    assert rates["overdue"] == (2, 3)
    assert rates["returned"] == (1, 3)
    assert rates["closed"] == (1, 3)
    assert rates["repeated"] == (2, 5)
    assert rates["satisfaction"] == (1, 1)
    assert (found["whole"]["received"], found["unassigned"]["received"]) == (6, 1)


@pytest.mark.usefixtures("some_cases")
def test_small_numbers_are_told_without_a_rate_and_without_a_rank(service: Service) -> None:
    line = asked(service, level="community").json()["items"][0]
    for rate in line["rates"]:
        assert rate["value"] is None
        assert rate["withheld"] == ("few_cases" if rate["denominator"] else "no_cases")
    assert (line["score"], line["stars"], line["rank"]) == (None, None, None)
    row = {**shipped_yardstick().row(), "small": 1, "small_households": 1}
    row["stars"] = {**row["stars"], "least_weight": 0}
    with service.database.writing() as connection:
        assert put_standard(connection, row, actor="test", at=NOW).version == 1
    found = asked(service, level="community").json()
    line = next(line for line in found["items"] if line["key"] == city.A)
    assert found["yardstick"]["version"] == 1
    assert {rate["name"]: rate["value"] for rate in line["rates"]}["closed"] == pytest.approx(1 / 3)
    assert line["stars"] in range(1, 6)


@pytest.mark.usefixtures("some_cases")
def test_areas_without_cases_are_listed_and_pages_follow_one_another(service: Service) -> None:
    keys = [line["key"] for line in asked(service, level="grid").json()["items"]]
    assert keys == [city.A1, city.A2, city.B1]
    first = asked(service, level="grid", limit=2).json()
    assert ([line["key"] for line in first["items"]], first["next"], first["total"]) == (keys[:2], keys[1], 3)
    second = asked(service, level="grid", limit=2, after=first["next"]).json()
    assert ([line["key"] for line in second["items"]], second["next"]) == (keys[2:], None)


@pytest.mark.usefixtures("some_cases")
def test_sheets_say_the_same_and_run_no_formula(service: Service) -> None:
    with service.database.writing() as connection:
        connection.execute(agency.update().values(name="=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(asked(service, level="agency", format="csv").content.decode("utf-8-sig"))))
    assert [(row["key"], row["name"], row["received"]) for row in rows][-1] == ("S1", "'=HYPERLINK(1)", "1")
    assert (rows[-1]["overdue_numerator"], rows[-1]["overdue_withheld"]) == ("1", "few_cases")
    book = load_workbook(io.BytesIO(asked(service, level="agency", format="xlsx").content))
    heads, *lines = ([cell.value for cell in row] for row in book.worksheets[0].iter_rows())
    assert lines[-1][heads.index("overdue · numerator")] == 1
    assert lines[-1][1] == "'=HYPERLINK(1)"
    assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    assert sum(len(sheet._charts) for sheet in book.worksheets) == 5


@pytest.mark.usefixtures("some_cases")
def test_the_monthly_report_has_charts_and_loads_nothing(service: Service) -> None:
    with service.database.writing() as connection:
        connection.execute(agency.update().values(name="<script>pwned</script>"))
    poisoned = asked(service, by="agency", format="html").text
    assert "&lt;script&gt;pwned" in poisoned
    assert "<script" not in poisoned
    for lang, title in (("zh-CN", "网格治理评价报告"), ("en", "Grid governance evaluation")):
        query = {"month": "2026-11", "level": "community", "lang": lang}
        answer = service.client.get("/api/v1/evaluation/report", params=query, headers=service.operator)
        assert answer.status_code == 200
        assert title in answer.text
        assert answer.text.count("<svg") == 5
        assert "甲社区" in answer.text
        assert "src=" not in answer.text
        assert "href=" not in answer.text
    quiet = service.client.get("/api/v1/evaluation/report", params={"month": "2025-01", "lang": "en"}, headers=service.operator)
    assert "There are no cases in this period" in quiet.text


@pytest.mark.usefixtures("some_cases")
def test_the_map_of_loads_opens_in_both_languages(service: Service) -> None:
    for lang in ("zh-CN", "en"):
        query = {"lang": lang, "month": "2026-11", "level": "grid", "rate": "overdue"}
        answer = service.client.get("/maps/load", params=query, headers=service.operator)
        assert answer.status_code == 200, answer.text
        assert "2026-11" in answer.text
    wrong = service.client.get("/maps/load", params={"rate": "luck"}, headers=service.operator)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_rate")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"level": "galaxy"}, 422, "unknown_level"),
        ({"level": "rest\x00"}, 422, "unknown_level"),
        ({"from": "2026-12-02T00:00:00Z"}, 422, "empty_period"),
        ({"to": PERIOD["from"]}, 422, "empty_period"),
        ({"from": "2026-11-01T00:00:00"}, 422, "malformed"),
        ({"from": "0001-01-01T00:00:00+14:00"}, 422, "period_out_of_range"),
        ({"to": "9999-12-31T23:59:59-12:00"}, 422, "period_out_of_range"),
        ({"format": "pdf"}, 422, "malformed"),
        ({"by": "moon"}, 422, "malformed"),
        ({"agency": "nobody"}, 422, "unknown_agency"),
        ({"agency": "S1\x00"}, 422, "unknown_agency"),
        ({"area": "123"}, 422, "unknown_area"),
        ({"generation": 99}, 404, "generation_unknown"),
        ({"by": "agency", "generation": 1}, 422, "generation_needs_areas"),
    ],
)
def test_what_cannot_be_evaluated_is_told(service: Service, query: dict[str, Any], status: int, code: str) -> None:
    answer = service.client.get("/api/v1/evaluation", params={**PERIOD, **query}, headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_hundred_years_are_a_period_like_any_other(service: Service) -> None:
    query = {"from": "1980-01-01T00:00:00Z", "to": "2080-01-01T00:00:00Z", "level": "grid"}
    assert asked(service, **query).json()["whole"]["received"] == 0
    assert asked(service, **query, format="html").status_code == 200
    assert asked(service, **query, format="xlsx").status_code == 200


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-10", "２０２６-10", "2026/10"])
def test_what_is_no_month_is_told(service: Service, month: str) -> None:
    answer = service.client.get("/api/v1/evaluation/report", params={"month": month}, headers=service.operator)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_month")


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
