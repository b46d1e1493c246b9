"""A file edited on a desktop comes back over HTTP, on both databases: named operations, what was careless is located."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from tests import city
from tests.flows.conftest import Service
from tests.flows.test_planning import Desk, key_of, split
from tests.flows.test_planning_files import Change, Sender, moved, planner

__all__ = ["planner"]


class Edit:
    """The leaves of an exported file, changed as on a desktop."""

    def __init__(self, content: bytes, path: Path) -> None:
        self.path = path / "edited.gpkg"
        self.path.write_bytes(content)
        assert pyogrio.read_info(self.path)["crs"] == city.CRS
        self.frame = gpd.read_file(self.path)

    def put(self, code: str, shape: Any) -> None:
        self.frame.loc[self.frame["code"] == code, "geometry"] = gpd.GeoSeries([shape], crs=self.frame.crs).to_numpy()

    def shape(self, code: str) -> Any:
        return self.frame.loc[self.frame["code"] == code, "geometry"].iloc[0]

    def merge(self, one: str, other: str) -> None:
        self.put(one, shapely.union_all([self.shape(one), self.shape(other)]))
        self.frame = self.frame[self.frame["code"] != other]

    def content(self) -> bytes:
        self.path.unlink(missing_ok=True)
        self.frame.to_file(self.path, layer="leaves")
        return self.path.read_bytes()


def test_an_exported_generation_comes_back_as_named_operations(planner: Sender, service: Service, tmp_path: Path) -> None:
    exported = planner.get("generations/1/export")
    assert exported.headers["content-type"] == "application/geopackage+sqlite3"
    edit = Edit(exported.content, tmp_path)
    assert {"code", "parent_code", "version", "base_generation"} <= set(edit.frame.columns)
    unchanged = planner.send("drafts/adopt", exported.content)
    assert (unchanged["draft"], unchanged["operations"], unchanged["findings"], unchanged["defects"]) == (None, [], [], [])
    edit.merge(f"{city.A1}01", f"{city.A2}01")
    seen = planner.send("drafts/adopt?dry_run=1", edit.content())
    assert [one["text"] for one in seen["findings"]] == [f"{city.A2}01 merged into {city.A1}01"]
    assert (seen["draft"], planner.get("drafts").json()["items"]) == (None, [])
    done = planner.send("drafts/adopt", edit.content(), options={"title": "并格", "open_cases": "keep"}, **{"Accept-Language": "zh"})
    assert (done["draft"]["title"], done["draft"]["open_cases"], done["draft"]["head"]) == ("并格", "keep", 1)
    assert [one["text"] for one in done["findings"]] == [f"{city.A2}01 并入 {city.A1}01"]
    assert {area["change"] for area in done["areas"] if area["material"]} == {"retired", "reshaped"}


def test_a_draft_is_exported_edited_and_taken_in_again(planner: Sender, service: Service, tmp_path: Path) -> None:
    desk = Desk(service)
    desk.do(split(service))
    path = desk.path.removeprefix("/api/v1/")
    exported = planner.get(f"{path}/export").content
    edit = Edit(exported, tmp_path)
    founded = next(code for code in edit.frame["code"] if code not in set(city.areas()["code"]))
    assert set(edit.frame["draft_head"].dropna()) == {1}
    edit.merge(f"{city.A2}01", founded)
    content = edit.content()
    assert planner.send(f"{path}/adopt", content, status=428)["code"] == "precondition_required"
    assert planner.send(f"{path}/adopt", content, status=412, **{"If-Match": '"0"'})["code"] == "draft_moved_on"
    seen = planner.send(f"{path}/adopt?dry_run=1", content, status=200)
    assert (seen["draft"]["head"], [one["what"] for one in seen["findings"]]) == (1, ["merged"])
    done = planner.send(f"{path}/adopt", content, status=200, **{"If-Match": '"1"'})
    assert done["draft"]["head"] == 2
    again = planner.send(f"{path}/adopt", content, status=412, **{"If-Match": '"1"'})
    assert (again["code"], "adopt" in again["detail"]) == ("draft_moved_on", True)
    older = planner.send(f"{path}/adopt", content, status=412, **{"If-Match": '"2"'})
    assert older["code"] == "draft_moved_on"  # the file knows only head 1
    desk.head = 2
    desk.step("undo")
    assert desk.do({"kind": "rename", "area": key_of(service, city.B), "name": "乙乙"})["head"] == 4
    other = Desk(service, name="planner 3")
    mixed = planner.send(f"{other.path.removeprefix('/api/v1/')}/adopt?dry_run=1", content, status=409)
    assert mixed["code"] == "file_of_another_state"
    base = planner.get("generations/1/export").content
    assert planner.send(f"{path}/adopt?dry_run=1", base, status=409)["code"] == "file_of_another_state"
    assert planner.send(f"{other.path.removeprefix('/api/v1/')}/adopt?dry_run=1", base, status=200)["operations"] == []


def test_a_careless_overlap_is_located_and_the_rest_taken_over(planner: Sender, tmp_path: Path) -> None:
    edit = Edit(planner.get("generations/1/export").content, tmp_path)
    edit.put(city.V, city.square(290, 0, 500, 250))
    edit.merge(f"{city.A1}01", f"{city.A2}01")
    done = planner.send("drafts/adopt?dry_run=1", edit.content())
    assert [one["what"] for one in done["findings"] if one["what"] == "merged"] == ["merged"]
    overlap = [one for one in done["defects"] if one["rule"] == "overlap"]
    assert {code for one in overlap for code in one["areas"]} >= {city.V, f"{city.B1}01"}
    assert all(one["place"] for one in overlap)
    assert done["operations"]


def test_a_locked_street_is_not_redrawn_by_a_file(planner: Sender, service: Service, tmp_path: Path) -> None:
    answer = service.client.put(f"/api/v1/boundary-locks/{city.STREET}", json={"reason": "x"}, headers=planner.headers)
    assert answer.status_code == 200
    edit = Edit(planner.get("generations/1/export").content, tmp_path)
    edit.merge(f"{city.A1}01", f"{city.A2}01")
    done = planner.send("drafts/adopt", edit.content())
    assert (done["draft"], done["operations"], [one["rule"] for one in done["defects"]]) == (None, [], ["not_adopted"])


def three_d(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(shapely.force_3d(frame.geometry.to_numpy()), crs=frame.crs)


def star(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A ring that crosses itself some million times."""
    points = np.random.default_rng(1).uniform((463_000, 4_191_500), (463_100, 4_191_600), (3_000, 2))
    frame.loc[frame["code"] == f"{city.A1}01", "geometry"] = gpd.GeoSeries([shapely.Polygon(points)], crs=frame.crs).to_numpy()
    return frame


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (three_d, "polygons_refused"),
        (star, "polygons_refused"),
        (lambda frame: frame.set_geometry(frame.geometry.centroid, crs=frame.crs), "polygons_refused"),
        (lambda frame: frame.rename(columns={"code": "kode"}), "unknown_column"),
        (lambda frame: frame.set_crs("EPSG:4490", allow_override=True), "metres_labelled_degrees"),
        (lambda frame: frame.assign(base_generation="first"), "bad_base"),
        (lambda frame: frame.assign(base_generation=range(len(frame))), "several_bases"),
        (moved(600, 0), "SHIFTED"),
        (lambda frame: frame.iloc[-2:], "SHRUNK"),
    ],
)
def test_an_edited_file_that_cannot_be_meant_is_refused(planner: Sender, tmp_path: Path, change: Change, code: str) -> None:
    edit = Edit(planner.get("generations/1/export").content, tmp_path)
    edit.frame = change(edit.frame)
    refused = planner.send("drafts/adopt", edit.content(), status=422)
    assert refused["code"] == code
    assert planner.get("drafts").json()["items"] == []
    if code == "polygons_refused":
        assert refused["errors"][0]["row"] is not None
        assert refused["place"] is not None


def test_a_base_that_is_not_there_is_told(planner: Sender, tmp_path: Path) -> None:
    edit = Edit(planner.get("generations/1/export").content, tmp_path)
    edit.frame = edit.frame.assign(base_generation=77)
    assert planner.send("drafts/adopt", edit.content(), status=404)["code"] == "generation_unknown"
