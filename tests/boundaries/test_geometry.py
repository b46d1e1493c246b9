"""The millimetre grid, the way to lon/lat and back, the choice of a metric system, unions, interior points."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from boundaries import geometry
from boundaries.errors import CrsError, GeometryError

CITY = "EPSG:4547"


def cells(count: int = 12, size: float = 83.3337) -> np.ndarray:
    """A coverage of count x count cells with wiggled, shared corners around the model city, metres, not on the grid."""
    random = np.random.default_rng(11)
    xs, ys = np.meshgrid(np.arange(count + 1) * size + 463_040.26412, np.arange(count + 1) * size + 4_192_041.83843)
    xs, ys = xs + random.uniform(-20, 20, xs.shape), ys + random.uniform(-20, 20, ys.shape)
    corners = np.stack((xs, ys), axis=-1)
    return np.array(
        [Polygon([corners[j, i], corners[j, i + 1], corners[j + 1, i + 1], corners[j + 1, i]]) for j in range(count) for i in range(count)],
        dtype=object,
    )


def test_snapping_puts_every_ordinate_on_the_grid_and_keeps_neighbours_together() -> None:
    snapped = geometry.snap(cells())
    coordinates = shapely.get_coordinates(snapped)
    assert (coordinates == np.round(coordinates, 3)).all()
    assert shapely.coverage_is_valid(snapped)
    assert np.abs(coordinates - shapely.get_coordinates(cells())).max() <= 0.0005 + 1e-9


def test_snapping_removes_vertices_that_fell_together_and_negative_zero() -> None:
    polygon = Polygon([(-0.0001, 0), (1, 0), (1.0002, 0.0003), (1, 1), (0, 1)])
    snapped = geometry.snap(polygon)
    assert shapely.get_coordinates(snapped).tolist() == [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    assert not np.signbit(shapely.get_coordinates(snapped)).any()


def test_snapping_takes_arrays_with_none_flattens_3d_and_survives_what_is_too_small() -> None:
    tiny, solid = box(0, 0, 0.0001, 0.0001), Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])
    snapped = geometry.snap(np.array([None, tiny, solid], dtype=object))
    assert snapped[0] is None
    assert snapped[1].area == 0
    assert not snapped[2].has_z
    assert snapped[2].area == 0.5


def test_nine_decimals_bring_every_vertex_back_to_the_same_millimetre() -> None:
    snapped = geometry.snap(cells())
    outward = geometry.to_lonlat(snapped, CITY)
    assert (shapely.get_coordinates(outward) == np.round(shapely.get_coordinates(outward), 9)).all()
    assert shapely.equals_identical(geometry.to_metric(outward, CITY), snapped).all()
    assert shapely.coverage_is_valid(outward)


def test_axis_order_is_easting_northing() -> None:
    metric = geometry.to_metric(Point(113.58, 37.86), CITY)
    assert (metric.x, metric.y) == (463040.264, 4192041.838)
    assert geometry.to_lonlat(metric, CITY).equals_exact(Point(113.58, 37.86), 1e-8)


def test_each_distinct_vertex_is_transformed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = geometry.transformer(CITY, geometry.LONLAT)

    class Counting:
        def transform(self, x: np.ndarray, y: np.ndarray, **options: bool) -> object:
            seen.append(len(x))
            return real.transform(x, y, **options)

    monkeypatch.setattr(geometry, "transformer", lambda *_: Counting())
    shapes = geometry.snap(cells(3))
    geometry.to_lonlat(shapes, CITY)
    assert seen == [16]


def test_other_systems_can_be_the_source() -> None:
    with_zone = Point(38_463_040.264, 4_192_041.838)
    assert geometry.to_metric(with_zone, CITY, source_crs="EPSG:4526").equals_exact(Point(463_040.264, 4_192_041.838), 0.0011)


def test_none_and_empty_pass_through() -> None:
    assert geometry.to_lonlat(np.array([None, Polygon()], dtype=object), CITY)[0] is None
    assert geometry.to_lonlat(Polygon(), CITY).is_empty


def test_a_position_without_lonlat_and_an_unknown_system_are_refused() -> None:
    with pytest.raises(CrsError, match="no position") as refusal:
        geometry.to_metric(Point(1e9, 1e9), CITY)
    assert refusal.value.code == "not_transformable"
    with pytest.raises(CrsError) as refusal:
        geometry.to_lonlat(Point(1, 1), "EPSG:999999")
    assert refusal.value.code == "crs_unknown"


@pytest.mark.parametrize(
    ("place", "bounds", "expected"),
    [
        ("Yangquan", (113.2, 37.6, 114.1, 38.5), "EPSG:4547"),
        ("Beijing", (116.3, 39.8, 116.5, 40.0), "EPSG:4548"),
        ("Kashgar", (75.9, 39.4, 76.1, 39.6), "EPSG:4534"),
        ("Fuyuan in the east", (134.2, 48.3, 134.4, 48.4), "EPSG:4554"),
        ("Urumqi", (87.5, 43.7, 87.7, 43.9), "EPSG:4538"),
        ("Sanya", (109.4, 18.2, 109.6, 18.3), "EPSG:4545"),
        ("Dhaka", (90.3, 23.6, 90.5, 23.9), "EPSG:32646"),
        ("Hanoi", (105.7, 20.9, 105.9, 21.1), "EPSG:32648"),
        ("Ulaanbaatar", (106.8, 47.8, 107.0, 48.0), "EPSG:32648"),
        ("Seoul", (126.9, 37.5, 127.1, 37.6), "EPSG:32652"),
        ("Algeria", (-8.7, 18.9, 12.0, 37.1), "EPSG:32631"),
        ("Buenos Aires", (-58.5, -34.7, -58.3, -34.5), "EPSG:32721"),
        ("Oslo", (10.6, 59.8, 10.9, 60.0), "EPSG:32632"),
    ],
)
def test_the_metric_system_follows_the_place(place: str, bounds: tuple[float, float, float, float], expected: str) -> None:
    assert geometry.auto_metric_crs(bounds) == expected, place
    assert geometry.check_metric_crs(expected) == expected


@pytest.mark.parametrize("bounds", [(463000, 4192000, 464000, 4193000), (float("nan"), 0, 1, 1), (10, 0, 5, 1)])
def test_bounds_that_are_no_degrees_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(CrsError) as refusal:
        geometry.auto_metric_crs(bounds)
    assert refusal.value.code == "not_degrees"


def test_no_zone_at_the_pole() -> None:
    with pytest.raises(CrsError) as refusal:
        geometry.auto_metric_crs((10, 88, 11, 89))
    assert refusal.value.code == "no_metric_crs"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:2263"])
def test_degrees_web_mercator_and_feet_are_not_metric(crs: str) -> None:
    with pytest.raises(CrsError) as refusal:
        geometry.check_metric_crs(crs)
    assert refusal.value.code == "crs_not_metric"


def test_unions_by_group_keep_the_rim_and_drop_the_inside() -> None:
    shapes = geometry.snap(cells(4))
    groups = np.repeat(["b", "a"], 8)
    unions = geometry.union_by(shapes, groups)
    assert list(unions) == ["a", "b"]
    assert unions["b"].equals(shapely.union_all(shapes[:8]))
    assert unions["b"].geom_type == "Polygon"
    assert len(unions["a"].exterior.coords) == 13


def test_unions_of_overlapping_members_have_no_overlapping_parts() -> None:
    unions = geometry.union_by([box(0, 0, 2, 2), box(1, 1, 3, 3), None, None], ["x", "x", "x", "empty"])
    assert list(unions) == ["x"]
    assert unions["x"].area == pytest.approx(7)
    assert unions["x"].is_valid


def test_an_invalid_member_is_refused_by_row() -> None:
    bowtie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    with pytest.raises(GeometryError, match="Self-intersection") as refusal:
        geometry.union_by([box(5, 5, 6, 6), bowtie], [1, 1])
    assert refusal.value.row == 1
    assert geometry.union_by([], []) == {}


def test_interior_points_are_inside_and_on_the_grid() -> None:
    ring = Polygon(box(0, 0, 100, 100).exterior, [box(1, 1, 99, 99).exterior.coords])
    two = MultiPolygon([box(0, 0, 1, 1), box(5, 5, 9, 9)])
    thin = Polygon([(0, 0), (0.0004, 0), (0.0004, 1000), (0, 1000)])
    shapes = np.array([ring, two, thin], dtype=object)
    points = geometry.point_on_surface(shapes)
    assert shapely.contains_properly(shapes, points).all()
    assert (shapely.get_coordinates(points[:2]) == np.round(shapely.get_coordinates(points[:2]), 3)).all()
    assert isinstance(geometry.point_on_surface(ring), Point)


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4534", "EPSG:32650", "EPSG:32631", "EPSG:2180", "EPSG:3106", "EPSG:27700"])
def test_the_steps_between_two_systems_are_those_pyproj_chooses(crs: str) -> None:
    """Bit for bit, both ways, over the area of use and beyond it; where pyproj chooses by the point it still does."""
    area = pyproj.CRS.from_user_input(crs).area_of_use
    assert area is not None
    west, south, east, north = area.bounds
    lon, lat = (part.ravel() for part in np.meshgrid(np.linspace(west - 1, east + 1, 23), np.linspace(south - 1, north + 1, 19)))
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    back = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    metres = there.transform(lon, lat)
    assert np.array_equal(geometry.transformer(geometry.LONLAT, crs).transform(lon, lat), metres, equal_nan=True)
    assert np.array_equal(geometry.transformer(crs, geometry.LONLAT).transform(*metres), back.transform(*metres), equal_nan=True)
    assert (geometry.transformer(crs, geometry.LONLAT).source_crs is None) == (crs != "EPSG:27700")  # cheap in every new thread, or not


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547", "EPSG:32650"])
def test_the_bounds_of_a_box_hold_its_edges_not_only_its_corners(crs: str) -> None:
    """Also where nothing is to be done, and where the box is a line or a point."""
    to_crs = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_crs.transform([112.0, 116.0], [36.0, 39.0])
    west, south, east, north = geometry.lonlat_bounds((x[0], y[0], x[1], y[1]), crs)
    edge = np.linspace(x[0], x[1], 41)
    lon, lat = to_crs.transform(edge, np.full(41, y[1]), direction="INVERSE")
    assert west <= 112.0 + 1e-9
    assert south <= 36.0 + 1e-9
    assert east >= lon.max() - 1e-3
    assert north >= lat.max() - 1e-3
    point = geometry.lonlat_bounds((x[0], y[0], x[0], y[0]), crs)
    assert np.allclose(point, (112.0, 36.0, 112.0, 36.0), atol=1e-9)
