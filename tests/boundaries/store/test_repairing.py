"""Messy layers repaired on their way in: previewed as operations, with areas and square metres; then they fit."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.errors import CodeError, FileError, GeometryError
from boundaries.model import Level
from boundaries.store.importing import Assembled, LayerSpec, check_layers, read_layers
from boundaries.store.repaired_file import write_repaired

CRS = "EPSG:4547"
LEVELS = (Level("district", 0, "", "", False), Level("grid", 1, "", "", True))
Write = Callable[..., Path]


def at(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    return shapely.box(463000 + x0, 4192000 + y0, 463000 + x1, 4192000 + y1)


BOWTIE = shapely.Polygon([(463200, 4192000), (463300, 4192100), (463300, 4192000), (463200, 4192100)])
MESSY: list[tuple[Any, ...]] = [
    ("g1", "d1", at(0, 0, 100.2, 100)),  # overlaps g2 by 20 cm
    ("g2", "d1", at(100, 0, 199.7, 100)),  # leaves a slit of 30 cm to the bow tie's place
    ("g3", "d9", BOWTIE),  # crosses itself, and names a parent that is not there
    (None, "d1", at(0, 100, 100, 200)),  # no code
    ("g1", "d1", at(100, 100, 200, 200)),  # g1 again
]
DISTRICTS: list[tuple[Any, ...]] = [("d1", "", at(0, 0, 300, 200))]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writes(grids: Sequence[tuple[Any, ...]] = MESSY, districts: Sequence[tuple[Any, ...]] = DISTRICTS) -> Path:
        path = tmp_path / "city.gpkg"
        for layer, rows in (("districts", districts), ("grids", grids)):
            columns = {"id": [row[0] for row in rows], "up": [row[1] for row in rows]}
            geopandas.GeoDataFrame(columns, geometry=[row[2] for row in rows], crs=CRS).to_file(path, layer=layer, driver="GPKG")
        return path

    return writes


def specs(path: Path) -> list[LayerSpec]:
    return [LayerSpec("district", path, "id", layer="districts"), LayerSpec("grid", path, "id", layer="grids", parent="up")]


def read(path: Path, **options: Any) -> Assembled:
    return read_layers(specs(path), levels=LEVELS, **{"metric_crs": CRS, **options})


def test_without_a_repair_rings_and_codes_are_refused_by_row(write: Write) -> None:
    with pytest.raises(GeometryError) as refused:
        read(write())
    assert [(item.row, item.area) for item in refused.value.items] == [(2, "g3")]
    with pytest.raises(CodeError, match="g1"):
        read(write([row for row in MESSY if row[0] != "g3"]))


def test_a_check_tells_everything_at_once(write: Write) -> None:
    found = check_layers(specs(write()), metric_crs=CRS, levels=LEVELS)
    rules = {defect.rule: defect for defect in found}
    assert {"invalid_ring", "overlap", "orphan", "missing_code", "duplicate_code", "uncovered_outline"} <= rules.keys()
    assert rules["missing_code"].areas == ("#grids:3",)
    assert all(defect.repair for defect in found)


def test_a_repair_tells_what_it_did_and_the_outcome_fits(write: Write) -> None:
    found = read(write(), repair=True)
    operations = {(defect.rule, (defect.repair or {})["operation"]) for defect in found.done}
    assert {
        ("invalid_ring", "make_valid"),
        ("missing_code", "recode"),
        ("duplicate_code", "recode"),
        ("orphan", "reassign"),
        ("overlap", "transfer"),
    } <= operations
    assert found.repaired == ("g3",)
    assert {defect.severity for defect in found.defects} <= {"warning"}
    assert found.proof["coverage_metric"] is found.proof["coverage_lonlat"] is True
    assert {"d1", "g1", "g2", "g3", "d1-u1", "g1-2"} <= set(found.areas["code"])
    leaves = np.asarray(found.areas.geometry)[found.areas.geometry.notna()]
    assert shapely.union_all(leaves).area == pytest.approx(60_000, abs=1)  # rest leaves fill what the grids do not
    moved = {area.code: area for area in found.moved}
    assert moved["g1"].moved_m2 == pytest.approx(20, abs=1)
    assert moved["g1"].before_m2 - moved["g1"].after_m2 == pytest.approx(20, abs=1)


def test_a_clean_city_is_not_touched(write: Write) -> None:
    path = write([("g1", "d1", at(0, 0, 100, 200)), ("g2", "d1", at(100, 0, 300, 200))])
    found = read(path, repair=True, rest=True)
    assert (found.done, found.moved, found.defects) == ((), (), [])
    assert found.areas["code"].tolist() == ["d1", "g1", "g2"]


def test_what_children_do_not_fill(write: Write) -> None:
    hole = at(120, 50, 180, 150)
    path = write([("g1", "d1", at(0, 0, 100, 200)), ("g2", "d1", at(100, 0, 300, 200).difference(hole))])
    assert [defect.rule for defect in read(path).defects if defect.rule != "parent_differs"] == ["hole"]
    found = read(path, rest=True)
    assert found.areas["code"].tolist() == ["d1", "g1", "g2", "d1-rest"]
    assert found.areas.geometry.iloc[3].area == 6000
    assert found.defects == []


@pytest.mark.parametrize("given", [["district"], []])
def test_a_missing_level_is_named(write: Write, given: list[str]) -> None:
    city = (Level("district", 0, "", "", False), Level("community", 1, "", "", False), Level("grid", 2, "", "", True))
    path = write([("g1", "d1", at(0, 0, 300, 200))])
    layers = [spec for spec in specs(path) if spec.level in given] or specs(path)
    with pytest.raises(FileError) as refused:
        read_layers(layers, metric_crs=CRS, levels=city)
    assert refused.value.code == "level_missing"
    assert ("grid" if given else "community") in refused.value.text("zh")
    read_layers(specs(path), metric_crs=CRS, levels=city, allow_missing=True)


def test_circles_among_parents_are_told_and_hung_on_what_holds_them(write: Write) -> None:
    city = (Level("district", 0, "", "", False), Level("part", 1, "", "", False), Level("grid", 2, "", "", True))
    path = write([("g1", "p1", at(0, 0, 300, 200))])
    rows = {"id": ["p1"], "up": ["g1"]}  # its own grandchild
    geopandas.GeoDataFrame(rows, geometry=[at(0, 0, 300, 200)], crs=CRS).to_file(path, layer="parts", driver="GPKG")
    layers = [*specs(path), LayerSpec("part", path, "id", layer="parts", parent="up")]
    (defect,) = [defect for defect in check_layers(layers, metric_crs=CRS, levels=city) if defect.severity == "error"]
    assert (defect.rule, defect.areas) == ("orphan", ("p1",))
    assert (defect.repair or {})["params"]["new_parent"] == "d1"
    found = read_layers(layers, metric_crs=CRS, levels=city, repair=True)
    assert dict(zip(found.areas["code"], found.areas["parent_code"], strict=True)) == {"d1": None, "g1": "p1", "p1": "d1"}


def test_the_repaired_city_is_written_and_read_again(write: Write, tmp_path: Path) -> None:
    path = write()
    found = read(path, repair=True)
    target = write_repaired(found, tmp_path / "repaired.gpkg", sources=[path])
    layers = [
        LayerSpec("district", target, "code", layer="district", parent="parent_code"),
        LayerSpec("grid", target, "code", layer="grid", parent="parent_code", kind="kind", households="households"),
    ]
    again = read_layers(layers, metric_crs=CRS, levels=LEVELS)
    assert again.proof["content_hash"] == found.proof["content_hash"]
    assert [defect.rule for defect in again.defects if defect.severity == "error"] == []
    for wrong, code in ((path, "target_is_source"), (tmp_path / "a.geojson", "format_unknown")):
        with pytest.raises(FileError) as refused:
            write_repaired(found, wrong, sources=[path])
        assert refused.value.code == code
