"""Filing conditions are those of the rules in force; categories are called what the rules call them, by their key when they are gone."""

from typing import Any

import pytest

from geo_service.cases.rule_versions import book_in_force, put_book, rows_of
from geo_service.maps.frames import cases_frame
from geo_service.scope import EVERYTHING
from tests.flows.acting import Act
from tests.flows.conftest import NOW, Service
from tests.flows.test_dispatching import RUBBISH, reported


def change(service: Service, change_row: Any) -> None:
    """A new version of the catalogue: each row as `change_row` gives it back, None to leave it out."""
    with service.database.writing() as connection:
        rows = [change_row(dict(row)) for row in rows_of(connection, book_in_force(connection, "catalogue", at=NOW))]
        put_book(connection, "catalogue", [row for row in rows if row is not None], actor="test", at=NOW)


def only_hot(row: dict[str, Any]) -> dict[str, Any] | None:
    """The condition `hard` becomes `hot`."""
    return {**row, "condition": "hot", "zh": "热点", "en": "hot"} if (row["table"], row.get("condition")) == ("conditions", "hard") else row


def test_a_condition_is_one_of_the_version_in_force(service: Service, act: Act) -> None:
    refused = act(reported(service), "file", {"condition": "no_such"}, status=422)
    assert (refused["code"], "enquiry" in refused["detail"]) == ("unknown_condition", True)
    assert act(reported(service), "file", {"condition": "hard"})["condition"] == "hard"
    change(service, only_hot)
    assert act(reported(service), "file", {"condition": "hard"}, status=422)["code"] == "unknown_condition"
    filed = reported(service)
    assert act(filed, "file", {"condition": "hot"})["condition"] == "hot"
    said = {"category": RUBBISH, "condition": "hard", "reason": "x"}
    assert act(filed, "recategorise", said, status=422)["code"] == "unknown_condition"


@pytest.mark.parametrize("gone", [False, True])
def test_categories_are_called_what_the_rules_call_them(service: Service, act: Act, gone: bool) -> None:
    filed, received = reported(service), reported(service)
    before = act(filed, "file")["category_name"]

    def renamed(row: dict[str, Any]) -> dict[str, Any] | None:
        if row["table"] != "categories" or row["key"] != RUBBISH:
            return row
        return None if gone else {**row, "name": "新名称"}

    change(service, renamed)
    now = RUBBISH if gone else "新名称"
    listed = service.client.get("/api/v1/cases", headers=service.operator).json()["items"]
    assert {row["case_id"]: row["category_name"] for row in listed} == {filed: before, received: now}
    assert service.client.get(f"/api/v1/cases/{received}", headers=service.operator).json()["category_name"] == now
    rows = service.client.get("/api/v1/console/rows", params={"ids": f"{received}"}, headers=service.operator).json()["items"]
    assert [row["category_name"] for row in rows] == [now]
    words = service.client.get("/api/v1/console/vocabulary", headers=service.operator).json()["categories"]
    assert {one["name"] for one in words if one["key"] == RUBBISH} == (set() if gone else {now})
    wiring = service.wiring
    with service.database.reading() as connection:
        frame = cases_frame(connection, wiring.published.current(), scope=EVERYTHING, chosen=None, at=NOW, language="en")
    assert list(frame["category"]) == [before, now]
