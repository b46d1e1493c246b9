"""Files with facilities, read as lines of cells: XLSX, CSV, GeoPackage. What a file is follows from its content."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from geo_service.catalogue.sheets import MOST_ROWS, Lines, Sheet, plain, read_lines, table
from geo_service.errors import RequestError, TooLargeError
from geo_service.flows.facilities.columns import NEEDED, PLAIN, attributes, column_of

_GEOPACKAGE = b"SQLite format 3\x00"
_BROKEN = (DataSourceError, DataLayerError, FeatureError, GeometryError, ValueError, OSError, RuntimeError, UnicodeDecodeError)


def read_file(data: bytes, *, encoding: str) -> tuple[Sheet, list[str]]:
    """(rows by column, the columns that the file has). A GeoPackage's points become lon, lat. RequestError, TooLargeError as `sheets.read`,
    `bad_geopackage`, `which_layer`."""
    lines = _geopackage(data) if data.startswith(_GEOPACKAGE) else _sheet(data, encoding)
    if lines:
        lines[0] = [column_of(plain(cell)) for cell in lines[0]]
    optional = [name for name in (*PLAIN, *attributes()) if name not in NEEDED]
    sheet = table(lines, columns=NEEDED, optional=optional)
    return sheet, [name for name in lines[0] if name]


def _sheet(data: bytes, encoding: str) -> Lines:
    return next(iter(read_lines(data, "xlsx" if data.startswith(b"PK") else "csv", encoding=encoding).values()), [])


def _geopackage(data: bytes) -> Lines:
    with tempfile.TemporaryDirectory(prefix="citygrid-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "facilities.gpkg"
        path.write_bytes(data)
        try:
            layers = [str(name) for name, form in pyogrio.list_layers(path).tolist() if form]
            if len(layers) != 1:
                raise _which_layer(layers)
            if pyogrio.read_info(path, layer=layers[0])["features"] > MOST_ROWS:
                raise TooLargeError("too_many_rows", en="the file has more than 100,000 rows", zh="文件超过 100000 行")
            return _lines(gpd.read_file(path, layer=layers[0]))
        except _BROKEN as wrong:
            raise RequestError(
                "bad_geopackage", en="this is no GeoPackage, or it is broken", zh="不是有效的 GeoPackage", field="file"
            ) from wrong


def _lines(frame: gpd.GeoDataFrame) -> Lines:
    if frame.crs is None:
        raise RequestError("crs_missing", en="the layer does not say its reference system", zh="图层未声明坐标参考系", field="file")
    shapes = frame.geometry if frame.crs.is_geographic else frame.geometry.to_crs("EPSG:4326")
    middles = shapely.point_on_surface(shapes.to_numpy())
    plain_columns = [name for name in frame.columns if name != frame.geometry.name and name not in ("lon", "lat", "经度", "纬度", "fid")]
    lines = [["lon", "lat", *map(str, plain_columns)]]
    for middle, (_, row) in zip(middles, frame[plain_columns].iterrows(), strict=True):
        at = ["", ""] if middle is None or middle.is_empty else [repr(float(middle.x)), repr(float(middle.y))]
        lines.append([*at, *_texts(list(row))])
    return lines


def _texts(values: Sequence[Any]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(str, value))
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _which_layer(layers: Sequence[str]) -> RequestError:
    return RequestError(
        "which_layer",
        en="the GeoPackage should hold one layer with places; it holds {count}: {layers}",
        zh="GeoPackage 应只含一个设施图层；现有 {count} 个：{layers}",
        count=len(layers),
        layers=", ".join(layers[:10])[:200] or "-",
        field="file",
    )
