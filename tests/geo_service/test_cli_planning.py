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
