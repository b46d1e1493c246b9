"""Rule `unmatched_vertex`: a vertex on a shared border that the neighbour lacks (T-junction), though nothing overlaps."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.measures import joined
from boundaries.checks.proposals import positions, proposal
from boundaries.model import Defect

__all__ = ["RULE"]

Lacking = dict[tuple[float, float], tuple[set[int], set[int]]]
"""By vertex: the positions of the faces that lack it, and of those that have it."""

_REACH_M: Final = 0.005
"""How far beside the neighbour's edge rounding may have put the vertex."""
_NEAR_OVERLAP_M: Final = 0.02


def check(coverage: Coverage) -> list[Defect]:
    """One error for every vertex of a leaf that lies on a neighbour's edge where the neighbour has none, exactly on a straight line too.

    Areas: those that lack it, then those that have it. GEOS calls a coverage with such a border invalid, so it cannot be published.
    Vertices at the rim of a real overlap are the overlap's.
    """
    lacking = _at_thin_voids(coverage)
    vertices, owners = _vertices(coverage)
    if not len(vertices):
        return [_told(coverage, point, *found) for point, found in lacking.items()]
    own = {(int(owner), x, y) for owner, (x, y) in zip(owners.tolist(), vertices.tolist(), strict=True)}
    edges, holders = _edges(coverage)
    tree = shapely.STRtree(edges)
    at, edge = tree.query(shapely.points(vertices), predicate="dwithin", distance=_REACH_M)
    for vertex, holder in zip(at.tolist(), holders[edge].tolist(), strict=True):
        x, y = vertices[vertex].tolist()
        owner = int(owners[vertex])
        if owner != holder and (holder, x, y) not in own:
            without, having = lacking.setdefault((x, y), (set(), set()))
            without.add(holder)
            having.add(owner)
    points = list(lacking)
    wide = [crossing for crossing in coverage.crossings if not crossing.thin]
    if wide and points:
        near = shapely.STRtree(shapely.points(points)).query(
            [joined(c.pieces) for c in wide], predicate="dwithin", distance=_NEAR_OVERLAP_M
        )[1]
        explained = set(near.tolist())
        points = [point for position, point in enumerate(points) if position not in explained]
    found = [_told(coverage, point, *lacking[point]) for point in points]
    return found + _thin_overlaps(coverage, points)


def _at_thin_voids(coverage: Coverage) -> Lacking:
    """Where rounding put the vertex beside the neighbour's edge instead of over it, there is a slip of nobody's land."""
    lacking: Lacking = {}
    for void in coverage.voids:
        if not void.thin:
            continue
        near = void.neighbours.tolist()
        shapes = coverage.geoms[coverage.faces[near]]
        own = [{tuple(xy) for xy in shapely.get_coordinates(shape).tolist()} for shape in shapes]
        for x, y in np.unique(shapely.get_coordinates(void.polygon), axis=0).tolist():
            beside = shapely.dwithin(shapely.boundary(shapes), shapely.Point(x, y), _REACH_M)
            having = {at for at, vertices in zip(near, own, strict=True) if (x, y) in vertices}
            without = {at for at, close in zip(near, beside.tolist(), strict=True) if close} - having
            if having and without:
                lacking[x, y] = (without, having)
    return lacking


def _vertices(coverage: Coverage) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The vertices of all faces whose edges do not match, each once a face, and the positions of those faces."""
    loose = np.flatnonzero(~coverage.matched)
    xy, owner = shapely.get_coordinates(coverage.geoms[coverage.faces[loose]], return_index=True)
    rows = np.unique(np.column_stack((loose[owner].astype(np.float64), xy)), axis=0)
    return rows[:, 1:], rows[:, 0].astype(np.int64)


def _edges(coverage: Coverage) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The single edges that do not match, and the positions of the faces that they belong to."""
    lines, holder = shapely.get_parts(coverage.loose_edges, return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero(line[:-1] == line[1:])
    edges: NDArray[np.object_] = shapely.linestrings(np.stack((xy[follows], xy[follows + 1]), axis=1))
    return edges, holder[line[follows]].astype(np.int64)


def _told(coverage: Coverage, point: tuple[float, float], without: set[int], having: set[int]) -> Defect:
    lack = sorted((int(coverage.faces[at]) for at in without), key=coverage.label)
    have = sorted((int(coverage.faces[at]) for at in having - without), key=coverage.label)
    names = [coverage.label(row) for row in lack]
    others = ", ".join(coverage.label(row) for row in have) or "-"
    place = shapely.Point(point)
    return finding(
        coverage,
        RULE.name,
        "error",
        [*lack, *have],
        place,
        en=f"The border of {others} has a vertex that {', '.join(names)} lacks.",
        zh=f"{others} 的边界上有一个顶点,而 {', '.join(names)} 没有。",
        repair=proposal("insert_vertex", changes=names, place=positions(place, coverage.metric_crs)[0], into=names),
    )


def _thin_overlaps(coverage: Coverage, points: list[tuple[float, float]]) -> list[Defect]:
    """Overlaps as thin as rounding at which no vertex was told."""
    told: Any = shapely.multipoints(points) if points else shapely.MultiPoint()
    found: list[Defect] = []
    for crossing in coverage.crossings:
        place = joined(crossing.pieces)
        if not crossing.thin or shapely.dwithin(place, told, _NEAR_OVERLAP_M):
            continue
        rows = [int(coverage.faces[crossing.left]), int(coverage.faces[crossing.right])]
        names = [coverage.label(row) for row in rows]
        spot = positions(shapely.point_on_surface(place), coverage.metric_crs)[0]
        found.append(
            finding(
                coverage,
                RULE.name,
                "error",
                rows,
                place,
                en=f"The borders of {names[0]} and {names[1]} differ by a rounding: {crossing.area_m2:.3f} m2.",
                zh=f"{names[0]} 与 {names[1]} 的边界相差一个舍入误差:{crossing.area_m2:.3f} 平方米。",
                size=crossing.area_m2,
                unit="m2",
                repair=proposal("insert_vertex", changes=names, m2=crossing.area_m2, place=spot, into=names),
            )
        )
    return found


RULE = Rule("unmatched_vertex", "a vertex that the neighbour's border lacks", "相邻边界缺少顶点", check)
