"""The benchmark's layer: a made-up city of about 9,000 leaves, or several times as many; the same for the same numbers.

A main town, five smaller ones and villages of jittered street blocks in open country: Voronoi cells whose borders bend like streets
and field paths. Per 9,000 leaves 30 enclaves (a hole with a leaf in it) and 20 leaves of two parts; 7 decimals; a valid coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LON, LAT = 113.58, 37.86
METRES = np.array([111320.0 * np.cos(np.radians(LAT)), 110990.0])  # a degree, near enough for a made-up city
LEAVES, ENCLAVES, MULTIPARTS = 8950, 30, 20
TOWNS = (
    (-1500, 800, 8200, 215, 4600),  # x, y, radius, step (metres), blocks
    (-18000, 9000, 2400, 190, 520),
    (15000, 14000, 2600, 190, 560),
    (12000, -16000, 2300, 190, 480),
    (-14000, -15000, 1900, 190, 380),
    (21000, -3000, 1700, 190, 330),
)


@dataclass(frozen=True)
class City:
    """polygons: the leaves in lon/lat degrees, shuffled; urban: which of them are street blocks."""

    polygons: npt.NDArray[Any]
    urban: npt.NDArray[np.bool_]

    @property
    def codes(self) -> list[str]:
        return [f"{n:07d}" for n in range(len(self.polygons))]


def make_city(times: int = 1, seed: int = 20261124) -> City:
    """The city with 8,950 x times leaves on times the ground."""
    rng = np.random.default_rng(seed)
    seeds, urban = _seeds(rng, times)
    sites, rings, ridges = _voronoi(seeds, 29500 * np.sqrt(times), rng)
    straight = np.zeros(len(ridges.sites), bool)
    for _ in range(12):
        polygons = _bent(sites, rings, ridges, straight)
        bad = ~shapely.is_valid(polygons) | ~shapely.is_empty(shapely.coverage_invalid_edges(polygons))
        if not bad.any():
            break
        straight[rings.ridge[bad[rings.cell]]] = True
    polygons, urban = _with_multiparts(polygons, urban, MULTIPARTS * times, rng)
    polygons, urban = _with_enclaves(polygons, urban, ENCLAVES * times, rng)
    order = rng.permutation(len(polygons))
    polygons, urban = polygons[order], urban[order]
    if not (shapely.is_valid(polygons).all() and shapely.coverage_is_valid(polygons)):
        raise RuntimeError("the generator made a layer that is no coverage")
    return City(polygons, urban)


def to_degrees(metres: Floats) -> Floats:
    """Metres east and north of the city's middle as lon/lat degrees with 7 decimals."""
    degrees: Floats = np.round(np.array([LON, LAT]) + metres / METRES, 7)
    return degrees


def _blocks(rng: np.random.Generator, x: float, y: float, radius: float, step: float, count: int) -> Floats:
    """Seeds of street blocks: a turned, jittered lattice that thins out towards its edge."""
    turn, reach = rng.uniform(0, np.pi / 2), int(radius * 1.6 / step) + 2
    axis = np.arange(-reach, reach + 1)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2) * float(step)
    grid += rng.normal(0, 0.16 * step, grid.shape)
    far = np.hypot(*grid.T)
    kept = rng.random(len(far)) < np.exp(-((far / radius) ** 4))
    grid, far = grid[kept], far[kept]
    grid = grid[np.argsort(far * rng.uniform(0.9, 1.1, len(far)))][:count]
    c, s = np.cos(turn), np.sin(turn)
    blocks: Floats = grid @ np.array([[c, s], [-s, c]]) + [x, y]
    return blocks


def _seeds(rng: np.random.Generator, times: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """One seed a cell: towns, villages, and open country 350 m or more from them."""
    wide = np.sqrt(times)
    groups = [_blocks(rng, x * wide, y * wide, r * wide, step, n * times) for x, y, r, step, n in TOWNS]
    for _ in range(36 * times):
        turn, far = rng.uniform(0, 2 * np.pi), 26000 * wide * np.sqrt(rng.uniform(0.12, 1))
        groups.append(_blocks(rng, far * np.cos(turn), far * np.sin(turn), rng.uniform(300, 700), 170, 28))
    town = np.concatenate(groups)
    pairs = shapely.STRtree(shapely.points(town)).query(shapely.points(town), predicate="dwithin", distance=70)
    town = np.delete(town, np.unique(pairs[1][pairs[1] > pairs[0]]), axis=0)
    count = LEAVES * times - ENCLAVES * times + MULTIPARTS * times
    tree = shapely.STRtree(shapely.points(town))
    step, country = 900.0 * 1.05, np.empty((0, 2))
    while len(country) < count - len(town):
        step *= 0.95
        axis = np.arange(-27500 * wide, 27500 * wide, step)
        country = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        country += rng.uniform(-0.35, 0.35, country.shape) * step
        country = country[np.hypot(*country.T) < 27500 * wide]
        near = tree.query(shapely.points(country), predicate="dwithin", distance=350)[0]
        country = np.delete(country, np.unique(near), axis=0)
    country = country[rng.permutation(len(country))[: count - len(town)]]
    return np.vstack([town, country]), np.arange(count) < len(town)


@dataclass(frozen=True)
class _Ridges:
    """Borders of the Voronoi diagram: the two sites, and the two ends in metres."""

    sites: Ints
    start: Floats
    end: Floats


@dataclass(frozen=True)
class _Rings:
    """The cells' rings as ridges in order: the cell, the ridge, whether it runs backwards."""

    cell: Ints
    ridge: Ints
    backwards: npt.NDArray[np.bool_]


def _voronoi(seeds: Floats, radius: float, rng: np.random.Generator) -> tuple[Floats, _Rings, _Ridges]:
    """The diagram of the seeds within a wobbly circle of further sites (which are no leaves)."""
    turn = np.linspace(0, 2 * np.pi, int(150 * radius / 29500), endpoint=False)
    rim = (radius + rng.uniform(-400, 400, len(turn)))[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    sites = np.vstack([seeds, rim, 7 * radius * np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), ordered=True))
    xy, cell = shapely.get_coordinates(cells, return_index=True)
    inside = np.flatnonzero(cell[1:] == cell[:-1])
    corners, number = np.unique(np.round(xy, 3), axis=0, return_inverse=True)
    a, b, cell = number[inside], number[inside + 1], cell[inside]
    real = (a != b) & (cell < len(seeds))
    a, b, cell = a[real], b[real], cell[real]
    key, ridge = np.unique(np.stack([np.minimum(a, b), np.maximum(a, b)], 1), axis=0, return_inverse=True)
    owners = np.full((len(key), 2), -1)
    backwards = a > b
    owners[ridge, backwards.astype(int)] = cell
    # a ridge on the rim bends towards its only leaf
    owners = np.where(owners < 0, owners[:, ::-1], owners)
    return sites, _Rings(cell, ridge, backwards), _Ridges(owners, corners[key[:, 0]], corners[key[:, 1]])


def _bent(sites: Floats, rings: _Rings, ridges: _Ridges, straight: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """The cells with bent borders, each bend within the triangle of its border and the site it bends towards."""
    rng = np.random.default_rng(7)
    n = len(straight)
    steps = np.clip(np.round(9.1 * np.sqrt(np.hypot(*(ridges.end - ridges.start).T) / 200)), 2, 34).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(steps + 1)])
    which = np.repeat(np.arange(n), steps + 1)
    k = np.arange(first[-1]) - first[which]
    t = (k + rng.uniform(-0.3, 0.3, len(k))) / steps[which]
    t = np.where(k == 0, 0.0, np.where(k == steps[which], 1.0, t))
    base = ridges.start[which] + t[:, None] * (ridges.end - ridges.start)[which]
    bend = rng.normal(0, 0.02, len(k))
    for m in (1, 2, 3, 5):
        size, phase = rng.normal(size=n) / m * 0.12, rng.uniform(0, 6, n)
        bend += size[which] * np.sin(np.pi * m * t + phase[which])
    bend = np.clip(bend, -0.3, 0.3) * np.clip(3 * np.minimum(t, 1 - t), 0, 1)
    bend[straight[which] | (which % 100 < 18)] = 0.0
    towards = np.where(bend > 0, ridges.sites[which, 0], ridges.sites[which, 1])
    points = to_degrees(base + np.abs(bend)[:, None] * (sites[towards] - base))
    stairs = np.flatnonzero((which % 100 >= 18) & (which % 100 < 28) & (k % 2 == 0) & (k > 1) & (k < steps[which]) & ~straight[which])
    axis = which[stairs] // 2 % 2
    points[stairs, axis] = points[stairs - 1, axis]  # a piece along a meridian or parallel
    lengths = steps[rings.ridge]
    piece = np.repeat(np.arange(len(lengths)), lengths)
    at = np.arange(len(piece)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ridge = rings.ridge[piece]
    source = first[ridge] + np.where(rings.backwards[piece], steps[ridge] - at, at)
    xy, cell = points[source], rings.cell[piece]
    new = np.concatenate([[True], (xy[1:] != xy[:-1]).any(axis=1) | (cell[1:] != cell[:-1])])
    return shapely.polygons(shapely.linearrings(xy[new], indices=cell[new]))


def _with_enclaves(polygons: npt.NDArray[Any], urban: Any, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Large country leaves get a hole with a leaf in it."""
    single = ~urban & (shapely.get_num_geometries(polygons) == 1)
    large = np.flatnonzero(single)[np.argsort(-shapely.area(polygons[single]))][: 3 * count]
    polygons, inner = polygons.copy(), []
    for host in rng.choice(large, count, replace=False):
        middle = shapely.get_coordinates(shapely.point_on_surface(polygons[host]))[0]
        room = shapely.distance(shapely.boundary(polygons[host]), shapely.Point(middle)) * 0.5
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        ring = middle + (room * rng.uniform(0.6, 0.95, 40))[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
        enclave = shapely.Polygon(np.round(ring, 7))
        polygons[host] = shapely.Polygon(polygons[host].exterior, [enclave.exterior])
        inner.append(enclave)
    return np.append(polygons, inner), np.append(urban, np.zeros(count, bool))


def _with_multiparts(polygons: npt.NDArray[Any], urban: Any, count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Leaves united with a neighbour's neighbour that they do not touch."""
    tree = shapely.STRtree(polygons)
    polygons, gone, used = polygons.copy(), [], set[int]()
    for one in rng.permutation(len(polygons)).tolist():
        if len(gone) == count:
            break
        near = set(tree.query(polygons[one], predicate="intersects").tolist())
        ring = {int(x) for y in near for x in tree.query(tree.geometries[y], predicate="intersects")} - near
        other = next((x for x in sorted(ring) if x not in used), None)
        if one in used or other is None:
            continue
        used |= {one, other}
        polygons[one] = shapely.MultiPolygon([polygons[one], polygons[other]])
        gone.append(other)
    return np.delete(polygons, gone), np.delete(urban, gone)
