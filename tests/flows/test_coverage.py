"""The coverage report: gaps worked out by hand on the tiny city, with the list behind each number."""

import io

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook

from boundaries.model import Level
from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.repository import add_generation, write_city
from geo_service.catalogue import sheets
from geo_service.db import Database
from geo_service.flows.people.coverage import coverage, gap_table, gaps, rule_of
from geo_service.migrations import migrate
from geo_service.published import load_published
from geo_service.workers.compounds import put_body
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_people import Call, at, call

__all__ = ["call"]
KINDS = {
    "grid_without_worker": (1, 3),  # A2 has no post; B1's worker is away, and still holds it
    "grid_without_linked_leader": (3, 3),
    "micro_grid_without_leader": (3, 6),  # A2-01, A2-02 and B1-01
    "compound_without_committee": (0, 0),
    "compound_without_party": (0, 0),
    "compound_without_firm": (0, 0),
}


def counts(line: dict) -> dict[str, tuple[int, int]]:
    return {one["kind"]: (one["missing"], one["total"]) for one in line["counts"]}


def test_the_gaps_of_the_tiny_city(call: Call) -> None:
    report = call("GET", "/people/coverage", level="community")
    assert counts(report["whole"]) == KINDS
    assert "grids without a full-time worker 1/3" in report["note"]
    lines = {line["code"]: counts(line) for line in report["items"]}
    assert list(lines) == [city.A, city.B, city.V]
    assert lines[city.A]["micro_grid_without_leader"] == (2, 5)
    assert lines[city.V]["grid_without_worker"] == (0, 0)
    for line in [report["whole"], *report["items"]]:
        for one in line["counts"]:
            behind = call("GET", one["list"].removeprefix("/api/v1"))
            assert (behind["total"], len(behind["items"])) == (one["missing"], one["missing"])
    gap = call("GET", "/people/coverage/gaps", kind="grid_without_worker")["items"]
    assert [(one["code"], one["inside"]["community"]) for one in gap] == [(city.A2, city.A)]


def test_gaps_close_and_open_with_holders_and_the_day_says_which(call: Call) -> None:
    worker = call("POST", "/posts", {"role": "grid_worker", "area_code": city.A2}, status=201)["post_id"]
    leader = call("POST", "/posts", {"role": "linked_leader", "area_code": city.A2}, status=201)["post_id"]
    assert counts(call("GET", "/people/coverage", area=city.A2)["whole"])["grid_without_worker"] == (1, 1)
    call("POST", f"/posts/{worker}/appoint", {"person_id": 9, "from_at": at(-10), "full_time": False})
    assert counts(call("GET", "/people/coverage", area=city.A2)["whole"])["grid_without_worker"] == (1, 1)  # not full-time
    call("POST", f"/posts/{worker}/appoint", {"person_id": 2, "from_at": at(-5)})
    call("POST", f"/posts/{leader}/appoint", {"person_id": 4, "from_at": at(-5)})
    now = counts(call("GET", "/people/coverage", area=city.A2)["whole"])
    assert (now["grid_without_worker"], now["grid_without_linked_leader"]) == ((0, 1), (0, 1))
    then = counts(call("GET", "/people/coverage", area=city.A2, at=at(-7))["whole"])
    assert (then["grid_without_worker"], then["grid_without_linked_leader"]) == ((1, 1), (1, 1))
    call("POST", f"/posts/{leader}/relieve", {"person_id": 4, "reason": "x"})
    assert counts(call("GET", "/people/coverage", area=city.A2)["whole"])["grid_without_linked_leader"] == (1, 1)


def test_empty_results_say_so(call: Call) -> None:
    assert call("GET", "/people/coverage", area=city.V)["note"] == "there are no grids, micro-grids or compounds in 丙村"
    none = call("GET", "/people/coverage/gaps", kind="compound_without_firm")
    assert (none["total"], none["items"], none["note"]) == (0, [], "no gaps")
    chinese = call("GET", "/people/coverage", area=city.V, headers={"Accept-Language": "zh-CN"})
    assert chinese["note"] == "丙村范围内没有网格、微网格或小区"


def test_sheets_hold_the_same_numbers_and_no_formulas(service: Service, call: Call) -> None:
    ask = {"headers": service.operator, "params": {"level": "grid", "format": "xlsx"}}
    book = load_workbook(io.BytesIO(service.client.get("/api/v1/people/coverage", **ask).content))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert [row[0] for row in rows] == ["code", "149900", city.A1, city.A2, city.B1]
    column = rows[0].index("micro_grid_without_leader")
    assert rows[1][column : column + 3] == [3, 6, 0.5]
    text = service.client.get(
        "/api/v1/people/coverage/gaps", headers=service.operator, params={"kind": "micro_grid_without_leader", "format": "csv"}
    )
    lines = text.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0]) == (4, "kind,code,level,name,grid,community,street,district")


def test_pages_of_a_list(call: Call) -> None:
    first = call("GET", "/people/coverage/gaps", kind="micro_grid_without_leader", limit=2)
    second = call("GET", "/people/coverage/gaps", kind="micro_grid_without_leader", limit=2, after=first["next"])
    assert [one["code"] for one in [*first["items"], *second["items"]]] == [f"{city.A2}01", f"{city.A2}02", f"{city.B1}01"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("", {"area": "nowhere"}, 404, "area_not_found"),
        ("", {"level": "galaxy"}, 422, "unknown_level"),
        ("", {"level": "city", "area": city.A}, 422, "level_above_area"),
        ("", {"generation": 99}, 404, "generation_unknown"),
        ("", {"generation": 1, "at": "2026-11-24T00:00:00Z"}, 422, "two_generations"),
        ("", {"at": "2026-11-24T00:00:00"}, 422, "malformed"),
        ("", {"format": "pdf"}, 422, "malformed"),
        ("/gaps", {"kind": "love"}, 422, "unknown_gap"),
        ("/gaps", {"kind": "a\x00"}, 422, "malformed"),
    ],
)
def test_bad_questions_are_named(call: Call, path: str, query: dict, status: int, code: str) -> None:
    assert call("GET", f"/people/coverage{path}", status=status, **query)["code"] == code


def with_compounds() -> gpd.GeoDataFrame:
    """The tiny city with two compounds: one in community A, one across the border of A and B whose middle lies in B."""
    row = {"level": "compound", "kind": "compound", "parent_code": None, "shares_face_of": None, "households": 10}
    shapes = {"XQ1": city.square(10, 10, 60, 60), "XQ2": city.square(180, 20, 290, 80)}
    rows = [{**row, "code": code, "name": f"=小区{code}", "geometry": shape} for code, shape in shapes.items()]
    return gpd.GeoDataFrame(pd.concat([city.areas(), gpd.GeoDataFrame(rows, crs=city.CRS)], ignore_index=True), crs=city.CRS)


def test_compounds_count_where_their_middle_lies_and_for_what_stands_then(database_url: str) -> None:
    levels = (*city.LEVELS, Level("compound", None, "小区", "compound", True))
    migrate(database_url)
    database = Database(database_url)
    frame, began = with_compounds(), city.FOUNDED_AT
    with database.writing() as connection:
        said = {"division_code": "149900", "metric_crs": city.CRS, "timezone": "Asia/Shanghai"}
        write_city(connection, name="测试市", levels=levels, at=began, **said)
        proven = prove(frame, metric_crs=city.CRS, levels=levels)
        origin = {"source": "test", "datum": "cgcs2000", "metric_crs": city.CRS, "actor": "test"}
        made = add_generation(connection, areas=frame, at=began, proof=proven.proof, defects=[], **origin)
        publish(connection, number=made.number, actor="test", at=began)
        published = load_published(connection, made.number, index_dir=None)
        put_body(connection, compound_code="XQ1", kind="owners_committee", name="业委会", at=began)
        put_body(connection, compound_code="XQ1", kind="owners_committee", name=None, at=NOW)
        put_body(connection, compound_code="XQ2", kind="property_firm", name="物业", at=NOW)
    with database.reading() as connection:
        seen = {}
        for at_, area in ((began, None), (NOW, None), (NOW, city.A), (NOW, city.B), (NOW, city.V)):
            whole = coverage(connection, published, area=area, level=None, at=at_).whole
            counted = [whole[f"compound_without_{kind}"] for kind in ("committee", "firm")]
            seen[at_, area] = [(count.missing, count.total) for count in counted]
        found = gaps(connection, published, rule_of("compound_without_firm"), area=None, at=NOW)
    database.close()
    assert seen[began, None] == [(1, 2), (2, 2)]
    assert seen[NOW, None] == [(2, 2), (1, 2)]
    assert (seen[NOW, city.A], seen[NOW, city.B], seen[NOW, city.V]) == ([(1, 1), (1, 1)], [(1, 1), (0, 1)], [(0, 0), (0, 0)])
    assert [(gap.area.code, gap.inside[0].code) for gap in found] == [("XQ1", f"{city.A1}01")]
    columns, rows = gap_table(found)
    assert b",'=\xe5\xb0\x8f\xe5\x8c\xbaXQ1," in sheets.write(columns, rows, "csv")
