"""Points in Parquet and GeoParquet, row group by row group: positions from the geometry where there is one, else from two columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow
from numpy.typing import NDArray
from pyarrow import parquet

from boundaries.errors import CoordinateError, CrsError, FileError
from boundaries.files.columns import require_columns
from boundaries.files.crs import crs_name, is_lonlat
from boundaries.files.points.chunk import Chunk, Floats, PointReader, judged, point_positions

__all__ = ["ParquetReader", "ParquetSink", "require_lonlat", "with_codes"]

_GEO: Final = b"geo"


class ParquetReader:
    """A Parquet file. With GeoParquet metadata the primary geometry (WKB points, lon/lat) is the position, else columns lon and lat.

    Raises FileError `unknown_column`, `file_unreadable`, `geometry_encoding`, CoordinateError `float32` or `not_numbers`, CrsError.
    """

    def __init__(self, path: Path, *, lon: str, lat: str, chunk_rows: int) -> None:
        self.path, self._chunk_rows = path, chunk_rows
        try:
            with parquet.ParquetFile(path) as file:
                self.schema = file.schema_arrow
                self.total = file.metadata.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            raise FileError(
                "file_unreadable", en="{path} cannot be read: {reason}.", zh="无法读取 {path}:{reason}。", path=path, reason=str(error)
            ) from error
        geo = json.loads((self.schema.metadata or {}).get(_GEO, b"null"))
        self.geometry: str | None = geo["primary_column"] if geo else None
        self.columns = tuple(name for name in self.schema.names if name != self.geometry)
        self._lon, self._lat = lon, lat
        if geo and self.geometry:
            self._check_geometry(geo["columns"][self.geometry])
        else:
            require_columns([lon, lat], self.columns, name=path.name)
            for name in (lon, lat):
                _require_float64(self.schema.field(name))

    def __iter__(self) -> Iterator[Chunk]:
        start = 0
        with parquet.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                batches = file.iter_batches(batch_size=self._chunk_rows, row_groups=[group])
                while (batch := self._next(batches, start)) is not None:
                    yield self._chunk(start, pyarrow.Table.from_batches([batch]))
                    start += batch.num_rows

    def _next(self, batches: Iterator[Any], row: int) -> Any:
        try:
            return next(batches, None)
        except (pyarrow.ArrowException, OSError) as error:
            raise FileError(
                "file_unreadable",
                en="{path} cannot be read at row {row}: {reason}.",
                zh="{path} 在第 {row} 行无法读取:{reason}。",
                row=row,
                path=self.path,
                reason=" ".join(str(error).split())[:300],
            ) from error

    def _chunk(self, start: int, table: pyarrow.Table) -> Chunk:
        reasons: dict[int, str]
        if self.geometry:
            lons, lats, reasons = point_positions(table.column(self.geometry).to_pylist())
        else:
            pair = [table.column(name) for name in (self._lon, self._lat)]
            lons, lats = (np.array(column.cast(pyarrow.float64(), safe=False).to_numpy(), dtype=np.float64) for column in pair)
            missing = np.logical_or(*(np.array(column.is_null().to_numpy(), dtype=bool) for column in pair))
            reasons = {int(at): "no_position" for at in np.flatnonzero(missing)}
        return Chunk(start, lons, lats, judged(start, reasons, lons=lons, lats=lats), table, lambda: table)

    def _check_geometry(self, column: dict[str, Any]) -> None:
        if column.get("encoding") != "WKB":
            raise FileError(
                "geometry_encoding",
                en="{path}: geometry encoded as {encoding}, only WKB is read.",
                zh="{path}:几何编码为 {encoding},仅支持 WKB。",
                path=self.path.name,
                encoding=column.get("encoding"),
            )
        if column.get("crs", "OGC:CRS84") is None:
            raise CrsError(
                "crs_missing", en="{name} does not say its reference system.", zh="{name} 未声明坐标参考系。", name=self.path.name
            )
        require_lonlat(column.get("crs", "OGC:CRS84"), self.path.name)


class ParquetSink:
    """Writes Parquet, one row group a chunk: the reader's own columns and metadata for Parquet, GeoParquet points for other geometry."""

    def __init__(self, path: Path, reader: PointReader, area_column: str) -> None:
        self._path, self._reader, self._area_column = path, reader, area_column
        self._native = isinstance(reader, ParquetReader)
        self._writer: parquet.ParquetWriter | None = None

    def write(self, chunk: Chunk, codes: NDArray[np.object_], *, lons: Floats, lats: Floats) -> None:
        self._append(with_codes(chunk.table(), self._area_column, codes))

    def close(self) -> None:
        if self._writer is None and isinstance(self._reader, ParquetReader):  # no rows: the columns still are worth a file
            self._append(with_codes(self._reader.schema.empty_table(), self._area_column, np.empty(0, dtype=object)))
        if self._writer is None:
            names = [*self._reader.columns, *([] if self._area_column in self._reader.columns else [self._area_column])]
            self._append(pyarrow.table({name: pyarrow.array([], pyarrow.string()) for name in names}))
        if self._writer is not None:
            self._writer.close()

    def _append(self, table: pyarrow.Table) -> None:
        if not self._native:
            geometry = self._reader.geometry
            table = table.replace_schema_metadata(_geo_metadata(geometry) if geometry in table.column_names else None)
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table.cast(self._writer.schema))


def with_codes(table: pyarrow.Table, area_column: str, codes: NDArray[np.object_]) -> pyarrow.Table:
    """The table with the codes in `area_column`: replaced in its place where it exists, else added behind the others."""
    array = pyarrow.array(codes.tolist(), pyarrow.string())
    if area_column in table.column_names:
        return table.set_column(table.column_names.index(area_column), area_column, array)
    return table.append_column(area_column, array)


def require_lonlat(crs: Any, name: str) -> None:
    """Nothing for a system of WGS-84 lon/lat degrees. Raises CrsError `not_lonlat`: points are never re-projected before routing."""
    said = crs_name(crs)
    if not is_lonlat(said):
        raise CrsError(
            "not_lonlat",
            en="{name} is in {crs}: points to be routed must be lon/lat degrees.",
            zh="{name} 的坐标系为 {crs}:待分派的点须为经纬度(度)。",
            name=name,
            crs=said[:100],
        )


def _require_float64(field: pyarrow.Field) -> None:
    if pyarrow.types.is_float32(field.type) or pyarrow.types.is_float16(field.type):
        raise CoordinateError(
            "float32",
            en="{name} are {dtype}: only float64 holds a position exactly enough.",
            zh="{name} 为 {dtype}:只有 float64 能足够精确地表示位置。",
            name=field.name,
            dtype=str(field.type),
        )
    if not (pyarrow.types.is_float64(field.type) or pyarrow.types.is_integer(field.type)):
        raise CoordinateError("not_numbers", en="{name} are not plain numbers.", zh="{name} 不是数值。", name=field.name)


def _geo_metadata(geometry: str | None) -> dict[bytes, bytes]:
    column = {"encoding": "WKB", "geometry_types": ["Point"]}
    return {_GEO: json.dumps({"version": "1.1.0", "primary_column": geometry, "columns": {geometry: column}}).encode()}
