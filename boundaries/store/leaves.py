"""From the members of a generation to what is looked up and drawn: leaf polygons and derived parents, in lon/lat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.geometry import to_lonlat, union_by
from boundaries.model import AreaVersion, Level

__all__ = ["LeafPolygons", "ancestors", "leaf_polygons", "parent_shapes", "sharers"]


class LeafPolygons(NamedTuple):
    """polygons: lon/lat with 9 decimals, an object array. codes, areas: of the polygon at the same position, by code (code points).

    That is the order of the router: a position it answers is a position here.
    """

    polygons: NDArray[np.object_]
    codes: list[str]
    areas: list[AreaVersion]


def leaf_polygons(members: Sequence[AreaVersion], metric_crs: str, *, levels: Sequence[Level]) -> LeafPolygons:
    """The leaves of the ladder that own a shape, by code; what stands beside the ladder is left out.

    levels: of the city, to know which levels stand beside the ladder (rank None): their shapes are no leaves.
    """
    ladder = {level.name for level in levels if level.rank is not None}
    areas = sorted((area for area in members if area.geometry is not None and area.level in ladder), key=lambda area: area.code)
    return LeafPolygons(_lonlat(areas, metric_crs), [area.code for area in areas], areas)


def parent_shapes(members: Sequence[AreaVersion], metric_crs: str, *, levels: Sequence[Level]) -> dict[int, Any]:
    """{area_id: lon/lat shape} of every area that has one: its own, or for a parent the union of its leaves.

    Parents without leaves and leaves that share another's face are missing. Unions keep every vertex of their rim, so a parent's
    border is, number by number, that of its leaves.
    """
    ranks = {level.name: level.rank for level in levels}
    own = [area for area in members if area.geometry is not None]
    shapes: dict[int, Any] = {area.area_id: shape for area, shape in zip(own, _lonlat(own, metric_crs), strict=True)}
    children: dict[int, list[AreaVersion]] = {}
    by_id = {area.area_id: area for area in members}
    for area in members:
        parent = by_id.get(area.parent_id) if area.parent_id is not None else None  # absent where only a part of the city is asked
        if ranks[area.level] is not None and parent is not None:
            children.setdefault(ranks[parent.level] or 0, []).append(area)
    for rank in sorted(children, reverse=True):  # finest parents first: the coarser ones are made of them
        present = [area for area in children[rank] if area.area_id in shapes]
        grouped = np.array([area.parent_id for area in present], dtype=np.int64)
        shapes.update(union_by(_object_array([shapes[area.area_id] for area in present]), grouped))
    return shapes


def ancestors(area: AreaVersion, by_id: Mapping[int, AreaVersion]) -> list[AreaVersion]:
    """The areas above, nearest first. by_id: the members of the same generation."""
    above = []
    while area.parent_id is not None:
        area = by_id[area.parent_id]
        above.append(area)
    return above


def sharers(members: Sequence[AreaVersion]) -> dict[int, list[AreaVersion]]:
    """{area_id of a face's owner: the leaves without a polygon that share it}, in the order of `members`."""
    shared: dict[int, list[AreaVersion]] = {}
    for area in members:
        if area.shares_face_of is not None:
            shared.setdefault(area.shares_face_of, []).append(area)
    return shared


def _lonlat(areas: Sequence[AreaVersion], metric_crs: str) -> NDArray[np.object_]:
    shapes = _object_array([area.geometry for area in areas])
    converted: NDArray[np.object_] = shapely.set_srid(to_lonlat(shapes, metric_crs), 4326) if len(shapes) else shapes
    return converted


def _object_array(shapes: Sequence[Any]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
