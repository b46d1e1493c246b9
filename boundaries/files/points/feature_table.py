"""Points in GeoPackage, batch by batch through GDAL's Arrow stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow
import pyogrio
import shapely
from numpy.typing import NDArray

from boundaries.errors import CrsError, FileError
from boundaries.files.geopackage import refuse_foreign_tables
from boundaries.files.layers import choose_layer
from boundaries.files.points.chunk import Chunk, Floats, PointReader, judged, point_positions
from boundaries.files.points.parquet_table import require_lonlat, with_codes
from boundaries.files.sources import Source
from boundaries.files.writing import GEOPACKAGE_VERSION
from boundaries.geometry import LONLAT

__all__ = ["GeoPackageReader", "GeoPackageSink"]


class GeoPackageReader:
    """A layer of a GeoPackage whose geometries are lon/lat points. Feature ids are kept when written to a GeoPackage again.

    Raises FileError, CrsError `crs_missing` or `not_lonlat`.
    """

    def __init__(self, source: Source, *, chunk_rows: int) -> None:
        refuse_foreign_tables(source.path)
        self.source, self._chunk_rows = source, chunk_rows
        self.layer = choose_layer(source)
        info = pyogrio.read_info(source.path, layer=self.layer)
        if info["crs"] is None:
            raise CrsError("crs_missing", en="{name} does not say its reference system.", zh="{name} 未声明坐标参考系。", name=str(source))
        require_lonlat(info["crs"], str(source))
        self.crs, self.geometry_type = str(info["crs"]), str(info["geometry_type"])
        self.geometry: str | None = info["geometry_name"] or "wkb_geometry"
        self.feature_id = str(info["fid_column"] or "fid")
        self.columns = tuple(str(name) for name in info["fields"])
        self.total: int | None = int(info["features"]) if info["features"] >= 0 else None

    def __iter__(self) -> Iterator[Chunk]:
        start = 0
        stream = pyogrio.open_arrow(self.source.path, layer=self.layer, batch_size=self._chunk_rows, use_pyarrow=True, return_fids=True)
        try:
            with stream as (_, reader):
                for batch in reader:
                    yield self._chunk(start, pyarrow.Table.from_batches([batch]))
                    start += batch.num_rows
        except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError, pyarrow.ArrowException, NotImplementedError) as error:
            raise FileError(
                "file_unreadable",
                en="{path} cannot be read: {reason}.",
                zh="无法读取 {path}:{reason}。",
                row=start,
                path=str(self.source),
                reason=str(error),
            ) from error

    def _chunk(self, start: int, table: pyarrow.Table) -> Chunk:
        lons, lats, reasons = point_positions(table.column(self.geometry).to_pylist())
        plain = table.drop_columns([self.feature_id]) if self.feature_id not in self.columns else table
        return Chunk(start, lons, lats, judged(start, reasons, lons=lons, lats=lats), table, lambda: plain)


class GeoPackageSink:
    """Writes a GeoPackage 1.3: the reader's own layer with ids and geometry, or points made of the rows' WGS-84 positions."""

    def __init__(self, path: Any, reader: PointReader, area_column: str, *, layer: str) -> None:
        self._path, self._area_column = path, area_column
        self._own = reader if isinstance(reader, GeoPackageReader) else None
        self._reader = reader
        self._layer = self._own.layer if self._own else layer
        self._written = False

    def write(self, chunk: Chunk, codes: NDArray[np.object_], *, lons: Floats, lats: Floats) -> None:
        if self._own:
            table = with_codes(chunk.native, self._area_column, codes)
        else:
            table = with_codes(chunk.table(), self._area_column, codes)
            if self._reader.geometry is None:
                table = table.append_column("geom", pyarrow.array(_points(lons, lats), pyarrow.binary()))
        self._append(table)

    def close(self) -> None:
        if self._written:
            return
        names = [*self._reader.columns, *([] if self._area_column in self._reader.columns else [self._area_column])]
        empty = {name: pyarrow.array([], pyarrow.string()) for name in names}
        geometry = self._reader.geometry or "geom"
        self._append(pyarrow.table({**empty, geometry: pyarrow.array([], pyarrow.binary())}))

    def _append(self, table: pyarrow.Table) -> None:
        options = {} if self._written else {"dataset_options": {"VERSION": GEOPACKAGE_VERSION}}
        pyogrio.write_arrow(
            table,
            self._path,
            layer=self._layer,
            driver="GPKG",
            geometry_name=self._reader.geometry or "geom",
            geometry_type=self._own.geometry_type if self._own else "Point",
            crs=self._own.crs if self._own else LONLAT,
            append=self._written,
            **options,
        )
        self._written = True


def _points(lons: Floats, lats: Floats) -> list[bytes | None]:
    known = np.isfinite(lons) & np.isfinite(lats)
    result: list[bytes | None] = [None] * len(lons)
    for at, wkb in zip(np.flatnonzero(known).tolist(), shapely.to_wkb(shapely.points(lons[known], lats[known])), strict=True):
        result[at] = wkb
    return result
