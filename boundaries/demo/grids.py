"""Which face belongs to which grid, community or street: homes, enclaves, and the land that becomes a rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from boundaries.demo.growth import components
from boundaries.demo.land import Land

GRID_LAND = ("park", "school", "industry")
STREET_LAND = ("hill", "mine", "water", "railway_yard")


@dataclass
class Membership:
    """For every cell: its grid (index of a home block) or -1; its community or ''; its street or ''. Cells with neither are in no area.

    enclaves: cells that lie inside another grid of the same community. gap: the cell that no leaf fills.
    """

    grid: list[int]
    community: list[str]
    street: list[str]
    enclaves: list[int] = field(default_factory=list)
    gap: int = -1


def assign(land: Land, rng: np.random.Generator) -> Membership:
    """Homes to their block's grid, with some handed over and some enclaves; other land to the parent it lies in."""
    cells, blocks = land.cells, land.blocks
    of = Membership(
        [c.block if c.homes else -1 for c in cells], [blocks[c.block].community for c in cells], [blocks[c.block].street for c in cells]
    )
    _hand_over(land, of, rng)
    _make_enclaves(land, of)
    _special_land(land, of)
    for i, cell in enumerate(cells):
        kind = blocks[cell.block].kind
        if kind in GRID_LAND:
            of.grid[i] = _longest(land, of, i, same_community=True)
        elif kind == "river" and not of.community[i]:
            host = _longest_cell(land, of, i)
            of.community[i], of.street[i] = of.community[host], of.street[host]
        elif kind in STREET_LAND:
            of.community[i] = ""
    _keep_whole(land, of)
    of.community[of.gap] = of.street[of.gap] = ""
    return of


def _keep_whole(land: Land, of: Membership) -> None:
    """Hills and mines belong to the street, unless the community would fall apart without them."""
    members: dict[str, set[int]] = {}
    for i, community in enumerate(of.community):
        if community and i != of.gap:
            members.setdefault(community, set()).add(i)
    for i, cell in enumerate(land.cells):
        home = land.blocks[cell.block].community
        if home in members and not of.community[i] and len(components(members[home], land.graph)) > 1:
            of.community[i] = home
            members[home].add(i)


def _hand_over(land: Land, of: Membership, rng: np.random.Generator) -> None:
    """Some big grids hand a micro-grid at their edge to a smaller grid of the same community."""
    members: dict[int, set[int]] = {}
    for i, g in enumerate(of.grid):
        if g >= 0:
            members.setdefault(g, set()).add(i)
    for i in rng.permutation(len(of.grid)).tolist():
        g = of.grid[i]
        if g < 0 or len(members[g]) < 8 or rng.random() < 0.75 or land.cells[i].homes > 1 or land.blocks[g].court:
            continue
        near: dict[int, float] = {}
        for j, length in land.graph[i].items():
            h = of.grid[j] if j < len(of.grid) else -1
            if h >= 0 and h != g and of.community[j] == of.community[i] and len(members[h]) <= len(members[g]) - 3 and length > 30:
                near[h] = near.get(h, 0.0) + length
        if near and len(components(members[g] - {i}, land.graph)) == 1:
            h = max(sorted(near), key=lambda k: near[k])
            members[g].discard(i)
            members[h].add(i)
            of.grid[i] = h


def _make_enclaves(land: Land, of: Membership) -> None:
    """Plots that touch only plots of their own grid go to another grid of the community: worker housing that was never moved over."""
    grids_of: dict[str, set[int]] = {}
    for i, g in enumerate(of.grid):
        if g >= 0:
            grids_of.setdefault(of.community[i], set()).add(g)
    done: set[int] = set()
    for i, g in enumerate(of.grid):
        if g < 0 or g in done or not land.blocks[g].court or land.cells[i].block != g or land.cells[i].homes != 1:
            continue
        around = land.graph[i]
        others = sorted(grids_of[of.community[i]] - {g})
        if others and all(j < len(of.grid) and of.grid[j] == g for j in around):
            of.grid[i] = others[len(done) % len(others)]
            of.enclaves.append(i)
            done.add(g)


def _special_land(land: Land, of: Membership) -> None:
    """One ground that no leaf fills, one lake and one railway yard, all inside the largest town where it has them."""
    blocks = land.blocks
    inner = [i for i, c in enumerate(land.cells) if blocks[c.block].kind in GRID_LAND and not blocks[c.block].rim]
    inner.sort(key=lambda i: (blocks[land.cells[i].block].patch, blocks[land.cells[i].block].density, i))
    if not inner:
        inner = [i for i, c in enumerate(land.cells) if blocks[c.block].kind == "river"][:1]
    of.gap = inner[0]
    blocks[land.cells[of.gap].block].kind = "restricted"
    parks = [i for i in inner[1:] if blocks[land.cells[i].block].kind == "park"]
    if parks:
        blocks[land.cells[parks[len(parks) // 2]].block].kind = "water"
    works = [i for i in inner[1:] if blocks[land.cells[i].block].kind == "industry" and _by_river(land, i)]
    if works:
        blocks[land.cells[works[0]].block].kind = "railway_yard"


def _by_river(land: Land, i: int) -> bool:
    return any(j < len(land.cells) and land.blocks[land.cells[j].block].kind == "river" for j in land.graph[i])


def _longest(land: Land, of: Membership, i: int, *, same_community: bool) -> int:
    """The grid with the longest border to a cell, or -1."""
    near: dict[int, float] = {}
    for j, length in land.graph[i].items():
        g = of.grid[j] if j < len(land.cells) and land.cells[j].homes else -1
        if g >= 0 and (not same_community or of.community[j] == of.community[i]):
            near[g] = near.get(g, 0.0) + length
    return max(sorted(near), key=lambda g: near[g]) if near else -1


def _longest_cell(land: Land, of: Membership, i: int) -> int:
    """A neighbour in the community with the longest border to a cell."""
    near: dict[str, float] = {}
    some: dict[str, int] = {}
    for j, length in sorted(land.graph[i].items()):
        if j < len(land.cells) and of.community[j]:
            near[of.community[j]] = near.get(of.community[j], 0.0) + length
            some.setdefault(of.community[j], j)
    best = max(sorted(near), key=lambda c: near[c])
    return some[best]
