"""Layers of files as rows of areas in one metric system: every row says its level and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas
import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from boundaries.checks.proposals import proposal
from boundaries.datum import check_datum, to_wgs84
from boundaries.errors import DatumError, FileError
from boundaries.files import read_areas
from boundaries.files.columns import text_column
from boundaries.files.crs import is_lonlat
from boundaries.files.polygons import invalid_polygons
from boundaries.geometry import LONLAT, auto_metric_crs, check_metric_crs, lonlat_bounds, to_metric
from boundaries.model import Defect, Level
from boundaries.store.city import AUTO, level_unknown
from boundaries.store.layers import LayerSpec

__all__ = ["Rows", "read_rows", "require_levels"]

_SHIFTED: Final = ("gcj02", "bd09")


class Rows(NamedTuple):
    """frame: level, code, name, parent_code, kind, households, source ('layer:row'), geometry in metric_crs, on the 1 mm grid. datum:
    of the files. invalid: findings about rings, judged in the files' own coordinates where their places are exact, with the row each."""

    frame: GeoDataFrame
    metric_crs: str
    datum: str
    invalid: dict[int, Defect]


def read_rows(
    specs: Sequence[LayerSpec],
    *,
    metric_crs: str,
    levels: Sequence[Level],
    datum: str | None = None,
    keep_invalid: bool = False,
    crs: str | None = None,
    encoding: str | None = None,
) -> Rows:
    """The rows of these layers, in order. metric_crs, datum, crs, encoding: as `boundaries.store.importing.read_layers`.

    keep_invalid: polygons with invalid rings come along instead of being refused. Codes come as they are. Raises FileError `no_layers`,
    CodeError `level_unknown`, and as `boundaries.files.read_areas`.
    """
    if not specs:
        raise FileError("no_layers", en="No layer was named.", zh="没有指定任何图层。")
    by_name = {level.name: level for level in levels}
    for spec in specs:
        if spec.level not in by_name:
            raise level_unknown(spec.level, levels)
    frames = [_read(spec, keep_invalid=keep_invalid, crs=crs, encoding=encoding) for spec in specs]
    told = _told_datum(frames, datum)
    frames = [_to_wgs84(frame, told) if told in _SHIFTED else frame for frame in frames]
    chosen = auto_metric_crs(_lonlat_bounds(frames)) if metric_crs == AUTO else check_metric_crs(metric_crs)
    starts = np.cumsum([0, *(len(frame) for frame in frames)])
    invalid = {int(start) + row: defect for start, frame in zip(starts, frames, strict=False) for row, defect in _invalid(frame).items()}
    return Rows(pandas.concat([_in_metres(frame, chosen) for frame in frames], ignore_index=True), chosen, told, invalid)


def require_levels(specs: Sequence[LayerSpec], levels: Sequence[Level]) -> None:
    """Nothing, when no rung is missing between the coarsest and the finest level given, and one of them owns shapes.

    Levels that own shapes (micro-grids, rests) stand in for each other. Raises FileError `level_missing`.
    """
    given = {spec.level for spec in specs}
    ladder = [level for level in levels if level.rank is not None]
    ranks = [level.rank or 0 for level in ladder if level.name in given]
    missing = [
        level for level in ladder if level.name not in given and not level.leaf and ranks and min(ranks) < (level.rank or 0) < max(ranks)
    ]
    if not missing and not any(level.leaf for level in ladder if level.name in given):
        missing = [level for level in ladder if level.leaf][:1]
    if missing:
        raise FileError(
            "level_missing",
            en="No layer holds the level {missing}; given: {given}. Every area of it would leave the city.",
            zh="缺少层级 {missing} 的图层;已给出:{given}。该层级的区域将全部消失。",
            missing=", ".join(level.name for level in missing),
            given=", ".join(sorted(given)),
        )


def _read(spec: LayerSpec, *, keep_invalid: bool, crs: str | None, encoding: str | None) -> GeoDataFrame:
    kept = [column for column in (spec.kind, spec.households) if column is not None]
    frame = read_areas(
        spec.file,
        code=spec.code,
        name=spec.name,
        parent=spec.parent,
        keep=kept,
        crs=crs,
        encoding=encoding,
        invalid="keep" if keep_invalid else "refuse",
        codes="keep",
    )
    title = spec.layer or spec.source.stem
    columns = {
        "level": spec.level,
        "code": frame["code"],
        "name": frame["name"],
        "parent_code": frame["parent_code"],
        "kind": text_column(frame, spec.kind) if spec.kind else "",
        "households": frame[spec.households] if spec.households else 0,
        "source": [f"{title}:{row}" for row in range(len(frame))],
    }
    return geopandas.GeoDataFrame(columns, geometry=np.asarray(frame.geometry, dtype=object), crs=frame.crs)


def _invalid(frame: GeoDataFrame) -> dict[int, Defect]:
    found: dict[int, Defect] = {}
    labels = [code or f"#{source}" for code, source in zip(frame["code"], frame["source"], strict=True)]
    for error in invalid_polygons(np.asarray(frame.geometry, dtype=object), labels, crs=frame.crs.to_string()):
        label = error.area or "-"
        found[error.row or 0] = Defect(
            rule="invalid_ring",
            severity="error",
            areas=(label,),
            place=error.place,
            message=error.text("en"),
            message_zh=error.text("zh"),
            repair=proposal("make_valid", changes=[label], area=label),
        )
    return found


def _told_datum(frames: Sequence[GeoDataFrame], datum: str | None) -> str:
    if datum is None:
        return "cgcs2000" if all("CGCS2000" in frame.crs.name or frame.crs.to_epsg() == 4490 for frame in frames) else "wgs84"
    check_datum(datum)
    if datum in _SHIFTED and not all(is_lonlat(frame.crs.to_string()) for frame in frames):
        raise DatumError(
            "datum_not_in_metres",
            en="{datum} is a datum of lon/lat degrees, but a layer is in metres.",
            zh="{datum} 仅用于经纬度,而图层为米制坐标。",
            datum=datum,
        )
    return datum


def _to_wgs84(frame: GeoDataFrame, datum: str) -> GeoDataFrame:
    def converted(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(lons=coordinates[:, 0].copy(), lats=coordinates[:, 1].copy(), datum=datum))

    return frame.set_geometry(shapely.transform(np.asarray(frame.geometry, dtype=object), converted), crs=LONLAT)


def _lonlat_bounds(frames: Sequence[GeoDataFrame]) -> tuple[float, float, float, float]:
    boxes = np.array([lonlat_bounds(tuple(frame.total_bounds), frame.crs.to_string()) for frame in frames])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _in_metres(frame: GeoDataFrame, metric_crs: str) -> GeoDataFrame:
    shapes = to_metric(np.asarray(frame.geometry, dtype=object), metric_crs, source_crs=frame.crs.to_string())
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)  # a collection of one polygon is that polygon
    return frame.set_geometry(shapes, crs=metric_crs)
