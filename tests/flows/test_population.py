"""Cases per 1,000 people: from figures a city brings, never guessed; per household where there are none."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests import city
from tests.flows.conftest import Service
from tests.flows.rule_desk import Desk
from tests.flows.test_dispatching import RUBBISH
from tests.flows.test_evaluation import asked
from tests.flows.test_reporting import body, send

HEAD = ["area", "people", "household_size", "as_of", "source"]
FIGURES = [
    [city.STREET, "1000", "", "2026-01-01", "census"],
    [city.V, "400", "", "", "village list"],
    [city.A1, "", "3", "", "survey"],
]
"""The street has 352 households: 120 in the village, 102 in A1; 1000 - 400 - 306 = 294 people are left for 130 households."""


def lines_of(service: Service, level: str, **more: Any) -> dict[str, dict[str, Any]]:
    found = asked(service, level=level, **more).json()
    return {line["key"]: line for line in found["items"]}


def test_without_figures_load_is_told_by_households_and_says_so(service: Service) -> None:
    found = asked(service, level="community").json()
    assert (found["load_per"], found["load_basis"]) == ("households", "No population is known: load is told per 1,000 households")
    assert {line["population"] for line in found["items"]} == {None}
    assert {line["per_thousand_people"]["withheld"] for line in found["items"]} == {"no_population"}
    assert found["whole"]["per_thousand_households"]["value"] == 0
    assert "没有人口数据" in asked(service, level="community", format="html", lang="zh-CN").text
    assert (asked(service, by="agency").json()["load_per"], asked(service, by="agency").json()["load_basis"]) == (None, None)


def test_figures_go_down_by_households_and_up_by_sums(service: Service, desk: Desk) -> None:
    for x, y in ((50, 50), (400, 100), (400, 100)):
        send(service, body(x, y, category=RUBBISH))
    assert desk.send("population", [HEAD, *FIGURES], commit=True)["version"] == 1
    street = lines_of(service, "street")[city.STREET]
    assert (street["population"], street["population_basis"]) == (1000, "stated")
    assert street["per_thousand_people"] == {"value": pytest.approx(3.0), "withheld": None}
    assert lines_of(service, "city")["149900"]["population_basis"] == "summed"
    communities = lines_of(service, "community")
    told = {key: (line["population"], line["population_basis"]) for key, line in communities.items()}
    assert told == {
        city.V: (400, "stated"),
        city.A: (round(306 + 80 * 294 / 130), "by_households"),
        city.B: (round(50 * 294 / 130), "by_households"),
    }
    assert communities[city.V]["per_thousand_people"]["value"] == pytest.approx(2000 / 400)
    assert communities[city.B]["per_thousand_people"] == {"value": None, "withheld": "few_people"}  # 113 are fewer than 300
    leaf = lines_of(service, "micro_grid")[f"{city.A1}01"]
    assert (leaf["population"], leaf["population_basis"]) == (120, "by_households")
    found = asked(service, level="grid").json()
    assert (found["load_per"], found["yardstick"]["small_people"]) == ("people", 300)
    assert "version 1 of the population table" in found["load_basis"]


def test_what_is_not_known_in_every_part_is_not_summed(service: Service, desk: Desk) -> None:
    desk.send("population", [HEAD, [city.V, "400", "", "", ""], [city.A, "0", "", "", ""]], commit=True)
    assert lines_of(service, "street")[city.STREET]["population"] is None
    assert {key: line["population"] for key, line in lines_of(service, "community").items()} == {city.A: 0, city.B: None, city.V: 400}
    assert lines_of(service, "community")[city.A]["per_thousand_people"]["withheld"] == "few_people"
    assert asked(service, level="grid", area=city.B).json()["load_per"] == "households"


def test_sheets_and_the_page_say_the_same(service: Service, desk: Desk) -> None:
    send(service, body(400, 100, category=RUBBISH))
    desk.send("population", [HEAD, *FIGURES], commit=True)
    rows = {
        row["key"]: row for row in csv.DictReader(io.StringIO(asked(service, format="csv", level="community").content.decode("utf-8-sig")))
    }
    assert (rows[city.V]["population"], rows[city.V]["population_basis"], float(rows[city.V]["per_thousand_people"])) == (
        "400",
        "stated",
        2.5,
    )
    assert rows[city.B]["per_thousand_people"] == ""
    book = load_workbook(io.BytesIO(asked(service, format="xlsx", level="community").content))
    heads, *lines = ([cell.value for cell in row] for row in book.worksheets[0].iter_rows())
    village = next(dict(zip(heads, line, strict=True)) for line in lines if line[0] == city.V)
    assert (village["Population"], village["Population known by"], village["Per 1,000 people"]) == (400, "its own figure", 2.5)
    assert "version 1 of the population table" in str([row[0].value for row in book.worksheets[-1].iter_rows()])
    page = asked(service, format="html", level="community", lang="en").text
    assert "Per 1,000 people" in page
    assert "version 1 of the population table" in page


def test_figures_come_and_go_as_a_table_and_hold_from_their_date(service: Service, desk: Desk) -> None:
    empty = desk.get("/population").json()
    assert (empty["version"], empty["tables"][0]["rows"]) == (0, [])
    desk.send("population", [*desk.table("population"), *FIGURES], commit=True)
    assert desk.send("population", desk.get("/population", format="xlsx").content, commit=True)["changed"] is False
    later = [HEAD, [city.V, "800", "", "", ""]]
    assert desk.send("population", later, commit=True, base=1, effective_from="2027-01-01T00:00:00Z")["version"] == 2
    assert lines_of(service, "community")[city.V]["population"] == 400
    assert lines_of(service, "community", **{"from": "2026-12-01T00:00:00Z", "to": "2027-02-01T00:00:00Z"})[city.V]["population"] == 400
    service.clock.at = service.clock.at.replace(year=2027, month=3)
    assert lines_of(service, "community", to="2027-02-01T00:00:00Z")[city.V]["population"] == 800
    assert lines_of(service, "community")[city.V]["population"] == 400  # as of the end of November


def test_figures_that_cannot_be_are_told_row_by_row(desk: Desk) -> None:
    rows = [
        ["nowhere", "1", "", "", ""],
        [city.A, "1", "2", "", ""],
        [city.A, "", "", "", ""],
        [city.A, "1.5", "", "", ""],
        [city.A, "-1", "", "", ""],
        [city.A, "", "0", "", ""],
        [city.A, "", "nan", "", ""],
        [city.A, "1", "", "2026-12-24", ""],
        [city.A, "1", "", "2026-01-01T00:00:00", ""],
        [city.A, "1", "", "", "=1+1"],
    ]
    refused = desk.send("population", [HEAD, *rows], status=422)
    assert [(one["row"], one["column"], one["code"]) for one in refused["errors"]] == [
        (2, "area", "unknown_area"),
        (3, "people", "people_or_size"),
        (4, "people", "people_or_size"),
        (5, "people", "bad_number"),
        (6, "people", "bad_number"),
        (7, "household_size", "bad_household_size"),
        (8, "household_size", "bad_household_size"),
        (9, "as_of", "not_counted_yet"),
        (10, "as_of", "bad_date"),
        (11, "source", "formula"),
    ]
