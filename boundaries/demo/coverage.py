"""Polygons from the finished mesh: every unique edge is bent once and every vertex rounded once, so neighbours agree to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array, Bend
from boundaries.demo.mesh import Mesh

TOWN_STEP_M = 9.0
LAND_STEP_M = 240.0


@dataclass(frozen=True)
class Coverage:
    """polygons: one a face, an exact coverage on the 1 mm grid. shared: (face, face, metres) for every common edge."""

    polygons: NDArray[Any]
    shared: tuple[NDArray[np.int64], NDArray[np.int64], Array]

    def neighbours(self) -> list[dict[int, float]]:
        """For every face its neighbours with the length of the common border."""
        out: list[dict[int, float]] = [{} for _ in self.polygons]
        for i, j, length in zip(*(x.tolist() for x in self.shared), strict=True):
            if i != j:
                out[i][j] = out[i].get(j, 0.0) + length
                out[j][i] = out[j].get(i, 0.0) + length
        return out


def ground(mesh: Mesh, bends: list[Bend]) -> Array:
    """All vertices of the mesh in the city's CRS, rounded to 1 mm."""
    plan, patch = np.array(mesh.points, dtype=float), np.array(mesh.patch)
    return _on_ground(plan, patch, bends)


def _on_ground(plan: Array, patch: NDArray[np.int64], bends: list[Bend]) -> Array:
    out = plan.copy()
    for k, bend in enumerate(bends):
        mine = patch == k
        if mine.any():
            out[mine] = bend(plan[mine])
    return np.asarray(np.round(out, 3) + 0.0)


def bend_faces(mesh: Mesh, bends: list[Bend], faces: list[list[list[int]]]) -> Coverage:
    """faces: for each its rings (the outer one first) as vertices of the mesh, counter-clockwise or not."""
    base = ground(mesh, bends)
    rings = [ring for face in faces for ring in face]
    sizes = np.array([len(r) for r in rings])
    start = np.array([v for ring in rings for v in ring])
    end = np.array([v for ring in rings for v in (*ring[1:], ring[0])])
    lo, hi = np.minimum(start, end), np.maximum(start, end)
    _, first, edge = np.unique(lo * len(base) + hi, return_index=True, return_inverse=True)
    elo, ehi = lo[first], hi[first]
    number, extra = _inner_vertices(mesh, bends, base, elo, ehi)
    offset = np.concatenate([[0], np.cumsum(number)])
    steps = number[edge] + 1
    place = np.concatenate([[0], np.cumsum(steps)])
    which = np.repeat(np.arange(len(start)), steps)
    j = np.arange(place[-1]) - np.repeat(place[:-1], steps)
    forward = (start == lo)[which]
    inner = np.where(forward, j - 1, number[edge[which]] - j)
    index = np.where(j == 0, start[which], len(base) + offset[edge[which]] + inner)
    xy = np.vstack([base, extra])
    ring_of = np.repeat(np.arange(len(rings)), sizes)
    per_ring = np.bincount(ring_of, weights=steps).astype(np.int64)
    polygons = _polygons(xy, index, per_ring, np.array([len(f) for f in faces]))
    face_of = np.repeat(np.arange(len(faces)), [len(f) for f in faces])[ring_of]
    return Coverage(polygons, _pairs(edge, face_of, np.hypot(*(base[ehi] - base[elo]).T)))


def _inner_vertices(
    mesh: Mesh, bends: list[Bend], base: Array, lo: NDArray[np.int64], hi: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array]:
    """How many vertices go on each edge, and where they lie on the ground."""
    plan, patch = np.array(mesh.points, dtype=float), np.array(mesh.patch)
    town = (patch[lo] == patch[hi]) & (patch[lo] >= 0)
    p, q = np.where(town[:, None], plan[lo], base[lo]), np.where(town[:, None], plan[hi], base[hi])
    length = np.hypot(*(q - p).T)
    number = np.maximum(1, np.ceil(length / np.where(town, TOWN_STEP_M, LAND_STEP_M) - 0.01)).astype(np.int64) - 1
    which = np.repeat(np.arange(len(lo)), number)
    k = np.arange(len(which)) - np.repeat(np.concatenate([[0], np.cumsum(number)])[:-1], number)
    t = ((k + 1) / (number[which] + 1))[:, None]
    return number, _on_ground(p[which] + t * (q - p)[which], np.where(town, patch[lo], -1)[which], bends)


def _polygons(xy: Array, index: NDArray[np.int64], per_ring: NDArray[np.int64], rings_of_face: NDArray[np.int64]) -> NDArray[Any]:
    """Closed rings from vertex numbers."""
    offsets = np.concatenate([[0], np.cumsum(per_ring + 1)])
    closed = np.empty(offsets[-1], dtype=np.int64)
    closed[np.arange(len(index)) + np.repeat(np.arange(len(per_ring)), per_ring)] = index
    closed[offsets[1:] - 1] = closed[offsets[:-1]]
    parts = np.concatenate([[0], np.cumsum(rings_of_face)])
    made = shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy[closed], (offsets, parts))
    return np.asarray(shapely.remove_repeated_points(made, 0.0))


def _pairs(edge: NDArray[np.int64], face: NDArray[np.int64], length: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    order = np.argsort(edge, kind="stable")
    e, f = edge[order], face[order]
    same = np.flatnonzero(e[1:] == e[:-1])
    return f[same], f[same + 1], length[e[same]]
