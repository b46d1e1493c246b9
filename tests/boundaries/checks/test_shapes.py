"""The rules about shapes: each fault is found, once, with its areas, place and size; a clean coverage has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from boundaries import checks
from boundaries.errors import CrsError, FileError
from boundaries.geometry import to_metric
from boundaries.model import Defect

from .conftest import EAST, NORTH, areas_of

Found = Callable[..., list[Defect]]
LEFT, RIGHT = box(0, 0, 100, 100), box(100, 0, 200, 100)


def summary(defects: list[Defect]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(defect.rule, defect.severity, defect.areas) for defect in defects]


def place_m(defect: Defect) -> Any:
    """The defect's place back in metres from the corner."""
    return shapely.transform(to_metric(defect.place, "EPSG:4547"), lambda c: c - (EAST, NORTH))


def test_neighbours_that_match_are_clean(found: Found) -> None:
    assert found(LEFT, RIGHT) == []
    island = box(40, 40, 60, 60)
    assert found(LEFT.difference(island), island, RIGHT) == []


@pytest.mark.parametrize(
    ("one", "other", "area"),
    [
        ("crossing", box(90, 0, 200, 100), 1000.0),
        ("the same twice", LEFT, 10_000.0),
        ("inside, touching", box(0, 0, 50, 50), 2500.0),
        ("inside, not touching", box(20, 20, 50, 50), 900.0),
        ("one piece inside", MultiPolygon([box(20, 20, 50, 50), box(300, 0, 400, 100)]), 900.0),
        ("around", box(-50, -50, 150, 150), 10_000.0),
        ("one centimetre", Polygon([(99.99, 0), (200, 0), (200, 100), (99.99, 100)]), 1.0),
    ],
)
def test_overlaps(found: Found, one: str, other: Polygon, area: float) -> None:
    overlaps = [defect for defect in found(LEFT, other) if defect.rule == "overlap"]
    assert summary(overlaps) == [("overlap", "error", ("a", "b"))], one
    assert overlaps[0].size == pytest.approx(area, abs=0.01)
    assert overlaps[0].unit == "m2"
    assert place_m(overlaps[0]).symmetric_difference(LEFT.intersection(other)).area < 0.2


def test_two_overlaps_of_one_pair_are_one_finding(found: Found) -> None:
    comb = shapely.union_all([RIGHT, box(95, 10, 100, 20), box(95, 50, 100, 60)])
    (defect,) = found(LEFT, comb)
    assert defect.size == 100
    assert len(defect.place.geoms) == 2
    assert "2 places" in defect.text("en")


def test_a_vertex_that_the_neighbour_lacks_is_told_and_no_overlap(found: Found) -> None:
    bent = Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (99.999, 50)])
    (defect,) = found(LEFT, bent)
    assert summary([defect]) == [("unmatched_vertex", "error", ("a", "b"))]
    assert place_m(defect).equals_exact(Point(99.999, 50), 0.001)
    straight = Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 50)])
    (defect,) = found(LEFT, straight)  # exactly collinear: nothing overlaps, and still GEOS calls the coverage invalid
    assert summary([defect]) == [("unmatched_vertex", "error", ("a", "b"))]
    assert defect.repair == {
        "operation": "insert_vertex",
        "params": {"place": list(defect.place.coords[0]), "into": ["a"]},
        "changes": {"areas": ["a"], "m2": 0.0},
    }


def test_gaps_with_what_is_around_them(found: Found) -> None:
    defects = found(shapely.difference(box(0, 0, 300, 300), box(100, 100, 200, 200)), box(300, 0, 400, 300))
    assert summary(defects) == [("hole", "warning", ("a",))]
    assert defects[0].size == 10_000
    assert place_m(defects[0]).equals_exact(box(100, 100, 200, 200), 0.001, normalize=True)


def test_an_island_in_a_gap_leaves_the_water_around_it(found: Found) -> None:
    (defect,) = found(shapely.difference(box(0, 0, 300, 300), box(100, 100, 200, 200)), box(120, 120, 140, 140))
    assert (defect.rule, defect.areas, defect.size) == ("gap", ("a", "b"), 9600)


def test_a_sliver_gap_is_called_one(found: Found) -> None:
    cut = LineString([(100, 20), (100, 80)]).buffer(0.2, cap_style="flat")
    (defect,) = found(shapely.difference(LEFT, cut), shapely.difference(RIGHT, cut))
    assert (defect.rule, defect.size) == ("sliver", 24)
    assert "sliver" in defect.text("en")
    assert "缝隙" in defect.text("zh-CN")


def test_bays_are_no_gaps(found: Found) -> None:
    assert found(shapely.difference(box(0, 0, 300, 300), box(100, 100, 300, 200))) == []


@pytest.mark.parametrize(
    ("reason", "zh", "shape", "place"),
    [
        ("Self-intersection", "边界自相交", Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]), (50, 50)),
        ("Ring Self-intersection", "环自相交", Polygon([(0, 0), (100, 0), (100, 100), (50, 0), (0, 100)]), (50, 0)),
        ("Hole lies outside shell", "内环在外环之外", Polygon(LEFT.exterior, [box(120, 0, 130, 10).exterior.coords]), (120, 0)),
        (
            "Holes are nested",
            "内环嵌套",
            Polygon(LEFT.exterior, [box(10, 10, 90, 90).exterior.coords, box(20, 20, 30, 30).exterior.coords]),
            (20, 20),
        ),
        ("Interior is disconnected", "内部不连通", Polygon(LEFT.exterior, [[(0, 50), (50, 60), (100, 50), (50, 40)]]), (0, 50)),
        ("Nested shells", "外环嵌套", MultiPolygon([LEFT, box(20, 20, 30, 30)]), (20, 20)),
    ],
)
def test_invalid_rings_with_reason_and_place(found: Found, reason: str, zh: str, shape: Polygon, place: tuple[float, float]) -> None:
    defects = [defect for defect in found(shape, box(500, 0, 600, 100)) if defect.rule == "invalid_ring"]
    assert summary(defects) == [("invalid_ring", "error", ("a",))]
    assert reason in defects[0].text("en")
    assert zh in defects[0].text("zh")
    x, y = shapely.get_coordinates(place_m(defects[0]))[0]
    assert min(np.hypot(x - px, y - py) for px, py in [place, *shapely.get_coordinates(shape)]) < 0.01
    assert np.hypot(x - place[0], y - place[1]) < 100.1


def test_an_invalid_shape_hides_no_other_finding_and_an_empty_one_is_told(found: Found) -> None:
    bowtie = Polygon([(500, 0), (600, 100), (600, 0), (500, 100)])
    defects = found(LEFT, box(90, 0, 200, 100), bowtie, Polygon())
    assert summary(defects) == [("invalid_ring", "error", ("c",)), ("invalid_ring", "error", ("d",)), ("overlap", "error", ("a", "b"))]
    assert defects[1].place is None


def test_pieces_and_scraps(found: Found) -> None:
    defects = found(MultiPolygon([LEFT, box(300, 0, 310, 10)]), box(400, 0, 404, 5), box(500, 0, 500.5, 900))
    assert summary(defects) == [
        ("multipart", "warning", ("a",)),
        ("too_small", "warning", ("b",)),
        ("too_small", "warning", ("c",)),
    ]
    assert defects[0].size == 2
    assert place_m(defects[0]).equals_exact(box(300, 0, 310, 10), 0.001, normalize=True)
    assert (defects[1].size, defects[2].size) == (20, 450)
    assert found(MultiPolygon([LEFT])) == []


def test_findings_have_stable_ids_and_places_with_nine_decimals(found: Found) -> None:
    first, again = found(LEFT, box(90, 0, 200, 100)), found(LEFT, box(90, 0, 200, 100))
    assert [defect.defect_id for defect in first] == [defect.defect_id for defect in again]
    coordinates = shapely.get_coordinates(first[0].place)
    assert (coordinates == np.round(coordinates, 9)).all()
    assert np.abs(coordinates - (113.58, 37.86)).max() < 0.01


def test_what_is_no_metric_frame_with_codes_is_refused() -> None:
    frame = areas_of([LEFT])
    with pytest.raises(FileError, match="no column code"):
        checks.run(frame.rename(columns={"code": "id"}))
    for crs in ("EPSG:4326", "EPSG:3857", None):
        with pytest.raises(CrsError):
            checks.run(frame.set_crs(crs, allow_override=True))


def test_nothing_to_check() -> None:
    assert checks.run(areas_of([])) == []
    assert checks.run(areas_of([None, None])) == []


@pytest.mark.parametrize("start", range(7))
@pytest.mark.parametrize("turn", [1, -1])
def test_a_spike_is_found_wherever_its_ring_begins_and_whichever_way_it_runs(found: Found, start: int, turn: int) -> None:
    ring = np.array([(0, 0), (100, 0), (100, 49.8), (130, 50), (100, 50.2), (100, 100), (0, 100)])
    (defect,) = found(Polygon(np.roll(ring, start, axis=0)[::turn]))
    assert summary([defect]) == [("spike", "warning", ("a",))]
    assert place_m(defect).equals_exact(Point(130, 50), 0.001)
    assert defect.size == pytest.approx(30, abs=0.01)
