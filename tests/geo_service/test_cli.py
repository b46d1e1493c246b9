"""The command as a person meets it: results on stdout, talk on stderr, exit codes, refusals with a cure."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo_service.cli.main import main
from geo_service.db import Database
from geo_service.migrations import migrate
from tests import city


@dataclass
class Said:
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs `citygrid ...` in a folder and a database of the test's own, in English."""
    monkeypatch.setenv("CITYGRID_DATABASE_URL", f"sqlite:///{tmp_path / 'city.db'}")
    monkeypatch.setenv("CITYGRID_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["citygrid", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def founded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
    database.close()


LEVELS = "level,rank,zh,en,leaf,code_pattern,shown_from_zoom\ndistrict,0,区,district,false,,8\nward,1,坊,ward,true,\\d+,10\n"


def wards(path: Path, *, shift: float = 0.0) -> Path:
    """Two districts of two wards each, side by side, as GeoJSON."""
    cells = [shapely.box(113.0 + 0.1 * n + shift, 37.0, 113.1 + 0.1 * n + shift, 37.1) for n in range(4)]
    frame = gpd.GeoDataFrame(
        {"code": ["1", "2", "3", "4"], "title": ["a", "b", "c", "d"], "above": ["X", "X", "Y", "Y"]}, geometry=cells, crs="EPSG:4326"
    )
    gpkg = path / "wards.gpkg"
    frame.to_file(gpkg, layer="wards")
    districts = frame.dissolve("above").reset_index()[["above", "geometry"]]
    districts.to_file(gpkg, layer="districts")
    return gpkg


def test_a_city_from_nothing_to_a_located_point(command: Command, tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(LEVELS, encoding="utf-8")
    founded = command("init", "--name", "测试城", "--division", "000000", "--levels", "levels.csv", "--timezone", "Asia/Shanghai")
    assert founded.code == 0, founded.err
    gpkg = wards(tmp_path)
    imported = command(
        "boundaries", "import", gpkg, "--level", "district=districts:above", "--level", "ward=wards:code,parent=above,name=title"
    )
    assert imported.code == 0, imported.err
    assert json.loads(imported.out)["areas"] == 6
    assert command("locate", "113.05", "37.05", "--datum", "wgs84").code == 2  # nothing is published yet
    assert command("boundaries", "publish", "1").code == 0
    assert command("boundaries", "list").out.startswith("1\tpublished\timport\t")
    located = command("locate", "113.25", "37.05", "--datum", "wgs84")
    assert json.loads(located.out)["areas"] == {"ward": "3", "district": "Y"}
    assert command("locate", "113.25", "37.05").code == 2
    again = command("init", "--name", "x", "--division", "0", "--levels", "levels.csv")
    assert (again.code, "already" in again.err) == (2, True)


def test_an_import_into_an_empty_database_founds_the_city_by_the_way(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path)
    said = command(
        "boundaries", "import", gpkg, "--level", "district=districts:above", "--level", "ward=wards:code,parent=above", "--publish"
    )
    assert said.code == 0, said.err
    assert json.loads(command("locate", "113.25", "37.05", "--datum", "wgs84").out)["area"]["code"] == "3"


def test_a_report_is_filed_and_the_doctor_is_content(command: Command, founded: None) -> None:
    lon, lat = city.lonlat(50, 50)
    said = command("report", "楼下垃圾", "--lon", lon, "--lat", lat, "--datum", "wgs84")
    assert (said.code, json.loads(said.out)["area"], json.loads(said.out)["responsible"]["name"]) == (0, f"{city.A1}01", "王一")
    assert command("report", "楼下垃圾", "--lon", lon, "--lat", lat).code == 2
    assert command("report", " ", "--lon", lon, "--lat", lat, "--datum", "wgs84").code == 2
    healthy = command("doctor")
    assert (healthy.code, "wrong" in healthy.out) == (0, False)


def test_the_doctor_names_what_is_wrong(command: Command) -> None:
    said = command("doctor")
    assert said.code == 1
    assert "citygrid init" in said.out


def test_keys_are_shown_once_and_listed_without_their_secret(command: Command, founded: None) -> None:
    made = command("keys", "create", "desk 1", "--role", "operator")
    assert made.out.startswith("cgk_")
    listed = command("keys", "list")
    assert "desk 1\toperator" in listed.out
    assert made.out.strip().split("_", 2)[2] not in listed.out
    assert command("keys", "create", "desk 1", "--role", "operator").code == 2
    assert command("keys", "create", "x", "--role", "king").code == 2
    assert command("keys", "revoke", "desk 1").code == 0
    assert command("keys", "revoke", "desk 1").code == 2


def points(path: Path, rows: list[tuple[object, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("id", "lon", "lat", "note"), *((n, lon, lat, f"n{n}") for n, (lon, lat) in enumerate(rows))])
    return path


def test_a_file_is_routed_through_a_polygon_file_without_any_database(command: Command, tmp_path: Path) -> None:
    source = points(tmp_path / "in.csv", [(113.05, 37.05), (113.15, 37.05), (100.0, 10.0)])
    gpkg = wards(tmp_path)
    said = command("route", source, "out.csv", "--areas", f"{gpkg}:wards", "--code", "code", "--datum", "wgs84")
    assert said.code == 0, said.err
    with (tmp_path / "out.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["area_code"] for row in rows] == ["1", "2", ""]
    assert [row["note"] for row in rows] == ["n0", "n1", "n2"]
    assert json.loads(said.out) == {"rows": 3, "routed": 2, "outside": 1, "bad": 0}
    assert not (tmp_path / "city.db").exists()


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ((), "datum"),
        (("--datum", "wgs72"), "datum"),
        (("--datum", "wgs84", "--lon", "nowhere"), "nowhere"),
    ],
)
def test_a_bad_route_is_refused_and_writes_nothing(command: Command, tmp_path: Path, more: tuple[str, ...], what: str) -> None:
    source = points(tmp_path / "in.csv", [(113.05, 37.05)])
    said = command("route", source, "out.csv", "--areas", f"{wards(tmp_path)}:wards", "--code", "code", *more)
    assert said.code == 2
    assert what in said.err
    assert not (tmp_path / "out.csv").exists()


def test_swapped_axes_are_told(command: Command, tmp_path: Path) -> None:
    source = points(tmp_path / "in.csv", [(37.05, 113.05)] * 3 + [(0, 0)])
    said = command("route", source, "out.csv", "--areas", f"{wards(tmp_path)}:wards", "--code", "code", "--datum", "wgs84")
    assert (said.code, "swapped" in said.err) == (2, True)


def test_a_file_is_routed_through_the_published_city(command: Command, tmp_path: Path, founded: None) -> None:
    source = points(tmp_path / "in.csv", [city.lonlat(50, 50), city.lonlat(250, 100)])
    assert command("route", source, "out.csv", "--datum", "wgs84").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8") as handle:
        assert [row["area_code"] for row in csv.DictReader(handle)] == [f"{city.A1}01", ""]


def test_maps_are_written_whole(command: Command, tmp_path: Path, founded: None) -> None:
    for name in ("areas", "cases", "facilities"):
        said = command("map", name, "--out", f"{name}.html", "--lang", "en")
        assert said.code == 0, said.err
        assert (tmp_path / f"{name}.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert command("map", "nothing", "--out", "x.html").code == 2
    assert command("map", "areas", "--out", "no/such/folder/x.html").code == 2
    assert command("map", "areas", "--out", "part.html", "--area", city.A).code == 0
    assert command("map", "areas", "--out", "part.html", "--area", "0").code == 2


def test_check_tells_findings_by_exit_code_json_and_geojson(command: Command, tmp_path: Path) -> None:
    gpkg = wards(tmp_path)
    assert command("boundaries", "check", f"{gpkg}:wards", "--code", "code").code == 0
    bowtie = gpd.GeoDataFrame(
        {"code": ["1", "1"]},
        geometry=[shapely.Polygon([(113, 37), (113.1, 37.1), (113.1, 37), (113, 37.1)]), shapely.box(113.2, 37, 113.3, 37.1)],
        crs="EPSG:4326",
    )
    bowtie.to_file(tmp_path / "bad.geojson")
    said = command("boundaries", "check", "bad.geojson", "--code", "code", "--json", "--out", "places.geojson")
    assert said.code == 1
    found = {defect["rule"]: defect for defect in json.loads(said.out)["defects"]}
    assert {"invalid_ring", "duplicate_code"} <= found.keys()
    lon, lat = found["invalid_ring"]["place"]["coordinates"]
    assert (lon, lat) == pytest.approx((113.05, 37.05), abs=1e-6)
    assert len(gpd.read_file(tmp_path / "places.geojson")) >= 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("level,rank\nx,1\n", "columns missing"),
        (LEVELS.replace("ward,1", "ward,one"), "line 3"),
        (LEVELS.replace("true", "perhaps"), "line 3"),
    ],
)
def test_a_levels_file_that_cannot_be_read_names_its_line(command: Command, tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "levels.csv").write_text(text, encoding="utf-8")
    said = command("init", "--name", "x", "--division", "0", "--levels", "levels.csv")
    assert said.code == 2
    assert what in said.err


def test_a_bad_setting_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYGRID_PORT", "many")
    said = command("serve")
    assert (said.code, "CITYGRID_PORT" in said.err) == (2, True)


def test_refusals_speak_chinese_in_a_chinese_shell(command: Command, monkeypatch: pytest.MonkeyPatch, founded: None) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "坐标" in command("locate", "113.5", "37.8").err
