"""citygrid rules and citygrid map matrix-gaps: as one types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from geo_service.cli import app
from geo_service.db import Database
from geo_service.migrations import migrate
from tests import city


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the tiny city in its database."""
    url = f"sqlite:///{tmp_path / 'city.db'}"
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
    database.close()
    monkeypatch.setenv("CITYGRID_DATABASE_URL", url)
    monkeypatch.setenv("CITYGRID_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*typed: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*typed])
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


def test_a_table_goes_out_is_changed_and_becomes_the_next_version(installed: Path) -> None:
    assert "matrix\tv1" in run("rules", "list").stdout
    run("rules", "export", "duties", "--out", "duties.csv")
    assert run("rules", "import", "duties", "duties.csv", "--commit").stdout == "nothing changed: still version 1\n"
    table = installed / "duties.csv"
    table.write_text(table.read_text("utf-8").replace("宣传执行党的路线方针政策", "宣传政策"), "utf-8")
    dry = run("rules", "import", "duties", "duties.csv").stdout
    assert "~ duties\tCA01\tname: 宣传执行党的路线方针政策 → 宣传政策" in dry
    assert "a dry run, nothing was saved: 0 added, 1 changed, 0 removed" in dry
    assert "duties\tv1" in run("rules", "list").stdout
    done = json.loads(run("rules", "import", "duties", "duties.csv", "--commit", "--note", "shorter", "--json").stdout)
    assert (done["committed"], done["version"]) == (True, 2)
    assert "宣传政策" in run("rules", "show", "duties").stdout
    assert "宣传政策" not in run("rules", "show", "duties", "--version", "1").stdout


def test_a_table_is_dated_ahead_and_withdrawn(installed: Path) -> None:
    run("rules", "export", "duties", "--out", "duties.csv")
    table = installed / "duties.csv"
    table.write_text(table.read_text("utf-8").replace("宣传执行党的路线方针政策", "宣传政策"), "utf-8")
    planned = run("rules", "import", "duties", "duties.csv", "--commit", "--from", "2099-01-01", "--note", "later").stdout
    assert "version 2 will hold from 2098-12-31T16:00:00+00:00" in planned  # midnight in the city
    assert "duties\tv1" in run("rules", "list").stdout
    lines = [line.split("\t") for line in run("rules", "versions", "duties").stdout.splitlines()]
    assert [(line[0], line[2], line[4]) for line in lines] == [("v2", "planned", "later"), ("v1", "", "shipped with the program")]
    run("rules", "withdraw", "duties", "2")
    assert "v2\t2098-12-31T16:00:00+00:00\twithdrawn" in run("rules", "versions", "duties").stdout
    late = CliRunner().invoke(app, ["rules", "import", "duties", "duties.csv", "--from", "2020-01-01"])
    assert getattr(late.exception, "code", "") == "rules_dated_back"
    again = CliRunner().invoke(app, ["rules", "withdraw", "duties", "1"])
    assert getattr(again.exception, "code", "") == "rules_not_planned"


def test_bad_rows_are_findings_all_at_once_in_both_languages(installed: Path) -> None:
    run("rules", "export", "affairs", "--out", "affairs.csv")
    table = installed / "affairs.csv"
    table.write_text(table.read_text("utf-8-sig") + "nothing,personal\nsocial:matter:87,odd\n=1+1,x\n", "utf-8")
    found = json.loads(run("rules", "check", "affairs", "affairs.csv", "--json", code=1).stdout)["errors"]
    assert [(one["sheet"], one["column"], one["value"], one["code"]) for one in found] == [
        ("affairs", "category", "nothing", "unknown_category"),
        ("affairs", "category", "social:matter:87", "unknown_category"),
        ("affairs", "category", "=1+1", "formula"),
    ]
    assert all(one["en"] and one["zh"] for one in found)
    assert "affairs, row 19, category" in run("rules", "import", "affairs", "affairs.csv", "--commit", code=1).stdout


def test_a_matrix_that_proves_worse_is_a_finding_and_is_drawn(installed: Path) -> None:
    run("rules", "export", "matrix", "--out", "matrix.xlsx")
    run("rules", "export", "matrix", "--out", "matrix.csv")
    table = installed / "matrix.csv"
    lines = table.read_text("utf-8-sig").splitlines()
    table.write_text("\n".join(line.replace("*/*,*,*", "*/*,social,*") for line in lines), "utf-8")
    assert "gap_pairs\t0 → " in run("rules", "check", "matrix", "matrix.csv", code=1).stdout
    refused = CliRunner().invoke(app, ["rules", "import", "matrix", "matrix.csv", "--commit"])
    assert getattr(refused.exception, "code", "") == "matrix_leaves_gaps"
    run("rules", "import", "matrix", "matrix.csv", "--commit", "--allow-gaps")
    run("map", "matrix-gaps", "--out", "gaps.html", "--lang", "zh-CN")
    html = (installed / "gaps.html").read_text("utf-8")
    assert "责任矩阵空白" in html
    assert "没有空白" not in html
    run("matrix", "prove", code=1)


def test_the_doctor_says_until_when_the_calendar_is_known(installed: Path) -> None:
    assert "known until 2027-12-31" in run("doctor").stdout
