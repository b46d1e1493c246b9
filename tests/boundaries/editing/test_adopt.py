"""adopt_file: what somebody did in a desktop program, named, certified, and taken over piece by piece."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity

from boundaries.editing import Adopt, Draft, Workspace, adopt_file, from_json, prove_state
from boundaries.errors import CrsError, EditError, FileError
from boundaries.geometry import to_metric
from tests.city import A1, A2, B1, CRS, EAST, NORTH, A, V, lonlat, square


def exported(workspace: Workspace) -> gpd.GeoDataFrame:
    """The file that a planner takes home: every area with code, name, level and parent, in metres."""
    rows = [
        {"code": s.code, "name": s.name, "level": s.level, "parent": workspace[s.parent].code if s.parent else "", "geometry": s.geometry}
        for s in workspace.members()
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=workspace.metric_crs)


def rounded(frame: gpd.GeoDataFrame, decimals: int) -> gpd.GeoDataFrame:
    degrees = frame.to_crs(4326)
    degrees["geometry"] = shapely.transform(np.asarray(degrees.geometry), lambda xy: np.round(xy, decimals))
    return degrees


def put(frame: gpd.GeoDataFrame, code: str, shape: Any) -> gpd.GeoDataFrame:
    shapes = [shape if c == code else g for c, g in zip(frame["code"], frame.geometry, strict=True)]
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def rotated(shape: Any) -> Any:
    """The ring begun elsewhere and run the other way, as desktop programs like to do, in a Multi."""
    if shape is None or shape.geom_type != "Polygon" or shape.interiors:
        return shape
    return shapely.MultiPolygon([shapely.Polygon(np.roll(shapely.get_coordinates(shape)[:-1], 2, axis=0)[::-1])])


UNCHANGED: list[Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]] = [
    lambda frame: frame,
    lambda frame: rounded(frame, 7),
    lambda frame: frame.set_geometry(gpd.GeoSeries([rotated(g) for g in frame.geometry], crs=frame.crs)),
    lambda frame: frame.drop(columns=["name", "level", "parent"]),
    lambda frame: frame.iloc[::-1].reset_index(drop=True),
]


@pytest.mark.parametrize("saved", UNCHANGED, ids=["as it was", "7 decimals", "rings turned", "code only", "other order"])
def test_a_file_that_changes_nothing_yields_no_operation(demo_base: Workspace, saved: Any) -> None:
    adoption = adopt_file(demo_base, saved(exported(demo_base)))
    assert adoption.operations == []
    assert adoption.findings == ()
    assert adoption.defects == ()


@pytest.mark.parametrize("decimals", [None, 7])
def test_a_session_is_told_and_taken_over(tiny: Workspace, decimals: int | None) -> None:
    frame = exported(tiny)
    # a split that duplicates the row, a merge that drops one, another parent, another name
    frame = put(frame, f"{A1}01", square(30, 0, 100, 100))
    copy = frame[frame["code"] == f"{A1}01"].assign(geometry=gpd.GeoSeries([square(0, 0, 30, 100)], index=[9], crs=CRS))
    merged = tiny.union([tiny.find(f"{A2}02").key, tiny.find(f"{A2}01").key])
    frame = put(frame[frame["code"] != f"{A2}02"], f"{A2}01", merged)
    frame = gpd.GeoDataFrame(gpd.pd.concat([frame, copy], ignore_index=True), crs=CRS)
    frame.loc[frame["code"] == f"{B1}01", "parent"] = A1
    frame.loc[frame["code"] == V, "name"] = "新村"
    adoption = adopt_file(tiny, frame if decimals is None else rounded(frame, decimals))
    assert adoption.defects == ()
    assert {found.en for found in adoption.findings} == {
        f"{A1}01 split: {A1}04 was cut out of it",
        f"{A2}02 merged into {A2}01",
        f"{B1}01 moved to {A1}",
        f"{V} renamed to 新村",
    }
    assert f"{A2}02 并入 {A2}01" in {found.text("zh") for found in adoption.findings}
    after = adoption.draft.workspace
    assert after.find(f"{A1}04").geometry.area == pytest.approx(3_000, abs=1)
    assert after.find(f"{A2}01").households == 80
    assert prove_state(after).holds
    again = Draft.replay(tiny, [from_json(operation.to_json()) for operation in adoption.operations])
    assert again.workspace.states == after.states


def test_a_neighbour_that_lacks_the_vertex_gets_it(tiny: Workspace, corners_of: Any) -> None:
    """Both parts of a split in a program without topological editing: nobody else was touched."""
    frame = put(exported(tiny), f"{A1}01", square(30, 0, 100, 100))
    copy = frame[frame["code"] == f"{A1}01"].assign(code=f"{A1}09", geometry=gpd.GeoSeries([square(0, 0, 30, 100)], index=[9], crs=CRS))
    adoption = adopt_file(tiny, gpd.GeoDataFrame(gpd.pd.concat([frame, copy], ignore_index=True), crs=CRS))
    assert adoption.defects == ()
    assert (30, 100) in corners_of(adoption.draft.workspace.find(f"{A2}01").geometry)
    assert adoption.draft.workspace.find(f"{A1}09").parent == tiny.find(A1).key
    assert isinstance(adoption.operations[0], Adopt)


def test_vertices_within_two_centimetres_snap_back(tiny: Workspace) -> None:
    frame = exported(tiny)
    rng = np.random.default_rng(1)
    shaken = [g if g is None else shapely.affinity.translate(g, *rng.uniform(-0.012, 0.012, 2)) for g in frame.geometry]
    adoption = adopt_file(tiny, frame.set_geometry(gpd.GeoSeries(shaken, crs=CRS)))
    assert (adoption.operations, adoption.defects) == ([], ())


def test_a_careless_overlap_is_located_and_spoils_only_its_surroundings(tiny: Workspace) -> None:
    careless = shapely.Polygon([(x + EAST, y + NORTH) for x, y in ((0, 0), (100, 0), (100, 100), (60, 130), (0, 100))])
    frame = put(exported(tiny), f"{A1}01", careless)
    frame.loc[frame["code"] == V, "name"] = "新村"
    adoption = adopt_file(tiny, frame)
    (defect,) = adoption.defects
    assert (defect.rule, defect.areas) == ("overlap", (f"{A1}01", f"{A2}01"))
    assert defect.size == pytest.approx(1_500)
    place = to_metric(defect.place, CRS)
    assert shapely.hausdorff_distance(place.centroid, shapely.Point(EAST + 53.33, NORTH + 110)) < 1
    assert adoption.draft.workspace.find(V).name == "新村"
    assert adoption.draft.workspace.find(f"{A1}01") == tiny.find(f"{A1}01")


def test_a_gap_left_open_is_refused_with_its_place(tiny: Workspace) -> None:
    frame = put(exported(tiny), f"{A1}01", square(0, 0, 80, 100))
    (defect,) = adopt_file(tiny, frame).defects
    assert defect.rule == "not_adopted"
    assert shapely.dwithin(to_metric(defect.place, CRS), square(80, 0, 100, 100), 0.1)


def test_a_row_that_vanished_without_heir_stays(tiny: Workspace) -> None:
    frame = exported(tiny)
    adoption = adopt_file(tiny, frame[frame["code"] != f"{A1}01"])
    assert [(defect.rule, defect.areas) for defect in adoption.defects] == [("vanished", (f"{A1}01",))]
    assert adoption.operations == []
    assert tiny.find(f"{A1}01").key in adoption.draft.workspace


def test_a_sharer_that_vanished_is_retired(tiny: Workspace) -> None:
    frame = exported(tiny)
    adoption = adopt_file(tiny, frame[frame["code"] != f"{A1}03"])
    assert [found.what for found in adoption.findings] == ["retired"]
    assert tiny.find(f"{A1}03").key not in adoption.draft.workspace


def test_an_invalid_ring_is_refused_with_its_place(tiny: Workspace) -> None:
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH + 100), (EAST + 100, NORTH), (EAST, NORTH + 100)])
    adoption = adopt_file(tiny, put(exported(tiny), f"{A1}01", bow))
    assert adoption.operations == []
    assert adoption.defects
    assert all(defect.place is not None for defect in adoption.defects)


def test_an_unknown_parent_is_named(tiny: Workspace) -> None:
    frame = exported(tiny)
    frame.loc[frame["code"] == f"{A1}01", "parent"] = "000000"
    adoption = adopt_file(tiny, frame)
    assert [defect.rule for defect in adoption.defects] == ["parent_unknown"]


def test_a_file_of_another_place_or_without_most_areas_is_refused(tiny: Workspace) -> None:
    frame = exported(tiny)
    shifted = shapely.transform(np.asarray(frame.geometry), lambda xy: xy + np.array([430.0, 370.0]))
    with pytest.raises(EditError) as refused:
        adopt_file(tiny, frame.set_geometry(gpd.GeoSeries(shifted, crs=CRS)))
    assert refused.value.code == "SHIFTED"
    assert "567" in refused.value.text("en")
    with pytest.raises(EditError) as refused:
        adopt_file(tiny, frame[frame["code"] == V])
    assert refused.value.code == "SHRUNK"


def test_a_file_must_name_its_system_and_codes(tiny: Workspace) -> None:
    frame = exported(tiny)
    with pytest.raises(CrsError):
        adopt_file(tiny, frame.set_crs(None, allow_override=True))
    with pytest.raises(FileError):
        adopt_file(tiny, frame.drop(columns="code"))


def test_the_tiny_city_is_where_it_should_be(tiny: Workspace) -> None:
    lon, lat = lonlat(0, 0)
    corner = to_metric(shapely.Point(lon, lat), CRS)
    assert (corner.x, corner.y) == (EAST, NORTH)
    assert tiny.find(A).level == "community"


def test_a_shape_in_a_multi_of_its_own_is_taken_over_like_a_plain_one(tiny: Workspace) -> None:
    merged = shapely.MultiPolygon([shapely.union_all([s.geometry for s in tiny.members() if s.code in (f"{A1}01", f"{A2}01")])])
    frame = put(exported(tiny), f"{A1}01", merged)
    adoption = adopt_file(tiny, frame[frame["code"] != f"{A2}01"])
    assert [found.en for found in adoption.findings] == [f"{A2}01 merged into {A1}01"]
    assert (len(adoption.operations), adoption.defects) == (1, ())
    document = adoption.operations[0].to_json()
    (area,) = [one for one in document["areas"] if one["shape"]["type"] == "Polygon" and one["key"] == adoption.draft.effective[0].keys[0]]
    area["shape"] = {"type": "MultiPolygon", "coordinates": [area["shape"]["coordinates"]]}
    assert Draft(tiny).apply(from_json(document)).after == adoption.draft.effective[0].after
