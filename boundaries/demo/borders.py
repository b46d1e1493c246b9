"""Village borders as smooth lines in the mesh, tied to the rims of the towns."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import shapely

from boundaries.demo.bending import Array
from boundaries.demo.mesh import Mesh, Point, Ring
from boundaries.demo.parcels import Parcels
from boundaries.demo.rings import close_rings
from boundaries.demo.town import not_drawn

Atom = tuple[int, int, int]
"""A piece of a town's rim: base edge, vertex, next vertex."""


class BorderMaker:
    """Turns labelled parcels into rings of mesh vertices."""

    def __init__(self, mesh: Mesh, parcels: Parcels, belongs: dict[int, int], atoms: list[Atom], ground: Array) -> None:
        self.mesh, self.parcels, self.atoms = mesh, parcels, atoms
        self.at = [(float(x), float(y)) for x, y in parcels.vertices]
        self.label = [belongs.get(i, -2) for i in range(len(parcels.faces))]
        self.left = {(a, b): self.label[f] for a, b, f in parcels.edges.tolist()}
        rim = {v: tuple(np.round(ground[v] * 1000).astype(np.int64).tolist()) for _, a, b in atoms for v in (a, b)}
        self.known = {key: v for v, key in rim.items()}
        lines = shapely.linestrings([[ground[a], ground[b]] for _, a, b in atoms])
        self.tree, self.lines = shapely.STRtree(lines), lines
        self.ground: dict[int, Point] = {v: (float(ground[v][0]), float(ground[v][1])) for _, a, b in atoms for v in (a, b)}
        self.id: dict[int, int] = {}
        self.placed: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self.directed: dict[int, list[tuple[int, int]]] = defaultdict(list)

    def rings(self, smooth: bool) -> dict[int, list[list[int]]]:
        """For every village its rings of mesh vertices, the outer one first."""
        rim = {(a, b): v for (a, b), v in self.left.items() if v >= 0 and (b, a) not in self.left}
        on_rim = {v for edge in rim for v in edge}
        inner = sorted({(min(a, b), max(a, b)) for (a, b), v in self.left.items() if (b, a) in self.left and v != self.left[(b, a)]})
        around: dict[int, list[int]] = defaultdict(list)
        for a, b in inner:
            around[a].append(b)
            around[b].append(a)
        for v in sorted(on_rim):
            self._tie(v, junction=v in around)
        self._rim_edges(rim)
        nodes = {v for v, near in around.items() if len(near) != 2 or v in on_rim}
        for chain in _chains(around, nodes):
            self._lay(chain, smooth, on_rim)
        return {v: close_rings(edges, self._places(edges)) for v, edges in sorted(self.directed.items())}

    def _places(self, edges: list[tuple[int, int]]) -> dict[int, Point]:
        """Where vertices lie on the ground, those of the towns and those of the countryside."""
        return {v: self.mesh.points[v] if self.mesh.patch[v] < 0 else self.ground[v] for edge in edges for v in edge}

    def _tie(self, v: int, *, junction: bool) -> None:
        """Find the mesh vertex of a parcel vertex on a rim; make one where a border arrives."""
        x, y = self.at[v]
        key = (round(x * 1000), round(y * 1000))
        if key in self.known:
            self.id[v] = self.known[key]
        elif junction:
            k = int(self.tree.nearest(shapely.Point(x, y)))
            edge, a, b = self.atoms[k]
            length = float(shapely.length(self.lines[k]))
            share = float(shapely.line_locate_point(self.lines[k], shapely.Point(x, y))) / length
            near = [(0.0, a), (1.0, b), *self.placed[k]]
            gap, best = min((abs(t - share) * length, u) for t, u in near)
            if gap < 3.0:
                self.id[v] = best
                return
            t0, t1 = self.mesh.edges[edge].at[a], self.mesh.edges[edge].at[b]
            self.id[v] = self.mesh.put(edge, t0 + share * (t1 - t0))
            self.placed[k].append((share, self.id[v]))
            self.ground[self.id[v]] = (x, y)

    def _rim_edges(self, rim: dict[tuple[int, int], int]) -> None:
        """The villages' sides of the rims, past parcel vertices that only divided parcels of one village."""
        following = {a: (b, village) for (a, b), village in rim.items()}
        for a, (b, village) in sorted(following.items()):
            if a not in self.id:
                continue
            while b not in self.id:
                if b not in following:
                    raise not_drawn("a rim is not closed")
                b = following[b][0]
            if self.id[a] != self.id[b]:
                self.directed[village].append((self.id[a], self.id[b]))

    def _lay(self, chain: list[int], smooth: bool, on_rim: set[int]) -> None:
        """One border from node to node, as edges of both sides."""
        left, right = self.left[(chain[0], chain[1])], self.left[(chain[1], chain[0])]
        points = _thin([self.at[v] for v in chain])
        if smooth:
            points = _round_off(_round_off(points))
        ends = [self._node(chain[0]), self._node(chain[-1])]
        inner = [self.mesh.vertex((round(x, 3), round(y, 3)), -1) for x, y in points[1:-1]]
        path = [ends[0], *inner, ends[1]]
        for a, b in pairwise(path):
            if a == b:
                continue
            if left >= 0:
                self.directed[left].append((a, b))
            if right >= 0:
                self.directed[right].append((b, a))

    def _node(self, v: int) -> int:
        if v not in self.id:
            self.id[v] = self.mesh.vertex(self.at[v], -1)
        return self.id[v]


def _chains(around: dict[int, list[int]], nodes: set[int]) -> list[list[int]]:
    """The borders as paths between nodes; a border without any node is a closed path."""
    used: set[tuple[int, int]] = set()
    out = []
    for start in [*sorted(nodes), *sorted(set(around) - nodes)]:
        for step in sorted(around[start]):
            if (start, step) in used:
                continue
            path = [start, step]
            used |= {(start, step), (step, start)}
            while path[-1] not in nodes and path[-1] != start:
                following = next(n for n in around[path[-1]] if n != path[-2])
                used |= {(path[-1], following), (following, path[-1])}
                path.append(following)
            out.append(path)
    return out


def _thin(points: list[tuple[float, float]], least_m: float = 45.0) -> list[tuple[float, float]]:
    """Without inner points that lie very near to the one before or to the end."""
    out = [points[0]]
    for p in points[1:-1]:
        if math.dist(p, out[-1]) >= least_m and math.dist(p, points[-1]) >= least_m:
            out.append(p)
    return [*out, points[-1]]


def _round_off(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corner cutting (Chaikin); it stays inside the triangles of neighbouring corners, hence inside one convex parcel."""
    if len(points) < 3:
        return points
    out = [points[0]]
    for k in range(len(points) - 1):
        (x0, y0), (x1, y1) = points[k], points[k + 1]
        if k > 0:
            out.append((x0 + 0.25 * (x1 - x0), y0 + 0.25 * (y1 - y0)))
        if k < len(points) - 2:
            out.append((x0 + 0.75 * (x1 - x0), y0 + 0.75 * (y1 - y0)))
    return [*out, points[-1]]


def rim_atoms(mesh: Mesh, rings: list[Ring]) -> list[Atom]:
    """The edges that belong to one face only: the outer rim of a town, piece by piece."""
    seen: dict[tuple[int, int], Atom | None] = {}
    for ring in rings:
        for i, (v, e) in enumerate(ring):
            w = ring[(i + 1) % len(ring)][0]
            path = [v, *mesh.edges[e].between(v, w), w]
            for a, b in pairwise(path):
                if (b, a) in seen:
                    seen[(b, a)] = None
                else:
                    seen[(a, b)] = (e, a, b)
    return [atom for atom in seen.values() if atom is not None]
