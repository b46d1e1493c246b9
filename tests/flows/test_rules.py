"""Rules as tables over HTTP: out to a file, changed, back again, version by version, on both databases."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook

from geo_service import event_log
from map_ui.packing.payload import unpack
from tests import city
from tests.flows.conftest import NOW
from tests.flows.rule_desk import Desk, Lines
from tests.flows.test_dispatching import RUBBISH, reported
from tests.flows.test_reporting import body, send
from tests.map_ui.test_escaping import Parts

TABLES = ("categories", "affairs", "conditions", "limits", "duties", "calendar", "matrix", "ladder", "entries")


def changed(lines: Lines, match: dict[str, str], **values: str) -> Lines:
    """The lines with these cells in every row that matches."""
    heading = lines[1]
    done = 0
    for line in lines[2:]:
        if all(line[heading.index(name)] == value for name, value in match.items()):
            done += 1
            for name, value in values.items():
                line[heading.index(name)] = value
    assert done, match
    return lines


EVERYTHING = {"category": "*", "condition": "*", "stage": "handle"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_back_as_nothing_changed(desk: Desk, form: str) -> None:
    for kind in (*TABLES, *(("catalogue",) if form == "xlsx" else ())):
        before = desk.get(f"/{kind}").json()
        told = desk.send(kind, desk.get(f"/{kind}", format=form).content, commit=True)
        assert (told["changed"], told["committed"], told["said"]) == (False, False, "nothing changed: still version 1")
        assert desk.get(f"/{kind}").json()["digest"] == before["digest"] == told["digest"]
    listed = {one["name"]: one["version"] for one in desk.get("").json()["items"]}
    assert listed == {**dict.fromkeys((*TABLES, "catalogue"), 1), "population": None}


def test_a_catalogue_has_several_tables_and_a_csv_only_one(desk: Desk) -> None:
    refused = desk.service.client.get("/api/v1/rules/catalogue?format=csv", headers=desk.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "one_table_a_csv")
    names = load_workbook(io.BytesIO(desk.get("/catalogue", format="xlsx").content)).sheetnames
    assert names == ["categories", "affairs", "conditions", "limits", "duties", "citygrid"]
    assert desk.service.client.get("/api/v1/rules/laws", headers=desk.headers).json()["code"] == "unknown_rules"


def test_an_old_case_keeps_the_rules_it_was_judged_by(desk: Desk, act: Callable[..., Any]) -> None:
    service = desk.service
    sent, waiting = reported(service), reported(service)
    act(sent, "file")
    before = act(sent, "dispatch")
    assert (before["rules_version"], before["limit"]) == (1, {"amount": 4.0, "clock": "work_hour"})
    act(waiting, "file")

    faster = changed(desk.table("limits"), {"category": RUBBISH, "stage": "handle", "area_class": "*"}, amount="1", clock="urgent_hour")
    dry = desk.send("limits", faster)
    assert (dry["changed"], dry["committed"], dry["version"], dry["open_cases"]) == (True, False, 1, 2)
    assert desk.version("limits") == 1
    told = desk.send("limits", faster, commit=True, note="council of November")
    assert (told["committed"], told["version"]) == (True, 2)
    (pair,) = told["changes"][0]["changed"]
    assert (pair["columns"], pair["before"]["amount"], pair["after"]["amount"]) == (["amount", "clock"], 4.0, 1.0)

    kept = service.client.get(f"/api/v1/cases/{sent}", headers=service.operator).json()
    assert (kept["due_at"], kept["rules_version"], kept["limit"]) == (before["due_at"], 1, before["limit"])
    late = act(waiting, "dispatch")  # filed under version 1, dispatched under version 2
    assert (late["rules_version"], late["limit"]) == (1, {"amount": 4.0, "clock": "work_hour"})
    new = reported(service)
    act(new, "file")
    fresh = act(new, "dispatch")
    assert (fresh["rules_version"], fresh["limit"]) == (2, {"amount": 1.0, "clock": "urgent_hour"})
    assert act(reported(service), "file", {"rules_version": 1}, status=422)["code"] == "superseded_rules"

    versions = desk.get("/limits/versions").json()["items"]
    assert [one["version"] for one in versions] == [2, 1]
    assert (versions[0]["actor"], versions[0]["note"]) == ("rules 1", "council of November")
    assert desk.get("/limits", at=(NOW - dt.timedelta(days=1)).isoformat()).json()["version"] == 1
    naive = service.client.get("/api/v1/rules/limits?at=2026-11-24T10:00:00", headers=desk.headers)
    assert (naive.status_code, naive.json()["errors"][0]["code"]) == (422, "timezone_aware")
    with service.database.reading() as connection:
        logged = [event for event in event_log.after(connection, 0) if event.kind == "rules_changed"]
        assert event_log.first_break(connection) is None
    assert [event.data["version"] for event in logged] == [2]


def test_the_dispatch_clock_follows_the_table(desk: Desk, act: Callable[..., Any]) -> None:
    service = desk.service
    first = act(reported(service), "file")  # Tuesday 10:31 in the city: two working hours end at 14:31
    assert first["dispatch_due_at"][:16] == "2026-11-24T06:31"
    rows = desk.table("limits")
    rows.append([RUBBISH, "*", "core", "dispatch", "0.5", "urgent_hour", "已派遣", "x", "P"])
    rows.append([RUBBISH, "*", "village", "dispatch", "1", "work_day", "已派遣", "x", "P"])
    desk.send("limits", rows, commit=True)
    second = act(reported(service), "file")
    filed_at = dt.datetime.fromisoformat(second["events"][-1]["at"])
    assert dt.datetime.fromisoformat(second["dispatch_due_at"]) - filed_at == dt.timedelta(minutes=30)
    kept = service.client.get(f"/api/v1/cases/{first['case_id']}", headers=service.operator).json()
    assert kept["dispatch_due_at"] == first["dispatch_due_at"]
    service.clock.at += dt.timedelta(hours=1)  # the first is still in time, the second is late
    for case in (first, second):
        act(case["case_id"], "dispatch")
    for measure, ids in (("dispatched_on_time", [first["case_id"]]), ("dispatch_due", [second["case_id"], first["case_id"]])):
        listed = service.client.get("/api/v1/cases", params={"measure": measure}, headers=service.operator).json()
        assert [one["case_id"] for one in listed["items"]] == ids
    gone = [row for row in desk.table("limits") if row[:2] != ["*", "*"] or row[3] != "dispatch"]
    assert desk.send("limits", gone, status=422)["errors"][0]["code"] == "no_usual_limit"


def test_whoever_was_quicker_is_named_with_what_changed(desk: Desk) -> None:
    mine, theirs = desk.table("limits"), desk.table("limits")
    desk.send("limits", changed(theirs, EVERYTHING, amount="9"), commit=True)
    refused = desk.send("limits", changed(mine, EVERYTHING, amount="8"), commit=True, status=412)
    assert refused["code"] == "rules_moved_on"
    assert "limits changed" in refused["detail"]
    assert "rules 1" in refused["detail"]
    assert desk.version("limits") == 2
    unmarked = desk.table("limits")[1:]
    unsaid = changed([["#"], *unmarked], EVERYTHING, amount="7")[1:]
    assert desk.send("limits", unsaid, commit=True, status=428)["code"] == "precondition_required"
    assert desk.send("limits", unsaid, commit=True, base=1, status=412)["code"] == "rules_moved_on"
    assert desk.send("limits", unsaid, base=9, status=422)["code"] == "unknown_base"
    assert desk.send("limits", unsaid, commit=True, base=2)["version"] == 3
    assert desk.send("limits", mine, base=2, status=422)["code"] == "base_differs"
    mine[0] = ["# citygrid catalogue 1 000000000000"]
    assert desk.send("limits", mine, status=422)["code"] == "base_of_another_city"
    mine[0] = ["# citygrid matrix 1 000000000000"]
    assert desk.send("limits", mine, status=422)["code"] == "other_rules"


def test_another_table_of_the_catalogue_may_change_meanwhile(desk: Desk) -> None:
    duties = desk.table("duties")
    desk.send("limits", changed(desk.table("limits"), EVERYTHING, amount="9"), commit=True)
    told = desk.send("duties", changed(duties, {"code": "CA01"}, name="宣传政策"), commit=True)
    assert (told["committed"], told["version"]) == (True, 3)
    limits = desk.get("/limits").json()["tables"][0]["rows"]
    assert [row["amount"] for row in limits if row["category"] == "*" and row["stage"] == "handle" and row["condition"] == "*"] == [9.0]


def test_a_tree_of_ones_own_stands_beside_the_others(desk: Desk, act: Callable[..., Any]) -> None:
    rows = desk.table("categories")
    rows.append(["", "local", "matter", "90001", "宠物", "遛犬不拴绳"])
    told = desk.send("categories", rows, commit=True)
    assert told["changes"][0]["counts"] == {"added": 1, "changed": 0, "removed": 0}
    assert told["proof"]["after"]["categories"] == told["proof"]["before"]["categories"] + 1
    case_id = send(desk.service, body(50, 50, category="local:matter:90001"))["case_id"]
    act(case_id, "file")
    assert act(case_id, "dispatch")["decision"]["inputs"]["category"] == "local:matter:90001"
    unknown = {"channel": "web", "address": "光明路12号", "description": "x", "category": "local:matter:90002"}
    refused = desk.service.client.post("/api/v1/reports", json=unknown)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_category")


def test_what_is_still_named_cannot_be_taken_away(desk: Desk) -> None:
    without = [row for row in desk.table("categories") if not row[0].startswith("gb47678:matter:06001")]
    refused = desk.send("categories", without, status=422)
    assert {(e["sheet"], e["code"], e["value"]) for e in refused["errors"]} == {("categories", "still_used", "gb47678:matter:06001")}
    without = [row for row in desk.table("conditions") if row[1:2] != ["complaint"]]
    assert desk.send("conditions", without, status=422)["errors"][0]["code"] == "still_used"
    book = load_workbook(io.BytesIO(desk.get("/catalogue", format="xlsx").content))
    for name in ("categories", "conditions", "limits", "affairs", "duties"):
        for number in range(book[name].max_row, 1, -1):
            if "gb47678:matter:06001" in [cell.value for cell in book[name][number]]:
                book[name].delete_rows(number)
    packed = io.BytesIO()
    book.save(packed)
    told = desk.send("catalogue", packed.getvalue(), commit=True)
    assert told["changes"][0]["counts"]["removed"] == 1
    assert told["committed"]


def test_every_bad_row_is_told_at_once_with_sheet_column_value_and_both_languages(desk: Desk) -> None:
    heading = ["rule_id", "category", "area", "lead", "cohandlers", "priority", "from_on", "until_on", "season", "source"]
    rows = [
        ["a", "*", "*", "agency:S1", "", "0", "", "", "", ""],
        ["b", "gb47678:matter:99999", "*", "agency:S1", "", "", "", "", "", ""],
        ["c", "*", "nowhere", "agency:S1", "", "", "", "", "", ""],
        ["d", "*", "*", "agency:nobody", "", "", "", "", "", ""],
        ["e", "*", "*", "post:king", "", "", "", "", "", ""],
        ["f", "*", "*", "agency:S1", "", "", "2020-01-01", "2020-12-31", "", ""],
        ["g", "*", "*", "agency:S1", "", "", "2026-12-01T08:00:00", "", "", ""],
        ["h", "*", "*", "agency:S1", "", "", "", "", "13-01..02-30", ""],
        ["i", "*", "*", "agency:S1", "agency:S1", "", "", "", "", ""],
        ["a", "*", city.A, "agency:S1", "", "", "", "", "", ""],
        ["=k", "*", "*", "S1", "", "many", "", "", "", ""],
        ["", "*", "*", "agency:S1", "", "", "", "", "", ""],
        ["m", "*", "*", "S1", "", "", "", "", "", ""],
        ["n", "*", "*", "agency:S1", "", "", "2026-12-02", "2026-12-01", "", ""],
    ]
    refused = desk.send("matrix", [heading, *rows], status=422)
    assert refused["code"] == "bad_rows"
    assert [(e["row"], e["column"], e["code"]) for e in refused["errors"]] == [
        (3, "category", "unknown_category"),
        (4, "area", "unknown_area"),
        (5, "lead", "unknown_agency"),
        (6, "lead", "unknown_role"),
        (7, "until_on", "expired_rule"),
        (8, "from_on", "bad_date"),
        (9, "season", "bad_season"),
        (10, "cohandlers", "bad_rule"),
        (11, "rule_id", "doubled"),
        (12, "rule_id", "formula"),
        (13, "rule_id", "missing"),
        (14, "lead", "bad_lead"),
        (15, "until_on", "bad_rule"),
    ]
    first = refused["errors"][0]
    assert (first["sheet"], first["value"], first["en"]) == ("matrix", "gb47678:matter:99999", "there is no such category")
    assert first["zh"] == "没有这个类别"
    assert first["message"] == "matrix, row 3, category: there is no such category"


def test_a_matrix_that_leaves_gaps_is_refused_unless_told(desk: Desk) -> None:
    rows = changed(desk.table("matrix"), {"rule_id": "*/*"}, category="social")
    dry = desk.send("matrix", rows)
    assert dry["proof"]["worse"] is True
    assert dry["proof"]["before"]["gap_pairs"] == 0
    assert {one["category"] for one in dry["proof"]["after"]["gaps"]} == {"gb47678"}
    refused = desk.send("matrix", rows, commit=True, status=409)
    assert refused["code"] == "matrix_leaves_gaps"
    assert "gb47678" in refused["detail"]
    assert desk.version("matrix") == 1
    told = desk.send("matrix", rows, commit=True, allow_gaps=True)
    assert told["version"] == 2
    assert told["warnings"]
    # mending it is no worse, and needs no permission
    assert desk.send("matrix", changed(desk.table("matrix"), {"rule_id": "*/*"}, category="*"), commit=True)["version"] == 3
    twice = desk.table("matrix")
    twice.append(["rival", "*", "*", "post:grid_worker", "", "0", "", "", "", ""])
    assert desk.send("matrix", twice, commit=True, status=409)["code"] == "matrix_leaves_gaps"


def test_an_expired_rule_stays_in_the_table_but_cannot_be_named(desk: Desk, act: Callable[..., Any]) -> None:
    rows = desk.table("matrix")
    rows.append(["winter", RUBBISH, city.STREET, "agency:S1", "", "5", "2026-11-01", "2026-11-30", "", "扫雪令"])
    desk.send("matrix", rows, commit=True)
    case_id = reported(desk.service)
    act(case_id, "file")
    assert act(case_id, "dispatch", {"owner": "agency:S1", "rule": "nothing"}, status=422)["code"] == "unknown_rule"
    desk.service.clock.at += dt.timedelta(days=10)
    refused = act(case_id, "dispatch", {"owner": "agency:S1", "rule": "winter"}, status=422)
    assert refused["code"] == "expired_rule"
    assert "2026-11-30" in refused["detail"]
    assert desk.send("matrix", desk.table("matrix"), commit=True)["changed"] is False
    renewed = changed(desk.table("matrix"), {"rule_id": "winter"}, source="旧令")
    assert desk.send("matrix", renewed, status=422)["errors"][0]["code"] == "expired_rule"


def test_why_here_is_stored_and_answered_in_both_languages(desk: Desk, act: Callable[..., Any]) -> None:
    rows = desk.table("matrix")
    rows.append(["street", RUBBISH, city.STREET, "agency:S1", "", "0", "", "", "01-01..12-31", "履职清单第7项"])
    desk.send("matrix", rows, commit=True)
    case_id = reported(desk.service)
    act(case_id, "file")
    case = act(case_id, "dispatch")
    decision = case["decision"]
    assert (decision["rule"], decision["matrix_version"], decision["lead"], decision["followed"]) == ("street", 2, "agency:S1", True)
    assert decision["inputs"]["areas"]["street"] == city.STREET
    assert decision["inputs"]["on"] == "2026-11-24"
    assert [one["rule"] for one in decision["alternatives"]] == ["*/*"]
    assert case["why"] == decision["en"]
    chinese = desk.service.client.get(f"/api/v1/cases/{case_id}", headers={**desk.service.operator, "Accept-Language": "zh-CN"}).json()
    assert chinese["why"] == decision["zh"]
    assert "履职清单第7项" in chinese["why"]
    act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": "post:4"})
    again = act(case_id, "dispatch", {"owner": "post:4"})
    assert (again["decision"]["followed"], again["decision"]["rule"]) == (False, "street")


def test_only_whoever_keeps_the_rules_may_change_them(desk: Desk) -> None:
    data = desk.get("/limits", format="csv").content
    url, client = "/api/v1/rules/limits", desk.service.client
    assert client.post(url, content=data).status_code == 401
    assert client.post(url, content=data, headers=desk.service.operator).status_code == 403
    assert client.get(url).status_code == 401
    assert client.get(url, headers=desk.service.operator).status_code == 200


def test_files_that_are_none_are_refused_in_words(desk: Desk) -> None:
    gbk = desk.get("/duties", format="csv").content.decode("utf-8-sig").encode("gb18030")
    assert desk.send("duties", gbk, status=422)["code"] == "not_in_this_encoding"
    assert desk.send("duties", gbk, encoding="gbk")["changed"] is False
    assert desk.send("duties", b"PK junk", status=422)["code"] == "bad_xlsx"
    assert desk.send("duties", b"a,b\n1,2\n", status=422)["code"] == "unknown_columns"
    assert desk.send("duties", b"", status=422)["code"] == "empty_file"
    assert desk.send("duties", b"x" * (17 * 2**20), status=413)["code"] == "body_too_large"
    book, packed = Workbook(), io.BytesIO()
    book.active.title = "limits"
    book.create_sheet("secrets").append(["x"])
    book.save(packed)
    assert desk.send("catalogue", packed.getvalue(), status=422)["code"] == "unknown_sheets"
    rows = desk.table("duties")
    rows.append(["ZZ", "community", "own", "长" * 1_000_000, "", ""])
    assert [e["code"] for e in desk.send("duties", rows, status=422)["errors"]] == ["too_long"]


def test_the_gaps_are_drawn_on_a_map(desk: Desk) -> None:
    def page(language: str) -> str:
        answer = desk.service.client.get("/maps/matrix-gaps", params={"lang": language}, headers=desk.headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "no gaps: every matter has exactly one lead everywhere" in page("en")
    assert "没有空白" in page("zh-CN")
    rows = changed(desk.table("matrix"), {"rule_id": "*/*"}, category="social")
    rows.append(["rival", "social", "*", "post:grid_worker", "", "0", "", "", "", ""])
    rows.append(["village", "gb47678", city.V, "agency:S1", "", "0", "", "", "", ""])
    desk.send("matrix", rows, commit=True, allow_gaps=True)
    html = page("en")
    assert "no gaps" not in html
    data = unpack(Parts(html).blocks["data-block"])["areas"]
    classes = dict(zip(data["code"], np.cumsum(data["fills"]["gaps"]).tolist(), strict=True))
    drawn = {code: found for code, found in classes.items() if found >= 0}
    assert drawn == {city.A1: 3, city.A2: 3, city.B1: 3, city.V: 2, f"{city.STREET}99999999": 3}
    missing, doubled = ([column["values"][i] for i in column["codes"]] if "codes" in column else column for column in data["told"])
    assert "gb47678" in str(missing)
    assert "agency:S1" not in str(missing)
    assert "post:street_office / post:grid_worker" in str(doubled) or "post:grid_worker / " in str(doubled)
    assert desk.service.client.get("/maps/matrix-gaps").status_code == 401


def test_of_two_who_commit_at_once_one_is_told_of_the_other(desk: Desk) -> None:
    files = []
    for amount in ("8", "9"):
        out = io.StringIO()
        csv.writer(out).writerows(changed(desk.table("limits"), EVERYTHING, amount=amount))
        files.append(out.getvalue().encode())

    def send_one(data: bytes) -> tuple[int, str]:
        answer = desk.service.client.post("/api/v1/rules/limits?commit=true", content=data, headers=desk.headers)
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(send_one, files))
    assert found == [(200, ""), (412, "rules_moved_on")]
    assert desk.version("limits") == 2
