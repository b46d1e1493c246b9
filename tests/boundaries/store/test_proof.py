"""The proof: leaves that fit exactly pass, in metres and in lon/lat; whatever does not is named with a place."""

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.geometry import to_lonlat
from boundaries.model import Level
from boundaries.store.proof import is_proof, prove

Frame = geopandas.GeoDataFrame
Levels = tuple[Level, ...]
CRS = "EPSG:4547"


def with_shape(frame: Frame, row: int, shape: object) -> Frame:
    shapes = list(frame.geometry)
    shapes[row] = shape
    return frame.set_geometry(shapes, crs=frame.crs)


def moved(frame: Frame, row: int, dx: float, dy: float) -> Frame:
    return with_shape(frame, row, shapely.transform(frame.geometry[row], lambda xy: np.round(xy + np.array([dx, dy]), 3)))


def test_a_city_that_fits_is_proven(tiny_frame: Frame, tiny_levels: Levels) -> None:
    proven = prove(tiny_frame, metric_crs=CRS, levels=tiny_levels)
    assert proven.defects == []
    assert is_proof(proven.proof, proven.proof["content_hash"])
    assert (proven.proof["leaves"], proven.proof["sharers"], proven.proof["areas"]) == (5, 1, 12)
    assert proven.proof["area_m2"] == 4 * 100.0**2 + 100.0 * 200.0


def test_a_millimetre_of_overlap_is_found(tiny_frame: Frame, tiny_levels: Levels) -> None:
    proven = prove(moved(tiny_frame, 6, 0.001, 0.0), metric_crs=CRS, levels=tiny_levels)
    assert not is_proof(proven.proof, proven.proof["content_hash"])
    in_metres = [defect for defect in proven.defects if defect.rule == "coverage"]
    assert {defect.areas for defect in in_metres} >= {("G1",), ("G2",)}
    cell = to_lonlat(shapely.box(462990, 4191990, 463210, 4192210), CRS)
    assert all(cell.covers(defect.place) and defect.severity == "error" for defect in in_metres)
    assert all(defect.size >= 99.9 for defect in in_metres)  # the length of the border that does not agree


def test_a_vertex_the_neighbour_lacks_is_found(tiny_frame: Frame, tiny_levels: Levels) -> None:
    corners = [(463200, 4192000), (463300, 4192000), (463300, 4192200), (463200, 4192200)]  # without the one at 4192100
    proven = prove(with_shape(tiny_frame, 5, shapely.Polygon(corners)), metric_crs=CRS, levels=tiny_levels)
    assert {defect.areas[0] for defect in proven.defects if defect.rule == "coverage"} >= {"140303200"}
    assert proven.proof["coverage_metric"] is False


def test_a_gap_between_leaves_is_no_matter_of_proof(tiny_frame: Frame, tiny_levels: Levels) -> None:
    apart = moved(tiny_frame, 5, 10.0, 0.0)
    assert prove(apart, metric_crs=CRS, levels=tiny_levels).defects == []  # boundaries.checks tells of gaps


def test_compounds_may_overlap_whatever_they_like(tiny_frame: Frame, tiny_levels: Levels) -> None:
    over_all = with_shape(tiny_frame, 11, shapely.box(462000, 4191000, 464000, 4193000))
    assert prove(over_all, metric_crs=CRS, levels=tiny_levels).defects == []


def test_a_grid_without_a_shape_is_an_error(tiny_frame: Frame, tiny_levels: Levels) -> None:
    found = prove(with_shape(tiny_frame, 8, None), metric_crs=CRS, levels=tiny_levels).defects
    assert [(defect.rule, defect.severity, defect.areas) for defect in found] == [("leaf_without_shape", "error", ("G3",))]


@pytest.mark.parametrize("change", [{"coverage_metric": None}, {"coverage_lonlat": "true"}, {"content_hash": ""}])
def test_a_proof_with_a_flaw_is_none(tiny_frame: Frame, tiny_levels: Levels, change: dict[str, object]) -> None:
    proof = prove(tiny_frame, metric_crs=CRS, levels=tiny_levels).proof
    assert not is_proof({**proof, **change}, proof["content_hash"])
