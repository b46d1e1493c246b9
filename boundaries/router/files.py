"""A file of points in, the same file with the code of the area each lies in out: any size, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boundaries.datum import check_datum, to_wgs84
from boundaries.errors import CoordinateError, FileError
from boundaries.files.areas import read_routable
from boundaries.files.points import REASONS, BadRow, Chunk, open_points, point_sink, refuse_column
from boundaries.files.sources import Source, as_source, format_of
from boundaries.files.writing import replacing
from boundaries.router.index import Index

__all__ = ["AREA_COLUMN", "RouteReport", "route_file"]

AREA_COLUMN: Final = "area_code"

_MOST_ROWS_TOLD: Final = 100

Progress = Callable[[int, int | None], None]
"""Called after each chunk with (rows done, rows in the file or None where the format does not say)."""


@dataclass(slots=True)
class RouteReport:
    """What a run did: rows read, rows in an area, rows in none, rows without a usable position (and the first 100 of them).

    rows = routed + outside + bad. repaired: codes of areas whose polygon was repaired first.
    """

    source: str
    target: str
    datum: str
    areas: int
    rows: int = 0
    routed: int = 0
    outside: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)


def route_file(
    source: Source | Path | str,
    target: Path | str,
    *,
    areas: Index | Source | Path | str,
    datum: str | None,
    code: str | None = None,
    lon: str = "lon",
    lat: str = "lat",
    repair: bool = False,
    skip_bad: bool = False,
    overwrite_column: bool = False,
    chunk_rows: int = 100_000,
    encoding: str = "utf-8",
    areas_crs: str | None = None,
    progress: Progress | None = None,
) -> RouteReport:
    """Writes `source` to `target` with a column `area_code` more ('' in no area), and returns what was counted.

    source: CSV (columns lon, lat), Parquet (those columns, float64), GeoParquet, GeoPackage, GeoJSON (points in degrees); target: any
    of these formats. Columns, their order and the given positions stay as they are; CSV cells stay the same text. A format that needs
    points gets them made of the WGS-84 positions. Memory is bounded by `chunk_rows` rows.
    areas: an Index, or a polygon file (`FILE[:LAYER]`) whose column `code` names the areas; `areas_crs` for files that do not say theirs.
    datum: of the points. repair: invalid areas are repaired instead of refused. encoding: of a CSV.
    skip_bad: rows without a usable position get '' and are counted; otherwise they are refused.
    A point on a border belongs to the area with the smallest code.

    The target appears whole or not at all. Raises DatumError; FileError (also `column_exists` unless overwrite_column, `write_failed`);
    CoordinateError `swapped_axes` when more than half of all rows lie outside while their twins with lon and lat exchanged lie inside,
    `positions_unusable` with `items` by row; whatever `read_areas` raises.
    """
    check_datum(datum)
    assert datum is not None
    came_from, goes_to = as_source(source), Path(target)
    format_of(goes_to)
    if goes_to.exists() and came_from.path.exists() and goes_to.samefile(came_from.path):
        raise FileError("same_file", en="{path} cannot be written over itself.", zh="{path} 不能覆盖自身。", path=goes_to)
    reader = open_points(came_from, lon=lon, lat=lat, chunk_rows=chunk_rows, encoding=encoding)
    if AREA_COLUMN in reader.columns and not overwrite_column:
        raise refuse_column(AREA_COLUMN, came_from.path.name)
    index, repaired = _index(areas, code, areas_crs, repair)
    report = RouteReport(str(came_from), str(goes_to), datum, len(index.codes), repaired=repaired)
    with replacing(goes_to) as temporary:
        sink = point_sink(goes_to, temporary, reader, AREA_COLUMN)
        try:
            swapped = 0
            for chunk in reader:
                codes, lons, lats, twins = _routed(chunk, index, datum, report)
                swapped += twins
                sink.write(chunk, codes, lons=lons, lats=lats)
                if progress is not None:
                    progress(report.rows, reader.total)
        finally:
            sink.close()
        _refuse_swapped(report, swapped)
        if not skip_bad:
            _refuse_bad(report)
    return report


def _index(areas: Index | Source | Path | str, code: str | None, crs: str | None, repair: bool) -> tuple[Index, list[str]]:
    if isinstance(areas, Index):
        return areas, []
    if code is None:
        raise FileError(
            "code_column_needed", en="Name the column of {path} that holds the codes.", zh="请指明 {path} 的编码列。", path=str(areas)
        )
    polygons, codes, repaired = read_routable(areas, code=code, crs=crs, repair=repair)
    return Index.build(polygons, codes, generation=0), repaired


def _routed(
    chunk: Chunk, index: Index, datum: str, report: RouteReport
) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.float64], int]:
    """(codes, WGS-84 lons, lats, rows whose exchanged twin lies inside while they do not) of a chunk; counts into the report."""
    lons, lats = to_wgs84(lons=chunk.lons, lats=chunk.lats, datum=datum)
    positions = index.locate_many(lons=lons, lats=lats)
    names = np.array([*index.codes, ""], dtype=object)  # -1 takes the last one
    outside = positions < 0  # bad rows among them: NaN and positions beyond the globe lie in no area
    twins = 0
    if outside.any():
        twin_lons, twin_lats = to_wgs84(lons=chunk.lats[outside], lats=chunk.lons[outside], datum=datum)
        twins = int((index.locate_many(lons=twin_lons, lats=twin_lats) >= 0).sum())
    report.rows += len(positions)
    report.bad += len(chunk.bad)
    report.outside += int(outside.sum()) - len(chunk.bad)
    report.routed += int((~outside).sum())
    report.bad_rows += chunk.bad[: _MOST_ROWS_TOLD - len(report.bad_rows)]
    return names[positions], lons, lats, twins


def _refuse_swapped(report: RouteReport, swapped: int) -> None:
    if swapped * 2 > report.rows:
        raise CoordinateError(
            "swapped_axes",
            en="{swapped} of {rows} rows lie outside all areas but inside with lon and lat exchanged: the axes are swapped.",
            zh="{rows} 行中有 {swapped} 行在所有区域之外,而交换经纬度后位于区域之内:经纬度写反了。",
            swapped=swapped,
            rows=report.rows,
        )


def _refuse_bad(report: RouteReport) -> None:
    if not report.bad:
        return
    items = [
        CoordinateError(
            "position_unusable",
            en="Row {row} {reason}.",
            zh="第 {row} 行{reason_zh}。",
            row=bad.row,
            reason=REASONS[bad.reason][0],
            reason_zh=REASONS[bad.reason][1],
        )
        for bad in report.bad_rows
    ]
    raise CoordinateError(
        "positions_unusable",
        en="{count} of {rows} rows cannot be routed; the first: {first} Rows count from 0, headers left out.",
        zh="{rows} 行中有 {count} 行无法分派;第一个:{first_zh}行号从 0 起,不计表头。",
        row=items[0].row,
        items=items,
        count=report.bad,
        rows=report.rows,
        first=items[0].text("en"),
        first_zh=items[0].text("zh"),
    )
