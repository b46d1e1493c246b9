"""The frames a view is handed: their columns, and the checks that name what is wrong.

Positions are WGS-84 longitude and latitude in degrees; a GeoDataFrame must say so (EPSG:4326, or EPSG:4490 whose numbers are the same
for display). Columns may stand in any order; a missing or unknown one raises FrameError, so that a typing slip never draws an empty
map. Empty cells (None, NaN) of text columns are ''.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from map_ui.errors import FrameError

Kind = Literal["text", "texts", "count", "measure", "flag", "lon", "lat", "geometry"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what its cells are, what they mean; `allowed` is the full list of values where there is one.

    optional: the column may be absent. empty_allowed: a position or a number may be missing (None, NaN); a missing count is 0.

    kinds: text · texts (a list of texts, or one text) · count (whole number >= 0) · measure (number >= 0) · flag (true or false) ·
    lon, lat (degrees) · geometry.
    """

    name: str
    kind: Kind
    meaning: str
    allowed: tuple[str, ...] = ()
    optional: bool = False
    empty_allowed: bool = False


STATES = (
    "received",
    "verifying",
    "filed",
    "dispatched",
    "handling",
    "checking",
    "closed",
    "evaluated",
    "not_accepted",
    "merged",
    "suspended",
    "void",
)
"""States of a case in the order of the legend."""
LIGHTS = ("red", "yellow", "green", "none")
FACILITY_KINDS = ("service_centre", "station", "compound")
CHANGE_KINDS = ("added", "retired", "reshaped", "reparented", "renamed", "recoded", "households", "touched")
"""What can have become of an area between two generations, in the order of the legend. reshaped: its ground changed. touched: its
border only received or lost vertices where a neighbour's line ends; drawn faintly, and off until asked for."""

AREAS: tuple[Column, ...] = (
    Column("code", "text", "the area's code; one row a code"),
    Column("level", "text", "its rank: district, street, community, grid, micro_grid, or the city's own word"),
    Column("kind", "text", "what the level does not say: town, village, rest ..."),
    Column("name", "text", "its name"),
    Column("parent_code", "text", "code of the area it lies in, '' for the top"),
    Column("households", "count", "households in it"),
    Column("worker", "text", "display name of the person who answers, '' when the post is vacant"),
    Column("post", "text", "title of the post, '' when it has none"),
    Column("open_cases", "count", "cases in it that are not closed"),
    Column("geometry", "geometry", "polygon or multipolygon; empty for an area that shares the shape of another"),
    Column("shares_face_of", "text", "code of the area whose shape it shares, '' for an area with its own", optional=True),
)

CASES: tuple[Column, ...] = (
    Column("tracking_number", "text", "YYYYMMDD-NNNNNN"),
    Column("lon", "lon", "degrees, WGS-84; empty for a report without a position", empty_allowed=True),
    Column("lat", "lat", "degrees, WGS-84; empty likewise", empty_allowed=True),
    Column("state", "text", "state of the case", allowed=STATES),
    Column("light", "text", "where its clock stands", allowed=LIGHTS),
    Column("category", "text", "display name of the category, '' when not classified"),
    Column("title", "text", "one line"),
    Column("description", "text", "the reporter's words, as written"),
    Column("received_at", "text", "local time as it is to be shown"),
    Column("area_name", "text", "display name of the area it was routed to"),
    Column("worker", "text", "display name of the person who answers"),
)

FACILITIES: tuple[Column, ...] = (
    Column("facility_id", "text", "stable number"),
    Column("kind", "text", "what it is", allowed=FACILITY_KINDS),
    Column("level", "text", "level of the area it serves"),
    Column("name", "text", "its name"),
    Column("address", "text", "address text"),
    Column("phone", "text", "phone as it is to be shown"),
    Column("opening_hours", "text", "opening hours as they are to be shown"),
    Column("demonstration", "flag", "a municipal demonstration station"),
    Column("five_star", "flag", "a five-star compound"),
    Column("services", "texts", "what it offers"),
    Column("lon", "lon", "degrees, WGS-84"),
    Column("lat", "lat", "degrees, WGS-84"),
)

CHANGES: tuple[Column, ...] = (
    Column("code", "text", "the area's code after the change; of a retired area the code it had"),
    Column("level", "text", "its level, as in AREAS"),
    Column("name", "text", "its name after the change; of a retired area the name it had"),
    Column("change", "text", "what became of it; an area with several changes has a row for each", allowed=CHANGE_KINDS),
    Column("from_code", "text", "added: the area it was made from. Else the code before, where it differs. '' for none"),
    Column("to_code", "text", "retired: the area that took it over. Else the code after, where it differs. '' for none"),
    Column("from_parent", "text", "code of the area it lay in before, '' for the top or an added area"),
    Column("to_parent", "text", "code of the area it lies in after, '' for the top or a retired area"),
    Column("area_m2_before", "measure", "square metres before; empty for an added area or one without ground", empty_allowed=True),
    Column("area_m2_after", "measure", "square metres after; empty for a retired area or one without ground", empty_allowed=True),
    Column("households_before", "count", "households before; empty counts as 0", empty_allowed=True),
    Column("households_after", "count", "households after; empty counts as 0", empty_allowed=True),
)
"""What differs between two generations; `check_changes` holds it against the areas of both."""

GROUND: dict[str, tuple[Column, ...]] = {
    "landuse": (Column("kind", "text", "park, school, industrial ..."), Column("geometry", "geometry", "polygons")),
    "rivers": (Column("geometry", "geometry", "polygons or lines"),),
    "buildings": (Column("geometry", "geometry", "polygons"),),
    "roads": (
        Column("class", "text", "primary, secondary, local ..."),
        Column("name", "text", "its name, '' for none"),
        Column("geometry", "geometry", "lines"),
    ),
    "railways": (Column("geometry", "geometry", "lines"),),
}
"""The backdrop, bottom to top. Other columns of these frames are ignored: they are pictures, not facts."""


def check(frame: pd.DataFrame, columns: tuple[Column, ...], *, what: str, strict: bool = True) -> pd.DataFrame:
    """A copy with exactly these columns, in this order, cells cleaned, rows numbered from 0; raises FrameError.

    `strict` refuses unknown columns, else they are dropped. An optional column that is absent is filled with its empty value.
    """
    missing = [column.name for column in columns if not column.optional and column.name not in frame.columns]
    if missing:
        raise FrameError(
            "missing_columns", en="{what}: columns missing: {names}", zh="{what}：缺少列：{names}", what=what, names=", ".join(missing)
        )
    unknown = [str(name) for name in frame.columns if name not in {column.name for column in columns}]
    if unknown and strict:
        raise FrameError(
            "unknown_columns",
            en="{what}: unknown columns: {names}; known: {known}",
            zh="{what}：未知列：{names}；可用列：{known}",
            what=what,
            names=", ".join(unknown),
            known=", ".join(column.name for column in columns),
        )
    rows = frame.reset_index(drop=True)
    cells = {column.name: _cells(rows, column, what) for column in columns}
    if "geometry" in cells:
        return gpd.GeoDataFrame(cells, geometry="geometry", crs="EPSG:4326")
    return pd.DataFrame(cells)


_SIDES_ZH = {"before": "前", "after": "后"}


def check_areas(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`AREAS` checked; codes must be there and differ, parents and shared shapes must be rows of the frame or ''."""
    areas = check(frame, AREAS, what="areas")
    _refuse_rows(areas["code"] == "", "areas", "code", en="is empty", zh="为空")
    _refuse_rows(areas["code"].duplicated(), "areas", "code", en="appears twice", zh="重复出现")
    known = set(areas["code"])
    strangers = (areas["shares_face_of"] != "") & ~areas["shares_face_of"].isin(known)
    _refuse_rows(strangers, "areas", "shares_face_of", en="is no code of this frame", zh="不是本表中的编码")
    return areas


def check_changes(frame: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """`CHANGES` checked, with two more columns: before_row and after_row, rows of the checked areas frames, -1 on the side it is not on.

    A retired area must be one of `before`, an added one of `after`, any other one of both; where its code differs between the two, it is
    looked up by from_code before and by to_code (else code) after.
    """
    changes = check(frame, CHANGES, what="changes")
    recoded = changes["change"] == "recoded"
    for side, areas, other, absent in (("before", before, "from_code", "added"), ("after", after, "to_code", "retired")):
        place = {code: row for row, code in enumerate(areas["code"])}
        # Codes may be swapped between two areas: of a recoded one the code of the side counts, even where its other code is known too.
        elsewhere = (changes[other] != "") & (recoded | ~changes["code"].isin(place))
        rows = (
            changes["code"]
            .mask(elsewhere, changes[other])
            .map(lambda code, place=place: place.get(code, -1))
            .astype("int64")
            .mask(changes["change"] == absent, -1)
        )
        lost = (rows < 0) & (changes["change"] != absent)
        _refuse_rows(lost, "changes", "code", en=f"is no code of the areas {side}", zh=f"不在变更{_SIDES_ZH[side]}的区域表中")
        changes[f"{side}_row"] = rows
    return changes


def check_ground(ground: Mapping[str, gpd.GeoDataFrame] | None) -> dict[str, gpd.GeoDataFrame]:
    """The backdrop's layers in drawing order; a layer nobody draws raises FrameError."""
    given = dict(ground or {})
    unknown = sorted(set(given) - set(GROUND))
    if unknown:
        raise FrameError(
            "unknown_ground",
            en="ground: unknown layers: {names}; known: {known}",
            zh="底图：未知图层：{names}；可用图层：{known}",
            names=", ".join(unknown),
            known=", ".join(GROUND),
        )
    return {name: check(given[name], GROUND[name], what=f"ground.{name}", strict=False) for name in GROUND if name in given}


def _cells(frame: pd.DataFrame, column: Column, what: str) -> Any:
    if column.name not in frame.columns:
        return pd.Series([""] * len(frame), dtype=object)
    if column.kind == "geometry":
        return _geometries(frame, what)
    values = frame[column.name]
    if column.kind in ("lon", "lat"):
        return _degrees(values, column, what)
    if column.kind == "count":
        return _counts(values, column, what)
    if column.kind == "measure":
        return _measures(values, column, what)
    if column.kind == "flag":
        odd = values.map(lambda cell: not isinstance(cell, (bool, np.bool_)))
        _refuse_rows(odd, what, column.name, en="is neither true nor false", zh="不是真或假")
        return values.astype(bool)
    texts = values.map(_texts if column.kind == "texts" else _text).astype(object)
    if column.allowed:
        strangers = ~texts.isin(column.allowed)
        allowed = ", ".join(column.allowed)
        _refuse_rows(strangers, what, column.name, en=f"is none of: {allowed}", zh=f"不在可用值之内：{allowed}")
    return texts


def _text(cell: Any) -> str:
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return ""
    return str(cell).encode("utf-8", "replace").decode("utf-8")


def _texts(cell: Any) -> list[str]:
    if isinstance(cell, str):
        return [_text(cell)] if cell else []
    if isinstance(cell, Iterable):
        return [_text(each) for each in cell]
    return [_text(cell)] if _text(cell) else []


def _degrees(values: pd.Series, column: Column, what: str) -> pd.Series:
    limit = 180.0 if column.kind == "lon" else 90.0
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    absent = values.isna() & column.empty_allowed
    _refuse_rows(
        ~(absent | (numbers.abs() <= limit)), what, column.name, en=f"is not within ±{limit:g} degrees", zh=f"不在 ±{limit:g} 度之内"
    )
    return numbers


def _counts(values: pd.Series, column: Column, what: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if column.empty_allowed:
        numbers = numbers.mask(values.isna(), 0.0)
    odd = ~((numbers >= 0) & (numbers < 2**53) & (numbers == np.floor(numbers)))
    _refuse_rows(odd, what, column.name, en="is not a whole number of 0 or more", zh="不是大于等于 0 的整数")
    return numbers.astype("int64")


def _measures(values: pd.Series, column: Column, what: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    absent = values.isna() & column.empty_allowed
    _refuse_rows(
        ~(absent | ((numbers >= 0) & np.isfinite(numbers))), what, column.name, en="is no number of 0 or more", zh="不是大于等于 0 的数"
    )
    return numbers


def _geometries(frame: pd.DataFrame, what: str) -> Any:
    crs = getattr(frame, "crs", None)
    if crs is None or crs.to_epsg() not in (4326, 4490):
        raise FrameError(
            "wrong_crs",
            en="{what}: positions must be EPSG:4326 or EPSG:4490, not {crs}",
            zh="{what}：坐标参考系须为 EPSG:4326 或 EPSG:4490，而不是 {crs}",
            what=what,
            crs="none" if crs is None else crs.to_string(),
        )
    shapes = gpd.GeoSeries(frame["geometry"], crs=None).reset_index(drop=True)
    drawable = shapes.isna() | shapes.geom_type.isin(("Polygon", "MultiPolygon", "LineString", "MultiLineString"))
    _refuse_rows(~drawable, what, "geometry", en="is neither polygon nor line", zh="既不是面也不是线")
    bounds = shapes.bounds
    inside = (bounds["minx"] >= -180) & (bounds["maxx"] <= 180) & (bounds["miny"] >= -90) & (bounds["maxy"] <= 90)
    _refuse_rows(~(inside | shapes.isna() | shapes.is_empty), what, "geometry", en="is not in degrees", zh="不是经纬度")
    return shapes


def _refuse_rows(bad: pd.Series, what: str, column: str, *, en: str, zh: str) -> None:
    """Raise FrameError naming the first rows where `bad` holds (0-based, as they stood in the frame)."""
    rows = np.flatnonzero(np.asarray(bad, dtype=bool))
    if not len(rows):
        return
    listed = ", ".join(str(row) for row in rows[:5]) + (" …" if len(rows) > 5 else "")
    raise FrameError(
        "bad_cells",
        en="{what}: column {column} {why} in {count} rows: {rows}",
        zh="{what}：列 {column} 有 {count} 行{why_zh}：{rows}",
        what=what,
        column=column,
        why=en,
        why_zh=zh,
        count=len(rows),
        rows=listed,
    )
