"""Houses from the plan onto the ground: turned with their street, inside their plot, clear of one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array, Bend
from boundaries.demo.compounds import Compound
from boundaries.demo.houses import House, build_plot, build_works
from boundaries.demo.land import Land
from boundaries.demo.rivers import River

Mask = NDArray[np.bool_]


@dataclass
class Built:
    """All houses on the ground. face: the face of the land each stands on; doors: middles of a house's two ends, (n, 2, 2)."""

    houses: list[House]
    shape: NDArray[Any]
    ends: Array
    face: NDArray[np.int64]


def build_town(land: Land, compounds: list[Compound], rng: np.random.Generator) -> Built:
    """Houses on every plot of a micro-grid, and halls and schools on other blocks."""
    style = {i: c.style for c in compounds for i in c.cells}
    houses: list[House] = []
    for i, cell in enumerate(land.cells):
        block = land.blocks[cell.block]
        if cell.homes:
            houses += build_plot(land.mesh, cell.ring, i, style=style[i], homes=cell.homes, tilt=block.tilt, rng=rng)
        elif block.kind in ("industry", "mine", "school", "railway_yard"):
            houses += build_works(land.mesh, cell.ring, i, kind=block.kind, tilt=block.tilt, rng=rng)
    patch = np.array([land.blocks[land.cells[h.cell].block].patch for h in houses])
    frame = _Frame(houses, patch, land.bends)
    face = np.array([h.cell for h in houses])
    kept = frame.fit(land.polygons[face], np.array([bool(h.doors) for h in houses]))
    index = np.flatnonzero(kept)
    return Built([houses[k] for k in index], frame.shapes(index), frame.ends(index), face[index])


class _Frame:
    """Rectangles on the ground: middle, unit vectors along and across, half sizes."""

    def __init__(self, houses: list[House], patch: NDArray[np.int64], bends: list[Bend]) -> None:
        n = len(houses)
        plan = np.array([h.place for h in houses])
        angle = np.array([h.angle for h in houses])
        size = np.array([(h.length_m, h.depth_m) for h in houses])
        self.middle, self.along, self.half = np.empty((n, 2)), np.empty((n, 2)), size / 2
        for k, bend in enumerate(bends):
            mine = np.flatnonzero(patch == k)
            if len(mine) == 0:
                continue
            self.middle[mine] = bend(plan[mine])
            turn = bend.turn(plan[mine])
            e = np.einsum("nij,nj->ni", turn, np.column_stack([np.cos(angle[mine]), np.sin(angle[mine])]))
            longer = np.hypot(*e.T)
            self.along[mine] = e / longer[:, None]
            self.half[mine, 0] *= np.minimum(longer, 1.05)
            self.half[mine, 1] *= np.minimum(np.abs(np.linalg.det(turn)) / longer, 1.05)
        self.across = np.column_stack([-self.along[:, 1], self.along[:, 0]])

    def shapes(self, index: NDArray[np.int64]) -> NDArray[Any]:
        a, b = self.along[index] * self.half[index, :1], self.across[index] * self.half[index, 1:]
        m = self.middle[index]
        ring = np.stack([m - a - b, m + a - b, m + a + b, m - a + b, m - a - b], axis=1)
        return np.asarray(shapely.polygons(np.round(ring, 3)))

    def ends(self, index: NDArray[np.int64]) -> Array:
        a = self.along[index] * self.half[index, :1]
        return np.stack([self.middle[index] - a, self.middle[index] + a], axis=1)

    def fit(self, plots: NDArray[Any], needed: Mask) -> Mask:
        """Shrink and shift houses into their plots and off one another; returns which are kept (all that are needed)."""
        inner = shapely.buffer(plots, -0.8, quad_segs=2)
        every = np.arange(len(plots))
        centers = shapely.get_coordinates(shapely.centroid(plots))
        bad = every
        for k in range(10):
            bad = bad[~shapely.covers(inner[bad], self.shapes(bad))]
            if len(bad) == 0:
                break
            self.half[bad] *= 0.9
            if k > 1:
                self.middle[bad] += 0.2 * (centers[bad] - self.middle[bad])
        kept = np.ones(len(plots), dtype=bool)
        kept[bad[~needed[bad]]] = False
        for i in bad[needed[bad]].tolist():
            self._to_the_middle(i, inner[i])
        return self._apart(kept, needed)

    def _to_the_middle(self, i: int, inner: Any) -> None:
        circle = shapely.maximum_inscribed_circle(inner, tolerance=0.5)
        (x0, y0), (x1, y1) = shapely.get_coordinates(circle)
        radius = float(np.hypot(x1 - x0, y1 - y0))
        self.middle[i] = (x0, y0)
        self.half[i] = np.minimum(self.half[i], 0.6 * radius)

    def _apart(self, kept: Mask, needed: Mask) -> Mask:
        for _ in range(14):
            live = np.flatnonzero(kept)
            shapes = self.shapes(live)
            i, j = shapely.STRtree(shapes).query(shapes, predicate="intersects")
            a, b = live[i[i < j]], live[j[i < j]]
            if len(a) == 0:
                break
            kept[a[~needed[a]]] = False
            kept[b[~needed[b]]] = False
            both = needed[a] & needed[b]
            self.half[a[both]] *= 0.86
            self.half[b[both]] *= 0.86
        return kept


def build_villages(land: Land, rivers: list[River], rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """Village houses on both sides of a lane along the valley: (shapes, index of the village, floors)."""
    n, per = len(land.villages), 26
    seats = np.array([v.seat for v in land.villages])
    valleys = shapely.union_all([r.line for r in rivers])
    near = shapely.shortest_line(shapely.points(seats), shapely.segmentize(valleys, 200.0))
    d = np.diff(shapely.get_coordinates(near).reshape(n, 2, 2), axis=1)[:, 0]
    angle = np.arctan2(d[:, 1], d[:, 0]) + np.pi / 2
    k = np.tile(np.arange(per), n)
    village = np.repeat(np.arange(n), per)
    row, column = k // 9 - 1, k % 9 - 4
    s = column * 17.0 + rng.uniform(-2.5, 2.5, len(k))
    t = row * 21.0 + 7 * np.sin(column / 2.0 + village) + rng.uniform(-2, 2, len(k))
    turn = angle[village] + rng.uniform(-0.07, 0.07, len(k))
    c, w = np.cos(angle[village]), np.sin(angle[village])
    middle = seats[village] + np.column_stack([s * c - t * w, s * w + t * c])
    a = np.column_stack([np.cos(turn), np.sin(turn)])
    b = np.column_stack([-a[:, 1], a[:, 0]])
    a, b = a * rng.uniform(4.5, 6.5, len(k))[:, None], b * rng.uniform(3.4, 4.4, len(k))[:, None]
    ring = np.round(np.stack([middle - a - b, middle + a - b, middle + a + b, middle - a + b, middle - a - b], axis=1), 3)
    shapes = shapely.polygons(ring)
    plots = land.polygons[len(land.cells) :]
    shapely.prepare(plots)
    good = shapely.covers(plots[village], shapes) & (rng.random(len(k)) < np.repeat(rng.uniform(0.45, 0.95, n), per))
    water = shapely.buffer([r.line for r in rivers], [r.half_width_m + 3 for r in rivers], quad_segs=2)
    wet, _ = shapely.STRtree(water).query(shapes, predicate="intersects")
    good[np.unique(wet)] = False
    return shapes[good], village[good], rng.integers(1, 3, int(good.sum()))
