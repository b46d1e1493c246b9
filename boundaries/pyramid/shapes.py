"""The shapes of one zoom after the other: leaves simplified together, parents joined from them, so every border is one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry import to_lonlat
from boundaries.model import AreaVersion
from boundaries.pyramid.plan import EXTENT, MAX_ZOOM, MIN_ZOOM, LayerPlan

__all__ = ["Geometries", "label_points", "lonlat_bounds", "shapes_by_zoom", "world"]

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]

_TOLERANCE: Final = 12.0
"""Square root of the smallest triangle a vertex must make with its neighbours to stay, in units: under a pixel of a screen."""
_FINEST_TOLERANCE: Final = 1.0


def world(shapes: Geometries, metric_crs: str) -> Geometries:
    """Shapes in metres as Web Mercator in units of MAX_ZOOM: x east, y south, from the north-west corner of the world.

    They pass through lon/lat with 9 decimals: what is drawn is what is routed.
    """
    side = float(EXTENT << MAX_ZOOM)

    def mercator(lonlat: Floats) -> Floats:
        sines = np.sin(np.radians(lonlat[:, 1]))
        return np.column_stack((lonlat[:, 0] / 360 + 0.5, 0.5 - np.log((1 + sines) / (1 - sines)) / (4 * np.pi))) * side

    converted: Geometries = shapely.transform(to_lonlat(shapes, metric_crs), mercator)
    return converted


def lonlat_bounds(shapes: Geometries, metric_crs: str) -> tuple[float, float, float, float]:
    """(west, south, east, north) of shapes in metres, in degrees with 7 decimals, as archives keep them."""
    west, south, east, north = np.round(shapely.total_bounds(to_lonlat(shapes, metric_crs)), 7).tolist()
    return west, south, east, north


def shapes_by_zoom(
    layers: Sequence[LayerPlan], members: Sequence[AreaVersion], metric_crs: str
) -> Iterator[tuple[int, dict[str, Geometries]]]:
    """(zoom, {layer: shape of each of its areas or None}) from MAX_ZOOM down, in units of that zoom.

    Neighbours have the very same vertices along their border at every zoom, and so have a parent and its children. An area without
    leaves has no shape. Every zoom is simplified from the one below it.
    """
    leaves = next((layer for layer in layers if layer.leaves), None)
    coverage = world(_own_shapes(leaves.areas), metric_crs) if leaves else _array([])
    fits = bool(shapely.coverage_is_valid(coverage)) if len(coverage) else True
    beside = {layer.name: world(_own_shapes(layer.areas), metric_crs) for layer in layers if not layer.nests}
    fit = {name for name, shapes in beside.items() if len(shapes) and shapely.coverage_is_valid(shapes)}
    for zoom in range(MAX_ZOOM, MIN_ZOOM - 1, -1):
        tolerance = _FINEST_TOLERANCE if zoom == MAX_ZOOM else _TOLERANCE
        if zoom < MAX_ZOOM:
            coverage = _halved(coverage)
            beside = {name: _halved(shapes) for name, shapes in beside.items()}
        coverage = _simplified(coverage, tolerance)
        beside = {name: _simplified(shapes, tolerance) if name in fit else _apart(shapes, tolerance) for name, shapes in beside.items()}
        by_id = _joined(dict(zip([a.area_id for a in leaves.areas], coverage, strict=True)) if leaves else {}, members, fits=fits)
        found = {layer.name: _array([by_id.get(area.area_id) for area in layer.areas]) for layer in layers if layer.nests}
        yield zoom, {**found, **beside}


def label_points(shapes: Geometries) -> Floats:
    """(n, 2): a point well inside each shape, in the shapes' units; NaN without one."""
    points = shapely.point_on_surface(shapes)
    return np.column_stack((shapely.get_x(points), shapely.get_y(points)))


def _joined(shapes: dict[int, Any], members: Sequence[AreaVersion], *, fits: bool) -> Mapping[int, Any]:
    """{area_id: shape} of leaves and of every parent, joined rung by rung from the finest."""
    by_id = {area.area_id: area for area in members}
    depth: dict[int, int] = {}

    def rung(area: AreaVersion) -> int:
        if area.area_id not in depth:
            above = by_id.get(area.parent_id) if area.parent_id is not None else None
            depth[area.area_id] = 0 if above is None else rung(above) + 1
        return depth[area.area_id]

    join = shapely.coverage_union_all if fits else shapely.union_all
    children: dict[int, dict[int, list[int]]] = {}
    for area in members:
        if area.parent_id is not None and area.parent_id in by_id:
            children.setdefault(rung(area), {}).setdefault(area.parent_id, []).append(area.area_id)
    for level in sorted(children, reverse=True):
        for parent, held in children[level].items():
            parts = [shapes[child] for child in held if shapes.get(child) is not None]
            if parts and parent not in shapes:
                shapes[parent] = join(_array(parts))
    return shapes


def _simplified(coverage: Geometries, tolerance: float) -> Geometries:
    result: Geometries = shapely.coverage_simplify(coverage, tolerance) if len(coverage) else coverage
    return result


def _apart(shapes: Geometries, tolerance: float) -> Geometries:
    """Shapes that may overlap: each by itself."""
    result: Geometries = shapely.simplify(shapes, tolerance / 2)
    return result


def _halved(shapes: Geometries) -> Geometries:
    result: Geometries = shapely.transform(shapes, lambda coordinates: coordinates / 2)
    return result


def _own_shapes(areas: Sequence[AreaVersion]) -> Geometries:
    return _array([area.geometry for area in areas])


def _array(shapes: Sequence[Any]) -> Geometries:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
