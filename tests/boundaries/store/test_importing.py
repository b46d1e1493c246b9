"""Files -> areas with findings and a proof: small layers by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.datum import from_wgs84
from boundaries.errors import BoundariesError, CodeError, CrsError, DatumError, FileError, GeometryError
from boundaries.geometry import to_lonlat
from boundaries.model import Level
from boundaries.store.importing import Assembled, LayerSpec, read_layers

CRS = "EPSG:4547"
LEVELS = (Level("district", 0, "", "", False), Level("grid", 1, "", "", True, "G.*"))
Rows = Sequence[tuple[object, ...]]
Write = Callable[..., Path]
DISTRICTS: Rows = [
    ("D1", "东区", shapely.box(463000, 4192000, 463200, 4192100)),
    ("D2", "西区", shapely.box(463200, 4192000, 463300, 4192100)),
]
GRIDS: Rows = [
    ("G1", "D1", 10, shapely.box(463000, 4192000, 463100, 4192100)),
    ("G2", "D1", 20, shapely.box(463100, 4192000, 463200, 4192100)),
    ("G3", "D2", 30, shapely.box(463200, 4192000, 463300, 4192100)),
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writes(grids: Rows = GRIDS, districts: Rows = DISTRICTS, crs: str = CRS, change: Callable[[Any], Any] = lambda g: g) -> Path:
        path = tmp_path / "city.gpkg"
        for layer, rows, columns in (("districts", districts, ["id", "label"]), ("grids", grids, ["id", "up", "homes"])):
            shapes = change(np.array([row[-1] for row in rows], dtype=object))
            if crs == "EPSG:4326":
                shapes = change(to_lonlat(np.array([row[-1] for row in rows], dtype=object), CRS))
            frame = geopandas.GeoDataFrame([row[:-1] for row in rows], columns=columns, geometry=shapes, crs=crs)
            frame.to_file(path, layer=layer, driver="GPKG")
        return path

    return writes


def read(path: Path, *, parent: str | None = "up", **options: Any) -> Assembled:
    specs = [
        LayerSpec("district", path, "id", layer="districts", name="label"),
        LayerSpec("grid", path, "id", layer="grids", parent=parent, households="homes"),
    ]
    return read_layers(specs, levels=LEVELS, **{"metric_crs": "auto", **options})


def test_layers_become_areas(write: Write) -> None:
    found = read(write())
    assert (found.metric_crs, found.datum) == (CRS, "cgcs2000")
    assert found.areas["code"].tolist() == ["D1", "D2", "G1", "G2", "G3"]
    assert found.areas["parent_code"].tolist()[2:] == ["D1", "D1", "D2"]
    assert found.areas["name"].tolist()[:2] == ["东区", "西区"]
    assert found.areas["households"].tolist()[2:] == [10, 20, 30]
    assert found.areas.geometry.isna().tolist() == [True, True, False, False, False]
    assert shapely.equals_exact(np.asarray(found.areas.geometry)[2:], [row[-1] for row in GRIDS], 0.0).all()  # type: ignore[arg-type]
    assert found.defects == []
    assert found.source == "city.gpkg:districts; city.gpkg:grids"  # without the folders of whoever imported
    assert found.proof["coverage_lonlat"] is True


def test_degrees_lose_nothing(write: Write) -> None:
    found = read(write(crs="EPSG:4326"))
    assert (found.metric_crs, found.datum) == (CRS, "wgs84")
    assert shapely.equals_exact(np.asarray(found.areas.geometry)[2:], [row[-1] for row in GRIDS], 0.0).all()  # type: ignore[arg-type]


def test_a_shifted_datum_is_taken_back(write: Write) -> None:
    def shifted(shapes: Any) -> Any:
        return shapely.transform(shapes, lambda xy: np.column_stack(from_wgs84(lons=xy[:, 0], lats=xy[:, 1], datum="gcj02")))

    path = write(crs="EPSG:4326", change=shifted)
    found = read(path, datum="gcj02")
    assert found.datum == "gcj02"
    wanted = np.array([row[-1] for row in GRIDS], dtype=object)
    assert shapely.hausdorff_distance(np.asarray(found.areas.geometry)[2:], wanted).max() < 0.002
    assert found.proof["coverage_metric"] is True


def test_without_a_parent_column_the_cover_decides(write: Write) -> None:
    assert read(write(), parent=None).areas["parent_code"].tolist()[2:] == ["D1", "D1", "D2"]


def test_supplied_parents_are_compared_with_their_leaves(write: Write) -> None:
    larger = [(*DISTRICTS[0][:2], shapely.box(463000, 4192000, 463200, 4192150)), DISTRICTS[1]]
    moved = [GRIDS[0], ("G2", "D2", 20, GRIDS[1][-1]), GRIDS[2]]
    found = read(write(moved, larger))
    rules = {defect.rule for defect in found.defects}
    assert {"wrong_parent", "parent_differs"} <= rules
    assert found.areas["parent_code"].tolist()[3] == "D2"  # the name is followed
    assert {defect.severity for defect in found.defects} == {"warning"}


def test_odd_but_possible_areas_are_accepted_and_told(write: Write) -> None:
    pieces = shapely.MultiPolygon([GRIDS[2][-1], shapely.box(463240, 4192200, 463260, 4192220)])
    empty = [*DISTRICTS, ("D3", "空区", shapely.box(463300, 4192000, 463400, 4192100))]
    found = read(write([*GRIDS[:2], ("G3", "D2", 30, pieces)], empty))
    by_rule = {defect.rule: defect for defect in found.defects}
    assert by_rule["multipart"].areas == ("G3",)
    assert by_rule["parent_without_leaves"].areas == ("D3",)
    assert {defect.severity for defect in found.defects} == {"warning"}
    assert all(defect.place is not None for defect in found.defects)


def test_what_bars_publishing_is_an_error(write: Write) -> None:
    overlapping = [
        ("G1", "D1", 10, shapely.box(463000, 4192000, 463110, 4192100)),
        ("G2", "D7", 1, GRIDS[1][-1]),
        (None, "D2", 3, GRIDS[2][-1]),
    ]
    found = read(write(overlapping))
    errors = {defect.rule for defect in found.defects if defect.severity == "error"}
    assert {"overlap", "coverage", "orphan", "missing_code"} <= errors
    assert found.areas["code"].tolist() == ["D1", "D2", "G1", "G2"]  # the one without a code is left out
    assert found.proof["coverage_metric"] is False


BOWTIE = shapely.Polygon([(463000, 4192000), (463100, 4192100), (463100, 4192000), (463000, 4192100)])


def test_invalid_polygons_are_refused_or_repaired(write: Write) -> None:
    path = write([("G1", "D1", 10, BOWTIE), *GRIDS[1:]])
    with pytest.raises(GeometryError) as refused:
        read(path)
    assert refused.value.items[0].area == "G1"
    found = read(path, repair=True)
    assert found.repaired == ("G1",)
    assert found.areas.geometry[2].is_valid


@pytest.mark.parametrize(
    ("grids", "options", "kind", "code"),
    [
        ([("X1", "D1", 1, GRIDS[0][-1])], {}, CodeError, "codes_unusable"),
        ([GRIDS[0], ("G1", "D1", 1, GRIDS[1][-1])], {}, CodeError, "codes_unusable"),
        (GRIDS, {"metric_crs": "EPSG:4326"}, CrsError, "crs_not_metric"),
        (GRIDS, {"metric_crs": "EPSG:0"}, CrsError, "crs_unknown"),
        (GRIDS, {"datum": "gcj02"}, DatumError, "datum_not_in_metres"),
        (GRIDS, {"datum": "mars"}, DatumError, "datum_unknown"),
        (GRIDS, {"parent": "nowhere"}, FileError, "unknown_column"),
    ],
)
def test_bad_input_is_refused(write: Write, grids: Rows, options: dict[str, Any], kind: type[BoundariesError], code: str) -> None:
    path = write(grids)
    with pytest.raises(kind) as refused:
        read(path, **options)
    assert refused.value.code == code


def test_levels_and_layers_must_be_known(write: Write) -> None:
    with pytest.raises(CodeError, match="parish"):
        read_layers([LayerSpec("parish", write(), "id", layer="grids")], metric_crs="auto", levels=LEVELS)
    with pytest.raises(FileError) as refused:
        read_layers([], metric_crs="auto", levels=LEVELS)
    assert refused.value.code == "no_layers"
