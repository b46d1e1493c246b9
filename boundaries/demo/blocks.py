"""A community cut into blocks: most become grids, the rest is park, school, industry, mine or hill."""

from __future__ import annotations

import math

from boundaries.demo.cutting import Cut, Knife, centre
from boundaries.demo.mesh import Ring, signed_area
from boundaries.demo.shares import share_out
from boundaries.demo.town import Block, Town, not_drawn


def cut_blocks(knife: Knife, town: Town, faces: list[Ring], *, street: str, community: str, grids: int, mining: bool) -> list[Block]:
    """Cut the faces of a community into `grids` home blocks and one or two others (mines among them where `mining`)."""
    rng, mesh = knife.rng, knife.mesh
    spare = 1 + int(rng.random() < 0.55)
    tilt = float(rng.normal(0, 0.05))
    if rng.random() < 0.14:  # an old quarter that was there before the straight streets
        tilt = float(rng.choice([-1, 1]) * rng.uniform(0.3, 0.6))
    how = Cut(5.5, 30.0, "street", tilt=tilt, wobble=0.05)
    areas = [abs(signed_area(mesh.corners(f))) for f in faces]
    numbers = share_out(areas, grids + spare)
    rings = [r for f, n in zip(faces, numbers, strict=True) for r in knife.divide(f, n, lambda _: how, town.density)]
    if len(rings) < grids:
        raise not_drawn("a community could not be cut into blocks")
    blocks = [_block(knife, town, r, street, community, tilt) for r in rings]
    worth = [_worth(knife, b) + 0.35 * float(rng.random()) for b in blocks]
    order = sorted(range(len(blocks)), key=lambda i: worth[i])
    for i in order[: len(blocks) - grids]:
        blocks[i].kind = _other_kind(knife, blocks[i], mining)
    return blocks


def _block(knife: Knife, town: Town, ring: Ring, street: str, community: str, tilt: float) -> Block:
    s, t = centre(knife.mesh.corners(ring))
    rim = any(e in town.rim_edges for _, e in ring)
    return Block(ring, town.index, street, community, "home", town.density(s, t), tilt, rim)


def _worth(knife: Knife, block: Block) -> float:
    """How well a block suits homes: compact, away from the hillside, near the middle."""
    points = knife.mesh.corners(block.ring)
    around = sum(math.dist(p, q) for p, q in zip(points, points[1:] + points[:1], strict=True))
    compact = 16 * abs(signed_area(points)) / around**2
    return min(compact, 0.8) - (0.3 if block.rim else 0.0) + 0.25 * block.density


def _other_kind(knife: Knife, block: Block, mining: bool) -> str:
    roll = float(knife.rng.random())
    area = abs(signed_area(knife.mesh.corners(block.ring)))
    if block.rim:
        if mining:
            return "mine" if roll < 0.34 and area > 12_000 else "industry" if roll < 0.62 else "hill"
        return "industry" if roll < 0.25 else "hill" if roll < 0.85 else "park"
    if block.density < 0.75 and roll < 0.3:
        return "industry"
    return "school" if roll < 0.62 else "park"
