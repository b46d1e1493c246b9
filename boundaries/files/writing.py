"""Frames written whole or not at all: GeoPackage 1.3, GeoJSON with 9 decimals, GeoParquet, CSV."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import pyarrow
import pyogrio
import shapely

from boundaries.errors import CrsError, FileError
from boundaries.files.columns import as_text
from boundaries.files.crs import crs_name, is_lonlat
from boundaries.files.geojson import FeatureWriter
from boundaries.files.sources import format_of
from boundaries.geometry import LONLAT_DECIMALS

__all__ = ["GEOPACKAGE_VERSION", "replacing", "write_frame", "write_layers"]

GEOPACKAGE_VERSION: Final = "1.3"
"""Newer ones are refused by checkers and programs still in use."""

_WRITE_ERRORS: Final = (
    OSError,
    pyarrow.ArrowException,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` that takes its place when the block ends well; on any error the target is left as it was.

    What was written is flushed to disk before the exchange. Raises FileError `write_failed` (disk full, no permission, no such
    folder ...); other exceptions pass through.
    """
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.part{target.suffix}")
    try:
        yield temporary
        descriptor = os.open(temporary, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except _WRITE_ERRORS as error:
        _failed(target, error)
    finally:
        for leftover in (temporary, *(temporary.with_name(temporary.name + end) for end in ("-journal", "-wal", "-shm"))):
            leftover.unlink(missing_ok=True)


def write_frame(frame: Any, target: Path | str, *, layer: str | None = None) -> Path:
    """Writes a GeoDataFrame in the format that the target's ending names, and returns its path.

    GeoPackage: version 1.3, the frame's own system, table `layer` (the file's stem by default). GeoParquet: likewise. GeoJSON and
    CSV: the frame must be in WGS-84 lon/lat; coordinates have 9 decimals, outer rings run counter-clockwise (RFC 7946); CSV has the
    shape as WKT in a last column `geometry`, and a leading byte order mark so that spreadsheets read Chinese.
    Raises FileError `write_failed`, `format_unknown`, CrsError `not_lonlat`.
    """
    path = Path(target)
    kind = format_of(path)
    if kind == "shapefile":
        raise FileError(
            "format_unknown",
            en="{path}: Shapefiles are read, not written (10-character names, no Unicode promise): use .gpkg.",
            zh="{path}:本程序只读不写 Shapefile(字段名限 10 字符,编码无保证):请使用 .gpkg。",
            path=path.name,
        )
    if kind in ("geojson", "csv"):
        _require_lonlat(frame, path)
    with replacing(path) as temporary:
        if kind == "geopackage":
            pyogrio.write_dataframe(frame, temporary, layer=layer or path.stem, driver="GPKG", VERSION=GEOPACKAGE_VERSION)
        elif kind == "parquet":
            frame.to_parquet(temporary, index=False)
        elif kind == "geojson":
            _write_geojson(frame, temporary)
        else:
            _write_csv(frame, temporary)
    return path


def write_layers(layers: Mapping[str, Any], target: Path | str) -> Path:
    """Writes frames as the layers of one GeoPackage 1.3, whole or not at all. Raises FileError `format_unknown`, `write_failed`."""
    path = Path(target)
    if format_of(path) != "geopackage":
        raise FileError(
            "format_unknown", en="{path}: only a .gpkg holds several layers.", zh="{path}:只有 .gpkg 可存多个图层。", path=path.name
        )
    with replacing(path) as temporary:
        for layer, frame in layers.items():
            pyogrio.write_dataframe(frame, temporary, layer=layer, driver="GPKG", append=temporary.exists(), VERSION=GEOPACKAGE_VERSION)
    return path


def _require_lonlat(frame: Any, path: Path) -> None:
    if frame.crs is None or not is_lonlat(crs_name(frame.crs)):
        raise CrsError(
            "not_lonlat",
            en="{path}: this format holds WGS-84 lon/lat only, the frame is in {crs}.",
            zh="{path}:该格式只存 WGS-84 经纬度,当前数据为 {crs}。",
            path=path.name,
            crs=frame.crs and frame.crs.name,
        )


def _outward(frame: Any) -> Any:
    geoms = np.asarray(frame.geometry, dtype=object)
    rounded = shapely.transform(geoms, lambda coordinates: np.round(coordinates, LONLAT_DECIMALS) + 0.0)
    return shapely.orient_polygons(rounded, exterior_cw=False)


def _write_geojson(frame: Any, path: Path) -> None:
    fields = [column for column in frame.columns if column != frame.geometry.name]
    with path.open("w", encoding="utf-8") as handle:
        writer = FeatureWriter(handle)
        for values, shape in zip(frame[fields].itertuples(index=False, name=None), shapely.to_geojson(_outward(frame)), strict=True):
            properties = {name: _plain(value) for name, value in zip(fields, values, strict=True)}
            geometry = None if shape is None else json.loads(shape)
            writer.write({"type": "Feature", "properties": properties, "geometry": geometry})
        writer.close()


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: missing ones are null, instants ISO 8601 text, numbers the same numbers."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | bool | int | list | dict):
        return value
    if as_text(value) == "":
        return None
    if isinstance(value, float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _write_csv(frame: Any, path: Path) -> None:
    fields = [column for column in frame.columns if column != frame.geometry.name]
    shapes = shapely.to_wkt(_outward(frame), rounding_precision=LONLAT_DECIMALS, trim=True)
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*fields, "geometry"])
        for values, shape in zip(frame[fields].itertuples(index=False, name=None), shapes, strict=True):
            writer.writerow([*map(as_text, values), shape or ""])


def _failed(target: Path, error: BaseException) -> NoReturn:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:300] or type(error).__name__
    raise FileError(
        "write_failed",
        en="{path} could not be written: {reason}. What was there before is untouched.",
        zh="{path} 写入失败:{reason}。原有文件未改动。",
        path=target,
        reason=reason,
    ) from error
