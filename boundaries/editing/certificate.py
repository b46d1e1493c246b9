"""Two proofs of a whole state that owe nothing to each other: GEOS' coverage validity, and a count of edges on the integer grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import shapely

from boundaries.editing.hashing import content_hash
from boundaries.editing.noding import object_array
from boundaries.editing.workspace import Workspace
from boundaries.geometry import GRID_M, to_lonlat

__all__ = ["EdgeCount", "StateProof", "count_edges", "prove_state"]

_HALF_A_DIAGONAL: Final = 0.72


@dataclass(frozen=True, slots=True)
class EdgeCount:
    """Undirected edges of all leaves on the 1 mm grid.

    shared: seen twice, once in each direction. outline: seen once. wrong: seen twice in the same direction, or more often (overlap).
    unmatched: vertices on the inside of an outline edge, where a neighbour lacks a vertex. off_grid: vertices that are not on the grid.
    """

    edges: int
    shared: int
    outline: int
    wrong: int
    unmatched: int
    off_grid: int

    @property
    def holds(self) -> bool:
        """Whether every edge occurs exactly once on each side."""
        return not (self.wrong or self.unmatched or self.off_grid)


@dataclass(frozen=True, slots=True)
class StateProof:
    """What was proven of a state, ready to be stored with a generation."""

    shapes_valid: bool
    coverage_metric: bool
    coverage_lonlat: bool
    edges: EdgeCount
    leaves: int
    area_m2: float
    content_hash: str

    @property
    def holds(self) -> bool:
        """Whether both proofs agree that the leaves fit."""
        return self.shapes_valid and self.coverage_metric and self.coverage_lonlat and self.edges.holds

    def to_json(self) -> dict[str, Any]:
        """The proof as a JSON document."""
        return {**asdict(self), "holds": self.holds, "geos": shapely.geos_version_string}


def prove_state(workspace: Workspace) -> StateProof:
    """Both proofs of a workspace, in metres and (GEOS) in lon/lat, and its content hash."""
    _, shapes = workspace.polygons()
    degrees = to_lonlat(shapes, workspace.metric_crs)
    return StateProof(
        shapes_valid=bool(shapely.is_valid(shapes).all() and shapely.is_valid(degrees).all()),
        coverage_metric=bool(shapely.coverage_is_valid(shapes)),
        coverage_lonlat=bool(shapely.coverage_is_valid(degrees)),
        edges=count_edges(shapes),
        leaves=len(shapes),
        area_m2=round(float(shapely.area(shapes).sum()), 3),
        content_hash=content_hash(workspace.members()),
    )


def count_edges(shapes: Iterable[Any]) -> EdgeCount:
    """The edge certificate of polygons in metres. No geometry predicate takes part, only equality of whole millimetres."""
    polygons = object_array(shapes)
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(polygons)))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    mm = np.round(xy / GRID_M)
    off_grid = int((np.abs(mm * GRID_M - xy) > 1e-7).any(axis=1).sum())
    _, vertex = np.unique(mm.view(np.complex128).ravel(), return_inverse=True)
    same = ring[1:] == ring[:-1]
    start, end = vertex[:-1][same].astype(np.int64), vertex[1:][same].astype(np.int64)
    count = int(vertex.max()) + 1 if len(vertex) else 0
    names, which, seen = np.unique(np.minimum(start, end) * count + np.maximum(start, end), return_inverse=True, return_counts=True)
    balance = np.bincount(which, np.where(start < end, 1, -1), minlength=len(names))
    wrong = (seen > 2) | ((seen == 2) & (balance != 0))
    single = (seen == 1)[which]
    at = np.flatnonzero(same)[single]
    return EdgeCount(
        edges=len(names),
        shared=int((seen == 2).sum() - wrong[seen == 2].sum()),
        outline=int(single.sum()),
        wrong=int(wrong.sum()),
        unmatched=_unmatched(mm[at], mm[at + 1]),
        off_grid=off_grid,
    )


def _unmatched(start: Any, end: Any) -> int:
    """How many ends of outline edges lie on another outline edge, between its ends.

    A vertex rounded to the grid lies up to half a diagonal (0.71 mm) beside the edge it was put on; its neighbours are 1 mm away.
    """
    if not len(start):
        return 0
    edges = shapely.linestrings(np.stack((start, end), axis=1))
    points = np.unique(np.concatenate((start, end)), axis=0)
    edge, point = shapely.STRtree(shapely.points(points)).query(edges, predicate="dwithin", distance=_HALF_A_DIAGONAL)
    is_end = (points[point] == start[edge]).all(axis=1) | (points[point] == end[edge]).all(axis=1)
    return len(np.unique(point[~is_end]))
