"""`citygrid boundaries import|check` on messy files: previews that change nothing, repairs on demand, refusals that name the trouble."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.datum import from_wgs84
from geo_service.cli.main import main


@dataclass
class Said:
    code: int
    out: str
    err: str


Command = Callable[..., Said]
LEVELS = ("--level", "district=districts:code", "--level", "ward=wards:code,parent=above")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs `citygrid boundaries ...` in a folder and a database of the test's own, in English."""
    monkeypatch.setenv("CITYGRID_DATABASE_URL", f"sqlite:///{tmp_path / 'city.db'}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["citygrid", "boundaries", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


def wards(path: Path, change: Callable[[list[Any]], list[Any]] = lambda cells: cells, keep: int = 8) -> Path:
    """Two districts of four wards each, as a GeoPackage in EPSG:4547."""
    cells = [shapely.box(463000 + x, 4192000 + y, 463200 + x, 4192200 + y) for y in (0, 200) for x in (0, 200, 400, 600)]
    district = ["X", "X", "Y", "Y"] * 2
    outlines = [shapely.union_all([cell for cell, name in zip(cells, district, strict=True) if name == code]) for code in ("X", "Y")]
    gpkg = path / "wards.gpkg"
    gpkg.unlink(missing_ok=True)
    gpd.GeoDataFrame({"code": ["X", "Y"]}, geometry=outlines, crs="EPSG:4547").to_file(gpkg, layer="districts")
    codes = {"code": [str(at) for at in range(1, 9)][:keep], "above": district[:keep]}
    gpd.GeoDataFrame(codes, geometry=change(cells)[:keep], crs="EPSG:4547").to_file(gpkg, layer="wards")
    return gpkg


def slit(cells: list[Any]) -> list[Any]:
    """The second ward 40 cm narrower than its place."""
    return [cells[0], shapely.box(463200.4, 4192000, 463400, 4192200), *cells[2:]]


def test_a_repair_is_a_preview_until_it_is_committed(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path, slit)
    before = gpkg.read_bytes()
    said = command("import", gpkg, *LEVELS, "--repair")
    assert said.code == 0, said.err
    told = json.loads(said.out)
    assert (told["generation"], told["repair"]["committed"]) == (None, False)
    assert "absorb_gap" in {operation["operation"] for operation in told["repair"]["operations"]}
    assert told["repair"]["moved_m2"] == pytest.approx(80, abs=0.01)
    assert "preview" in said.err
    assert "80.0" in said.err  # the table of areas and square metres
    assert command("list").out == ""  # nothing was imported
    done = json.loads(command("import", gpkg, *LEVELS, "--repair", "--commit", "--publish").out)
    assert (done["generation"], done["repair"]["committed"]) == (1, True)
    assert command("list").out.startswith("1\tpublished")
    assert gpkg.read_bytes() == before


def test_check_shows_a_table_and_a_repair_and_writes_only_into_another_file(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path, slit)
    said = command("check", gpkg, *LEVELS)
    assert said.code == 1
    assert "sliver" in said.out
    assert "113.5" in said.out  # the place
    said = command("check", gpkg, *LEVELS, "--repair", "--json", "--out", "places.geojson")
    told = json.loads(said.out)
    assert {"rule", "areas", "place", "message", "repair"} <= told["defects"][0].keys()
    assert (told["repair"]["committed"], told["repair"]["left"]) == (False, [])
    features = json.loads((tmp_path / "places.geojson").read_text())["features"]
    assert {feature["properties"]["rule"] for feature in features} == {defect["rule"] for defect in told["defects"]}
    assert command("check", gpkg, *LEVELS, "--repair", "--commit").code == 2
    assert command("check", gpkg, *LEVELS, "--repair", "--commit", "--into", gpkg).code == 2
    assert command("check", gpkg, *LEVELS, "--repair", "--commit", "--into", "mended.gpkg").code == 1
    again = command("check", "mended.gpkg", "--level", "district=district:code", "--level", "ward=ward:code,parent=parent_code")
    assert (again.code, again.out) == (0, "")
    assert not (tmp_path / "city.db").exists()


def test_rest_leaves_on_request(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path, keep=7)
    plain = json.loads(command("import", gpkg, *LEVELS).out)
    assert plain["areas"] == 9
    rested = json.loads(command("import", gpkg, *LEVELS, "--rest").out)
    assert (rested["areas"], rested["defects"], rested["generation"]) == (10, 0, 2)


def gcj02(cells: list[Any]) -> list[Any]:
    def turned(xy: Any) -> Any:
        return np.column_stack(from_wgs84(lons=xy[:, 0], lats=xy[:, 1], datum="gcj02"))

    frame = gpd.GeoSeries(cells, crs="EPSG:4547").to_crs(4326)
    return list(gpd.GeoSeries(shapely.transform(np.asarray(frame), turned), crs=4326).to_crs(4547))


def test_a_shifted_file_is_refused_by_name_unless_forced(command: Command, tmp_path: Path) -> None:
    assert command("import", wards(tmp_path), *LEVELS, "--publish").code == 0
    cells = wards(tmp_path, gcj02)
    said = command("import", cells, *LEVELS)
    assert said.code == 2
    assert "looks like GCJ-02: shifted by 563 m E, 5" in said.err
    assert command("list").out.count("\n") == 1
    assert command("import", cells, *LEVELS, "--force").code == 0


def test_a_file_that_halves_the_city_is_refused_unless_forced(command: Command, tmp_path: Path) -> None:
    assert command("import", wards(tmp_path), *LEVELS, "--publish").code == 0
    less = wards(tmp_path, keep=3)
    said = command("import", less, *LEVELS)
    assert (said.code, "shrink from 8 leaves" in said.err) == (2, True)
    assert command("import", less, *LEVELS, "--force").code == 0


def test_one_file_a_level(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path)
    for layer in ("districts", "wards"):
        gpd.read_file(gpkg, layer=layer).to_file(tmp_path / f"{layer}.shp", encoding="GB18030")
    said = command("import", "districts.shp", "--level", "district=code", "--level", "ward=wards.shp:code,parent=above")
    assert json.loads(said.out)["areas"] == 10


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("city.zip", "archive"),
        ("/vsicurl/http://example.org/a.gpkg", "not a local file"),
        ("https://example.org/a.gpkg", "not a local file"),
        ("city.vrt", "unknown ending"),
        ("nothing.gpkg", "no file"),
    ],
)
def test_what_is_never_opened(command: Command, tmp_path: Path, name: str, what: str) -> None:
    for made in ("city.zip", "city.vrt"):
        (tmp_path / made).write_bytes(b"PK\x03\x04")
    said = command("check", name)
    assert (said.code, what in said.err) == (2, True)


def test_a_polygon_bomb_is_told_at_once_and_its_repair_has_an_end(command: Command, tmp_path: Path) -> None:
    ring = np.random.default_rng(1).uniform(113.5, 113.6, (300, 2)) - (0, 75.7)
    gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Polygon(ring)], crs="EPSG:4326").to_file(tmp_path / "bomb.geojson")
    said = command("check", "bomb.geojson", "--json", "--repair")
    told = json.loads(said.out)
    assert [defect["rule"] for defect in told["defects"]] == ["invalid_ring"]
    operations = {operation["operation"] for operation in told["repair"]["operations"]}
    assert operations <= {"make_valid", "transfer", "absorb_gap", "move_vertices"}
