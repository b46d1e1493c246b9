"""The gate of the store: frames that pass, and the row that is named where they do not."""

from collections.abc import Callable

import geopandas
import pytest
import shapely

from boundaries.errors import BoundariesError, CodeError, FileError, GeometryError, ParentError
from boundaries.model import Level
from boundaries.store.frame import resolve

Frame = geopandas.GeoDataFrame
BOWTIE = shapely.Polygon([(463000, 4192000), (463100, 4192100), (463100, 4192000), (463000, 4192100)])


def test_rows_find_their_parents_and_owners(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    rows = resolve(tiny_frame, tiny_levels)
    above = {code: rows.codes[parent] for code, parent in zip(rows.codes, rows.parents, strict=True) if parent >= 0}
    assert above["G1"] == "140302001"
    assert above["140303200"] == "140303"
    assert above["K1"] == "140302"
    assert "140300" not in above
    assert rows.codes[rows.shares[rows.codes.index("G5")]] == "G4"
    assert [rows.codes[row] for row in rows.leaves] == ["140303200", "G1", "G2", "G3", "G4"]


def test_a_parent_is_the_finest_coarser_area_of_that_code(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    tiny_frame.loc[3, "code"] = "140302"  # now a district and a community have the same code
    tiny_frame.loc[6, "parent_code"] = tiny_frame.loc[7, "parent_code"] = "140302"
    rows = resolve(tiny_frame, tiny_levels)
    assert rows.levels[rows.parents[6]] == "community"
    assert rows.levels[rows.parents[3]] == "district"


def test_only_the_needed_columns_are_needed(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    bare = tiny_frame[tiny_frame["code"] != "G5"][["code", "level", "parent_code", "geometry"]]
    rows = resolve(bare, tiny_levels)
    assert (rows.households[0], rows.names[0], rows.kinds[0]) == (0, "", "")


def put(column: str, row: int, value: object) -> Callable[[Frame], Frame]:
    def change(frame: Frame) -> Frame:
        frame[column] = frame[column].astype(object)
        frame.at[row, column] = value
        return frame

    return change


def shape(row: int, geometry: object) -> Callable[[Frame], Frame]:
    def change(frame: Frame) -> Frame:
        shapes = list(frame.geometry)
        shapes[row] = geometry
        return frame.set_geometry(shapes, crs=frame.crs)

    return change


@pytest.mark.parametrize(
    ("change", "kind", "item", "row"),
    [
        (put("level", 6, "parish"), CodeError, "level_unknown", 6),
        (put("level", 6, None), CodeError, "level_unknown", 6),
        (put("code", 6, "X1"), CodeError, "code_malformed", 6),
        (put("code", 6, None), CodeError, "code_missing", 6),
        (put("code", 6, 17), CodeError, "code_malformed", 6),
        (put("code", 7, "G1"), CodeError, "code_duplicate", 7),
        (put("code", 5, "G1"), CodeError, "leaf_code_shared", 6),
        (put("parent_code", 6, "nowhere"), ParentError, "parent_unknown", 6),
        (put("parent_code", 6, "G2"), ParentError, "parent_not_coarser", 6),
        (put("parent_code", 6, "K1"), ParentError, "parent_unknown", 6),  # nothing hangs on what stands beside the ladder
        (put("parent_code", 1, "140302001"), ParentError, "parent_cycle", 1),
        (put("parent_code", 0, "140300"), ParentError, "parent_cycle", 0),
        (put("shares_face_of", 10, "G9"), ParentError, "face_owner_unknown", 10),
        (put("shares_face_of", 9, "G3"), ParentError, "face_owner_unknown", 9),
        (put("households", 6, -1), FileError, "households_not_counted", 6),
        (put("households", 6, 2.5), FileError, "households_not_counted", 6),
        (put("name", 6, "a\x00b"), FileError, "text_unusable", 6),
        (put("name", 6, "\ud83d"), FileError, "text_unusable", 6),
        (shape(6, BOWTIE), GeometryError, "shape_unusable", 6),
        (shape(6, shapely.Point(463000, 4192000)), GeometryError, "shape_unusable", 6),
        (shape(6, shapely.Polygon()), GeometryError, "shape_unusable", 6),
        (shape(6, shapely.box(463000, 4192000, 463100, 4192100.0004)), GeometryError, "shape_unusable", 6),
        (shape(6, shapely.force_3d(shapely.box(463000, 4192000, 463100, 4192100))), GeometryError, "shape_unusable", 6),
        (shape(3, shapely.box(463000, 4192000, 463200, 4192100)), GeometryError, "shape_unusable", 3),  # it has children
    ],
)
def test_what_cannot_be_is_named_with_its_row(
    tiny_frame: Frame, tiny_levels: tuple[Level, ...], change: Callable[[Frame], Frame], kind: type[BoundariesError], item: str, row: int
) -> None:
    with pytest.raises(kind) as refused:
        resolve(change(tiny_frame), tiny_levels)
    error = refused.value.items[0] if refused.value.items else refused.value
    assert (error.code, error.row) == (item, row)
    assert error.text("zh-CN") != error.text("en")


def test_a_missing_column_is_named(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    with pytest.raises(FileError, match="parent_code"):
        resolve(tiny_frame.drop(columns="parent_code"), tiny_levels)


def test_a_long_cycle_names_its_members_only(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    tiny_frame.loc[0, "parent_code"] = "140302001"  # city > community > district > city
    with pytest.raises(ParentError) as refused:
        resolve(tiny_frame, tiny_levels)
    assert [(item.code, item.area) for item in refused.value.items] == [("parent_cycle", "140300")]


def test_doubled_codes_are_told_with_the_rows_of_the_frame(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    tiny_frame.loc[8, "code"] = "G1"
    with pytest.raises(CodeError, match="rows 6, 8") as refused:
        resolve(tiny_frame, tiny_levels)
    assert refused.value.row == 8


def test_an_empty_frame_has_no_rows(tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    rows = resolve(tiny_frame[:0], tiny_levels)
    assert len(rows) == 0
    assert rows.leaves.tolist() == []
