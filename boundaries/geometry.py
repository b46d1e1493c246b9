"""The 1 mm grid of master shapes, their way to lon/lat and back, the choice of a metric system, unions of leaves, interior points.

Master shapes are 2D, in metres of the city's `metric_crs`, with every ordinate a multiple of 1 mm. Everything shown outside is WGS-84
lon/lat with 9 decimals (0.1 mm): with 9 decimals every vertex comes back to the same millimetre, with 7 (the default of RFC 7946
writers) hardly one in a hundred does. Shapes are transformed vertex by vertex, each distinct vertex exactly once, so neighbours that
shared a vertex still do. No vertex is ever inserted here, and no rule about borders is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info
from pyproj.exceptions import CRSError, ProjError

from boundaries.errors import CrsError, GeometryError

__all__ = [
    "GRID_M",
    "LONLAT",
    "LONLAT_DECIMALS",
    "auto_metric_crs",
    "check_metric_crs",
    "lonlat_bounds",
    "point_on_surface",
    "snap",
    "to_lonlat",
    "to_metric",
    "transformer",
    "union_by",
]

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

GRID_M: Final = 0.001
"""Metres between neighbouring ordinates of master geometry."""
LONLAT: Final = "EPSG:4326"
LONLAT_DECIMALS: Final = 9

_GRID_DECIMALS: Final = 3

# Coarse boxes (min_lon, min_lat, max_lon, max_lat) in which a Chinese 3-degree zone is the better default than UTM. They leave the
# large cities of the neighbours out; a border town that falls on the wrong side still gets a sound metric system.
_CGCS2000_BOXES: Final = (
    (99.0, 22.9, 122.7, 41.0),
    (106.8, 20.2, 122.7, 22.9),
    (108.4, 18.0, 111.3, 20.2),
    (99.5, 21.3, 102.0, 22.9),
    (97.6, 24.0, 99.0, 28.3),
    (85.0, 28.3, 99.0, 31.0),
    (78.5, 31.0, 99.0, 35.0),
    (73.5, 35.0, 99.0, 40.5),
    (76.5, 40.5, 99.0, 42.0),
    (80.0, 42.0, 96.5, 49.2),
    (96.5, 41.0, 112.0, 42.8),
    (112.0, 41.0, 131.2, 53.6),
    (122.7, 40.0, 125.0, 41.0),
    (131.2, 45.0, 135.1, 48.5),
)


def snap(geoms: Any) -> Any:
    """The same shapes with every ordinate rounded to 1 mm and vertices that fell together removed; Z and M are dropped.

    geoms: one shapely geometry or an array of them, metres; the answer has the same form, None stays None. Rounding is pointwise
    (half to even), so a vertex shared by two shapes stays shared. A shape too small for the grid may come back invalid or
    degenerate: the checks name it, nothing is dropped here.
    """
    rounded = shapely.transform(geoms, _round_to(_GRID_DECIMALS))
    return _without_repeats(rounded)


def to_lonlat(geoms: Any, metric_crs: str) -> Any:
    """The shapes in WGS-84 lon/lat with 9 decimals, from metres of `metric_crs`.

    Each distinct vertex is transformed once. Straight edges stay straight lines between the transformed vertices: by definition
    that is the routed polygon. Raises CrsError for an unknown system, or one in which a vertex has no lon/lat.
    """
    return _transformed(geoms, metric_crs, LONLAT, LONLAT_DECIMALS)


def to_metric(geoms: Any, metric_crs: str, *, source_crs: str = LONLAT) -> Any:
    """The shapes in metres of `metric_crs` on the 1 mm grid, from `source_crs` (WGS-84 lon/lat unless said otherwise).

    Each distinct vertex is transformed once, rounded to 1 mm, and vertices that fell together are removed. Axis order is always
    lon, lat or easting, northing, whatever the system's registry says. Raises CrsError as `to_lonlat`.
    """
    return _without_repeats(_transformed(geoms, source_crs, metric_crs, _GRID_DECIMALS))


@lru_cache(maxsize=64)
def transformer(source_crs: str, target_crs: str) -> pyproj.Transformer:
    """A cached transformer with lon, lat (or easting, northing) axis order on both sides. Raises CrsError for unknown systems.

    pyproj makes it anew in every thread that uses it: from two systems that takes a tenth of a second and more, from the steps
    between them, which are known by then, less than a thousandth. For points only: bounds need to know both systems (`lonlat_bounds`).
    """
    chosen = _chosen_by_pyproj(source_crs, target_crs)
    steps = chosen.definition
    return pyproj.Transformer.from_pipeline(steps) if steps.startswith("proj=") else chosen  # several ways: chosen by the point


def lonlat_bounds(bounds: tuple[float, float, float, float], source_crs: str) -> tuple[float, float, float, float]:
    """(min_lon, min_lat, max_lon, max_lat) of a box of `source_crs` (min_x, min_y, max_x, max_y), its edges followed at 21 places.

    Raises CrsError for an unknown system; infinite where a corner has no lon/lat.
    """
    west, south, east, north = _chosen_by_pyproj(source_crs, LONLAT).transform_bounds(*bounds)
    return float(west), float(south), float(east), float(north)


def _chosen_by_pyproj(source_crs: str, target_crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_crs(source_crs), _crs(target_crs), always_xy=True)


def auto_metric_crs(bounds: tuple[float, float, float, float]) -> str:
    """A fitting metric system, as 'EPSG:n', for lon/lat bounds (min_lon, min_lat, max_lon, max_lat).

    In China: the CGCS2000 3-degree Gauss-Kruger zone of the nearest central meridian, without zone prefix in the easting
    (EPSG:4534 for 75 E ... EPSG:4554 for 135 E). Elsewhere: the WGS 84 UTM zone of the middle of the bounds, from PROJ's database.
    The map scale is true near the central meridian; a whole country in one zone is stretched at its edges (Algeria by 1.5 %), which
    the rules bear and areas in m2 show. Raises CrsError where there is none (poles, bounds that are not degrees).
    """
    min_lon, min_lat, max_lon, max_lat = bounds
    if not (-180 <= min_lon <= max_lon <= 180 and -90 <= min_lat <= max_lat <= 90):  # also refuses NaN
        raise CrsError(
            "not_degrees",
            en="These bounds are not lon/lat degrees: {bounds}.",
            zh="该范围不是经纬度(度):{bounds}。",
            bounds=", ".join(f"{v:g}" for v in bounds),
        )
    lon, lat = (min_lon + max_lon) / 2, (min_lat + max_lat) / 2
    if any(west <= lon <= east and south <= lat <= north for west, south, east, north in _CGCS2000_BOXES):
        zone = min(max(round(lon / 3), 25), 45)
        return f"EPSG:{4534 + zone - 25}"
    area = AreaOfInterest(west_lon_degree=lon, south_lat_degree=lat, east_lon_degree=lon, north_lat_degree=lat)
    found = sorted(int(info.code) for info in query_utm_crs_info(datum_name="WGS 84", area_of_interest=area))
    if not found:
        raise CrsError(
            "no_metric_crs",
            en="No UTM zone covers lon {lon:.3f}, lat {lat:.3f}: name a metric system.",
            zh="经度 {lon:.3f}、纬度 {lat:.3f} 处没有 UTM 分带,请指定米制坐标系。",
            lon=lon,
            lat=lat,
        )
    return f"EPSG:{found[0]}"


@lru_cache(maxsize=64)
def check_metric_crs(metric_crs: str) -> str:
    """The name itself, when it is a projected system in metres. Raises CrsError `crs_unknown` or `crs_not_metric`.

    Web Mercator (EPSG:3857) is refused: in the model city it shows lengths 27 % too long.
    """
    crs = _crs(metric_crs)
    metres = crs.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info)
    if not metres or crs.to_epsg() == 3857:
        raise CrsError(
            "crs_not_metric",
            en="{crs} does not measure in true metres: name a projected system such as EPSG:4547.",
            zh="{crs} 不是可量测的米制投影坐标系,请指定如 EPSG:4547 的坐标系。",
            crs=metric_crs,
        )
    return metric_crs


def union_by(geoms: ArrayLike, groups: ArrayLike) -> dict[Any, Any]:
    """The union of the shapes of each group, as {group: polygon or multipolygon}, groups in ascending order.

    geoms: polygons in any one plane system, None for members without a shape (a group of only those is left out). groups: one key a
    shape. Where the members' edges match exactly the edges between them are dropped (`coverage_union_all`: every vertex of the rim
    is kept); where they do not, that function would silently return overlapping parts, so the slower general union is taken.
    Raises GeometryError `invalid_polygon` (row) for a shape that is not valid: check first.
    """
    shapes = np.asarray(geoms, dtype=object)
    keys = np.asarray(groups)
    bad = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    if bad.size:
        raise GeometryError(
            "invalid_polygon",
            en="The polygon in row {row} is not valid: {reason}.",
            zh="第 {row} 行的多边形无效:{reason}。",
            row=int(bad[0]),
            reason=shapely.is_valid_reason(shapes[bad[0]]),
        )
    present = ~shapely.is_missing(shapes)
    shapes, keys = shapes[present], keys[present]
    if not len(shapes):
        return {}
    order = np.argsort(keys, kind="stable")
    names, starts = np.unique(keys[order], return_index=True)
    all_match = bool(shapely.coverage_is_valid(shapes))
    result: dict[Any, Any] = {}
    for name, members in zip(names.tolist(), np.split(shapes[order], starts[1:]), strict=True):
        matching = all_match or shapely.coverage_is_valid(members)
        result[name] = shapely.coverage_union_all(members) if matching else shapely.union_all(members)
    return result


def point_on_surface(geoms: Any) -> Any:
    """A point well inside each polygon, on the 1 mm grid when it lies inside there, else unrounded.

    geoms: one polygon or an array, metres; empty shapes give an empty point. The point is never on the border unless the polygon has
    no interior.
    """
    points = shapely.point_on_surface(geoms)
    rounded = shapely.transform(points, _round_to(_GRID_DECIMALS))
    inside = shapely.contains_properly(geoms, rounded)
    chosen = np.where(inside, rounded, points)
    return chosen if np.ndim(geoms) else chosen[()]


def _crs(name: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(name)
    except (CRSError, TypeError):
        raise CrsError("crs_unknown", en="Unknown reference system {crs}.", zh="未知的坐标参考系 {crs}。", crs=repr(name)[:200]) from None


def _round_to(decimals: int) -> Callable[[Floats], Floats]:
    def rounded(coordinates: Floats) -> Floats:
        return np.round(coordinates, decimals) + 0.0  # + 0.0 turns -0.0 into 0.0: equal shapes have equal bytes

    return rounded


def _without_repeats(geoms: Any) -> Any:
    try:
        return shapely.remove_repeated_points(geoms, 0.0)
    except shapely.GEOSException:  # a ring fell into one or two points: leave that shape alone, tidy the others
        if np.ndim(geoms) == 0:
            return geoms
        return np.array([_without_repeats(geom) for geom in np.asarray(geoms, dtype=object)], dtype=object)


def _transformed(geoms: Any, source_crs: str, target_crs: str, decimals: int) -> Any:
    convert = transformer(source_crs, target_crs)
    rounded = _round_to(decimals)

    def once_per_vertex(coordinates: Floats) -> Floats:
        if not len(coordinates):
            return coordinates
        pairs = np.ascontiguousarray(coordinates + 0.0).view(np.complex128).ravel()
        distinct, back = np.unique(pairs, return_inverse=True)
        try:
            x, y = convert.transform(distinct.real.copy(), distinct.imag.copy(), errcheck=False)
        except ProjError as error:
            raise _untransformable(source_crs, target_crs) from error
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise _untransformable(source_crs, target_crs)
        return rounded(np.column_stack((x, y)))[back]

    return shapely.transform(geoms, once_per_vertex)


def _untransformable(source_crs: str, target_crs: str) -> CrsError:
    return CrsError(
        "not_transformable",
        en="Some vertices have no position in {target}: are the numbers really in {source}?",
        zh="部分顶点无法转换到 {target}:数值确实属于 {source} 吗?",
        source=source_crs,
        target=target_crs,
    )
