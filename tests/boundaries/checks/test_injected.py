"""Defects of fifteen kinds injected into one clean coverage: each is found, within a metre of where it was put, and nothing else is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from boundaries import checks
from boundaries.geometry import to_metric
from boundaries.model import Defect, Level

from .conftest import EAST, NORTH, areas_of, lattice

SIZE = 12
LADDER = (
    Level("city", 0, "", "", False),
    Level("part", 1, "", "", False),
    Level("grid", 2, "", "", True, "[a-z0-9-]*"),
)


def cell(x: int, y: int) -> int:
    return y * SIZE + x


def vertex(shape: Any, at: int) -> Any:
    return shapely.get_coordinates(shape)[at]


def with_vertices(shape: Any, changes: dict[int, Any]) -> Polygon:
    xy = shapely.get_coordinates(shape)[:-1].copy()
    for at, where in changes.items():
        xy[at] = where
    return Polygon(xy)


class Injured:
    """The lattice with its injuries: `truth` maps a rule to the place in metres from the corner, `frame` is what is checked."""

    def __init__(self) -> None:
        self.cells = lattice(SIZE)
        self.codes = [f"g{at}" for at in range(len(self.cells))]
        self.parents = ["p0" if at % SIZE < SIZE // 2 else "p1" for at in range(len(self.cells))]
        self.truth: dict[str, Any] = {}
        whole = self.cells.copy()
        self._borders(whole)
        self._inside(whole)
        self._texts(whole)
        west = shapely.union_all([c for at, c in enumerate(whole) if at % SIZE < SIZE // 2])
        east = shapely.union_all([c for at, c in enumerate(whole) if at % SIZE >= SIZE // 2])
        self._parents(whole)
        outline = shapely.union(west, east)
        shapes = [outline, west, east, *(c for c in self.cells if c is not None)]
        kept = [at for at, c in enumerate(self.cells) if c is not None]
        self.frame = areas_of(
            shapes,
            code=["city", "p0", "p1", *(self.codes[at] for at in kept)],
            parent_code=["", "city", "city", *(self.parents[at] for at in kept)],
            level=["city", "part", "part", *(["grid"] * len(kept))],
        )

    def _borders(self, whole: list[Any]) -> None:
        a = cell(2, 2)  # its eastern middle vertex pushed 8 m into the neighbour
        self.cells[a] = with_vertices(whole[a], {3: np.add(vertex(whole[a], 3), (8, 0))})
        self.truth["overlap"] = self.cells[a].intersection(whole[cell(3, 2)])
        b = cell(5, 2)  # its eastern middle vertex drawn back by 30 cm
        self.cells[b] = with_vertices(whole[b], {3: vertex(whole[b], 3) - (0.3, 0)})
        self.truth["sliver"] = whole[b].difference(self.cells[b])
        self.truth["gap"] = whole[cell(8, 2)]
        self.cells[cell(8, 2)] = None
        c = cell(2, 5)  # a vertex exactly on the straight half of its eastern border
        middle = (vertex(whole[c], 2) + vertex(whole[c], 3)) / 2
        self.cells[c] = Polygon(np.insert(shapely.get_coordinates(whole[c])[:-1], 3, np.round(middle, 3), axis=0))
        self.truth["unmatched_vertex"] = Point(np.round(middle, 3))
        d = cell(5, 11)  # on the northern rim: a spike 20 m long
        tip, foot = np.add(vertex(whole[d], 5), (0, 20)), vertex(whole[d], 5)
        xy = shapely.get_coordinates(whole[d])[:-1]
        self.cells[d] = Polygon(np.insert(xy, 6, [tip, foot - (0.4, 0)], axis=0))
        self.truth["spike"] = Point(np.round(tip, 3))
        e = cell(8, 0)  # on the southern rim: a bite of 6 m
        bite = Point(vertex(whole[e], 1)).buffer(6, quad_segs=2)
        self.cells[e] = whole[e].difference(bite)
        self.truth["uncovered_outline"] = whole[e].intersection(bite)

    def _inside(self, whole: list[Any]) -> None:
        a = cell(8, 5)
        middle = np.array(whole[a].centroid.coords[0])
        self.truth["hole"] = box(*(middle - 5), *(middle + 5))
        self.cells[a] = whole[a].difference(self.truth["hole"])
        b = cell(2, 8)  # a leaf of 4 m2 inside
        middle = np.array(whole[b].centroid.coords[0])
        self.truth["too_small"] = box(*(middle - 1), *(middle + 1))
        self.cells[b] = whole[b].difference(self.truth["too_small"])
        self._add(self.truth["too_small"])
        c = cell(5, 8)  # cut in two but for a neck of 1 m
        middle = np.array(whole[c].centroid.coords[0])
        cut = LineString([middle - (0, 60), middle - (0, 0.5)]).buffer(2, cap_style="flat")
        other = LineString([np.add(middle, (0, 0.5)), np.add(middle, (0, 60))]).buffer(2, cap_style="flat")
        self.cells[c] = whole[c].difference(cut).difference(other)
        self.truth["narrow_neck"] = box(*(middle - (2, 0.5)), *np.add(middle, (2, 0.5)))
        for slot in (cut, other):
            self._add(whole[c].intersection(slot))
        d = cell(8, 8)  # a piece of it lies in the neighbour's place
        middle = np.array(whole[cell(9, 8)].centroid.coords[0])
        self.truth["multipart"] = box(*(middle - 8), *(middle + 8))
        self.cells[cell(9, 8)] = whole[cell(9, 8)].difference(self.truth["multipart"])
        self.cells[d] = shapely.MultiPolygon([whole[d], self.truth["multipart"]])

    def _texts(self, whole: list[Any]) -> None:
        bow = cell(10, 5)
        xy = shapely.get_coordinates(whole[bow])[:-1]
        self.cells[bow] = Polygon([(xy[0]), xy[4], xy[2], xy[6]])
        crossing = LineString([xy[0], xy[4]]).intersection(LineString([xy[2], xy[6]]))
        self.truth["invalid_ring"] = crossing
        self.codes[cell(0, 5)] = ""
        self.truth["missing_code"] = whole[cell(0, 5)]
        self.codes[cell(0, 8)] = self.codes[cell(0, 10)] = "twice"
        self.truth["duplicate_code"] = shapely.union(whole[cell(0, 8)], whole[cell(0, 10)])

    def _parents(self, whole: list[Any]) -> None:
        self.parents[cell(10, 10)] = "p0"
        self.truth["wrong_parent"] = whole[cell(10, 10)]
        self.parents[cell(3, 10)] = "nowhere"
        self.truth["orphan"] = whole[cell(3, 10)]

    def _add(self, shape: Any) -> None:
        self.cells.append(shape)
        self.codes.append(f"g{len(self.cells)}")
        self.parents.append(self.parents[0])


@pytest.fixture(scope="module")
def injured() -> Injured:
    return Injured()


@pytest.fixture(scope="module")
def told(injured: Injured) -> list[Defect]:
    return checks.run(injured.frame, levels=LADDER)


def place_m(defect: Defect) -> Any:
    return shapely.transform(to_metric(defect.place, "EPSG:4547"), lambda c: c - (EAST, NORTH))


def test_the_lattice_itself_is_clean() -> None:
    assert checks.run(areas_of(lattice(SIZE), code=[f"g{at}" for at in range(SIZE * SIZE)])) == []


@pytest.mark.parametrize("rule", sorted(Injured().truth))
def test_each_kind_is_found_within_a_metre(injured: Injured, told: list[Defect], rule: str) -> None:
    truth = injured.truth[rule]
    places = [place_m(defect) for defect in told if defect.rule == rule]
    near = [place for place in places if place.distance(truth) <= 1.0 and shapely.hausdorff_distance(place.centroid, truth.centroid) < 45]
    assert near, (rule, places)
    if truth.geom_type == "Polygon" and rule not in ("missing_code", "duplicate_code", "wrong_parent", "orphan"):
        assert any(shapely.hausdorff_distance(place, truth) <= 1.0 for place in near), rule


def test_every_finding_has_a_repair_that_says_what_it_would_change(told: list[Defect]) -> None:
    for defect in told:
        assert defect.repair is not None, defect.rule
        assert set(defect.repair) == {"operation", "params", "changes"}
        assert set(defect.repair["changes"]) == {"areas", "m2"}


def test_nothing_is_found_where_nothing_was_done(injured: Injured, told: list[Defect]) -> None:
    everything = shapely.union_all(list(injured.truth.values())).buffer(60)
    elsewhere = [(defect.rule, defect.areas) for defect in told if not shapely.intersects(everything, place_m(defect))]
    assert elsewhere == []
