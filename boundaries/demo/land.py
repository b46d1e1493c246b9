"""The whole city as faces: towns, plots and villages as one exact coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from boundaries.demo.bending import Array, Bend
from boundaries.demo.borders import BorderMaker, rim_atoms
from boundaries.demo.countryside import Village, city_outline, dry_seats, settle
from boundaries.demo.coverage import Coverage, bend_faces, ground
from boundaries.demo.cutting import Knife
from boundaries.demo.divisions import Divisions
from boundaries.demo.mesh import Mesh, signed_area
from boundaries.demo.parcels import draw_parcels
from boundaries.demo.plots import Cell, cut_plots, lay_towers, share_micro_grids
from boundaries.demo.rivers import River, draw_rivers
from boundaries.demo.shares import share_out
from boundaries.demo.town import Block, Town, not_drawn
from boundaries.demo.townplan import TownPlanner
from boundaries.errors import GeometryError

TRIES = 4


@dataclass
class Land:
    """Faces of the city: first the cells of the towns (same order as `cells`), then the villages.

    blocks: all blocks, home or not; a cell's `block` is an index into it. graph: neighbours with metres of common border.
    """

    divisions: Divisions
    mesh: Mesh
    towns: list[Town]
    bends: list[Bend]
    rivers: list[River]
    blocks: list[Block]
    cells: list[Cell]
    villages: list[Village]
    coverage: Coverage
    graph: list[dict[int, float]]
    knives: list[Knife]

    @property
    def polygons(self) -> NDArray[Any]:
        return self.coverage.polygons


def draw_land(divisions: Divisions, seed: int, scale: float) -> Land:
    """All faces of a city. The same arguments give the same faces; drawings that fail are tried again with other random numbers.

    Raises GeometryError (demo_not_drawn) if all tries fail, which has not been seen.
    """
    for again in range(TRIES):
        try:
            return _draw(divisions, seed, scale, again)
        except (GeometryError, shapely.errors.GEOSException):
            if again == TRIES - 1:
                raise
    raise not_drawn("no tries left")


def _draw(divisions: Divisions, seed: int, scale: float, again: int) -> Land:
    stretch = scale**0.5 if scale >= 1 else max(0.36, scale**0.5)
    layout = divisions.layout
    crs = pyproj.Transformer.from_crs("EPSG:4326", layout["metric_crs"], always_xy=True)
    origin = np.round(np.array(crs.transform(*layout["centre_lon_lat"])), -2)
    mesh, towns, bends, knives = Mesh(), [], [], []
    grids = _grids_per_community(divisions, seed, scale)
    for index in range(len(layout["patches"])):
        town, knife = _draw_town(mesh, divisions, index, (seed, again), stretch, grids)
        bend = Bend.draw(
            np.random.default_rng([seed, 2, index, again]),
            origin=(float(origin[0] + town.center[0]), float(origin[1] + town.center[1])),
            angle=town.angle,
            length_m=town.rim.length_m,
            width_m=max(town.rim.north_m, town.rim.south_m),
            reach_m=town.reach_m,
        )
        towns.append(town)
        bends.append(bend)
        knives.append(knife)
    blocks = [b for t in towns for b in t.blocks]
    cells = _plots(blocks, towns, knives, mesh, divisions, seed, scale)
    for attempt in range(TRIES):
        try:
            return _with_countryside(divisions, mesh, towns, bends, knives, blocks, cells, (seed, again, attempt), stretch, origin)
        except (GeometryError, shapely.errors.GEOSException):
            if attempt == TRIES - 1:
                raise
    raise not_drawn("no tries left")


def _grids_per_community(divisions: Divisions, seed: int, scale: float) -> dict[str, int]:
    rng = np.random.default_rng([seed, 3])
    codes = [c.code for s in divisions.streets.values() for c in s.communities]
    total = max(2 * len(codes), round(divisions.layout["grids"] * scale))
    return dict(zip(codes, share_out(rng.uniform(0.8, 1.2, len(codes)).tolist(), total, low=2), strict=True))


def _draw_town(
    mesh: Mesh, divisions: Divisions, index: int, seeds: tuple[int, int], stretch: float, grids: dict[str, int]
) -> tuple[Town, Knife]:
    for attempt in range(3 * TRIES):
        rng = np.random.default_rng([seeds[0], 1, index, attempt, seeds[1]])
        planner = TownPlanner(mesh, divisions, index, rng, stretch, grids)
        try:
            return planner.draw(), planner.knife
        except GeometryError:
            if attempt == 3 * TRIES - 1:
                raise
    raise not_drawn("no tries left")


def _plots(
    blocks: list[Block], towns: list[Town], knives: list[Knife], mesh: Mesh, divisions: Divisions, seed: int, scale: float
) -> list[Cell]:
    """Micro-grids on all home blocks; other blocks are one cell each. Sharers of towers and courts are spread here."""
    homes = [i for i, b in enumerate(blocks) if b.home]
    areas = [abs(signed_area(mesh.corners(blocks[i].ring))) for i in homes]
    total = max(4 * len(homes), round(divisions.layout["micro_grids"] * scale))
    numbers = share_micro_grids([blocks[i] for i in homes], areas, total)
    _lay_courts([blocks[i] for i in homes], numbers, areas, max(4, round(9 * scale)))
    pairs = max(4, round(30 * scale))
    wanted = [2 if k % 6 == 1 else 1 for k in range(pairs)]
    sharers = lay_towers([blocks[i] for i in homes], numbers, wanted)
    cells: list[Cell] = []
    at = dict(zip(homes, range(len(homes)), strict=True))
    for i, block in enumerate(blocks):
        if block.home:
            cells += cut_plots(knives[block.patch], block, i, numbers[at[i]], sharers[at[i]])
        else:
            cells.append(Cell(block.ring, i, 0))
    return cells


def _lay_courts(homes: list[Block], numbers: list[int], areas: list[float], wanted: int) -> None:
    """Choose the blocks with a plot in their middle that touches no other block; each gets at least nine micro-grids, at others' cost."""
    compact = sorted(range(len(homes)), key=lambda k: (homes[k].rim, numbers[k] < 9, -areas[k], k))
    pool = compact[: max(wanted, len(homes) // 8)]
    for k in pool[:: max(1, len(pool) // wanted)][:wanted]:
        homes[k].court = True
        while numbers[k] < 9:
            giver = max((j for j in range(len(homes)) if not homes[j].court), key=lambda j: (numbers[j], -j))
            numbers[giver] -= 1
            numbers[k] += 1


def _with_countryside(
    divisions: Divisions,
    mesh: Mesh,
    towns: list[Town],
    bends: list[Bend],
    knives: list[Knife],
    blocks: list[Block],
    cells: list[Cell],
    seeds: tuple[int, int, int],
    stretch: float,
    origin: NDArray[np.float64],
) -> Land:
    rng = np.random.default_rng([seeds[0], 4, seeds[1], seeds[2]])
    at = ground(mesh, bends)
    atoms = rim_atoms(mesh, [c.ring for c in cells])
    shapes = [_town_polygon([a for a in atoms if mesh.patch[a[1]] == t.index], at) for t in towns]
    rivers = draw_rivers(rng, divisions.layout, towns, bends, stretch, origin)
    outline = shapely.union_all([city_outline(rng, divisions, stretch, origin), *(shapely.buffer(s, 1500.0) for s in shapes)])
    parcels = draw_parcels(rng, outline, shapes, rivers, 855.0 * max(0.75, stretch))
    villages, belongs = settle(rng, divisions, parcels, _fronts(divisions, blocks, bends, mesh), stretch, origin)
    smooth = seeds[2] < TRIES - 1
    rings = BorderMaker(mesh, parcels, belongs, atoms, at).rings(smooth)
    faces = [[mesh.outline(c.ring)] for c in cells] + [rings[k] for k in range(len(villages))]
    coverage = bend_faces(mesh, bends, faces)
    if not (shapely.is_valid(coverage.polygons).all() and shapely.coverage_is_valid(coverage.polygons)):
        raise not_drawn("borders that cross")
    villages = dry_seats(villages, coverage.polygons[len(cells) :], rivers)
    return Land(divisions, mesh, towns, bends, rivers, blocks, cells, villages, coverage, coverage.neighbours(), knives)


def _town_polygon(atoms: list[tuple[int, int, int]], at: Array) -> Any:
    following = {a: b for _, a, b in atoms}
    start = next(iter(following))
    ring = [start]
    while following[ring[-1]] != start and len(ring) <= len(following):
        ring.append(following[ring[-1]])
    if len(ring) != len(following):
        raise not_drawn("the rim of a town is not one ring")
    polygon = shapely.Polygon(at[ring])
    if not polygon.is_valid:
        raise not_drawn("the rim of a town crosses itself")
    return polygon


def _fronts(divisions: Divisions, blocks: list[Block], bends: list[Bend], mesh: Mesh) -> dict[str, Any]:
    """For every street with blocks, its built-up part on the ground, half a metre larger."""
    out: dict[str, list[Any]] = {}
    for b in blocks:
        if b.street:
            plan = shapely.segmentize(shapely.Polygon([mesh.points[v] for v in mesh.outline(b.ring)]), 15.0)
            out.setdefault(b.street, []).append(shapely.transform(plan, bends[b.patch]))
    return {s: shapely.union_all(shapely.buffer(parts, 0.5, quad_segs=1)) for s, parts in sorted(out.items())}
