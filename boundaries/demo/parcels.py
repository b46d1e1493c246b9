"""The countryside in small pieces: a fine mesh of land around the towns, and the heights that decide where borders run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array
from boundaries.demo.rivers import River

Ints = NDArray[np.int64]


@dataclass
class Parcels:
    """Faces between the towns on the 1 mm grid. inner: whether a face belongs to the city (the others are the world outside).

    keys: unique vertices as (x, y); edges: directed, (from, to, face on the left), every shared edge appears once in each direction.
    """

    faces: NDArray[Any]
    inner: NDArray[np.bool_]
    centers: Array
    height: Array
    vertices: Array
    edges: Ints
    towns: Any

    def neighbours(self) -> list[dict[int, float]]:
        """For every inner face its inner neighbours with the length of the common border."""
        out: list[dict[int, float]] = [{} for _ in self.faces]
        left = {(a, b): f for a, b, f in self.edges.tolist()}
        for (a, b), f in left.items():
            g = left.get((b, a), -1)
            if g >= 0 and g != f and self.inner[f] and self.inner[g]:
                length = float(np.hypot(*(self.vertices[a] - self.vertices[b])))
                out[f][g] = out[f].get(g, 0.0) + length
        return out


def draw_parcels(rng: np.random.Generator, outline: Any, towns: list[Any], rivers: list[River], pitch_m: float) -> Parcels:
    """Cells of a jittered mesh, finer near the towns, with the towns cut out of them."""
    built = shapely.union_all(towns)
    seeds = _seeds(rng, outline, built, pitch_m)
    lines = shapely.voronoi_polygons(shapely.multipoints(seeds), only_edges=True)
    lines = shapely.intersection(lines, shapely.box(*shapely.bounds(outline.buffer(3.5 * pitch_m))))
    lines = shapely.difference(lines, built)
    rings = [shapely.get_exterior_ring(p) for p in towns]
    net = shapely.unary_union([lines, *rings], grid_size=0.001)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    at = shapely.point_on_surface(faces)
    shapely.prepare(built)
    faces, at = faces[~shapely.contains(built, at)], at[~shapely.contains(built, at)]
    shapely.prepare(outline)
    inner = shapely.contains(outline, at)
    inner = _in_one_piece(faces, inner)
    vertices, edges = _edges(faces)
    centers = shapely.get_coordinates(shapely.centroid(faces))
    return Parcels(faces, inner, centers, heights(rng, centers, rivers), vertices, edges, built)


def _seeds(rng: np.random.Generator, outline: Any, built: Any, pitch_m: float) -> Array:
    """A jittered grid; four times as dense within a few kilometres of a town."""
    x0, y0, x1, y1 = outline.buffer(3 * pitch_m).bounds
    fine = pitch_m / 2
    gx, gy = np.meshgrid(np.arange(x0, x1, fine), np.arange(y0, y1, fine))
    rows = np.arange(gx.shape[0])[:, None] + 0 * gx.astype(int)
    columns = np.arange(gx.shape[1])[None, :] + 0 * gx.astype(int)
    points = np.column_stack([gx.ravel(), gy.ravel()])
    coarse = ((rows % 2 == 0) & (columns % 2 == 0)).ravel()
    around = shapely.simplify(built, 30.0).buffer(3.2 * pitch_m, quad_segs=4)
    shapely.prepare(around)
    near = shapely.contains_xy(around, points[:, 0], points[:, 1])
    shift = rng.uniform(-0.46, 0.46, points.shape) * np.where(near, fine, pitch_m)[:, None]
    return np.asarray(np.round((points + shift)[coarse | near], 3))


def _in_one_piece(faces: NDArray[Any], inner: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The city without islands and without holes in the countryside."""
    whole = shapely.get_parts(shapely.coverage_union_all(faces[inner]))
    main = shapely.Polygon(whole[int(np.argmax(shapely.area(whole)))].exterior)
    shapely.prepare(main)
    return np.asarray(shapely.contains(main, shapely.point_on_surface(faces)))


def _edges(faces: NDArray[Any]) -> tuple[Array, Ints]:
    """Unique vertices and directed edges (from, to, face on the left) of an exact coverage."""
    _, xy, (rings, parts) = shapely.to_ragged_array(shapely.orient_polygons(faces))
    key = np.round(xy * 1000).astype(np.int64)
    unique, index = np.unique(key, axis=0, return_inverse=True)
    index = index.ravel()
    last = np.zeros(len(xy), dtype=bool)
    last[rings[1:] - 1] = True
    start = np.flatnonzero(~last)
    ring = np.searchsorted(rings, start, side="right") - 1
    face = np.searchsorted(parts, ring, side="right") - 1
    return unique / 1000.0, np.column_stack([index[start], index[start + 1], face])


def heights(rng: np.random.Generator, points: Array, rivers: list[River]) -> Array:
    """Height above the valley floor, 0 .. about 2: away from rivers and brooks, with winding ridges of its own."""
    away = distance_to_lines(points, [r.line for r in rivers])
    phase = rng.uniform(0, 2 * math.pi, (12, 2))
    bent = points + 900.0 * np.column_stack([np.sin(points[:, 1] / 2300.0 + phase[0, 0]), np.sin(points[:, 0] / 2100.0 + phase[0, 1])])
    ridge = np.zeros(len(points))
    for k, (wave, size) in enumerate(((15000.0, 1.0), (11000.0, 0.8), (7000.0, 0.6), (4200.0, 0.35), (2600.0, 0.2))):
        for a, p in phase[2 * k + 1 : 2 * k + 3]:
            ridge += size * (1 - np.abs(np.sin((bent @ [math.cos(a), math.sin(a)]) * math.pi / wave + p))) ** 5
    return np.asarray(0.7 * (1 - np.exp(-away / 1600.0)) + 0.6 * ridge)


def distance_to_lines(points: Array, lines: list[Any]) -> Array:
    """Metres from each point to the nearest of many long lines (looked up among their single segments)."""
    pieces = [
        np.lib.stride_tricks.sliding_window_view(shapely.get_coordinates(shapely.simplify(x, 5.0)), 2, axis=0).swapaxes(1, 2) for x in lines
    ]
    tree = shapely.STRtree(shapely.linestrings(np.concatenate(pieces)))
    _, away = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
    return np.asarray(away)
