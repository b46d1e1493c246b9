"""Files with places: looked at first, taken whole or not at all, every bad row told."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from openpyxl import Workbook

from boundaries.datum import point_from_wgs84
from tests import city
from tests.flows.conftest import Service
from tests.flows.test_facilities import HTML, Answer, at, keeper, listed, made, station

__all__ = ["keeper"]

HEADS = ["类型", "层级", "名称", "经度", "纬度", "电话", "开放时间", "有标识"]


def row(name: str, x: float = 50, y: float = 50, **more: Any) -> dict[str, Any]:
    lon, lat = city.lonlat(x, y)
    cells = {"类型": "党群服务站", "层级": "小区", "名称": name, "经度": lon, "纬度": lat, "开放时间": "周一 09:00-12:00", "有标识": "是"}
    return cells | more


def xlsx(*rows: dict[str, Any], heads: list[str] | None = None) -> bytes:
    book = Workbook()
    heads = heads or list(dict.fromkeys([*HEADS, *(name for one in rows for name in one)]))
    book.active.append(heads)
    for one in rows:
        book.active.append([one.get(name) for name in heads])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(*rows: dict[str, Any]) -> bytes:
    lines = [",".join(HEADS), *(",".join(str(one.get(name, "")) for name in HEADS) for one in rows)]
    return "\n".join(lines).encode()


def geopackage(*rows: dict[str, Any]) -> bytes:
    shapes = [shapely.Point(one["经度"], one["纬度"]) for one in rows]
    plain = [{name: value for name, value in one.items() if name not in ("经度", "纬度")} for one in rows]
    frame = gpd.GeoDataFrame(plain, geometry=shapes, crs="EPSG:4490").to_crs(city.CRS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "places.gpkg"
        frame.to_file(path, layer="places", driver="GPKG")
        return path.read_bytes()


def brought(service: Service, keeper: dict[str, str], data: bytes, **query: Any) -> Answer:
    return service.client.post("/api/v1/facilities/import", headers=keeper, params={"datum": "wgs84", **query}, content=data)


@pytest.mark.parametrize("form", [xlsx, csv, geopackage])
def test_a_file_is_looked_at_first_and_taken_when_told(service: Service, keeper: dict[str, str], form: Callable[..., bytes]) -> None:
    data = form(row("甲站"), row("乙站", 250, 50))
    dry = brought(service, keeper, data).json()
    assert (dry["committed"], dry["new"], listed(service)["total"]) == (False, 2, 0)
    assert brought(service, keeper, data, commit=True).json()["new"] == 2
    found = {one["name"]: one for one in listed(service)["items"]}
    assert {name: one["area_code"] for name, one in found.items()} == {"甲站": city.A, "乙站": city.B}
    assert found["甲站"]["attributes"] == {"sign": True}
    assert (found["甲站"]["lon"], found["甲站"]["lat"]) == pytest.approx(city.lonlat(50, 50), abs=2e-7)
    again = brought(service, keeper, csv(row("甲站"), row("乙站", 250, 50)), commit=True).json()
    assert again["new"] == 0


def test_what_was_exported_changes_nothing_when_it_comes_back(service: Service, keeper: dict[str, str]) -> None:
    made(service, keeper, station(HTML, phone="+86 353 1234567", services=["支部办公", "意见接待"], serves=[city.B]))
    made(service, keeper, station("阳光小区", kind="compound", attributes={"compound_code": "C1", "stars": 3, "property_firm": "=1+1"}))
    for form, language in (("csv", "zh-CN"), ("xlsx", "en")):
        headers = {**service.operator, "Accept-Language": language}
        table = service.client.get(f"/api/v1/facilities/export?format={form}", headers=headers).content
        assert brought(service, keeper, table).json() | {"items": []} == {
            "committed": False,
            "rows": 2,
            "new": 0,
            "changed": 0,
            "unchanged": 2,
            "items": [],
        }


def test_every_bad_row_is_told_and_nothing_is_taken(service: Service, keeper: dict[str, str]) -> None:
    rows = [
        row("好"),
        row("外", 5000, 50),
        row("类", 类型="酒吧"),
        row("数", 经度="abc"),
        row("时", 开放时间="看情况"),
        row("旗", 有标识="也许"),
        row("号", 设施编号="77"),
        row("区", 区域编码=city.B),
        row("好"),
        row("=SUM(1)"),
    ]
    answer = brought(service, keeper, xlsx(*rows), commit=True)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_rows")
    found = {(one["row"], one["column"]): one["code"] for one in answer.json()["errors"]}
    assert found == {
        (3, "lon"): "outside_city",
        (4, "kind"): "unknown_kind",
        (5, "lon"): "bad_degrees",
        (6, "opening_hours"): "bad_hours",
        (7, "attribute.sign"): "not_a_flag",
        (8, "facility_id"): "unknown_facility",
        (9, "area_code"): "not_in_area",
        (10, "name"): "doubled",
        (11, "name"): "formula",
    }
    assert all(one["zh"] and one["en"] for one in answer.json()["errors"])
    assert listed(service)["total"] == 0


def test_a_wrong_datum_shows_where_the_file_names_areas(service: Service, keeper: dict[str, str]) -> None:
    lon, lat = point_from_wgs84(**at(50, 50), datum="gcj02")
    data = xlsx(row("甲站", 经度=lon, 纬度=lat, 区域编码=city.A))
    wrong = brought(service, keeper, data).json()
    assert {one["code"] for one in wrong["errors"]} <= {"outside_city", "not_in_area"}
    assert wrong["code"] == "bad_rows"
    assert brought(service, keeper, data, datum="gcj02").json()["new"] == 1
    assert brought(service, keeper, data, datum="").status_code == 422


def bomb() -> bytes:
    """A workbook whose sheet unpacks to 200 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 200 * 2**20)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 not a workbook", "bad_xlsx"),
        (b"SQLite format 3\x00 not a database", "bad_geopackage"),
        (b"\xff\xfe\x00", "not_in_this_encoding"),
        ("名称,颜色\n甲,红".encode(), "unknown_columns"),
        ("名称\n甲".encode(), "missing_columns"),
        (b"", "empty_file"),
    ],
)
def test_what_is_no_file_with_places_is_refused(service: Service, keeper: dict[str, str], data: bytes, code: str) -> None:
    answer = brought(service, keeper, data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_bomb_is_refused_unopened(service: Service, keeper: dict[str, str]) -> None:
    answer = brought(service, keeper, bomb())
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
