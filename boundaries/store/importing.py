"""Files of a real city -> a frame of areas with its findings and its proof, ready for a generation. Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas
import numpy as np
import pandas
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from boundaries import checks
from boundaries.codes import check_codes
from boundaries.datum import check_datum, to_wgs84
from boundaries.errors import DatumError, FileError
from boundaries.files import read_areas
from boundaries.files.columns import text_column
from boundaries.files.crs import is_lonlat
from boundaries.geometry import LONLAT, auto_metric_crs, check_metric_crs, to_metric, transformer
from boundaries.model import Defect, Level
from boundaries.store.adoption import adopt
from boundaries.store.city import AUTO, level_unknown
from boundaries.store.layers import LayerSpec, parse_level_option
from boundaries.store.proof import prove

__all__ = ["Assembled", "LayerSpec", "parse_level_option", "read_layers"]

_SHIFTED: Final = ("gcj02", "bd09")
_SOURCE_LENGTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Assembled:
    """What an import found. areas: the frame `add_generation` takes, in `metric_crs`. defects: everything to be told; those of
    severity error bar publishing. proof: of these very areas. source: which files, by name. repaired: codes of repaired polygons."""

    areas: GeoDataFrame
    defects: list[Defect]
    metric_crs: str
    source: str
    datum: str
    proof: dict[str, Any]
    repaired: tuple[str, ...] = field(default=())


def read_layers(
    specs: Sequence[LayerSpec],
    *,
    metric_crs: str,
    levels: Sequence[Level],
    datum: str | None = None,
    repair: bool = False,
    crs: str | None = None,
    encoding: str | None = None,
) -> Assembled:
    """The areas of these layers, assembled: leaves keep their shapes, parents become the union of their leaves.

    metric_crs: 'EPSG:n', or 'auto' for one that fits the layers. datum: of layers in degrees; gcj02 and bd09 are converted, None
    trusts the file's reference system. repair: invalid polygons are repaired instead of refused. crs, encoding: for files that do
    not say theirs.

    A parent named by a column is followed; without one the coarser polygon that holds most of the area is the parent (`adopt`).
    Where names, supplied parent shapes and leaves disagree there is a defect (`boundaries.checks`), and the leaves are kept. Areas
    without a code are left out with an error defect. The columns, shapes and codes of a file are refused by FileError, CrsError,
    CodeError or GeometryError, each naming rows.
    """
    if not specs:
        raise FileError("no_layers", en="No layer was named.", zh="没有指定任何图层。")
    by_name = {level.name: level for level in levels}
    for spec in specs:
        if spec.level not in by_name:
            raise level_unknown(spec.level, levels)
    frames = [_read(spec, repair=repair, crs=crs, encoding=encoding) for spec in specs]
    told = _told_datum(frames, datum)
    frames = [_to_wgs84(frame, told) if told in _SHIFTED else frame for frame in frames]
    chosen = auto_metric_crs(_lonlat_bounds(frames)) if metric_crs == AUTO else check_metric_crs(metric_crs)
    rows = pandas.concat([_in_metres(frame, chosen) for frame in frames], ignore_index=True)
    _refuse_codes(rows, by_name)
    blank = rows["code"].eq("")
    adopted = adopt(rows[~blank].reset_index(drop=True), levels=levels)
    uncoded = rows[blank].assign(leaf=False)
    found = checks.run(pandas.concat([adopted.supplied, uncoded], ignore_index=True), levels=levels)
    proven = prove(adopted.areas, metric_crs=chosen, levels=levels)
    source = "; ".join(dict.fromkeys(spec.title for spec in specs))[:_SOURCE_LENGTH]
    repaired = tuple(code for frame in frames for code in frame.attrs["repaired"])
    repaired = tuple(code for frame in frames for code in frame.attrs["repaired"])
    return Assembled(adopted.areas, [*proven.defects, *found], chosen, source, told, proven.proof, repaired)


def _read(spec: LayerSpec, *, repair: bool, crs: str | None, encoding: str | None) -> GeoDataFrame:
    kept = [column for column in (spec.kind, spec.households) if column is not None]
    frame = read_areas(
        spec.file,
        code=spec.code,
        name=spec.name,
        parent=spec.parent,
        keep=kept,
        crs=crs,
        encoding=encoding,
        invalid="repair" if repair else "refuse",
        codes="keep",
    )
    columns = {
        "level": spec.level,
        "code": frame["code"],
        "name": frame["name"],
        "parent_code": frame["parent_code"],
        "kind": text_column(frame, spec.kind) if spec.kind else "",
        "households": frame[spec.households] if spec.households else 0,
    }
    read = geopandas.GeoDataFrame(columns, geometry=np.asarray(frame.geometry, dtype=object), crs=frame.crs)
    read.attrs["repaired"] = frame.attrs["repaired"]
    return read


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
    boxes = np.array([transformer(frame.crs.to_string(), LONLAT).transform_bounds(*frame.total_bounds) for frame in frames])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _in_metres(frame: GeoDataFrame, metric_crs: str) -> GeoDataFrame:
    shapes = to_metric(np.asarray(frame.geometry, dtype=object), metric_crs, source_crs=frame.crs.to_string())
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)  # a collection of one polygon is that polygon
    return frame.set_geometry(shapes, crs=metric_crs)


def _refuse_codes(rows: GeoDataFrame, by_name: dict[str, Level]) -> None:
    """Malformed and doubled codes cannot be kept. A missing one leaves its area out and becomes a defect."""
    coded = rows[rows["code"].ne("")]
    for level, of_level in coded.groupby("level", sort=False):
        check_codes(of_level["code"].tolist(), pattern=by_name[str(level)].code_pattern, level=str(level))
