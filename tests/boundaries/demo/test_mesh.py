"""Cuts of the mesh lose nothing, share their corners, and refuse what would spoil a face."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.demo.cutting import Cut, Knife
from boundaries.demo.mesh import Mesh, Ring, crossing, inside, signed_area


def square(mesh: Mesh, size: float = 100.0) -> Ring:
    return mesh.ring([mesh.vertex(p, 0) for p in ((0.0, 0.0), (size, 0.0), (size, size), (0.0, size))])


def test_a_cut_shares_its_ends_with_the_face_on_the_other_side() -> None:
    mesh = Mesh()
    west, east = mesh.cut(square(mesh), (1.0, 0.0), 50.0, snap_m=1, half_width_m=0, road=-1, least=0.1) or ([], [])
    low, high = mesh.cut(east, (0.0, 1.0), 40.0, snap_m=1, half_width_m=0, road=-1, least=0.1) or ([], [])
    corner = next(v for v in mesh.outline(low) if mesh.points[v] == (50.0, 40.0))
    assert corner not in [v for v, _ in west]
    assert corner in mesh.outline(west)
    assert signed_area(mesh.corners(low)) == pytest.approx(2000)
    assert signed_area(mesh.corners(high)) == pytest.approx(3000)


def test_the_end_of_a_cut_moves_to_a_street_that_is_near() -> None:
    mesh = Mesh()
    west, east = mesh.cut(square(mesh), (1.0, 0.0), 50.0, snap_m=1, half_width_m=0, road=-1, least=0.1) or ([], [])
    mesh.cut(west, (0.0, 1.0), 40.0, snap_m=1, half_width_m=0, road=-1, least=0.1)
    low, _ = mesh.cut(east, (0.0, 1.0), 44.0, snap_m=6, half_width_m=0, road=-1, least=0.1) or ([], [])
    assert (50.0, 40.0) in mesh.corners(low)


def test_a_cut_that_leaves_too_little_is_refused() -> None:
    mesh = Mesh()
    assert mesh.cut(square(mesh), (1.0, 0.0), 5.0, snap_m=1, half_width_m=0, road=-1, least=0.1) is None
    assert mesh.cut(square(mesh), (1.0, 0.0), 500.0, snap_m=1, half_width_m=0, road=-1, least=0.1) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 11), st.integers(2, 24))
def test_dividing_a_star_shaped_face_keeps_its_area_and_its_neighbours(seed: int, corners: int, parts: int) -> None:
    rng = np.random.default_rng(seed)
    angle = 2 * math.pi * np.arange(corners) / corners
    radius = rng.uniform(120, 260, corners)
    mesh = Mesh()
    ring = mesh.ring([mesh.vertex((float(x), float(y)), 0) for x, y in zip(radius * np.cos(angle), radius * np.sin(angle), strict=True)])
    whole = signed_area(mesh.corners(ring))
    pieces = Knife(mesh, rng).divide(ring, parts, lambda _: Cut(1.0, 6.0, ""))
    assert sum(signed_area(mesh.corners(p)) for p in pieces) == pytest.approx(whole)
    assert all(signed_area(mesh.corners(p)) > 0 for p in pieces)
    edges = [edge for p in pieces for edge in zip(mesh.outline(p), [*mesh.outline(p)[1:], mesh.outline(p)[0]], strict=True)]
    assert len(edges) == len(set(edges))
    alone = [(a, b) for a, b in edges if (b, a) not in set(edges)]
    length = sum(math.dist(mesh.points[a], mesh.points[b]) for a, b in alone)
    around = mesh.corners(ring)
    assert length == pytest.approx(sum(math.dist(p, q) for p, q in zip(around, [*around[1:], around[0]], strict=True)))


def test_small_geometry() -> None:
    assert crossing((0, 0), (2, 2), (0, 2), (2, 0))
    assert not crossing((0, 0), (1, 1), (2, 0), (3, 5))
    assert inside((0.5, 0.5), [(0, 0), (1, 0), (1, 1), (0, 1)])
    assert not inside((1.5, 0.5), [(0, 0), (1, 0), (1, 1), (0, 1)])
