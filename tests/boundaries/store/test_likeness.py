"""A new file against the published city: shifted, swapped or shrunk is told with its name; an ordinary change is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.datum import from_wgs84
from boundaries.errors import BoundariesError, CrsError, FileError
from boundaries.geometry import to_lonlat, to_metric
from boundaries.store.importing import Assembled
from boundaries.store.likeness import compare_with_published, judged, refuse_unlike

CRS = "EPSG:4547"


def city(codes: list[str] | None = None, change: Callable[[Any], Any] = lambda shapes: shapes, keep: int = 36) -> geopandas.GeoDataFrame:
    cells = [shapely.box(463000 + x, 4192000 + y, 463100 + x, 4192100 + y) for y in range(0, 600, 100) for x in range(0, 600, 100)][:keep]
    shapes = change(np.array(cells, dtype=object))
    names = codes or [f"g{at}" for at in range(len(cells))]
    rows = [("city", "c", None, None), *(("grid", name, "c", shape) for name, shape in zip(names, shapes, strict=True))]
    return geopandas.GeoDataFrame(rows, columns=["level", "code", "parent_code", "geometry"], geometry="geometry", crs=CRS)


def published() -> geopandas.GeoDataFrame:
    areas = city()
    shapes = np.array(areas.geometry.array, dtype=object)
    shapes[0] = shapely.union_all(shapes[1:])
    return areas.set_geometry(to_lonlat(shapes, CRS), crs="EPSG:4326")


def compared(areas: geopandas.GeoDataFrame) -> list[Any]:
    found = Assembled(areas, [], CRS, "a.gpkg", "wgs84", {})
    return compare_with_published(replace(found), published())


def gcj02(shapes: Any) -> Any:
    turned = shapely.transform(to_lonlat(shapes, CRS), lambda c: np.column_stack(from_wgs84(lons=c[:, 0], lats=c[:, 1], datum="gcj02")))
    return to_metric(turned, CRS)


def test_the_same_city_and_an_ordinary_change_are_alike() -> None:
    assert compared(city()) == []
    assert compared(city(keep=30)) == []
    assert compared(city(change=lambda shapes: shapely.transform(shapes, lambda c: np.add(c, (0.4, 0.4))))) == []


@pytest.mark.parametrize("codes", [None, [f"new{at}" for at in range(36)]])
def test_a_shift_of_566_m_is_named_with_the_same_codes_and_with_others(codes: list[str] | None) -> None:
    (defect,) = compared(city(codes, change=gcj02))
    assert (defect.rule, defect.severity) == ("datum_shift", "error")
    assert defect.size == pytest.approx(566, abs=2)
    assert "looks like GCJ-02: shifted by 563 m E, 56 m N" in defect.message
    assert "GCJ-02" in defect.message_zh
    assert defect.place.geom_type == "LineString"
    with pytest.raises(CrsError) as refused:
        refuse_unlike([defect])
    assert refused.value.code == "datum_shift"
    assert "GCJ-02" in refused.value.text("zh")


def test_half_a_city_is_told() -> None:
    (defect,) = compared(city(keep=17))
    assert (defect.rule, len(defect.areas)) == ("city_shrinks", 12)
    with pytest.raises(FileError) as refused:
        refuse_unlike([defect])
    assert isinstance(refused.value, BoundariesError)
    assert refused.value.code == "city_shrinks"
    assert compared(city(keep=18)) == []


def test_swapped_axes_inside_the_range_of_degrees_are_told() -> None:
    areas = city()
    areas = areas.set_geometry(to_lonlat(np.array(areas.geometry.array, dtype=object), CRS), crs="EPSG:4326")
    south = published()
    moved = shapely.transform(np.array(south.geometry.array, dtype=object), lambda c: np.subtract(c, (77.0, 30.0)))
    south = south.set_geometry(moved, crs="EPSG:4326")  # a city at 36 E, 7 N
    swapped = shapely.transform(np.array(south.geometry.array, dtype=object)[1:], lambda c: c[:, ::-1])
    shapes = np.concatenate(([None], to_metric(swapped, "EPSG:32631")))
    found = Assembled(areas.set_geometry(shapes, crs="EPSG:32631"), [], "EPSG:32631", "a.gpkg", "wgs84", {})
    (defect,) = compare_with_published(found, south)
    assert defect.rule == "axes_swapped"
    with pytest.raises(CrsError):
        refuse_unlike([defect])


def test_force_turns_the_refusal_into_a_warning() -> None:
    found = Assembled(city(keep=17), [], CRS, "a.gpkg", "wgs84", {})
    with pytest.raises(FileError):
        judged(found, published(), force=False)
    assert [(one.rule, one.severity) for one in judged(found, published(), force=True).defects] == [("city_shrinks", "warning")]
    assert judged(found, None, force=False) == found
