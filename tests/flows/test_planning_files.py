"""Files over HTTP, on both databases: a city imported, an edited file taken into a draft, downloads, findings, differences."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.datum import from_wgs84
from geo_service.accounts import create_key
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_planning import Desk, key_of, split

LADDER = ("city", "district", "street", "community", "grid", "micro_grid", "rest")
LAYERS = [{"level": level, "layer": level, "code": "code", "parent": "parent_code", "name": "name", "kind": "kind"} for level in LADDER]
Change = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


class Sender:
    """A planner who sends files."""

    def __init__(self, service: Service) -> None:
        with service.database.writing() as connection:
            key = create_key(connection, name="planner 7", role="planner", at=NOW, by="test")
        self.service, self.headers = service, {"Authorization": f"Bearer {key}"}

    def send(self, path: str, *contents: bytes, options: Any = None, status: int = 201, name: str = "city.gpkg", **headers: str) -> dict:
        parts = [("file", (name, content, "application/octet-stream")) for content in contents]
        data = {} if options is None else {"options": options if isinstance(options, str) else json.dumps(options)}
        if path.startswith("generations/import"):  # otherwise it is a job: see test_planning_importing
            headers = {"Prefer": "wait=60", **headers}
        answer = self.service.client.post(f"/api/v1/{path}", files=parts, data=data, headers={**self.headers, **headers})
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, *, status: int = 200) -> Any:
        answer = self.service.client.get(f"/api/v1/{path}", headers=self.headers)
        assert answer.status_code == status, answer.text[:500]
        return answer


@pytest.fixture
def planner(service: Service) -> Sender:
    return Sender(service)


def whole_city(path: Path, change: Change = lambda frame: frame) -> bytes:
    """The tiny city as a GeoPackage, a layer a level, without the sharer of a face; parents have the union of their leaves."""
    frame = city.areas()
    frame = frame[frame["shares_face_of"].isna()].copy()
    while frame.geometry.isna().any():
        for row in frame.index[frame.geometry.isna()]:
            below = frame.loc[frame["parent_code"] == frame.at[row, "code"], "geometry"]
            if len(below) and below.notna().all():
                frame.at[row, "geometry"] = shapely.union_all(below.to_numpy())
    frame = change(frame)
    target = path / "whole.gpkg"
    target.unlink(missing_ok=True)
    for level, rows in frame.groupby("level", sort=False):
        rows[["code", "name", "kind", "parent_code", "geometry"]].to_file(target, layer=str(level), driver="GPKG")
    return target.read_bytes()


def test_a_city_is_imported_as_a_generation_with_its_findings(service: Service, planner: Sender, tmp_path: Path) -> None:
    content = whole_city(tmp_path)
    seen = planner.send("generations/import?dry_run=1", content, options={"layers": LAYERS})
    assert (seen["dry_run"], seen["generation"], seen["areas"], seen["metric_crs"]) == (True, None, 15, city.CRS)
    assert len(planner.get("generations").json()["items"]) == 1
    done = planner.send("generations/import", content, options={"layers": LAYERS}, name="../../etc/our city.gpkg")
    assert (done["generation"], done["source"]) == (2, "our city.gpkg")
    assert done["counts"]["hole"] == 1
    told = planner.get("generations/2/defects?rule=hole").json()
    assert (told["total"], told["counts"]) == (1, {"hole": 1})
    hole = told["items"][0]
    assert hole["id"] == next(one["id"] for one in done["defects"] if one["rule"] == "hole")
    assert hole["repair"]["operation"] == "absorb_gap"
    features = planner.get("generations/2/defects?format=geojson").json()["features"]
    assert {"hole"} <= {feature["properties"]["rule"] for feature in features}
    assert all({"repair", "message", "areas"} <= feature["properties"].keys() for feature in features)
    assert planner.get("generations/9/defects", status=404).json()["code"] == "generation_unknown"
    assert planner.get("generations/2/defects?severity=dreadful", status=422).json()["code"] == "malformed"


def test_an_imported_generation_is_put_in_force_over_http(service: Service, planner: Sender, tmp_path: Path) -> None:
    planner.send("generations/import", whole_city(tmp_path), options={"layers": LAYERS})
    headers = planner.headers
    done = service.client.post("/api/v1/generations/2/publish?open_cases=keep", headers=headers)
    assert done.status_code == 200, done.text
    assert (done.json()["generation"], service.client.get("/health/ready").json()["generation"]) == (2, 2)
    again = service.client.post("/api/v1/generations/2/publish", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "generation_in_force")
    assert service.client.post("/api/v1/generations/99/publish", headers=headers).json()["code"] == "generation_unknown"
    assert service.client.post("/api/v1/generations/2/publish", headers=service.operator).status_code == 403


def test_a_proposed_repair_is_previewed_and_done_as_an_operation(service: Service, planner: Sender, tmp_path: Path) -> None:
    planner.send("generations/import", whole_city(tmp_path), options={"layers": LAYERS})
    hole = planner.get("generations/2/defects?rule=hole").json()["items"][0]
    desk = Desk(service)  # over generation 1, whose areas the import has kept
    (operation,) = hole["operations"]
    seen = desk.preview(operation)
    reshaped = next(area for area in seen["areas"] if area["material"])
    assert (reshaped["after"]["code"], reshaped["after"]["area_m2"]) == (f"{city.B1}01", 20_000.0)
    assert desk.do(operation)["head"] == 1


def test_a_repair_on_request_says_what_it_changed(planner: Sender, tmp_path: Path) -> None:
    def narrower(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame.loc[frame["code"] == city.V, "geometry"] = gpd.GeoSeries([city.square(300.4, 0, 500, 250)], crs=city.CRS).to_numpy()
        return frame

    content = whole_city(tmp_path, narrower)
    plain = planner.send("generations/import?dry_run=1", content, options={"layers": LAYERS})
    assert (plain["counts"]["sliver"], plain["repair"]["operations"]) == (1, [])
    mended = planner.send("generations/import?dry_run=1", content, options={"layers": LAYERS, "repair": True})
    assert "sliver" not in mended["counts"]
    assert mended["repair"]["moved_m2"] == pytest.approx(100, abs=1)


def moved(dx: float, dy: float) -> Change:
    return lambda frame: frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda xy: xy + np.array([dx, dy])), crs=frame.crs)


def gcj02(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    def turned(xy: Any) -> Any:
        return np.column_stack(from_wgs84(lons=xy[:, 0], lats=xy[:, 1], datum="gcj02"))

    degrees = frame.to_crs(4326)
    return degrees.set_geometry(shapely.transform(degrees.geometry.to_numpy(), turned), crs=4326)


def test_what_is_unlike_the_city_in_force_is_refused_unless_forced(planner: Sender, tmp_path: Path) -> None:
    shifted = whole_city(tmp_path, gcj02)
    refused = planner.send("generations/import", shifted, options={"layers": LAYERS}, status=422, **{"Accept-Language": "zh-CN"})
    assert (refused["code"], refused["place"]["type"], "GCJ-02" in refused["detail"]) == ("datum_shift", "LineString", True)
    declared = planner.send("generations/import?dry_run=1", shifted, options={"layers": LAYERS, "datum": "gcj02"})
    assert "datum_shift" not in declared["counts"]
    forced = planner.send("generations/import", shifted, options={"layers": LAYERS, "force": True})
    assert (forced["generation"], forced["counts"]["datum_shift"]) == (2, 1)
    ladder = ["149900", "149901", city.STREET]
    half = whole_city(tmp_path, lambda frame: frame[frame["code"].isin(ladder) | frame["code"].str.startswith((city.B, f"{city.STREET}9"))])
    refused = planner.send("generations/import", half, options={"layers": LAYERS}, status=422)
    assert refused["code"] == "city_shrinks"
    assert len(planner.get("generations").json()["items"]) == 2


def test_a_missing_level_is_named_and_accepted_only_when_forced(planner: Sender, tmp_path: Path) -> None:
    content = whole_city(tmp_path)
    fewer = [one for one in LAYERS if one["level"] != "community"]
    refused = planner.send("generations/import", content, options={"layers": fewer}, status=422)
    assert (refused["code"], "community" in refused["detail"]) == ("level_missing", True)
    assert planner.send("generations/import?dry_run=1", content, options={"layers": fewer, "force": True})["dry_run"] is True


def shapefile(path: Path, frame: gpd.GeoDataFrame, *, encoding: str = "UTF-8", inside: str = "") -> bytes:
    folder = path / "shape"
    folder.mkdir(exist_ok=True)
    frame.to_file(folder / "one.shp", encoding=encoding)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("one.*")):
            archive.write(part, inside + part.name)
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["zip", "geojson", "parquet"])
def test_one_file_a_level_in_every_format(planner: Sender, tmp_path: Path, kind: str) -> None:
    whole_city(tmp_path)
    contents = []
    for level in LADDER:
        frame = gpd.read_file(tmp_path / "whole.gpkg", layer=level).rename(columns={"parent_code": "parent"})
        if kind == "zip":
            contents.append(shapefile(tmp_path, frame, encoding="GB18030", inside="层/"))
        elif kind == "geojson":
            contents.append(frame.to_crs(4326).to_json(drop_id=True).encode())
        else:
            frame.to_parquet(tmp_path / "one.parquet")
            contents.append((tmp_path / "one.parquet").read_bytes())
    said = {"code": "code", "parent": "parent", "kind": "kind"}
    layers = [{"level": level, "file": at, **said} for at, level in enumerate(LADDER)]
    done = planner.send("generations/import?dry_run=1", *contents, options={"layers": layers, "name": "name"}, name="/vsicurl/x.vrt")
    assert (done["areas"], done["counts"].get("datum_shift")) == (15, None)


def test_a_level_as_geojson_has_nine_decimals_and_counter_clockwise_rings(planner: Sender) -> None:
    text = planner.get("generations/1/areas?level=micro_grid&format=geojson").text
    for feature in json.loads(text)["features"]:
        if feature["geometry"] is None:
            continue
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shapely.is_ccw(shapely.get_exterior_ring(shape))
        xy = shapely.get_coordinates(shape)
        assert (np.round(xy, 9) == xy).all()
    assert len(text.split("113.5")[1].split(",")[0]) >= 6  # and not fewer than they need


def test_a_difference_as_geojson_and_as_a_table(planner: Sender, service: Service) -> None:
    desk = Desk(service)
    desk.do(split(service))
    desk.do({"kind": "rename", "area": key_of(service, city.B), "name": "=乙乙"})
    desk.do({"kind": "reassign", "areas": [key_of(service, f"{city.A2}02")], "parent": key_of(service, city.A1)})
    desk.publish()
    features = planner.get("generations/1/diff/2?format=geojson").json()["features"]
    by_code = {feature["properties"]["code"]: feature for feature in features}
    told = by_code[f"{city.A2}02"]["properties"]
    assert ("reparented" in told["how"], told["from_parent"], told["to_parent"]) == (True, city.A2, city.A1)
    assert by_code[f"{city.A2}01"]["properties"]["area_m2_after"] == 6000.0
    assert by_code[f"{city.A2}01"]["geometry"]["type"] == "Polygon"
    answer = planner.get("generations/1/diff/2?format=csv")
    assert answer.content.startswith(b"\xef\xbb\xbfcode,level,name,how")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "'=乙乙" in answer.text
    assert len(answer.text.splitlines()) == len(features) + 1 == len(planner.get("generations/1/diff/2").json()["areas"]) + 1
    assert planner.get("generations/1/diff/1?format=csv").text.strip("\ufeff\r\n").count("\n") == 0
    assert planner.get("generations/1/diff/1?format=geojson").json()["features"] == []
    assert planner.get("generations/1/diff/9?format=csv", status=404).json()["code"] == "generation_unknown"
    assert planner.get("generations/1/diff/2?format=shp", status=422).json()["code"] == "malformed"
