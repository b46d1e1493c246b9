"""Files of points, read and written chunk by chunk: CSV, Parquet and GeoParquet, GeoPackage, GeoJSON, each into each."""

from __future__ import annotations

from pathlib import Path

from boundaries.errors import FileError
from boundaries.files.points.chunk import REASONS, BadRow, Chunk, PointReader, PointSink, refuse_column
from boundaries.files.points.feature_list import GeoJsonReader, GeoJsonSink
from boundaries.files.points.feature_table import GeoPackageReader, GeoPackageSink
from boundaries.files.points.parquet_table import ParquetReader, ParquetSink
from boundaries.files.points.text_table import CsvReader, CsvSink
from boundaries.files.sources import Source, format_of, readable

__all__ = ["REASONS", "BadRow", "Chunk", "PointReader", "PointSink", "open_points", "point_sink", "refuse_column"]


def open_points(source: Source, *, lon: str, lat: str, chunk_rows: int, encoding: str = "utf-8") -> PointReader:
    """A reader of the points in a file. lon, lat: columns, where the format has no geometry.

    Raises FileError, CrsError, CoordinateError, all before a row is read.
    """
    kind = readable(source.path)
    if kind == "csv":
        return CsvReader(source.path, lon=lon, lat=lat, chunk_rows=chunk_rows, encoding=encoding)
    if kind == "parquet":
        return ParquetReader(source.path, lon=lon, lat=lat, chunk_rows=chunk_rows)
    if kind == "geopackage":
        return GeoPackageReader(source, chunk_rows=chunk_rows)
    if kind == "geojson":
        return GeoJsonReader(source.path, chunk_rows=chunk_rows)
    raise _not_for_points(source.path)


def point_sink(target: Path, temporary: Path, reader: PointReader, area_column: str) -> PointSink:
    """A writer in the format of `target`'s ending, to the path `temporary`. Raises FileError `format_unknown`."""
    kind = format_of(target)
    if kind == "csv":
        return CsvSink(temporary, reader, area_column)
    if kind == "parquet":
        return ParquetSink(temporary, reader, area_column)
    if kind == "geopackage":
        return GeoPackageSink(temporary, reader, area_column, layer=target.stem)
    if kind == "geojson":
        return GeoJsonSink(temporary, reader, area_column)
    raise _not_for_points(target)


def _not_for_points(path: Path) -> FileError:
    return FileError(
        "format_unknown",
        en="{path}: points are read and written as .csv, .parquet, .gpkg or .geojson.",
        zh="{path}:点数据请使用 .csv、.parquet、.gpkg 或 .geojson。",
        path=path.name,
    )
