"""Blocks cut into the plots of micro-grids, and which towers several micro-grids share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from boundaries.demo.cutting import Cut, Knife, offset_for
from boundaries.demo.mesh import Ring, signed_area
from boundaries.demo.shares import share_out
from boundaries.demo.town import Block


@dataclass(slots=True)
class Cell:
    """A face of the finished plan. block: index of its block; homes: how many micro-grids live on it (0 for other land)."""

    ring: Ring
    block: int
    homes: int
    style: str = ""


def share_micro_grids(blocks: list[Block], areas: list[float], total: int) -> list[int]:
    """How many micro-grids each home block holds: by area and density, 5 to 15 where the sum allows it."""
    weights = [(a * (0.35 + 0.9 * b.density)) ** 0.8 for a, b in zip(areas, blocks, strict=True)]
    return share_out(weights, total, low=5, high=15)


def cut_plots(knife: Knife, block: Block, index: int, micro_grids: int, sharers: int) -> list[Cell]:
    """The plots of a home block. `sharers` micro-grids get no plot of their own but live in the same tower as another."""
    faces = micro_grids - sharers
    rings = _court(knife, block, faces) if block.court else None
    if rings is None:
        rings = knife.divide(block.ring, faces, lambda n: _how(block, n))
    cells = [Cell(r, index, 1) for r in rings]
    missing = micro_grids - len(cells)
    by_size = sorted(range(len(cells)), key=lambda i: -abs(signed_area(knife.mesh.corners(cells[i].ring))))
    if sharers >= 2 and missing >= 2:
        cells[by_size[0]].homes = 3
        missing -= 2
        by_size = by_size[1:]
    for k in range(missing):
        cells[by_size[k % len(by_size)]].homes += 1
    return cells


def _how(block: Block, n: int) -> Cut:
    if n >= 7:
        return Cut(3.5, 9.0, "lane", tilt=block.tilt, wobble=0.03, least=0.2)
    return Cut(0.6, 4.0, "", tilt=block.tilt, wobble=0.015, least=0.2)


def _court(knife: Knife, block: Block, faces: int) -> list[Ring] | None:
    """Three columns of three or more plots: the middle one touches no other block, so it can become an enclave."""
    counts = share_out([1, 1.01, 1], faces)
    rings, rest = [], block.ring
    for k, n in enumerate(counts):
        column = rest
        if k < 2:
            got = _column(knife, block, rest, n / sum(counts[k:]))
            if got is None:
                return None
            column, rest = got
        rows = _rows(knife, block, column, n)
        if rows is None:
            return None
        rings += rows
    return rings


def _column(knife: Knife, block: Block, ring: Ring, share: float) -> tuple[Ring, Ring] | None:
    normal = (math.cos(block.tilt), math.sin(block.tilt))
    offset = offset_for(knife.mesh.corners(ring), normal, share)
    return knife.along(ring, normal, offset, Cut(0.6, 3.0, "", least=0.15))


def _rows(knife: Knife, block: Block, ring: Ring, n: int) -> list[Ring] | None:
    normal, out = (-math.sin(block.tilt), math.cos(block.tilt)), []
    for k in range(n, 1, -1):
        got = knife.along(ring, normal, offset_for(knife.mesh.corners(ring), normal, 1 / k), Cut(0.6, 3.0, "", least=0.08))
        if got is None:
            return None
        out.append(got[0])
        ring = got[1]
    return [*out, ring]


def lay_towers(blocks: list[Block], numbers: list[int], wanted: list[int]) -> list[int]:
    """How many micro-grids of each block share a tower with another: the numbers of `wanted` go to the densest blocks."""
    out = [0] * len(blocks)
    usable = [i for i in range(len(blocks)) if numbers[i] >= 4 and not blocks[i].court]
    usable.sort(key=lambda i: (numbers[i] < 8, -blocks[i].density, i))
    for i, n in zip(usable, wanted, strict=False):
        out[i] = n
    return out
