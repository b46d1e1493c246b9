"""A layer of a file as a frame, as it stands: GeoPackage and Shapefile by GDAL, GeoParquet by Arrow, GeoJSON by our own reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pyarrow
import pyogrio
from pyarrow import parquet

from boundaries.errors import FileError
from boundaries.files.geojson import FeatureReader, geometry_member
from boundaries.files.geopackage import refuse_foreign_tables
from boundaries.files.limits import refuse_too_large
from boundaries.files.sources import Format, Source, readable
from boundaries.geometry import LONLAT

__all__ = ["choose_layer", "layer_names", "read_layer", "refuse_large_layer"]

Frame = Any  # geopandas.GeoDataFrame; geopandas carries no types


def layer_names(path: Path) -> list[str]:
    """The names of the layers with geometry in a file; formats that hold one layer name it by the file. Raises FileError."""
    kind = readable(path)
    if kind != "geopackage":
        return [path.stem]
    refuse_foreign_tables(path)
    try:
        return [str(name) for name, geometry_type in pyogrio.list_layers(path) if geometry_type is not None]
    except pyogrio.errors.DataSourceError as error:
        raise _unreadable(path, error) from error


def choose_layer(source: Source) -> str:
    """The layer a source means: the one it names, or the only one there is.

    Raises FileError `unknown_layer` or `layer_needed`, both with the names available.
    """
    names = layer_names(source.path)
    if source.layer is None and len(names) == 1:
        return names[0]
    if source.layer in names:
        return source.layer
    missing = source.layer is None
    raise FileError(
        "layer_needed" if missing else "unknown_layer",
        en="{path} holds several layers, name one: {available}." if missing else "{path} has no layer {layer}; it has: {available}.",
        zh="{path} 含有多个图层,请指明其一:{available}。" if missing else "{path} 中没有图层 {layer};可用图层:{available}。",
        path=source.path.name,
        layer=source.layer,
        available=", ".join(names) or "-",
    )


def read_layer(source: Source, *, encoding: str | None = None) -> tuple[Frame, str]:
    """(frame, layer name): every row and column of a layer as it stands, geometry included, rows numbered from 0.

    encoding: of a Shapefile's texts; it wins over a .cpg file. An absent reference system stays absent. Raises FileError:
    `layer_empty`, `layer_too_large`, `not_spatial`, `encoding_unknown`, those of `choose_layer` and `sources.readable`.
    """
    kind = readable(source.path)
    layer = choose_layer(source)
    _check_size(kind, source.path, layer)
    with np.errstate(invalid="ignore"):  # vertices that are not numbers are refused later, by row
        frame = _read(kind, source.path, layer, encoding)
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise FileError(
            "not_spatial", en="{source} has no geometry column.", zh="{source} 没有几何列。", source=f"{source.path.name}:{layer}"
        )
    if frame.empty:
        raise FileError("layer_empty", en="{source} has no rows.", zh="{source} 没有任何记录。", source=f"{source.path.name}:{layer}")
    return frame, layer


def refuse_large_layer(source: Source, *, most: int) -> None:
    """Nothing for a layer of at most `most` vertices, told before its shapes are read. Raises as `read_layer`."""
    _check_size(readable(source.path), source.path, choose_layer(source), most)


def _check_size(kind: Format, path: Path, layer: str, most: int | None = None) -> None:
    try:
        refuse_too_large(path, kind, layer, most=most)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _read(kind: Format, path: Path, layer: str, encoding: str | None) -> Frame:
    try:
        if kind == "geojson":
            return _read_geojson(path)
        if kind == "parquet":
            return _read_parquet(path)
        if kind == "shapefile":
            return pyogrio.read_dataframe(path, encoding=encoding or _shapefile_encoding(path))
        if kind == "geopackage":
            return pyogrio.read_dataframe(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyarrow.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    raise FileError("not_spatial", en="{source} has no geometry column.", zh="{source} 没有几何列。", source=path.name)


def _read_parquet(path: Path) -> Frame:
    if b"geo" not in (parquet.read_schema(path).metadata or {}):
        return None
    return geopandas.read_parquet(path)


def _read_geojson(path: Path) -> Frame:
    shapes: list[Any] = []
    properties: list[dict[str, Any]] = []
    for row, feature in enumerate(FeatureReader(path)):
        try:
            shapes.append(geometry_member(feature))
        except ValueError as error:
            raise FileError(
                "geojson_broken",
                en="{path} cannot be read at feature {row}: {reason}.",
                zh="{path} 在第 {row} 个要素处无法读取:{reason}。",
                row=row,
                path=path.name,
                reason=str(error),
            ) from error
        properties.append(feature.get("properties") or {})
    table = pandas.DataFrame.from_records(properties, index=range(len(shapes)))
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return geopandas.GeoDataFrame(table.drop(columns="geometry", errors="ignore"), geometry=geometry, crs=LONLAT)


def _shapefile_encoding(path: Path) -> str | None:
    """None where a .cpg file says it; else UTF-8 when all texts are that. Anything else is refused: a guess would ruin the names."""
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return None
    table = next((path.with_suffix(suffix) for suffix in (".dbf", ".DBF") if path.with_suffix(suffix).exists()), None)
    if table is None:
        return None
    try:
        body = table.read_bytes()
        body[int.from_bytes(body[8:10], "little") :].decode("utf-8")
    except UnicodeDecodeError:
        raise FileError(
            "encoding_unknown",
            en="{path} has no .cpg file and its texts are not UTF-8: name their encoding (GB18030, say).",
            zh="{path} 缺少 .cpg 文件且文本不是 UTF-8:请指明编码(如 GB18030)。",
            path=path.name,
        ) from None
    return "UTF-8"


def _unreadable(path: Path, error: Exception) -> FileError:
    reason = " ".join(str(error).split())[:300]
    return FileError("file_unreadable", en="{path} cannot be read: {reason}.", zh="无法读取 {path}:{reason}。", path=path, reason=reason)
