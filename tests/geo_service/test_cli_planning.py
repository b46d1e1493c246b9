"""What planners do on the command line: fuzz, export, adopt, compare."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests import city
from tests.geo_service.test_cli import Command, command, founded

__all__ = ["command", "founded"]


def test_fuzz_says_what_it_tried_and_that_the_map_held(command: Command) -> None:
    said = command("boundaries", "fuzz", "--scale", "0.02", "--operations", "40", "--seed", "3", "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert report["operations"] == 40
    assert report["committed"] + sum(report["refused"].values()) == 40
    assert (report["coverage_valid"], report["off_grid_vertices"]) == (True, 0)
    assert report["outline_drift_m2"] <= 0.1


def test_a_file_that_was_not_edited_changes_nothing(command: Command, founded: None) -> None:
    assert command("boundaries", "export", "--out", "leaves.gpkg").code == 0
    said = command("boundaries", "adopt", "leaves.gpkg", "--commit")
    assert (said.code, said.out, "changes nothing" in said.err) == (0, "", True)


def test_an_edited_file_becomes_a_draft_of_named_operations(command: Command, founded: None, tmp_path: Path) -> None:
    assert command("boundaries", "export", "--out", "leaves.gpkg").code == 0
    frame = gpd.read_file(tmp_path / "leaves.gpkg")
    assert str(frame.crs) == city.CRS
    one, other = f"{city.A1}01", f"{city.A2}01"
    merged = shapely.union_all(frame.loc[frame["code"].isin([one, other])].geometry.to_numpy())
    frame.loc[frame["code"] == one, "geometry"] = gpd.GeoSeries([merged], crs=frame.crs).to_numpy()
    frame.loc[frame["code"] == f"{city.B1}01", "name"] = "乙一"
    frame[frame["code"] != other].to_file(tmp_path / "edited.gpkg", layer="leaves")
    looked = command("boundaries", "adopt", "edited.gpkg")
    assert looked.code == 0, looked.err
    assert f"{other} merged into {one}" in looked.out
    assert "renamed" in looked.out
    made = command("boundaries", "adopt", "edited.gpkg", "--commit")
    assert "made draft 1" in made.err


@pytest.mark.parametrize("name", ["level.geojson", "level.gpkg", "level.parquet"])
def test_a_level_is_exported_with_its_joined_shapes(command: Command, founded: None, tmp_path: Path, name: str) -> None:
    said = command("boundaries", "export", "--level", "community", "--out", name)
    assert said.code == 0, said.err
    frame = gpd.read_parquet(tmp_path / name) if name.endswith("parquet") else gpd.read_file(tmp_path / name)
    assert sorted(frame["code"]) == [city.A, city.B, city.V]
    assert frame.geometry.is_valid.all()
    assert command("boundaries", "export", "--level", "planet", "--out", "x.gpkg").code == 2


def test_two_equal_generations_do_not_differ(command: Command, founded: None) -> None:
    same = command("boundaries", "diff", "1", "1")
    assert (same.code, json.loads(same.out)["areas"]) == (0, 0)
    assert command("boundaries", "diff", "1", "9").code == 2
    assert command("boundaries", "diff", "1", "1", "--out", "diff.shp").code == 2


def merged(command: Command, folder: Path, *export: str) -> None:
    """Exports, merges two micro-grids of the file, and saves it as edited.gpkg."""
    assert command("boundaries", "export", "--out", "leaves.gpkg", *export).code == 0
    frame = gpd.read_file(folder / "leaves.gpkg")
    one, other = f"{city.A1}01", f"{city.A2}01"
    shape = shapely.union_all(frame.loc[frame["code"].isin([one, other])].geometry.to_numpy())
    frame.loc[frame["code"] == one, "geometry"] = gpd.GeoSeries([shape], crs=frame.crs).to_numpy()
    frame[frame["code"] != other].to_file(folder / "edited.gpkg", layer="leaves")


def test_an_edited_file_is_published_and_the_difference_written_in_three_formats(command: Command, founded: None, tmp_path: Path) -> None:
    merged(command, tmp_path)
    assert command("boundaries", "adopt", "edited.gpkg", "--commit").code == 0
    said = command("boundaries", "publish-draft", "1")
    assert said.code == 0, said.err
    assert json.loads(said.out)["generation"] == 2
    assert command("boundaries", "publish-draft", "1").code == 2  # it is closed
    for name in ("diff.geojson", "diff.csv", "diff.html"):
        assert command("boundaries", "diff", "1", "2", "--out", name).code == 1
    features = json.loads((tmp_path / "diff.geojson").read_text())["features"]
    told = {feature["properties"]["code"]: feature["properties"]["how"] for feature in features}
    assert (told[f"{city.A2}01"], "reshaped" in told[f"{city.A1}01"]) == ("retired", True)
    lines = (tmp_path / "diff.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == len(features) + 1
    row = next(dict(zip(lines[0].split(","), line.split(","), strict=False)) for line in lines[1:] if line.startswith(f"{city.A2}01"))
    assert row["from_code"] == f"{city.A2}01"
    page = (tmp_path / "diff.html").read_text()
    assert "<script" in page
    assert "http://" not in page.split("</head>")[0].replace("http://www.w3.org", "")


def test_a_draft_is_taken_home_and_its_file_comes_back_into_it(command: Command, founded: None, tmp_path: Path) -> None:
    merged(command, tmp_path)
    assert command("boundaries", "adopt", "edited.gpkg", "--commit").code == 0
    assert command("boundaries", "export", "--draft", "1", "--generation", "1", "--out", "x.gpkg").code == 2
    assert command("boundaries", "export", "--draft", "1", "--out", "draft.gpkg").code == 0
    assert "changes nothing" in command("boundaries", "adopt", "draft.gpkg").err
    frame = gpd.read_file(tmp_path / "draft.gpkg")
    assert f"{city.A2}01" not in set(frame["code"])
    frame.loc[frame["code"] == f"{city.B1}01", "name"] = "乙一"
    frame.to_file(tmp_path / "again.gpkg", layer="leaves")
    done = command("boundaries", "adopt", "again.gpkg", "--commit")
    assert (done.code, "taken into draft 1" in done.err) == (0, True)
    stale = command("boundaries", "adopt", "again.gpkg", "--commit")
    assert (stale.code, "rename" in stale.err) == (2, True)


def test_the_findings_of_a_stored_generation_have_their_repairs(command: Command, founded: None, tmp_path: Path) -> None:
    assert command("boundaries", "defects").code == 0  # the tiny city was founded without any
    merged(command, tmp_path)
    assert command("boundaries", "adopt", "edited.gpkg", "--commit").code == 0
    assert command("boundaries", "publish-draft", "1").code == 0
    said = command("boundaries", "defects", "2", "--json", "--out", "places.geojson")
    (hole,) = [one for one in json.loads(said.out)["defects"] if one["rule"] == "hole"]
    assert (said.code, hole["repair"]["operation"], hole["repair"]["params"]["into"]) == (1, "absorb_gap", f"{city.B1}01")
    features = json.loads((tmp_path / "places.geojson").read_text())["features"]
    assert {feature["properties"]["id"] for feature in features} >= {hole["id"]}
    assert "hole" in command("boundaries", "defects", "2").out
