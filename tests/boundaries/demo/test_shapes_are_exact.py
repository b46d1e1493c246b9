"""The leaves of the model city fit together to the last bit, in metres and in degrees, and so do their parents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from boundaries.demo import DemoCity


def to_degrees(shapes: Any) -> Any:
    project = pyproj.Transformer.from_crs("EPSG:4547", "EPSG:4326", always_xy=True)
    return shapely.transform(shapes, lambda xy: np.round(np.column_stack(project.transform(xy[:, 0], xy[:, 1])), 9))


@pytest.mark.parametrize("ladder", ["small_ladder", "full_ladder"])
def test_leaves_are_a_valid_coverage_on_the_millimetre_grid(ladder: str, request: pytest.FixtureRequest, lengths_of: Any) -> None:
    shapes = request.getfixturevalue(ladder).shapes
    xy = shapely.get_coordinates(shapes)
    assert np.array_equal(np.round(xy, 3), xy)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    lengths = lengths_of(shapes)
    assert lengths.min() > 0.5
    assert lengths.max() < 500


@pytest.mark.parametrize("ladder", ["small_ladder", "full_ladder"])
def test_leaves_stay_a_valid_coverage_in_degrees_with_nine_decimals(ladder: str, request: pytest.FixtureRequest) -> None:
    degrees = to_degrees(request.getfixturevalue(ladder).shapes)
    assert shapely.is_valid(degrees).all()
    assert shapely.coverage_is_valid(degrees)


@pytest.mark.parametrize("level", ["grid", "community", "street", "district"])
def test_parents_made_from_leaves_are_valid_coverages(full_ladder: Any, level: str) -> None:
    unions = full_ladder.unions(level)
    shapes = np.array(list(unions.values()))
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    parts = shapely.get_num_geometries(shapes)
    assert (parts > 1).mean() < 0.03 or level == "district"  # enclaves; and one street lies apart from its district


def test_the_area_of_the_city_is_the_sum_of_its_leaves(small_ladder: Any) -> None:
    whole = shapely.coverage_union_all(small_ladder.shapes)
    assert shapely.area(small_ladder.shapes).sum() == pytest.approx(whole.area, abs=1e-3)
    assert whole.geom_type == "Polygon"


def test_one_ground_inside_the_city_belongs_to_no_leaf(full_city: DemoCity, full_ladder: Any) -> None:
    whole = shapely.coverage_union_all(full_ladder.shapes)
    assert len(whole.interiors) == 1
    hole = shapely.Polygon(whole.interiors[0])
    assert hole.area > 2000
    back = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4547", always_xy=True)
    assert hole.contains(shapely.Point(*back.transform(full_city.notes["gap_lon"], full_city.notes["gap_lat"])))


@pytest.mark.parametrize("city", ["small_city", "full_city"])
def test_enclaves_are_surrounded_by_another_grid_of_their_community(city: str, request: pytest.FixtureRequest) -> None:
    built: DemoCity = request.getfixturevalue(city)
    leaves = built.areas[built.areas.geometry.notna()].set_index("code")
    assert built.notes["enclaves"]
    for code, around in built.notes["enclaves"].items():
        shape = leaves.geometry[code]
        touching = leaves[leaves.geometry.intersects(shape)].drop(index=code)
        shared = {other for other, g in zip(touching.index, touching.geometry, strict=True) if shape.intersection(g).length > 0.5}
        assert code[:12] == around[:12]
        assert code[:15] != around
        assert {other[:15] for other in shared} == {around}


def test_borders_of_grids_follow_streets_rivers_and_the_rim(small_city: DemoCity, small_ladder: Any) -> None:
    grids = np.array(list(small_ladder.unions("grid").values()))
    xy, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(grids)), return_index=True)
    same = ring[1:] == ring[:-1]
    a, b = xy[:-1][same], xy[1:][same]
    length = np.hypot(*(b - a).T)
    towns = shapely.boundary(shapely.coverage_union_all(grids))
    guides = shapely.STRtree(
        [*small_city.roads.geometry, *small_city.rivers.geometry, *small_city.landuse.geometry, *shapely.get_parts(towns)]
    )
    hit = np.zeros(len(a), dtype=bool)
    hit[np.unique(guides.query(shapely.points((a + b) / 2), predicate="dwithin", distance=2.0)[0])] = True
    assert length[hit].sum() / length.sum() > 0.8
